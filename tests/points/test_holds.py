"""Holds: points promised to a cart or till end once, and neither die nor are spent meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from events.models import Event
from points import expiry, holds
from points.errors import (
    AmountInvalid,
    HoldEnded,
    HoldTooLong,
    InsufficientPoints,
    ReasonMissing,
    SourceUsed,
    UnitInvalid,
)
from points.models import Hold, Lot, LotUse, Posting
from points.tasks import time_out_holds
from program.models import Program
from tests import cast
from tests.cast import (
    ACTOR,
    adjust,
    amounts,
    ana,
    apply,
    balance,
    capture,
    earn,
    facts,
    hold,
    release,
    reverse,
    spend,
    utc,
    variant,
)

EVE = utc(2026, 6, 30, 21, 55)  # five minutes before midnight in Berlin
MIDNIGHT = utc(2026, 6, 30, 22)


def dying(amount: int = 100) -> cast.Member:
    """Somebody with a lot that ends at midnight."""
    member = ana()
    with time_machine.travel(utc(2026, 5, 30, 12)):
        earn(member, amount)
    assert Lot.objects.get(member=member).expires_at == MIDNIGHT
    return member


def test_a_hold_lowers_what_is_available_and_not_the_balance(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    held = hold(member, 60)
    assert facts(member) == (100, 60, 40)
    assert (held.status, held.captured) == ("open", 0)
    assert held.expires_at - held.opened_at == timedelta(minutes=15)
    assert not Posting.objects.filter(kind="spend").exists()
    assert [one.pk for one in holds.held(member)] == [held.pk]


def test_a_hold_names_lots_in_spend_order(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        earn(member, 30, at=utc(2026, 3, 5, 12))
        earn(member, 40, at=utc(2026, 3, 1, 12))
        held = hold(member, 50)
        hold(member, 10)
    parts = held.parts.order_by("lot__expires_at").values_list("lot__awarded", "amount")
    assert list(parts) == [(40, 40), (30, 10)]
    assert list(Lot.objects.order_by("-awarded").values_list("held", flat=True)) == [40, 20]


def test_only_what_is_available_is_spent_held_or_taken_by_hand(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    hold(member, 60)
    for refused in (
        lambda: spend(member, 41),
        lambda: hold(member, 41),
        lambda: adjust(member, -41),
    ):
        with pytest.raises(
            InsufficientPoints, match="free are 40 points: of 100 points, 60 points are held"
        ) as error:
            refused()
        assert error.value.data["missing"] == 1
    spend(member, 40)
    assert facts(member) == (60, 60, 0)


def test_a_capture_spends_what_was_held(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    held = hold(member, 60)
    posting = capture(held)
    assert (posting.kind, amounts(posting)) == ("spend", [("capture", -60)])
    assert facts(member) == (40, 0, 40)
    held.refresh_from_db()
    assert (held.status, held.captured, held.posting) == ("captured", 60, posting)


def test_a_capture_of_a_part_releases_the_rest(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    held = hold(member, 60)
    capture(held, 25)
    assert facts(member) == (75, 0, 75)
    with pytest.raises(HoldEnded, match="captured"):
        capture(held, 10)
    with pytest.raises(HoldEnded, match="captured"):
        release(held)


def test_no_more_is_captured_than_was_held(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    held = hold(member, 60)
    with pytest.raises(AmountInvalid, match="No more than 60 points can be"):
        capture(held, 61)
    assert facts(member) == (100, 60, 40)


def test_a_capture_that_is_reversed_goes_back_to_its_lots(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    reverse(capture(hold(member, 60)))
    assert facts(member) == (100, 0, 100)
    assert cast.lots(member) == [(100, 100)]


def test_a_release_lets_go(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    held = hold(member, 60)
    assert release(held).status == "released"
    assert release(held).status == "released"
    assert facts(member) == (100, 0, 100)
    with pytest.raises(HoldEnded, match="released"):
        capture(held)
    with pytest.raises(ReasonMissing):
        holds.release(held, actor=ACTOR, reason=" ")


def test_the_same_source_gives_the_first_answer(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    first = hold(member, 60, source="cart:1")
    assert hold(member, 60, source="cart:1").pk == first.pk
    paid = capture(first)
    assert capture(first).pk == paid.pk
    assert hold(member, 60, source="cart:1").status == "captured"
    assert facts(member) == (40, 0, 40)
    with pytest.raises(SourceUsed):
        hold(member, 61, source="cart:1")


def test_a_hold_is_short(db: None, tmp_path: Path) -> None:
    apply(
        variant(
            tmp_path, ('currency = "EUR"', 'currency = "EUR"\nhold = { minutes = 5, at_most = 20 }')
        )
    )
    member = ana()
    earn(member, 100)
    with time_machine.travel(utc(2030, 1, 1), tick=False):
        earn(member, 10)
        usual, long = hold(member, 1), hold(member, 1, minutes=20)
        with pytest.raises(HoldTooLong, match="1 to 20 minutes"):
            hold(member, 1, minutes=21)
    assert usual.expires_at == utc(2030, 1, 1, 0, 5)
    assert long.expires_at == utc(2030, 1, 1, 0, 20)


def test_a_counter_is_not_held(quay: Program) -> None:
    member = ana()
    earn(member, 5, unit="visit")
    with pytest.raises(UnitInvalid):
        hold(member, 1, unit="visit")


@pytest.mark.parametrize("sweep", [expiry.run, holds.time_out, time_out_holds, None])
def test_a_hold_times_out_at_its_own_moment_however_late_it_is_seen(
    quay: Program, sweep: object
) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        earn(member, 100)
        held = hold(member, 60)
    with time_machine.travel(utc(2026, 3, 10, 18)):
        with pytest.raises(HoldEnded, match="timed out"):
            capture(held)
        if callable(sweep):
            sweep()
        else:
            spend(member, 100)
    held.refresh_from_db()
    assert (held.status, held.ended_at) == ("timed_out", utc(2026, 3, 10, 12, 15))
    assert facts(member)[1] == 0
    assert Event.objects.get(type="hold_timed_out").occurred_at == utc(2026, 3, 10, 12, 15)
    assert release(held).status == "timed_out"


def test_what_is_held_lives_past_its_end_and_is_captured(quay: Program) -> None:
    member = dying()
    with time_machine.travel(EVE, tick=False):
        held = hold(member, 60)
    with time_machine.travel(MIDNIGHT, tick=False):
        assert expiry.run() == 40
        assert facts(member) == (60, 60, 0)
    with time_machine.travel(MIDNIGHT + timedelta(minutes=5), tick=False):
        capture(held)
    assert facts(member) == (0, 0, 0)
    assert Posting.objects.filter(kind="expiry").count() == 1


def test_what_is_released_past_its_end_ends_at_that_end(quay: Program) -> None:
    member = dying()
    with time_machine.travel(EVE, tick=False):
        held = hold(member, 60)
    with time_machine.travel(MIDNIGHT + timedelta(minutes=5), tick=False):
        release(held)
        assert facts(member) == (0, 0, 0)
    rows = Posting.objects.filter(kind="expiry").order_by("entries__version")
    assert list(rows.values_list("occurred_at", "entries__amount")) == [
        (MIDNIGHT, -40),
        (MIDNIGHT, -60),
    ]


def test_what_is_left_of_a_capture_past_its_end_ends_too(quay: Program) -> None:
    member = dying()
    with time_machine.travel(EVE, tick=False):
        held = hold(member, 60)
    with time_machine.travel(MIDNIGHT + timedelta(minutes=5), tick=False):
        capture(held, 50)
    assert facts(member) == (0, 0, 0)
    rows = Posting.objects.filter(kind="expiry")
    assert set(rows.values_list("occurred_at", flat=True)) == {MIDNIGHT}


@pytest.mark.parametrize("lateness", [timedelta(0), timedelta(hours=3), timedelta(days=300)])
def test_holds_and_ends_give_the_same_movements_however_late_the_run_is(
    quay: Program, lateness: timedelta
) -> None:
    member = dying()
    with time_machine.travel(EVE, tick=False):
        hold(member, 60)
        hold(member, 30, minutes=30)
    for moment in (MIDNIGHT, MIDNIGHT + timedelta(minutes=10), MIDNIGHT + timedelta(minutes=25)):
        with time_machine.travel(moment + lateness, tick=False):
            expiry.run()
    rows = Posting.objects.filter(kind="expiry").order_by("entries__version")
    assert list(rows.values_list("occurred_at", "entries__amount")) == [
        (MIDNIGHT, -10),
        (MIDNIGHT, -60),
        (MIDNIGHT, -30),
    ]
    assert set(Hold.objects.values_list("status", "ended_at")) == {
        ("timed_out", MIDNIGHT + timedelta(minutes=10)),
        ("timed_out", MIDNIGHT + timedelta(minutes=25)),
    }


def test_a_claw_back_that_finds_only_held_points_makes_debt(quay: Program) -> None:
    member = ana()
    earned = earn(member, 60)
    held = hold(member, 60)
    reverse(earned)
    row = cast.account(member)
    assert (row.balance, row.held, row.available, row.debt) == (0, 60, 0, 60)
    with pytest.raises(InsufficientPoints):
        spend(member, 1)
    capture(held)
    row.refresh_from_db()
    assert (row.balance, row.held, row.available, row.debt) == (-60, 0, 0, 60)
    earn(member, 100)
    assert facts(member) == (40, 0, 40)


def test_what_is_released_repays_the_debt_first(quay: Program) -> None:
    member = ana()
    earned = earn(member, 60)
    earn(member, 20)
    held = hold(member, 70)
    reverse(earned)
    assert (balance(member), cast.account(member).debt) == (20, 50)
    release(held)
    assert facts(member) == (20, 0, 20)
    assert sum(remaining for _, remaining in cast.lots(member)) == 20
    settled = Posting.objects.get(kind="settle")
    assert amounts(settled) == [("settle", 50), ("settle", -50)]


def test_a_part_captured_in_debt_leaves_the_debt_repaid_by_the_rest(quay: Program) -> None:
    member = ana()
    earned = earn(member, 60)
    held = hold(member, 60)
    reverse(earned)
    capture(held, 20)
    row = cast.account(member)
    assert (row.balance, row.held, row.debt) == (-20, 0, 20)
    assert LotUse.objects.filter(entry__kind="settle").count() == 1


def test_new_points_repay_a_debt_although_some_are_held(quay: Program) -> None:
    member = ana()
    earned = earn(member, 60)
    hold(member, 60)
    reverse(earned)
    earn(member, 100)
    row = cast.account(member)
    assert (row.balance, row.held, row.available, row.debt) == (100, 60, 40, 0)


def test_a_redemption_given_back_repays_a_debt_although_some_are_held(quay: Program) -> None:
    member = ana()
    earned = earn(member, 100)
    spent = spend(member, 40)
    hold(member, 60)
    reverse(earned)
    assert cast.account(member).debt == 100
    reverse(spent)
    row = cast.account(member)
    assert (row.balance, row.held, row.debt) == (0, 60, 60)


def test_holds_are_announced(quay: Program) -> None:
    member = ana()
    earn(member, 100)
    capture(hold(member, 60), 50)
    release(hold(member, 10))
    said = list(
        Event.objects.filter(type__startswith="hold").order_by("id").values_list("type", "payload")
    )
    assert [kind for kind, _ in said] == [
        "hold_opened",
        "hold_captured",
        "hold_opened",
        "hold_released",
    ]
    assert said[1][1] == {"unit": "point", "amount": 60, "captured": 50, "actor": ACTOR}


def test_a_run_of_time_outs_that_broke_off_goes_on(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        people = [ana(name=f"Ana {number}") for number in range(5)]
        for member in people:
            earn(member, 10)
            hold(member, 4)
    holds.CHUNK, chunk = 2, holds.CHUNK
    try:
        with time_machine.travel(utc(2026, 3, 10, 13)):
            with pytest.raises(KeyboardInterrupt):
                holds.time_out(after_chunk=_break_off)
            assert Hold.objects.filter(status="timed_out").count() == 2
            assert holds.time_out() == 3
    finally:
        holds.CHUNK = chunk
    assert {facts(member) for member in people} == {(10, 0, 10)}


def _break_off() -> None:
    raise KeyboardInterrupt
