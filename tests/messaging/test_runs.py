"""The letters of a run go over one connection, and what befalls one of them befalls no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from common import clock
from messaging import delivery
from messaging.models import Letter
from tests import cast
from tests.postbox import Moody, Odd, free_port, serving
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(db: None, settings: Any, tmp_path: Path) -> Iterator[Moody]:
    cast.apply(world.folder(tmp_path / "asks"))
    found = Moody(settings)
    with serving(settings, found):
        yield found


def due(count: int) -> list[str]:
    """So many letters that are due, by their addresses, in the order in which they leave."""
    for number in range(count):
        world.opened(guest(number))
    delivery.prepare()
    return list(Letter.objects.order_by("due_at").values_list("member__email", flat=True))


def books() -> list[tuple[str, int, int]]:
    return list(Letter.objects.order_by("made_at").values_list("status", "attempts", "doubts"))


def later() -> Any:
    return time_machine.travel(clock.now() + timedelta(minutes=2))


SENT = ("sent", 1, 0)


def test_the_letters_of_a_run_go_over_one_connection(box: Moody) -> None:
    people = due(5)
    assert delivery.send(limit=3) == 3
    assert box.connections == 1
    assert delivery.send() == 2
    assert box.connections == 2
    assert box.got() == people
    assert books() == [SENT] * 5


def test_without_a_letter_nobody_is_called(box: Moody, settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    assert delivery.drain() == 0
    assert box.connections == 0


@pytest.mark.parametrize(
    ("answer", "status"),
    [("550 Nobody here", "failed"), ("450 Come back later", "waiting")],
)
@pytest.mark.parametrize("place", [0, 2])
def test_an_address_that_is_refused_is_refused_alone(
    box: Moody, place: int, answer: str, status: str
) -> None:
    people = due(4)
    box.no[people[place]] = answer
    assert delivery.send() == 3
    expected = [SENT] * 4
    expected[place] = (status, 1, 0)
    assert books() == expected
    assert box.got() == [one for one in people if one != people[place]]


def test_no_letter_waits_because_the_server_takes_only_so_many_at_once(box: Moody) -> None:
    people = due(5)
    box.most = 2
    assert delivery.send() == 5
    assert books() == [SENT] * 5
    assert box.got() == people
    assert box.connections == 3


def test_no_letter_is_in_doubt_because_the_server_hung_up_before_it(box: Moody) -> None:
    people = due(4)
    box.hangs_up = {people[0], people[2], people[3]}  # the last one: before the goodbye
    assert delivery.send() == 4
    assert books() == [SENT] * 4
    assert box.got() == people
    assert box.connections == 3


def test_a_letter_cut_off_in_the_middle_is_in_doubt_alone(box: Moody) -> None:
    people = due(4)
    box.cuts = {people[1]}
    assert delivery.send() == 3
    assert books() == [SENT, ("waiting", 1, 1), SENT, SENT]
    assert box.got() == people  # it did arrive, and nobody knows
    with later():
        assert delivery.send() == 1
    assert books() == [SENT, ("sent", 2, 1), SENT, SENT]
    assert Counter(box.got()) == Counter([*people, people[1]])
    ids = [one["Message-ID"] for one in box.letters if one["To"] == people[1]]
    assert len(set(ids)) == 1


def test_what_was_not_handed_over_when_the_server_went_away_is_in_no_doubt(box: Moody) -> None:
    people = due(4)
    box.cuts, box.moves = {people[1]}, True
    assert delivery.send() == 1
    assert books() == [SENT, ("waiting", 1, 1), ("waiting", 1, 0), ("waiting", 1, 0)]
    assert box.got() == people[:2]


def test_what_nobody_foresaw_is_a_doubt_as_well(
    box: Moody, settings: Any, mailoutbox: list[Any]
) -> None:
    due(3)
    settings.EMAIL_BACKEND = "tests.postbox.Odd"
    Odd.times = 1
    with pytest.raises(RuntimeError, match="odd"):
        delivery.send()
    assert books() == [("waiting", 1, 1), SENT, SENT]
    Odd.times = 1
    with later(), pytest.raises(RuntimeError, match="odd"):
        delivery.send()
    assert books() == [("failed", 2, 2), SENT, SENT]
    assert len(mailoutbox) == 4
