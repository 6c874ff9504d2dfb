"""What PostgreSQL itself refuses about reservations and shares, whoever asks."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from common import clock
from points.models import Posting
from rewards import reservation, together
from rewards.models import Redemption, RedemptionShare, Reservation, Reward
from tests import cast
from tests.cast import ACTOR, ana, earn, hold, pooled
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books, pytest.mark.usefixtures("quay")]


@pytest.fixture
def kept() -> Reservation:
    member = ana()
    earn(member, 70)
    coffee = Reward.objects.get(code="coffee")
    return reservation.hold(member, reward=coffee, attempt=uuid.uuid4(), actor=ACTOR)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("rewards_reservation_price_is_positive", {"price": 0}),
        ("rewards_reservation_status_has_its_facts", {"ended_at": clock.now()}),
        ("rewards_reservation_status_has_its_facts", {"status": "released"}),
        (
            "rewards_reservation_status_has_its_facts",
            {"status": "captured", "ended_at": clock.now()},
        ),
        ("rewards_reservation_status_has_its_facts", {"status": "lost"}),
    ],
)
def test_a_reservation_makes_sense(kept: Reservation, name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        Reservation.objects.update(**fields)


def test_attempts_and_holds_are_for_one_reservation(kept: Reservation) -> None:
    given = {
        "member": kept.member, "reward": kept.reward, "price": 10, "unit_id": "point",
        "actor": ACTOR, "reserved_at": clock.now(),
    }  # fmt: skip
    with refused("rewards_reservation_attempt_is_unique"):
        other = hold(kept.member, 10)
        Reservation.objects.create(**given, hold=other, attempt=kept.attempt)
    with refused("rewards_reservation_hold_is_its_own"):
        Reservation.objects.create(**given, hold=kept.hold, attempt=uuid.uuid4())


def test_a_redemption_is_paid_in_one_way() -> None:
    member = ana()
    earn(member, 70)
    cast.redeem(member)
    with refused("rewards_redemption_is_paid_in_one_way"):
        Redemption.objects.update(is_pooled=True)
    with refused("rewards_redemption_is_paid_in_one_way"):
        Redemption.objects.update(posting=None)


def test_a_share_makes_sense_and_is_final() -> None:
    member, other = ana(), ana(name="Bruno Lima")
    pooled(member, other)
    earn(member, 6)
    earn(other, 70)
    coffee = Reward.objects.get(code="coffee")
    made = together.redeem(member, reward=coffee, attempt=uuid.uuid4(), actor=ACTOR)
    mine = RedemptionShare.objects.get(member=member)
    earned = Posting.objects.get(member=member, kind="earn")
    given = {"member": member, "redemption": made, "amount": 1}
    with refused("rewards_redemptionshare_once_per_member"):
        RedemptionShare.objects.create(**given, posting=earned)
    alone = cast.redeem(other)
    with refused("rewards_redemptionshare_posting_is_its_own"):
        RedemptionShare.objects.create(**given | {"redemption": alone}, posting=mine.posting)
    with refused("rewards_redemptionshare_is_of_something"):
        RedemptionShare.objects.create(**given | {"redemption": alone, "amount": 0}, posting=earned)
    assert_append_only("rewards_redemptionshare")
