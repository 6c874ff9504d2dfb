"""Redeeming: points for a voucher, once for every attempt, and every refusal takes nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from members.models import Member
from points.errors import InsufficientPoints
from program.models import Program
from rewards import offers, redemption
from rewards.errors import AttemptReused, LimitReached, OutOfStock, RewardUnavailable
from rewards.models import Redemption, Reward, RewardPrice, RewardStock, VoucherKey
from tests import cast
from tests.cast import ana, earn, redeem, utc, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(quay: Program) -> Member:
    """Somebody with 70 points and no tier."""
    one = ana()
    earn(one, 70)
    return one


def rise(member: Member, visits: int) -> None:
    """Let a member climb without earning points."""
    for _ in range(visits):
        visit(member, attributes={"paid": "0"})


def refused(member: Member, reward: str, error: type[Exception], said: str) -> None:
    before = cast.state(member)
    left = list(RewardStock.objects.order_by("id").values_list("left", flat=True))
    with pytest.raises(error, match=said):
        redeem(member, reward)
    assert cast.state(member) == before
    assert list(RewardStock.objects.order_by("id").values_list("left", flat=True)) == left
    assert not Event.objects.filter(type="reward_redeemed").exists()


def test_points_become_a_voucher(member: Member) -> None:
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earn(member, 10)
        taken = redeem(member)
    assert (taken.status, taken.price, taken.unit_id) == ("issued", 10, "point")
    assert cast.balance(member) == 70
    assert taken.posting.source == f"redemption:{taken.pk}"
    assert cast.amounts(taken.posting) == [("spend", -10)]
    assert taken.posting.entries.get().reason == "Coffee"
    assert taken.issued_at == utc(2026, 3, 1, 12)
    assert taken.expires_at == utc(2027, 3, 1, 23)
    assert VoucherKey.objects.get().redemption_id == taken.pk
    event = Event.objects.get(type="reward_redeemed")
    assert (event.member_id, event.subject) == (member.pk, taken.public_id)


def test_a_double_tap_redeems_once(member: Member) -> None:
    attempt = uuid.uuid4()
    first, second = redeem(member, attempt=attempt), redeem(member, attempt=attempt)
    assert first == second
    assert first.code == second.code
    assert cast.balance(member) == 60
    assert Event.objects.filter(type="reward_redeemed").count() == 1


def test_a_double_tap_is_answered_even_when_it_could_not_be_had_again(member: Member) -> None:
    attempt = uuid.uuid4()
    first = redeem(member, "print", attempt=attempt)
    Reward.objects.filter(code="print").update(is_active=False)
    assert redeem(member, "print", attempt=attempt) == first


def test_an_attempt_is_for_one_reward(member: Member) -> None:
    attempt = uuid.uuid4()
    redeem(member, attempt=attempt)
    with pytest.raises(AttemptReused):
        redeem(member, "cake", attempt=attempt)
    assert cast.balance(member) == 60


def test_two_members_may_make_the_same_attempt(member: Member) -> None:
    other, attempt = ana(name="Bruno"), uuid.uuid4()
    earn(other, 10)
    assert redeem(member, attempt=attempt) != redeem(other, attempt=attempt)


def test_too_few_points_take_nothing(member: Member) -> None:
    for _ in range(7):
        redeem(member)
    before = cast.state(member)
    with pytest.raises(InsufficientPoints) as error:
        redeem(member)
    assert error.value.data == {"balance": 0, "missing": 10}
    assert cast.state(member) == before


def test_the_last_one_can_be_had_once(member: Member) -> None:
    redeem(member, "print")
    with pytest.raises(OutOfStock):
        redeem(member, "print")
    assert RewardStock.objects.get().left == 0
    assert cast.balance(member) == 60


def test_stock_may_lie_in_several_slots(member: Member) -> None:
    reward = Reward.objects.get(code="print")
    RewardStock.objects.create(reward=reward, slot=1, left=2)
    for _ in range(3):
        redeem(member, "print")
    with pytest.raises(OutOfStock):
        redeem(member, "print")
    [offer] = [
        one
        for one in offers.for_member(member, program=cast.catalog.current())
        if one.reward == reward
    ]
    assert (offer.left, offer.is_sold_out, offer.is_affordable) == (0, True, False)


def test_one_for_each_member_means_one(member: Member) -> None:
    redeem(member, "cake")
    with pytest.raises(LimitReached):
        redeem(member, "cake")
    other = ana(name="Bruno")
    earn(other, 10)
    assert redeem(other, "cake")


def test_a_locked_reward_names_the_tier(member: Member) -> None:
    earn(member, 100)
    refused(member, "boat-trip", RewardUnavailable, "Gold")
    rise(member, 6)
    assert redeem(member, "boat-trip").price == 100


def test_a_tier_has_its_own_price(member: Member) -> None:
    rise(member, 3)
    assert redeem(member, "cake").price == 8


def test_a_reward_that_was_withdrawn_cannot_be_had(member: Member) -> None:
    Reward.objects.filter(code="coffee").update(is_active=False)
    refused(member, "coffee", RewardUnavailable, "not on offer")


def test_a_reward_has_its_time(member: Member) -> None:
    Reward.objects.filter(code="coffee").update(starts_at=utc(2026, 3, 1), ends_at=utc(2026, 4, 1))
    for moment, is_offered in (
        (utc(2026, 2, 28, 23, 59, 59), False),
        (utc(2026, 3, 1), True),
        (utc(2026, 3, 31, 23, 59, 59), True),
        (utc(2026, 4, 1), False),
    ):
        with time_machine.travel(moment, tick=False):
            earn(member, 10)
            if is_offered:
                assert redeem(member)
            else:
                with pytest.raises(RewardUnavailable):
                    redeem(member)


def test_a_price_has_its_days_in_the_programs_zone(member: Member) -> None:
    reward = Reward.objects.get(code="coffee")
    RewardPrice.objects.filter(reward=reward).update(ends_on="2026-03-02")
    RewardPrice.objects.create(reward=reward, amount=20, starts_on="2026-03-02")
    prices = []
    for moment in (utc(2026, 3, 1, 22, 59, 59), utc(2026, 3, 1, 23)):
        with time_machine.travel(moment, tick=False):
            earn(member, 50)
            prices.append(redeem(member).price)
    assert prices == [10, 20]


def test_without_a_price_today_there_is_no_offer(member: Member) -> None:
    RewardPrice.objects.filter(reward__code="coffee").update(starts_on="2099-01-01")
    refused(member, "coffee", RewardUnavailable, "no price")


def test_an_offer_says_what_is_missing(member: Member) -> None:
    seen = {o.reward.code: o for o in offers.for_member(member, program=cast.catalog.current())}
    assert set(seen) == {"coffee", "cake", "print", "boat-trip"}
    assert (seen["coffee"].price, seen["coffee"].missing) == (10, 0)
    assert seen["coffee"].is_affordable
    assert seen["coffee"].left is None
    assert seen["print"].left == 1
    trip = seen["boat-trip"]
    assert trip.lock is not None
    assert (trip.missing, trip.lock.code, trip.is_affordable) == (30, "gold", False)


def test_expired_points_buy_nothing(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12), tick=False):
        earn(member, 70)
    with time_machine.travel(utc(2026, 3, 1), tick=False), pytest.raises(InsufficientPoints):
        redeem(member)
    assert not Redemption.objects.exists()


def test_a_voucher_lives_for_its_days_to_the_end_of_the_last(member: Member) -> None:
    Reward.objects.filter(code="coffee").update(valid_days=1)
    with time_machine.travel(utc(2026, 3, 28, 12), tick=False):
        earn(member, 10)
        taken = redeem(member)
    assert taken.expires_at == utc(2026, 3, 29, 22)  # the night the clock goes forward in Berlin
    with time_machine.travel(taken.expires_at - timedelta(seconds=1), tick=False):
        assert taken.is_usable
    with time_machine.travel(taken.expires_at, tick=False):
        assert taken.is_expired


@pytest.mark.parametrize(("reward", "most"), [("coffee", 7), ("cake", 9), ("print", 9)])
def test_a_redemption_takes_few_statements(member: Member, reward: str, most: int) -> None:
    """Program, lock, attempt, tiers, stock, lots; one for books, voucher, key and event. A limit is
    counted with one more, stock is taken with two.
    """
    redeem(member)  # reads the shelf, once for each version of the program
    wanted = Reward.objects.get(code=reward)
    with CaptureQueriesContext(connection) as seen:
        redemption.redeem(member, reward=wanted, attempt=uuid.uuid4(), actor="test")
    said = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]
    assert len(said) <= most, "\n".join(said)
