"""What the machine beside this, and thinking about it, has found; each as short as it can be."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from members import merging
from members.models import HouseholdMember, Member
from points import expiry, transfers
from points.errors import HoldEnded
from points.models import Entry, Lot
from rewards import together
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
    release,
    reverse,
    send,
    spend,
    utc,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def merge(survivor: Member, absorbed: Member) -> merging.MemberMerge:
    return merging.merge(survivor, absorbed, reason="One person", actor=ACTOR)


def undo(row: merging.MemberMerge) -> None:
    merging.undo(row, reason="Two people", actor=ACTOR)


def bring_back(member: Member) -> object:
    ended = Entry.objects.filter(kind="expiry").latest("id")
    return expiry.reinstate(
        member, expired=ended.pk, until=utc(2027, 1, 1).date(), reason="Kindness", actor=ACTOR
    )


def test_a_captured_hold_is_not_released_after_its_time() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earn(member, 100)
        held = hold(member, 60, minutes=5)
        capture(held)
    with time_machine.travel(utc(2026, 3, 1, 13), tick=False), pytest.raises(HoldEnded):
        release(held)


def test_what_was_brought_back_and_taken_back_is_not_claimed_again() -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earned = earn(member, 100)
    with time_machine.travel(utc(2026, 5, 1, 12), tick=False):
        expiry.run()
        reverse(bring_back(member))  # type: ignore[arg-type]
        reverse(earned)
    assert balance(member) == 0


@pytest.mark.parametrize("is_punctual", [True, False])
def test_a_hold_whose_time_is_over_repays_before_new_points_do(is_punctual: bool) -> None:
    """However late the run is: the points that ended paid the debt, and the new ones live."""
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        first = earn(member, 10)
    with time_machine.travel(utc(2026, 4, 1, 21), tick=False):
        earn(member, 10)
        hold(member, 10, minutes=60)
        spend(member, 10)
        reverse(first)  # the other ten are held, so ten are owed
        assert facts(member) == (0, 10, 0)
    with time_machine.travel(utc(2026, 4, 3, 12), tick=False):
        if is_punctual:
            expiry.run()
        earn(member, 10)
        expiry.run()
    assert facts(member) == (10, 0, 10)
    assert lots(member)[-1] == (10, 10)


def test_a_reversed_transfer_repays_with_what_ends_first() -> None:
    sender, receiver = ana(), ana(name="Bea")
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        early = earn(sender, 10)
        earn(sender, 5, at=utc(2026, 2, 20, 12))
        made = send(sender, receiver, 15)
        first = Lot.objects.filter(member=receiver).in_spend_order()[0]
        expiry.extend(
            receiver, unit="point", until=utc(2026, 9, 1).date(), lots=[first.pk],
            reason="Kindness", actor=ACTOR, source="extension:1",
        )  # fmt: skip
        reverse(early)
        assert balance(sender) == -10
        transfers.reverse(made, reason="Wrong card", actor=ACTOR)
    assert lots(sender) == [(5, 0), (10, 5)]


def test_a_claw_back_after_a_merge_takes_the_very_points() -> None:
    survivor, absorbed = ana(), ana(name="Bea")
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earn(survivor, 30, at=utc(2026, 2, 20, 12))
        mistaken = earn(absorbed, 40)
        merge(survivor, absorbed)
        reverse(mistaken)
    assert lots(survivor) == [(30, 30), (40, 0)]


def test_what_ended_after_a_merge_is_not_taken_a_second_time() -> None:
    survivor, absorbed = ana(), ana(name="Bea")
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        mistaken = earn(absorbed, 40)
        row = merge(survivor, absorbed)
    with time_machine.travel(utc(2026, 4, 2, 12), tick=False):
        expiry.run()
        earn(survivor, 30)
        reverse(mistaken)
        assert balance(survivor) == 30
        with pytest.raises(merging.UndoRefused):
            undo(row)


def test_a_transfer_is_taken_back_from_whoever_its_receiver_became() -> None:
    sender, receiver, survivor = ana(), ana(name="Bea"), ana(name="Carla")
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earn(sender, 50)
        earn(survivor, 20, at=utc(2026, 2, 20, 12))
        made = send(sender, receiver, 50)
        merge(survivor, receiver)
        spend(survivor, 30)
        assert transfers.reverse(made, reason="Wrong card", actor=ACTOR) == 40
    assert transfers.returned(made) == 40
    assert (balance(sender), balance(receiver), balance(survivor)) == (40, 0, 0)
    assert lots(sender) == [(50, 40)]


def test_a_transfer_between_two_who_became_one_goes_round() -> None:
    sender, receiver = ana(), ana(name="Bea")
    earn(sender, 50)
    made = send(sender, receiver, 50)
    merge(sender, receiver)
    assert transfers.reverse(made, reason="Wrong card", actor=ACTOR) == 50
    assert (balance(sender), balance(receiver)) == (50, 0)


def test_who_is_a_member_of_their_own_again_still_agrees_to_the_pool() -> None:
    head, mate, other = ana(), ana(name="Bruno"), ana(name="Carla")
    pooled(head, mate)
    row = merge(other, head)
    assert together.balance(other, unit="point") is None  # it was not theirs to agree
    undo(row)
    assert together.balance(head, unit="point") == 0
    rows = HouseholdMember.objects.filter(member=head, left_at__isnull=True)
    assert rows.get().pooled_at is not None


def test_time_passes_while_two_are_one() -> None:
    """Held points of who is merged are let go, and end when they end."""
    survivor, absorbed = ana(), ana(name="Bea")
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earn(absorbed, 40)
        held = hold(absorbed, 30)
        merge(survivor, absorbed)
        assert facts(survivor) == (40, 0, 40)
        with pytest.raises(HoldEnded):
            capture(held)
    with time_machine.travel(utc(2026, 3, 1, 12) + timedelta(days=40), tick=False):
        expiry.run()
    assert balance(survivor) == 0
