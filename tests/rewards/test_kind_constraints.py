"""What PostgreSQL itself refuses about terms of kinds, funds, dates, lists, parcels and draws."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db.models import F

from common import clock
from rewards import contests, stock
from rewards.models import (
    Draw,
    Fulfilment,
    FundTotal,
    Redemption,
    Reward,
    RewardCode,
    RewardDate,
)
from rewards.redemption import Choice
from tests import cast
from tests.cast import ACTOR, ROOT, ana, apply, earn, utc
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books]
NOW = utc(2027, 4, 1, 12)


@pytest.fixture(autouse=True)
def everything(db: None) -> Any:
    with time_machine.travel(NOW, tick=False):
        apply(ROOT / "tests" / "programs" / "everything")
        yield


@pytest.mark.parametrize(
    ("name", "reward", "fields"),
    [
        ("rewards_reward_only_shared_codes_are_named", "tenth-off", {"shared_code": ""}),
        ("rewards_reward_only_shared_codes_are_named", "card", {"shared_code": "X"}),
        ("rewards_reward_codes_of_others_fit_the_kind", "mug", {"codes": "uploaded"}),
        ("rewards_reward_value_fits_the_kind", "card", {"value": None}),
        ("rewards_reward_value_fits_the_kind", "card", {"value": 0}),
        ("rewards_reward_value_fits_the_kind", "twenty-off", {"percent": 5}),
        ("rewards_reward_value_fits_the_kind", "tenth-off", {"percent": 101}),
        ("rewards_reward_value_fits_the_kind", "twenty-off", {"least_purchase": 0}),
        ("rewards_reward_value_fits_the_kind", "mug", {"value": 5}),
        ("rewards_reward_donation_names_its_fund", "planks", {"fund": None}),
        ("rewards_reward_more_fits_the_kind", "mug", {"step": 5}),
        ("rewards_reward_limit_of_a_time_is_given", "mug", {"per_member_in": "day"}),
        (
            "rewards_reward_last_day_is_said_once",
            "mug",
            {"valid_until": "2030-01-01", "valid_to": "month"},
        ),
        ("rewards_reward_donation_has_whole_steps", "planks", {"step": 0}),
        ("rewards_reward_donation_has_whole_steps", "planks", {"step": None}),
        ("rewards_reward_only_places_are_given_back_by_date", "mug", {"cancel_days": 1}),
        ("rewards_reward_contest_names_its_draw", "raffle", {"winners": 0}),
        ("rewards_reward_contest_names_its_draw", "raffle", {"draws_on": None}),
        ("rewards_reward_contest_names_its_draw", "mug", {"odds": "1 in 2"}),
        ("rewards_reward_contest_tells_odds_and_law", "raffle", {"legal": ""}),
        ("rewards_reward_contest_tells_odds_and_law", "raffle", {"odds": ""}),
        ("rewards_reward_upgrade_names_what_is_given", "larger", {"upgrade_to": ""}),
        ("rewards_reward_upgrade_names_what_is_given", "mug", {"upgrade_to": "A jug"}),
    ],
)
def test_terms_fit_the_kind(name: str, reward: str, fields: dict[str, Any]) -> None:
    with refused(name):
        Reward.objects.filter(code=reward).update(**fields)


def test_a_contest_may_be_written_before_its_law() -> None:
    assert Reward.objects.filter(code="raffle").update(is_active=False, legal="", odds="")


def test_a_fund_has_no_less_than_a_point_a_gift() -> None:
    with refused("rewards_total_covers_its_donations"):
        FundTotal.objects.update(donations=F("amount") + 1)


def test_a_date_has_no_more_places_than_it_has() -> None:
    reward = Reward.objects.get(code="tasting")
    with refused("rewards_date_is_offered_once"):
        RewardDate.objects.create(reward=reward, day=date(2027, 5, 4), places=1, left=1)
    for left in (-1, 13):
        with refused("rewards_date_left_is_within_its_places"):
            RewardDate.objects.filter(day=date(2027, 5, 4)).update(left=left)


def test_a_code_is_listed_and_given_once() -> None:
    reward = Reward.objects.get(code="twenty-off")
    stock.upload(reward, ["A-1", "A-2"])
    with refused("rewards_code_is_listed_once"):
        RewardCode.objects.create(id=uuid.uuid4(), reward=reward, code="A-1")
    with refused("rewards_code_says_something"):
        RewardCode.objects.create(id=uuid.uuid4(), reward=reward, code="")
    with refused("rewards_code_given_says_to_whom"):
        RewardCode.objects.filter(code="A-1").update(redemption_id=uuid.uuid4())
    with refused("rewards_code_is_given_to_one_redemption"):
        RewardCode.objects.update(redemption_id=uuid.uuid4(), member_id=uuid.uuid4())


def test_a_parcel_has_its_facts() -> None:
    member = ana()
    earn(member, 1000)
    taken = cast.redeem(member, "mug", choice=Choice(address="4 Harbour Street"))
    parcel = Fulfilment.objects.filter(redemption=taken)
    for status in ("shipped", "delivered", "lost"):
        with refused("rewards_fulfilment_status_has_its_facts"):
            parcel.update(status=status)
    with refused("rewards_fulfilment_status_has_its_facts"):
        parcel.update(shipped_at=clock.now())
    with refused("rewards_fulfilment_says_where_to"):
        parcel.update(address="")
    with refused("rewards_fulfilment_one_for_a_redemption"):
        Fulfilment.objects.create(
            member=member, redemption=taken, address="x", ordered_at=clock.now()
        )
    with refused("rewards_redemption_takes_off_one_way"):
        Redemption.objects.filter(pk=taken.pk).update(value=1, percent=1)


def test_a_draw_is_made_once_and_stays() -> None:
    member = ana()
    earn(member, 1000)
    cast.redeem(member, "raffle")
    reward = Reward.objects.get(code="raffle")
    with time_machine.travel(utc(2027, 12, 24, 12), tick=False):
        made = contests.draw(reward, actor=ACTOR)
    fields = {"entries": [], "winners": [], "drawn_at": made.drawn_at, "actor": ACTOR}
    with refused("rewards_draw_is_made_once"):
        Draw.objects.create(reward=reward, seed="x", **fields)
    with refused("rewards_draw_names_seed_and_actor"):
        Draw.objects.create(reward=Reward.objects.get(code="mug"), seed="", **fields)
    assert_append_only("rewards_draw")
