"""Two at once for the last place of a date, the last code of a list, a draw, a first order."""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

import pytest
import time_machine

from earning import activating, intake, referring
from earning.models import Offer, OfferActivation, Referral
from earning.submissions import Submission
from members.models import Member, MemberKey
from points import ledger
from rewards import contests, stock
from rewards.models import Draw, Redemption, Reward, RewardCode, RewardDate
from rewards.redemption import Choice
from tests import cast
from tests.cast import ACTOR, ROOT, ana, apply, earn, utc
from tests.faults.threads import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 4


def members() -> list[Member]:
    """Four members with enough points, in the program that has every kind."""
    apply(ROOT / "tests" / "programs" / "everything")
    found = [ana(name=f"Member {number}") for number in range(MANY)]
    for one in found:
        earn(one, 1000)
    return found


def test_the_last_place_of_a_date_is_taken_once() -> None:
    with time_machine.travel(utc(2027, 4, 1, 12)):
        people = members()
        day = RewardDate.objects.get(day=date(2027, 5, 11))
        cast.redeem(people[0], "tasting", choice=Choice(date=day.pk))
        take = functools.partial(cast.redeem, reward="tasting", choice=Choice(date=day.pk))
        results = at_once([functools.partial(take, one) for one in people])
    assert outcomes(results) == {"ok": 1, "OutOfStock": MANY - 1}
    day.refresh_from_db()
    assert day.left == 0


def test_the_last_code_of_a_list_is_given_once() -> None:
    with time_machine.travel(utc(2027, 4, 1, 12)):
        people = members()
        stock.upload(Reward.objects.get(code="twenty-off"), ["A-1", "A-2"])
        take = functools.partial(cast.redeem, reward="twenty-off")
        results = at_once([functools.partial(take, one) for one in people])
    counted = outcomes(results)
    assert counted["ok"] <= 2
    assert counted["ok"] + counted.get("OutOfStock", 0) == MANY
    given = RewardCode.objects.filter(redemption_id__isnull=False)
    codes = list(Redemption.objects.values_list("handed_code", flat=True))
    assert sorted(codes) == sorted(row.code for row in given)
    assert len(set(codes)) == len(codes) >= 1


def test_a_contest_is_drawn_once() -> None:
    with time_machine.travel(utc(2027, 4, 1, 12)):
        for one in members():
            cast.redeem(one, "raffle")
    with time_machine.travel(utc(2027, 12, 24, 12)):
        reward = Reward.objects.get(code="raffle")
        results = at_once([lambda: contests.draw(reward, actor=ACTOR)] * 3)
    assert outcomes(results) == {"ok": 1, "ContestDrawn": 2}
    assert contests.proves(Draw.objects.get())


def test_a_referral_is_paid_once(tmp_path: Path) -> None:
    apply(cast.variant(tmp_path, cast.TOMS_AT_ONCE, base=cast.TOMS))
    referrer, friend = ana(), ana(name="Bruno")
    referring.refer(friend, code=referring.code_of(referrer), actor=ACTOR)

    def order(number: int) -> intake.Recorded:
        given = {"kind": MemberKey.Kind.CARD, "value": friend.cards.get(is_active=True).number}
        submission = Submission(
            partner="shop",
            reference=f"order-{number}",
            type="purchase",
            occurred_at=friend.joined_at,
            attributes={"amount": "80"},
            **given,
        )
        return intake.record(submission, actor="partner:shop")

    results = at_once([functools.partial(order, number) for number in range(MANY)])
    assert outcomes(results) == {"ok": MANY}
    assert ledger.balance(referrer, unit="credit") == 2000
    assert Referral.objects.get().status == "paid"


def test_the_last_place_of_an_offer_is_taken_once() -> None:
    people = members()
    Offer.objects.create(code="few", name="Few", summary="For one.", places=1)
    take = functools.partial(activating.activate, offer="few", actor=ACTOR)
    results = at_once([functools.partial(take, one) for one in people])
    assert outcomes(results) == {"ok": 1, "OfferUsedUp": MANY - 1}


def test_two_taps_at_once_activate_an_offer_once() -> None:
    (member, *_others) = members()
    Offer.objects.create(code="few", name="Few", summary="For all.", times=1)
    take = functools.partial(activating.activate, member, offer="few", actor=ACTOR)
    results = at_once([take] * MANY)
    assert outcomes(results) == {"ok": MANY}
    assert OfferActivation.objects.count() == 1
