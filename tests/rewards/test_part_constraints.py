"""What PostgreSQL itself refuses about points and money, whoever asks."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from program.models import Program
from rewards import reservation
from rewards.models import Redemption, Reservation, RewardPart
from tests.cast import ACTOR, ana, apply, earn, variant
from tests.refusals import refused
from tests.rewards.test_parts import COFFEE, coffee, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(tmp_path: Path) -> Program:
    """A coffee for 10 points, or 5 and money."""
    ways = "with_money = [{ points = 5, money = 2 }]\n"
    return apply(variant(tmp_path / "shop", (COFFEE, ways + COFFEE)))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("rewards_part_points_are_said_once", {"points": 5}),
        ("rewards_part_takes_points", {"points": 0}),
        ("rewards_part_takes_money", {"money": 0}),
        ("rewards_part_goes_by_steps", {"step": 0}),
    ],
)
def test_postgresql_refuses_what_makes_no_sense(
    shop: Program, name: str, fields: dict[str, int]
) -> None:
    with refused(name):
        RewardPart.objects.create(**{"reward": coffee(), "points": 3, "money": 1} | fields)


def test_money_beside_points_is_above_nothing(shop: Program) -> None:
    member = ana()
    earn(member, 20)
    row = take(member, 5)
    reservation.hold(member, reward=coffee(), attempt=uuid4(), actor=ACTOR)
    with refused("rewards_redemption_money_is_positive"):
        Redemption.objects.filter(pk=row.pk).update(money=0)
    with refused("rewards_reservation_money_is_positive"):
        Reservation.objects.update(money=0)
