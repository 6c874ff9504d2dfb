"""A household redeems together: what ends first goes first, whosever it is."""

from __future__ import annotations

import uuid

import pytest
import time_machine

from members import households
from members.models import Member
from points.errors import InsufficientPoints
from points.models import Posting
from program.models import Program
from rewards import redemption, together
from rewards.errors import LimitReached, NotPooling
from rewards.models import Redemption, RedemptionShare, Reward, RewardPrice
from tests import cast
from tests.cast import ACTOR, ana, balance, earn, facts, home, pooled, reverse, spend, utc

pytestmark = pytest.mark.usefixtures("quay")


@pytest.fixture
def three(quay: Program) -> tuple[Member, Member, Member]:
    return ana(), ana(name="Bruno Lima"), ana(name="Carla Lima")


def redeem(
    member: Member, reward: str = "coffee", *, price: int = 10, attempt: uuid.UUID | None = None
) -> Redemption:
    RewardPrice.objects.filter(reward__code=reward).update(amount=price)
    chosen = Reward.objects.get(code=reward)
    return together.redeem(
        member, reward=chosen, attempt=attempt or uuid.uuid4(), actor=f"member:{member.pk}"
    )


def test_the_lots_that_end_first_go_first_across_members(
    three: tuple[Member, Member, Member],
) -> None:
    one, two, three_ = three
    pooled(one, two, three_)
    with time_machine.travel(utc(2026, 3, 1, 12)):
        earn(two, 400)
    with time_machine.travel(utc(2026, 3, 5, 12)):
        earn(one, 300)
    with time_machine.travel(utc(2026, 3, 9, 12)):
        earn(two, 50)
        earn(three_, 50)
        assert together.balance(one, unit="point") == 800
        made = redeem(one, price=500)
    shares = dict(RedemptionShare.objects.values_list("member__name", "amount"))
    assert shares == {"Bruno Lima": 400, "Ana Lima": 100}
    assert (made.member, made.posting, made.is_pooled) == (one, None, True)
    assert [balance(member) for member in three] == [200, 50, 50]
    assert set(Posting.objects.filter(kind="spend").values_list("source", flat=True)) == {
        f"redemption:{made.pk}"
    }


def test_cancelling_gives_each_back_what_they_gave(three: tuple[Member, Member, Member]) -> None:
    one, two, _three = three
    pooled(one, two)
    earn(one, 30)
    earn(two, 40)
    made = redeem(one, price=60)
    redemption.cancel(made, reason="Rain", actor=ACTOR)
    assert (facts(one), facts(two)) == ((30, 0, 30), (40, 0, 40))
    assert cast.lots(one) == [(30, 30)]


def test_only_who_agreed_gives_and_takes(three: tuple[Member, Member, Member]) -> None:
    one, two, three_ = three
    home(one, two, three_)
    for member in three:
        earn(member, 30)
    with pytest.raises(NotPooling):
        redeem(one)
    for member in (one, two):
        households.consent(member, is_given=True, actor=ACTOR)
    assert together.balance(one, unit="point") == 60
    assert together.balance(three_, unit="point") is None
    with pytest.raises(InsufficientPoints, match="together there are 60"):
        redeem(one, price=61)
    redeem(one, price=60)
    assert [balance(member) for member in three] == [0, 0, 30]


def test_who_left_or_agrees_no_longer_gives_nothing(three: tuple[Member, Member, Member]) -> None:
    one, two, three_ = three
    pooled(one, two, three_)
    for member in three:
        earn(member, 30)
    households.leave(two, actor=ACTOR)
    households.consent(three_, is_given=False, actor=ACTOR)
    with pytest.raises(InsufficientPoints, match="together there are 30"):
        redeem(one, price=31)
    assert [balance(member) for member in three] == [30, 30, 30]


def test_debts_stay_personal(three: tuple[Member, Member, Member]) -> None:
    one, two, _three = three
    pooled(one, two)
    earn(one, 30)
    earned = earn(two, 50)
    spend(two, 50)
    reverse(earned)
    cast.hold(one, 10)
    assert together.balance(one, unit="point") == 20
    with pytest.raises(InsufficientPoints, match="together there are 20"):
        redeem(one, price=21)
    redeem(one, price=20)
    assert balance(two) == -50


def test_a_double_tap_takes_once(three: tuple[Member, Member, Member]) -> None:
    one, two, _three = three
    pooled(one, two)
    earn(two, 30)
    attempt = uuid.uuid4()
    first = redeem(one, attempt=attempt)
    households.consent(one, is_given=False, actor=ACTOR)
    assert redeem(one, attempt=attempt).pk == first.pk
    assert balance(two) == 20


def test_limits_are_those_of_who_redeems(three: tuple[Member, Member, Member]) -> None:
    one, two, _three = three
    pooled(one, two)
    earn(two, 30)
    redeem(one, "cake")
    with pytest.raises(LimitReached):
        redeem(one, "cake")
    redeem(two, "cake")


def test_a_program_without_a_pool_has_none(three: tuple[Member, Member, Member]) -> None:
    one, two, _three = three
    pooled(one, two)
    earn(two, 30)
    Program.objects.update(is_pooling=False)
    assert together.balance(one, unit="point") is None
    with pytest.raises(NotPooling):
        redeem(one)
