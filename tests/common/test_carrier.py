"""What is said of a letter is what a connection of its own would have said, and only of that."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage

from common.carrier import Carrier, NotConnected, is_final
from tests.postbox import Moody, free_port, serving

NAMES = ("ana", "bea", "cyd", "dora")
PEOPLE = [f"{name}@example.com" for name in NAMES]


@pytest.fixture
def box(settings: Any) -> Iterator[Moody]:
    found = Moody(settings)
    with serving(settings, found):
        yield found


def carried(people: list[str]) -> list[str]:
    """What became of a letter to each, handed over in one run."""
    results = []
    with Carrier() as carrier:
        for address in people:
            try:
                carrier.hand_over(EmailMessage("Hello", "There", "us@example.com", [address]))
            except (OSError, NotConnected) as error:
                results.append(type(error).__name__)
            else:
                results.append("taken")
    return results


def test_all_letters_of_a_run_go_over_one_connection(box: Moody) -> None:
    assert carried(PEOPLE) == ["taken"] * 4
    assert (box.got(), box.connections) == (PEOPLE, 1)


def test_who_hands_nothing_over_calls_nobody(box: Moody, settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    assert carried([]) == []
    assert carried(PEOPLE[:2]) == ["NotConnected"] * 2
    assert box.connections == 0


@pytest.mark.parametrize("place", [0, 2])
def test_a_no_is_about_one_letter(box: Moody, place: int) -> None:
    box.no[PEOPLE[place]] = "550 Nobody here"
    expected = ["taken"] * 4
    expected[place] = "SMTPRecipientsRefused"
    assert carried(PEOPLE) == expected


def test_a_no_to_the_connection_is_no_letters(box: Moody) -> None:
    box.most = 2
    assert carried(PEOPLE) == ["taken"] * 4
    assert (box.got(), box.connections) == (PEOPLE, 2)


def test_a_connection_that_was_hung_up_is_replaced(box: Moody) -> None:
    box.hangs_up = {PEOPLE[0], PEOPLE[2], PEOPLE[3]}
    assert carried(PEOPLE) == ["taken"] * 4
    assert box.got() == PEOPLE


def test_what_was_cut_off_is_told_and_never_handed_over_again(box: Moody) -> None:
    box.cuts = {PEOPLE[1]}
    assert carried(PEOPLE) == ["taken", "SMTPServerDisconnected", "taken", "taken"]
    assert box.got() == PEOPLE


@pytest.mark.parametrize(
    ("codes", "expected"), [([550], True), ([450], False), ([550, 450], False)]
)
def test_a_no_is_final_where_it_is_to_everybody(codes: list[int], expected: bool) -> None:
    said = {address: (code, b"no") for address, code in zip(PEOPLE, codes, strict=False)}
    assert is_final(smtplib.SMTPRecipientsRefused(said)) is expected
    assert not is_final(TimeoutError())
