"""Offers at the desk: activated for a member, undone while not used, and counted."""

from __future__ import annotations

import pytest

from common import clock
from earning.models import Offer, OfferActivation
from members.models import Member
from program.models import Program
from tests import cast
from tests.desk.counter import Counter, listing, page, text, verb


@pytest.fixture
def member(clerk: Counter, quay: Program) -> Member:
    Offer.objects.create(code="double", name="Double", summary="Five coins a visit.", places=9)
    Offer.objects.create(code="day", name="Your day", summary="Pick one.", picks_day=True)
    return cast.ana(name="Eva")


def test_a_clerk_activates_for_a_member_and_undoes_it(clerk: Counter, member: Member) -> None:
    wrong = clerk.do(verb(member, "activate"), offer="day")
    assert "Pick the day on which it is to hold." in text(wrong)
    clerk.do(verb(member, "activate"), offer="double")
    row = OfferActivation.objects.get()
    assert row.actor == clerk.actor
    assert "Double" in text(clerk.get(page(member)))
    assert "Eva" in text(clerk.get(listing(OfferActivation)))
    clerk.do(verb(row, "undo"))
    row.refresh_from_db()
    assert row.undone_by == clerk.actor
    assert "Double" not in text(clerk.get(page(member)))


def test_the_list_says_how_often_it_was_activated(manager: Counter, member: Member) -> None:
    today = clock.local_date(clock.now(), "Europe/Berlin")
    manager.do(verb(member, "activate"), offer="day", day=today.isoformat())
    manager.do(verb(member, "activate"), offer="double")
    listed = text(manager.get(listing(Offer)))
    assert "1 / 9" in listed
    assert "1 × ever" in listed
