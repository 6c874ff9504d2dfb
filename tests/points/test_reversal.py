"""Taking back and giving back: the vectors of what loyalty software must get right."""

from __future__ import annotations

import pytest
import time_machine

from common import clock
from points import expiry, ledger
from points.errors import NothingToReverse, SourceUsed
from points.ledger import Credit, Earning
from points.models import Entry
from program.models import Program
from tests import cast
from tests.cast import ACTOR, adjust, ana, earn, reverse, spend, utc

pytestmark = pytest.mark.django_db


def test_a_spend_undone_goes_back_to_its_lots(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 20, 12)):
        earn(member, 10, at=utc(2026, 3, 1, 12))
        earn(member, 10, at=utc(2026, 3, 10, 12))
        before = cast.lots(member)
        spent = spend(member, 15)
        undone = reverse(spent)
    assert cast.lots(member) == before
    assert cast.amounts(undone) == [("restore", 15)]
    assert undone.reverses == spent


def test_an_earning_undone_takes_its_own_lot_first(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 20, 12)):
        earn(member, 10, at=utc(2026, 3, 1, 12))
        late = earn(member, 10, at=utc(2026, 3, 10, 12))
        undone = reverse(late)
    assert cast.lots(member) == [(10, 10), (10, 0)]
    assert cast.amounts(undone) == [("clawback", -10)]


def test_points_already_spent_become_a_debt_that_later_earnings_repay_first(quay: Program) -> None:
    member = ana()
    earned = earn(member, 70)
    spend(member, 20)
    reverse(earned)
    assert cast.balance(member) == -20
    assert cast.lots(member) == [(70, 0)]
    earn(member, 30)
    assert cast.balance(member) == 10
    assert cast.lots(member) == [(70, 0), (30, 10)]
    spend(member, 10)


def test_other_lots_pay_before_a_debt_arises(quay: Program) -> None:
    member = ana()
    earned = earn(member, 70)
    spend(member, 20)
    earn(member, 15)
    reverse(earned)
    assert cast.lots(member) == [(70, 0), (15, 0)]
    assert cast.balance(member) == -5


def test_points_given_back_repay_a_debt_first(quay: Program) -> None:
    member = ana()
    first = earn(member, 50)
    bought = spend(member, 50)
    second = earn(member, 20)
    spend(member, 20)
    reverse(second)
    assert cast.balance(member) == -20
    reverse(bought)
    assert cast.balance(member) == 30
    assert cast.lots(member) == [(50, 30), (20, 0)]
    reverse(first)
    assert cast.balance(member) == -20


def test_a_debt_larger_than_what_comes_back_stays(quay: Program) -> None:
    member = ana()
    first = earn(member, 50)
    spent = spend(member, 50)
    reverse(first)
    assert cast.balance(member) == -50
    earn(member, 30)
    assert cast.balance(member) == -20
    assert cast.lots(member)[-1] == (30, 0)
    reverse(spent)
    assert cast.balance(member) == 30


def test_repaying_a_debt_by_an_earning_that_is_then_taken_back_restores_it(quay: Program) -> None:
    member = ana()
    first = earn(member, 20)
    spend(member, 20)
    reverse(first)
    repaying = earn(member, 30)
    assert cast.balance(member) == 10
    reverse(repaying)
    assert cast.balance(member) == -20


def test_an_adjustment_may_repay_a_debt(quay: Program) -> None:
    member = ana()
    earned = earn(member, 20)
    spend(member, 20)
    reverse(earned)
    adjust(member, 25)
    assert cast.balance(member) == 5
    assert cast.lots(member) == [(20, 0), (25, 5)]


def test_what_comes_back_past_its_end_dies_at_once(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 30, 12)):
        earn(member, 100)  # ends with 30 June in Berlin
    with time_machine.travel(utc(2026, 6, 10, 12)):
        spent = spend(member, 40)
    with time_machine.travel(utc(2026, 7, 1, 12)):
        expiry.run()
        assert cast.balance(member) == 0
    with time_machine.travel(utc(2026, 7, 5, 12)):
        undone = reverse(spent)
    assert cast.amounts(undone) == [("restore", 40), ("expiry", -40)]
    assert cast.balance(member) == 0
    assert cast.lots(member) == [(100, 0)]


