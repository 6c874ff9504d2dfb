"""A price of points and money: the points are taken, the money is told to whoever collects it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from events.models import Event
from members.models import Member
from program.errors import BlueprintInvalid
from program.models import Program
from rewards import mixing, offers, redemption, reservation
from rewards.errors import AmountRefused
from rewards.models import Redemption, Reward
from rewards.redemption import Choice
from tests.cast import ACTOR, ana, apply, balance, earn, redeem, variant

pytestmark = pytest.mark.django_db
COFFEE = 'unit = "point"\nprice = [{ amount = 10 }]\n\n[[reward]]\ncode = "cake"'


@pytest.fixture
def shop(tmp_path: Path) -> Program:
    """A coffee for 10 points; 5 points and 2.00; from 6 points in steps of 2, 0.75 for each."""
    ways = "with_money = [{ points = 5, money = 2 }, { points = 6, step = 2, money = 0.75 }]\n"
    return apply(variant(tmp_path / "shop", (COFFEE, ways + COFFEE)))


def coffee() -> Reward:
    return Reward.objects.get(code="coffee")


def take(member: Member, amount: int | None) -> Redemption:
    return redeem(member, choice=Choice(amount=amount))


def test_points_are_taken_and_money_is_told(shop: Program) -> None:
    member = ana()
    earn(member, 40)
    found = [(row.price, row.money) for row in (take(member, one) for one in (5, 6, 8, None, 10))]
    assert found == [
        (5, Decimal("2.00")),
        (6, Decimal("1.50")),
        (8, Decimal("0.75")),
        (10, None),
        (10, None),
    ]
    assert balance(member) == 1
    told = Event.objects.filter(type="reward_redeemed").order_by("id").first()
    assert told is not None
    assert (told.payload["price"], told.payload["money"]) == (5, "2.00")


@pytest.mark.parametrize("wanted", [1, 4, 7, 9, 11])
def test_other_mixtures_are_refused_and_say_which_there_are(shop: Program, wanted: int) -> None:
    member = ana()
    earn(member, 40)
    with pytest.raises(AmountRefused) as refusal:
        take(member, wanted)
    if wanted < 10:
        assert "5 points and EUR 2.00" in refusal.value.message
        assert "6 points or more in steps of 2, and EUR 0.75 for each" in refusal.value.message
    assert balance(member) == 40


def test_fewer_points_reach_and_ways_go_as_far_as_the_balance(shop: Program) -> None:
    member = ana()
    earn(member, 7)
    found = offers.for_member(member, program=shop)
    (offer,) = [one for one in found if one.reward.code == "coffee"]
    assert (offer.price, offer.least, offer.missing, offer.is_affordable) == (10, 5, 0, True)
    ways = mixing.ways(coffee(), 10, 7)
    assert [(way.points, way.money) for way in ways] == [(6, Decimal("1.50")), (5, Decimal(2))]


def test_what_is_cancelled_gives_the_points_back(shop: Program) -> None:
    member = ana()
    earn(member, 5)
    row = take(member, 5)
    redemption.cancel(row, reason="Sorry", actor=ACTOR)
    assert balance(member) == 5


def test_a_cart_puts_points_aside_and_captures_the_same_cost(shop: Program) -> None:
    member = ana()
    earn(member, 9)
    held = reservation.hold(member, reward=coffee(), attempt=uuid4(), actor=ACTOR, amount=8)
    assert (held.price, held.money) == (8, Decimal("0.75"))
    made = reservation.capture(held, actor=ACTOR)
    assert (made.price, made.money, balance(member)) == (8, Decimal("0.75"), 1)


def test_a_way_to_pay_takes_fewer_points_than_the_price(tmp_path: Path) -> None:
    for ways in ("[{ points = 10, money = 2 }]", "[{ points = 5, money = 2.005 }]"):
        with pytest.raises(BlueprintInvalid, match="with_money"):
            apply(variant(tmp_path / "shop", (COFFEE, f"with_money = {ways}\n" + COFFEE)))
