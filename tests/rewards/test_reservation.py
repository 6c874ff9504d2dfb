"""Two steps at carts and tills: put aside, then take or let go."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import time_machine

from events.models import Event
from members import erasure
from members.models import Member
from points.errors import HoldEnded, InsufficientPoints, ReasonMissing
from program.models import Program
from rewards import offers, redemption, reservation, vouchers
from rewards.errors import AttemptReused, LimitReached, OutOfStock
from rewards.models import Redemption, Reservation, Reward, RewardPrice, RewardStock
from rewards.tasks import drop_reservations
from tests import cast
from tests.cast import ACTOR, ana, balance, earn, facts, utc

pytestmark = pytest.mark.usefixtures("quay")


@pytest.fixture
def member(quay: Program) -> Member:
    one = ana()
    earn(one, 25)
    return one


def hold(member: Member, reward: str = "coffee", **fields: Any) -> Reservation:
    given = {"attempt": uuid.uuid4(), "actor": "partner:till"} | fields
    return reservation.hold(member, reward=Reward.objects.get(code=reward), **given)


def left(reward: str = "print") -> int:
    return RewardStock.objects.get(reward__code=reward).left


def test_price_points_and_stock_are_put_aside_and_the_code_comes_with_the_capture(
    member: Member,
) -> None:
    kept = hold(member, "print", purpose="The till at North Pier")
    assert (facts(member), left()) == ((25, 10, 15), 0)
    assert kept.hold.purpose == "The till at North Pier"
    assert not Redemption.objects.exists()
    RewardPrice.objects.update(amount=20)
    taken = reservation.capture(kept, actor="partner:till")
    assert (taken.price, facts(member), left()) == (10, (15, 0, 15), 0)
    assert reservation.capture(kept, actor="partner:till").pk == taken.pk
    assert vouchers.check(taken.code) == taken


def test_what_is_let_go_is_free_and_in_stock_again(member: Member) -> None:
    kept = hold(member, "print")
    with pytest.raises(ReasonMissing):
        reservation.release(kept, reason="", actor=ACTOR)
    for _ in range(2):
        assert reservation.release(kept, reason="Left", actor=ACTOR).status == "released"
    assert (facts(member), left()) == ((25, 0, 25), 1)
    with pytest.raises(HoldEnded):
        reservation.capture(kept, actor=ACTOR)


def test_what_was_captured_is_not_let_go_and_can_be_cancelled(member: Member) -> None:
    kept = hold(member, "print")
    taken = reservation.capture(kept, actor=ACTOR)
    with pytest.raises(HoldEnded, match="captured"):
        reservation.release(kept, reason="Left", actor=ACTOR)
    redemption.cancel(taken, reason="Broken", actor=ACTOR)
    assert (facts(member), left()) == ((25, 0, 25), 1)


def test_the_same_attempt_puts_aside_once(member: Member) -> None:
    attempt = uuid.uuid4()
    first = hold(member, attempt=attempt)
    assert hold(member, attempt=attempt).pk == first.pk
    with pytest.raises(AttemptReused):
        hold(member, "print", attempt=attempt)
    taken = cast.redeem(member)
    with pytest.raises(AttemptReused):
        hold(member, attempt=taken.attempt)


def test_the_last_one_put_aside_is_not_for_others(member: Member) -> None:
    other = ana(name="Bruno Lima")
    earn(other, 25)
    hold(member, "print")
    with pytest.raises(OutOfStock):
        cast.redeem(other, "print")


def test_limits_and_points_count_what_is_put_aside(member: Member) -> None:
    hold(member, "cake")
    with pytest.raises(LimitReached):
        cast.redeem(member, "cake")
    hold(member)
    with pytest.raises(InsufficientPoints):
        hold(member)
    shown = {offer.reward.code: offer for offer in offers.for_member(member, program=_program())}
    assert (shown["coffee"].balance, shown["coffee"].is_affordable) == (5, False)


def test_what_nobody_comes_for_goes_back(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        member = ana()
        earn(member, 25)
        kept, taken = hold(member, "print"), hold(member)
        reservation.capture(taken, actor=ACTOR)
    with time_machine.travel(utc(2026, 3, 10, 12, 16)):
        with pytest.raises(HoldEnded, match="timed out"):
            reservation.capture(kept, actor=ACTOR)
        drop_reservations()
        assert reservation.drop_overdue() == 0
    kept.refresh_from_db()
    assert (kept.status, kept.hold.status) == ("released", "timed_out")
    assert (facts(member), left()) == ((15, 0, 15), 1)


def test_what_the_points_timed_out_first_goes_back_too(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        member = ana()
        earn(member, 25)
        hold(member, "print")
    with time_machine.travel(utc(2026, 3, 10, 12, 16)):
        cast.spend(member, 25)
        assert left() == 0
        assert reservation.drop_overdue() == 1
    assert (balance(member), left()) == (0, 1)


def test_what_an_erased_member_put_aside_goes_back_and_stops_nobody(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        gone, other = ana(), ana(name="Rui")
        earn(gone, 25)
        earn(other, 25)
        first, second = hold(gone, "print"), hold(other)
        erasure.erase(gone, reason="asked", actor=ACTOR)
        first.refresh_from_db()
        assert (first.status, left()) == ("released", 1)
        told = Event.objects.get(type="reservation_released")
        assert (told.member_id, told.subject) == (gone.pk, first.public_id)
    with time_machine.travel(utc(2026, 3, 10, 12, 16)):
        assert reservation.drop_overdue() == 1
    second.refresh_from_db()
    assert (second.status, facts(other)) == ("released", (25, 0, 25))


def _program() -> Program:
    return Program.objects.get()