def test_only_the_part_from_a_dead_lot_dies(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 30, 12)):
        earn(member, 30)
    with time_machine.travel(utc(2026, 6, 20, 12)):
        earn(member, 30)
        spent = spend(member, 40)
    with time_machine.travel(utc(2026, 7, 5, 12)):
        undone = reverse(spent)
    assert cast.amounts(undone) == [("restore", 40), ("expiry", -30)]
    assert cast.lots(member) == [(30, 0), (30, 30)]


def test_what_expired_unused_is_not_taken_twice(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 30, 12)):
        earned = earn(member, 100)
        spend(member, 30)
    with time_machine.travel(utc(2026, 7, 5, 12)):
        undone = reverse(earned)
    assert cast.amounts(undone) == [("clawback", -30)]
    assert cast.balance(member) == -30


def test_taking_back_what_has_wholly_expired_takes_nothing(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 30, 12)):
        earned = earn(member, 100)
    with time_machine.travel(utc(2026, 7, 5, 12)):
        undone = reverse(earned)
        assert cast.amounts(undone) == []
        with pytest.raises(NothingToReverse):
            reverse(earned)
    assert cast.balance(member) == 0


@pytest.mark.parametrize("is_run_in_time", [True, False])
def test_taking_back_is_the_same_however_late_the_expiry_run(
    quay: Program, is_run_in_time: bool
) -> None:
    """What ended before the return cannot pay for it, whether the run has come by or not."""
    member = ana()
    with time_machine.travel(utc(2026, 6, 20, 12)):
        earned = earn(member, 100)
        spend(member, 100)
        earn(member, 50, at=utc(2026, 5, 30, 12))
    with time_machine.travel(utc(2026, 7, 5, 12)):
        if is_run_in_time:
            expiry.run()
        reverse(earned)
        expiry.run()
    assert cast.balance(member) == -100
    kinds = member.entries.order_by("id").values_list("kind", "amount")
    assert list(kinds)[-2:] == [("expiry", -50), ("clawback", -100)]


def test_an_award_with_a_bonus_is_taken_back_whole(quay: Program) -> None:
    member = ana()
    credits = [
        Credit(unit="point", amount=100, reason="Base"),
        Credit(unit="point", amount=50, reason="Bonus", kind=Entry.Kind.BONUS),
        Credit(unit="visit", amount=1, reason="Visit"),
    ]
    posting = ledger.post(Earning(member.pk, "test:stay", clock.now(), credits), actor=ACTOR)
    spend(member, 120)
    reverse(posting)
    assert cast.balance(member) == -120
    assert cast.balance(member, "visit") == 0
    assert cast.lots(member) == [(100, 0), (50, 0)]


def test_a_posting_is_reversed_once(quay: Program) -> None:
    member = ana()
    earned = earn(member, 70)
    spent = spend(member, 20)
    reverse(spent)
    before = cast.state(member)
    with pytest.raises(NothingToReverse):
        reverse(spent)
    assert cast.state(member) == before
    reverse(earned)
    assert cast.balance(member) == 0


def test_reversals_and_expiries_cannot_be_reversed(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 30, 12)):
        spent = reverse(spend_of(member))
    with pytest.raises(NothingToReverse):
        reverse(spent)
    with time_machine.travel(utc(2026, 7, 5, 12)):
        expiry.run()
        with pytest.raises(NothingToReverse):
            reverse(member.postings.get(kind="expiry"))


def test_the_source_of_a_reversal_is_used_once(quay: Program) -> None:
    member = ana()
    earn(member, 70)
    one, two = spend(member, 10), spend(member, 10)
    reverse(one, source="undo:1")
    with pytest.raises(SourceUsed):
        reverse(two, source="undo:1")
    assert cast.balance(member) == 60


def test_an_adjustment_can_be_reversed_either_way(quay: Program) -> None:
    member = ana()
    up, down = adjust(member, 30), adjust(member, -10)
    reverse(down)
    assert cast.lots(member) == [(30, 30)]
    reverse(up)
    assert cast.balance(member) == 0


def spend_of(member: object) -> object:
    earn(member, 20)  # type: ignore[arg-type]
    return spend(member, 20)  # type: ignore[arg-type]
