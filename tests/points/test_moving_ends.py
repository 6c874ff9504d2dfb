"""Ends moved by hand: only later, with a reason, and what has ended comes back once."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
import time_machine

from events.models import Event
from points import expiry
from points.errors import DayInvalid, NothingToExtend, NothingToReinstate, ReasonMissing
from points.models import Entry, Extension, Lot, Posting
from tests import cast
from tests.cast import ACTOR, amounts, ana, balance, earn, facts, hold, reverse, spend, utc

pytestmark = pytest.mark.usefixtures("quay")


def extend(member: cast.Member, until: date, **fields: object) -> list[Extension]:
    given = {"unit": "point", "reason": "Ill", "actor": ACTOR, "source": "extension:1"} | fields
    return expiry.extend(member, until=until, **given)  # type: ignore[arg-type]


def reinstate(member: cast.Member, until: date, **fields: object) -> Posting:
    ended = Entry.objects.filter(member=member, kind="expiry").latest("version")
    given = {"expired": ended.pk, "reason": "Our fault", "actor": ACTOR} | fields
    return expiry.reinstate(member, until=until, **given)  # type: ignore[arg-type]


def ends(member: cast.Member) -> list[tuple[int, object]]:
    rows = Lot.objects.live().filter(member=member).in_spend_order()
    return list(rows.values_list("remaining", "expires_at"))


def test_live_points_are_extended_and_only_to_a_later_day() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30, at=utc(2026, 1, 31, 12))
        earn(member, 40)
        made = extend(member, date(2026, 3, 5))
        assert ends(member) == [(30, utc(2026, 3, 5, 23)), (40, utc(2026, 3, 10, 23))]
        assert [(one.ended_at, one.until, one.reason) for one in made] == [
            (utc(2026, 2, 28, 23), utc(2026, 3, 5, 23), "Ill")
        ]
        assert [one.pk for one in extend(member, date(2026, 3, 5))] == [made[0].pk]
        with pytest.raises(NothingToExtend):
            extend(member, date(2026, 3, 4), source="extension:2")
        with pytest.raises(DayInvalid):
            extend(member, date(2026, 2, 9), source="extension:3")
        with pytest.raises(ReasonMissing):
            extend(member, date(2026, 4, 9), reason=" ", source="extension:4")
    event = Event.objects.get(type="points_extended")
    assert (event.payload["amount"], event.payload["until"]) == (30, "2026-03-05")


def test_only_the_lots_that_are_named_are_extended() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30, at=utc(2026, 1, 31, 12))
        earn(member, 40)
        chosen = Lot.objects.get(awarded=40)
        extend(member, date(2026, 6, 1), lots=[chosen.pk])
    assert ends(member) == [(30, utc(2026, 2, 28, 23)), (40, utc(2026, 6, 1, 22))]


def test_a_dead_lot_is_not_extended() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
    with time_machine.travel(utc(2026, 3, 5, 12)), pytest.raises(NothingToExtend):
        extend(member, date(2026, 6, 1))


def test_held_points_are_extended_with_the_others() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30)
        hold(member, 10)
        extend(member, date(2026, 6, 1))
    assert ends(member) == [(30, utc(2026, 6, 1, 22))]


def test_what_ended_comes_back_once_with_a_new_end_and_its_old_award() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
        earn(member, 12)
        spend(member, 5)
    with time_machine.travel(utc(2026, 3, 5, 12)):
        expiry.run()
        back = reinstate(member, date(2026, 6, 1))
        assert reinstate(member, date(2026, 7, 1)).pk == back.pk
        assert expiry.expiries(member) == []
    assert (back.kind, back.note) == ("reinstate", "Our fault")
    assert sorted(amounts(back)) == [("reinstate", 12), ("reinstate", 25)]
    assert balance(member) == 37
    rows = Lot.objects.live().filter(member=member)
    assert {lot.expires_at for lot in rows} == {utc(2026, 6, 1, 22)}
    assert all(lot.origin and lot.awarded_at == lot.origin.awarded_at for lot in rows)
    assert all(lot.origin.remaining == 0 for lot in rows if lot.origin)


def test_a_debt_is_repaid_out_of_what_comes_back() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
    with time_machine.travel(utc(2026, 2, 25, 12)):
        other = earn(member, 20)
    with time_machine.travel(utc(2026, 3, 5, 12)):
        expiry.run()
        spend(member, 20)
        reverse(other)
        reinstate(member, date(2026, 6, 1))
    assert facts(member) == (10, 0, 10)


def test_a_claw_back_takes_what_was_brought_back_too() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earned = earn(member, 30)
    with time_machine.travel(utc(2026, 3, 5, 12)):
        expiry.run()
        reinstate(member, date(2026, 6, 1))
        reverse(earned)
    assert facts(member) == (0, 0, 0)


def test_only_an_expiry_of_this_member_is_brought_back() -> None:
    member, other = ana(), ana(name="Bruno Lima")
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
    with time_machine.travel(utc(2026, 3, 5, 12)):
        expiry.run()
        ended = Entry.objects.get(kind="expiry")
        for who, what in ((other, ended.pk), (member, uuid.uuid4())):
            with pytest.raises(NothingToReinstate):
                expiry.reinstate(
                    who, expired=what, until=date(2026, 6, 1), reason="Why", actor=ACTOR
                )
        with pytest.raises(ReasonMissing):
            reinstate(member, date(2026, 6, 1), reason="")
        assert [entry.pk for entry in expiry.expiries(member)] == [ended.pk]
