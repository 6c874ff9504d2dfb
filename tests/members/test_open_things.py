"""Whoever is merged, parted or erased while something is still open: held, pending, on its way."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from earning import confirmations, returns
from earning.changing import Changed
from earning.models import Activity, PendingActivity
from earning.recording import Recorded
from members import erasure, merging
from members.errors import MemberErased
from members.models import Member
from points import holds, transfers
from points.errors import HoldEnded
from program.models import ActivityType, Program
from rewards import redemption, together
from rewards.models import Reward
from tests.cast import (
    ACTOR,
    ana,
    balance,
    capture,
    earn,
    facts,
    hold,
    lots,
    pooled,
    send,
    spend,
    utc,
    visit,
)

pytestmark = pytest.mark.django_db
_turn = itertools.count(1)


@pytest.fixture(autouse=True)
def march(quay: Program) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False) as clock:
        yield clock


def two() -> tuple[Member, Member]:
    return ana(), ana(name="Bea Lima")


def merge(survivor: Member, absorbed: Member) -> merging.MemberMerge:
    return merging.merge(survivor, absorbed, reason="One person", actor=ACTOR)


def undo(row: merging.MemberMerge) -> None:
    merging.undo(row, reason="Two people", actor=ACTOR)


def erase(member: Member) -> None:
    erasure.erase(member, reason="asked", actor=ACTOR)


def paid(member: Member, euros: int, **fields: Any) -> Recorded:
    return visit(member, attributes={"paid": str(euros)}, **fields)


def name_of(done: Recorded) -> str:
    return done.submission.reference


def told(activity: str, **said: Any) -> Changed:
    words = {
        "partner": "till",
        "activity": activity,
        "reference": f"told-{next(_turn)}",
        "reason": "Brought back",
        "actor": ACTOR,
    }
    return returns.amend(**words, **said) if said else returns.cancel(**words)


# What was reported before, and changes afterwards


def test_a_merged_members_activity_is_cancelled_at_the_survivor() -> None:
    one, other = two()
    paid(one, 30)
    done = paid(other, 40)
    merge(one, other)
    told(name_of(done))
    assert (balance(one), balance(one, "visit")) == (30, 1)
    assert lots(one) == [(30, 30), (40, 0)]
    assert balance(other) == 0


def test_in_parts_before_and_after_the_merge_no_more_goes_than_was_earned() -> None:
    one, other = two()
    done = paid(other, 33)
    told(name_of(done), returned={"paid": "11"})
    assert balance(other) == 22
    merge(one, other)
    told(name_of(done), returned={"paid": "11"})
    assert balance(one) == 11
    told(name_of(done), attributes={"paid": "50"})
    assert balance(one) == 50
    told(name_of(done))
    assert (balance(one), balance(one, "visit")) == (0, 0)


def test_what_was_spent_meanwhile_is_the_survivors_debt() -> None:
    one, other = two()
    done = paid(other, 40)
    merge(one, other)
    spend(one, 30)
    told(name_of(done))
    assert (balance(one), balance(other)) == (-30, 0)


def test_once_parted_the_activity_is_its_owners_again() -> None:
    one, other = two()
    paid(one, 30)
    done = paid(other, 40)
    row = merge(one, other)
    told(name_of(done), returned={"paid": "10"})
    undo(row)
    assert (balance(one), balance(other)) == (30, 30)
    told(name_of(done))
    assert (balance(one), balance(other)) == (30, 0)
    assert (balance(one, "visit"), balance(other, "visit")) == (1, 0)


def test_a_change_that_waits_counts_for_the_survivor() -> None:
    one, other = two()
    told("visit-late", returned={"paid": "10"})
    number = other.cards.get(is_active=True).number
    merge(one, other)
    visit(kind="card", value=number, reference="visit-late", attributes={"paid": "30"})
    assert balance(one) == 20


# Pending


def pending(member: Member) -> PendingActivity:
    ActivityType.objects.filter(code="visit").update(confirm="days", confirm_days=14)
    done = paid(member, 25)
    assert done.pending is not None
    return done.pending


def test_what_is_pending_is_confirmed_for_the_survivor(march: time_machine.Coordinates) -> None:
    one, other = two()
    row = pending(other)
    merge(one, other)
    march.move_to(utc(2026, 3, 25, 12))
    assert confirmations.run() == 1
    assert (balance(one), balance(other)) == (25, 0)
    told(row.reference)
    assert balance(one) == 0


def test_what_is_pending_is_confirmed_for_its_owner_once_parted(
    march: time_machine.Coordinates,
) -> None:
    one, other = two()
    pending(other)
    undo(merge(one, other))
    march.move_to(utc(2026, 3, 25, 12))
    assert confirmations.run() == 1
    assert (balance(one), balance(other)) == (0, 25)


def test_what_is_pending_ends_with_the_membership_and_stops_nobody_elses(
    march: time_machine.Coordinates,
) -> None:
    one, other = two()
    row = pending(other)
    pending(one)
    erase(other)
    row.refresh_from_db()
    assert row.status == PendingActivity.Status.CANCELLED
    march.move_to(utc(2026, 3, 25, 12))
    assert confirmations.run() == 1
    assert balance(one) == 25
    assert not Activity.objects.filter(member=other).exists()


# Held


def test_what_is_held_is_let_go_and_can_be_held_anew() -> None:
    one, other = two()
    earn(other, 50)
    held = hold(other, 30)
    row = merge(one, other)
    assert facts(one) == (50, 0, 50)
    with pytest.raises(HoldEnded):
        capture(held)
    kept = hold(one, 20)
    undo(row)  # what the survivor holds by now stays with whoever holds it
    assert balance(one) + balance(other) == 50
    capture(kept)
    assert balance(one) + balance(other) == 30


def test_what_an_erased_member_held_is_let_go() -> None:
    one, other = two()
    earn(other, 50)
    held = hold(other, 30)
    erase(other)
    with pytest.raises(MemberErased):
        holds.capture(held, actor=ACTOR, reason="Bought")
    held.refresh_from_db()
    assert held.status == "released"
    assert holds.time_out() == 0
    assert balance(one) == 0


# Sent, paid together, and taken as a voucher


def test_what_an_erased_member_was_sent_is_gone() -> None:
    one, other = two()
    earn(one, 50)
    made = send(one, other, 20)
    erase(other)
    with pytest.raises(MemberErased):
        transfers.reverse(made, reason="Wrong card", actor=ACTOR)
    assert balance(one) == 30


def coffee(member: Member) -> Any:
    reward = Reward.objects.get(code="coffee")
    return together.redeem(member, reward=reward, attempt=uuid.uuid4(), actor=ACTOR)


def test_what_was_paid_together_goes_back_past_a_merge() -> None:
    one, other = two()
    mate = ana(name="Carla")
    earn(other, 6)
    earn(mate, 6)
    pooled(other, mate)
    taken = coffee(other)
    merge(one, other)
    redemption.cancel(taken, reason="Out of milk", actor=ACTOR)
    assert balance(one) + balance(mate) == 12
    assert balance(other) == 0


def test_what_was_paid_together_with_an_erased_member_stays_paid() -> None:
    """Their share has nobody to go back to, so nothing of it is taken back at all."""
    one, other = two()
    earn(one, 6)
    earn(other, 6)
    pooled(one, other)
    taken = coffee(one)
    before = balance(one)
    erase(other)
    with pytest.raises(MemberErased):
        redemption.cancel(taken, reason="Out of milk", actor=ACTOR)
    assert balance(one) == before
