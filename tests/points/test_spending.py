"""Spending: from which lots, and when it is refused."""

from __future__ import annotations

import pytest
import time_machine

from points import ledger
from points.books import spend_order
from points.errors import AmountInvalid, InsufficientPoints, SourceUsed, UnitInvalid
from points.models import LIMIT, LotUse
from program.models import Program, Unit
from tests import cast
from tests.cast import ana, earn, spend, utc

pytestmark = pytest.mark.django_db


def test_a_spend_takes_from_the_balance(quay: Program) -> None:
    member = ana()
    earn(member, 70)
    posting = spend(member, 20)
    assert cast.balance(member) == 50
    assert cast.lots(member) == [(70, 50)]
    assert cast.amounts(posting) == [("spend", -20)]


def test_the_lot_that_ends_soonest_goes_first(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 20, 12)):
        earn(member, 10, at=utc(2026, 3, 10, 12))
        earn(member, 10, at=utc(2026, 3, 1, 12))
        earn(member, 10, at=utc(2026, 3, 15, 12))
        spend(member, 15)
    assert cast.lots(member) == [(10, 0), (10, 5), (10, 10)]


def test_what_never_ends_goes_last_then_the_oldest_then_the_lowest_id(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 20, 12)):
        earn(member, 10, at=utc(2026, 3, 18, 12))
        Unit.objects.filter(code="point").update(expiry="never", expiry_count=None)
        young = earn(member, 10, at=utc(2026, 3, 2, 12))
        old = earn(member, 10, at=utc(2026, 3, 1, 12))
        twin = earn(member, 10, at=utc(2026, 3, 2, 12))
        in_sql = list(member.lots.in_spend_order())
        assert in_sql == sorted(member.lots.all(), key=spend_order)
        posting = spend(member, 35)
    uses = LotUse.objects.filter(entry__posting=posting).select_related("lot__entry__posting")
    taken = {use.lot.entry.posting_id: use.amount for use in uses}
    assert taken[old.pk] == 10
    assert taken[young.pk] == 10
    assert taken[twin.pk] == 5
    assert sum(taken.values()) == 35


def test_a_spend_may_empty_the_account(quay: Program) -> None:
    member = ana()
    earn(member, 70)
    spend(member, 70)
    assert cast.balance(member) == 0


def test_a_spend_above_the_balance_is_refused_and_changes_nothing(quay: Program) -> None:
    member = ana()
    earn(member, 70)
    before = cast.state(member)
    with pytest.raises(InsufficientPoints) as refused:
        spend(member, 71)
    assert refused.value.data == {"balance": 70, "missing": 1}
    assert cast.state(member) == before


def test_somebody_without_an_account_has_nothing_to_spend(quay: Program) -> None:
    member = ana()
    with pytest.raises(InsufficientPoints):
        spend(member, 1)
    assert cast.state(member)["accounts"] == []


@pytest.mark.parametrize("amount", [0, -1, LIMIT + 1])
def test_an_amount_that_is_none_is_refused(quay: Program, amount: int) -> None:
    with pytest.raises(AmountInvalid):
        spend(ana(), amount)


def test_a_source_is_used_once_for_a_member(quay: Program) -> None:
    member, other = ana(), ana(name="Bruno Reis")
    earn(member, 70)
    earn(other, 70)
    spend(member, 10, source="till:1")
    with pytest.raises(SourceUsed):
        spend(member, 10, source="till:1")
    spend(other, 10, source="till:1")
    assert cast.balance(member) == cast.balance(other) == 60


def test_points_past_their_end_cannot_be_spent_even_if_no_run_came(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 70)
    with time_machine.travel(utc(2026, 2, 28, 22, 59, 59)):
        spend(member, 10)
    with time_machine.travel(utc(2026, 2, 28, 23)), pytest.raises(InsufficientPoints) as refused:
        spend(member, 1)
    assert refused.value.data["balance"] == 0
    assert cast.balance(member) == 60


def test_a_counter_cannot_be_spent(quay: Program) -> None:
    member = ana()
    earn(member, 3, unit="visit")
    with pytest.raises(UnitInvalid):
        spend(member, 1, unit="visit")
    assert cast.balance(member, "visit") == 3


def test_units_do_not_mix(quay: Program) -> None:
    member = ana()
    earn(member, 5)
    earn(member, 7, unit="coin")
    with pytest.raises(InsufficientPoints):
        spend(member, 6)
    spend(member, 7, unit="coin")
    assert (cast.balance(member), cast.balance(member, "coin")) == (5, 0)


def test_balances_stop_where_every_reader_still_counts_exactly(quay: Program) -> None:
    member = ana()
    earn(member, LIMIT, unit="coin")
    with pytest.raises(AmountInvalid):
        earn(member, 1, unit="coin")
    assert ledger.balance(member, unit="coin") == LIMIT
