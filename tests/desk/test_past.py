"""A member as of a past day, at the desk."""

from __future__ import annotations

from datetime import timedelta

from common import clock
from tests import cast
from tests.desk.counter import Counter, page, text, verb


def test_what_was_reported_late_differs_in_the_two_pasts(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100, at=clock.now() - timedelta(days=5))
    on = clock.local_date(clock.now() - timedelta(days=2), "Europe/Berlin")
    shown = text(clerk.get(verb(ana, "past"), {"on": on.isoformat()}))
    assert "Points 100 points 0 points" in shown
    assert "Points that could be spent" in shown


def test_today_both_are_what_is_there(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 70)
    cast.spend(ana, 20)
    assert "Points 50 points" in text(clerk.get(verb(ana, "past")))


def test_a_day_that_is_none_is_said_so(clerk: Counter) -> None:
    shown = text(clerk.get(verb(cast.ana(), "past"), {"on": "the other day"}))
    assert "Enter a valid date." in shown


def test_the_members_page_leads_there(clerk: Counter) -> None:
    ana = cast.ana()
    assert verb(ana, "past") in clerk.get(page(ana)).content.decode()


def test_it_asks_for_the_right_to_read_the_ledger(clerk: Counter) -> None:
    clerk.user.groups.clear()
    assert clerk.get(verb(cast.ana(), "past")).status_code == 403
