"""Finding a member in the list, by whatever they hold out."""

from __future__ import annotations

import pytest

from desk import finding
from members import enrolment
from members.models import Member
from program.models import Program
from tests import cast
from tests.desk.counter import Counter, listing, page, text
from tiers.models import Tier


def find(counter: Counter, **query: str) -> object:
    return counter.get(listing(Member), query)


@pytest.fixture
def ana(quay: Program) -> Member:
    return cast.ana(email="ana@example.com", phone="+351 912 000 001", reference="guest-77")


def test_the_list_shows_card_tier_and_balance(clerk: Counter, ana: Member) -> None:
    cast.ana(name="Rui Reis")
    for _turn in range(3):
        cast.visit(ana)
    shown = text(find(clerk))
    number = str(ana.cards.get())
    assert f"Ana Lima {number} Blue 30 points ana@example.com" in shown
    assert "Rui Reis" in shown


def test_the_list_flies_the_pennants(clerk: Counter, ana: Member) -> None:
    cast.visit(ana)
    response = find(clerk)
    assert b'class="desk-tier"><svg' in response.content  # type: ignore[attr-defined]


@pytest.mark.parametrize("sought", ["ana", "LIMA", "a Li", "  Ana   Lima "])
def test_part_of_a_name_finds(clerk: Counter, ana: Member, sought: str) -> None:
    cast.ana(name="Rui Reis")
    shown = text(find(clerk, q=sought))
    assert "Ana Lima" in shown
    assert "Rui Reis" not in shown


def test_what_is_exactly_one_member_opens_at_once(clerk: Counter, ana: Member) -> None:
    number = ana.cards.get().number
    spaced, hyphened = str(ana.cards.get()), "-".join([number[:6], number[6:]])
    for sought in (
        number,
        spaced,
        hyphened,
        f"  {spaced} ",
        "ANA@example.com",
        "+351912000001",
        "+351 912 000 001",
        "guest-77",
    ):
        response = find(clerk, q=sought)
        assert (response.status_code, response["Location"]) == (302, page(ana)), sought  # type: ignore[attr-defined,index]


def test_a_mistyped_card_says_so(clerk: Counter, ana: Member) -> None:
    number = ana.cards.get().number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert "At least one digit of this card number is wrong" in text(find(clerk, q=wrong))
    assert "A card number has 12 digits" in text(find(clerk, q=number[:-1]))


def test_a_card_of_the_past_still_leads_to_its_member(clerk: Counter, ana: Member) -> None:
    old = ana.cards.get().number
    enrolment.replace_card(ana, actor="test", reason="Lost")
    assert "Ana Lima" in text(find(clerk, q=old))


def test_nobody_gets_a_hint(clerk: Counter, ana: Member) -> None:
    assert "Nobody fits" in text(find(clerk, q="Zacharias"))


@pytest.mark.parametrize("sought", ["\0", "%", "_", "'; --", "\u202e", "x" * 5000, "٤٨٢١٠٩٣٧٦٦٢٣"])
def test_strange_words_find_nobody_and_break_nothing(
    clerk: Counter, ana: Member, sought: str
) -> None:
    assert find(clerk, q=sought).status_code in (200, 302)  # type: ignore[attr-defined]


def test_the_list_is_filtered_by_tier(clerk: Counter, ana: Member) -> None:
    cast.ana(name="Rui Reis")
    cast.visit(ana)
    white = Tier.objects.get(code="white")
    held = text(find(clerk, tier=str(white.pk)))
    assert "Ana Lima" in held
    assert "Rui Reis" not in held
    without = text(find(clerk, tier="none"))
    assert "Rui Reis" in without
    assert "Ana Lima" not in without


def test_one_is_the_member_that_is_meant(ana: Member) -> None:
    assert finding.one("guest-77") == ana
    assert finding.one(str(ana.cards.get())) == ana
