"""Posting and adjusting: how points come into an account."""

from __future__ import annotations

import pytest
import time_machine

from common import clock
from points import ledger
from points.errors import AmountInvalid, InsufficientPoints, ReasonMissing, SourceUsed, UnitInvalid
from points.ledger import Credit, Earning
from points.models import Entry, Lot
from program.models import Program
from tests import cast
from tests.cast import ACTOR, adjust, ana, earn, spend, utc

pytestmark = pytest.mark.django_db


def test_an_earning_makes_an_entry_and_a_lot(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 2, 9)):
        posting = earn(member, 70, at=utc(2026, 5, 1, 9))
    entry = posting.entries.get()
    assert (entry.amount, entry.balance_after, entry.version) == (70, 70, 1)
    assert entry.occurred_at == utc(2026, 5, 1, 9)
    lot = Lot.objects.get(entry=entry)
    assert (lot.awarded, lot.remaining, lot.awarded_at) == (70, 70, utc(2026, 5, 1, 9))


def test_one_thing_may_pay_several_units_and_counters_get_no_lot(quay: Program) -> None:
    member = ana()
    credits = [
        Credit(unit="point", amount=10, reason="Base"),
        Credit(unit="point", amount=5, reason="Bonus", kind=Entry.Kind.BONUS),
        Credit(unit="visit", amount=1, reason="Visit"),
    ]
    posting = ledger.post(Earning(member.pk, "test:all", clock.now(), credits), actor=ACTOR)
    assert cast.amounts(posting) == [("base", 10), ("bonus", 5), ("base", 1)]
    assert cast.balance(member) == 15
    assert cast.balance(member, "visit") == 1
    assert cast.lots(member, "visit") == []
    assert cast.lots(member) == [(10, 10), (5, 5)]


def test_running_balances_chain(quay: Program) -> None:
    member = ana()
    for amount in (5, 6, 7):
        earn(member, amount)
    spend(member, 3)
    rows = member.entries.order_by("version").values_list("version", "amount", "balance_after")
    assert list(rows) == [(1, 5, 5), (2, 6, 11), (3, 7, 18), (4, -3, 15)]


def test_the_same_source_is_posted_once(quay: Program) -> None:
    member = ana()
    earn(member, 70, source="stay:1")
    before = cast.state(member)
    with pytest.raises(SourceUsed):
        earn(member, 70, source="stay:1")
    assert cast.state(member) == before


def test_an_earning_without_credits_is_refused(quay: Program) -> None:
    member = ana()
    with pytest.raises(AmountInvalid):
        ledger.post(Earning(member.pk, "test:none", utc(2026, 1, 1), []), actor=ACTOR)


def test_an_earning_of_nothing_is_refused(quay: Program) -> None:
    with pytest.raises(AmountInvalid):
        earn(ana(), 0)


def test_an_unknown_unit_is_refused(quay: Program) -> None:
    member = ana()
    with pytest.raises(UnitInvalid):
        earn(member, 1, unit="mile")
    with pytest.raises(UnitInvalid):
        adjust(member, 1, unit="mile")
    assert cast.state(member)["accounts"] == []


def test_an_adjustment_adds_with_a_lot_of_its_own(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 2, 9)):
        posting = adjust(member, 40)
    assert posting.note == "By hand"
    assert cast.lots(member) == [(40, 40)]
    assert Lot.objects.get(member=member).expires_at == utc(2026, 6, 2, 22)


def test_an_adjustment_takes_in_spend_order(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 20, 12)):
        earn(member, 10, at=utc(2026, 3, 10, 12))
        earn(member, 10, at=utc(2026, 3, 1, 12))
        adjust(member, -15)
    assert cast.lots(member) == [(10, 0), (10, 5)]


def test_an_adjustment_never_overdraws(quay: Program) -> None:
    member = ana()
    adjust(member, 10)
    with pytest.raises(InsufficientPoints):
        adjust(member, -11)
    adjust(member, -10)
    assert cast.balance(member) == 0


def test_an_adjustment_works_on_counters_too(quay: Program) -> None:
    member = ana()
    adjust(member, 3, unit="visit")
    adjust(member, -1, unit="visit")
    assert cast.balance(member, "visit") == 2


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_adjustment_needs_a_reason(quay: Program, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        ledger.adjust(
            ana(), unit="point", amount=5, reason=reason, actor=ACTOR, source="test:reason"
        )


def test_a_long_reason_is_kept_as_far_as_it_fits(quay: Program) -> None:
    posting = ledger.adjust(
        ana(), unit="point", amount=5, reason="w" * 500, actor=ACTOR, source="test:long"
    )
    assert posting.note == "w" * 240


def test_an_adjustment_of_nothing_is_refused(quay: Program) -> None:
    with pytest.raises(AmountInvalid):
        adjust(ana(), 0)


def test_a_form_sent_twice_adjusts_once(quay: Program) -> None:
    member = ana()
    adjust(member, 5, source="form:1")
    with pytest.raises(SourceUsed):
        adjust(member, 5, source="form:1")
    assert cast.balance(member) == 5


def test_amounts_are_in_the_units_smallest_part(quay: Program) -> None:
    member = ana()
    earn(member, 1250, unit="cent")
    spend(member, 1, unit="cent")
    assert cast.balance(member, "cent") == 1249
