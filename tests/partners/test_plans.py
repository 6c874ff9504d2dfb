"""Plans over the API: what runs, and a till that hands out what it gives, once at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from plans.models import BenefitUse, PlanBenefit
from tests.cast import apply, utc, variant
from tests.plans.conftest import PLAN, REWARD
from tests.plans.test_subscribing import pay, take
from tests.till import Till, code, marta

pytestmark = pytest.mark.django_db
PLACE = "members/ref:guest-1/plans"
USE = f"{PLACE}/harbor/benefits/berth/use"
NOON = utc(2026, 2, 10, 12)


@pytest.fixture
def counter(db: None, tmp_path: Path) -> Till:
    apply(variant(tmp_path, (REWARD, PLAN + REWARD)))
    PlanBenefit.objects.update(minutes_apart=120, at_most=3, per="day")
    return Till("till")


def test_a_benefit_is_handed_out_once_at_a_time(counter: Till) -> None:
    with time_machine.travel(NOON, tick=False):
        pay(take(marta()))
        (plan,) = counter.get(PLACE).json()["data"]
        assert (plan["plan"], plan["state"]) == ("harbor", "active")
        assert plan["benefits"][0] == {
            "code": "berth",
            "name": "A berth",
            "at_most": 3,
            "per": "day",
            "left": 3,
            "again_at": None,
        }
        made = counter.send(USE, {"reference": "r1"})
        assert (made.status_code, made.json()["left"]) == (201, 2)
        assert made.json()["again_at"] == "2026-02-10T14:00:00Z"
        assert counter.send(USE, {"reference": "r1"}).json() == made.json()
        refused = counter.send(USE, {"reference": "r2"})
        assert (refused.status_code, code(refused)) == (409, "benefit_too_soon")
        assert refused.json()["again_at"] == "2026-02-10T14:00:00+00:00"
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        assert counter.send(USE, {}).json()["left"] == 1
    assert BenefitUse.objects.count() == 2


# The key with its minute and the program; the member by their number, their plans; how often each
# benefit was used, and when last; the log, in a savepoint here.
LIST = 8


def test_the_list_asks_as_much_for_many_limited_benefits_as_for_one(
    counter: Till, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member = marta()
    pay(take(member))
    counter.get(PLACE)
    with django_assert_num_queries(LIST):
        few = counter.get(PLACE).json()["data"]
    assert [len(plan["benefits"]) for plan in few] == [1]
    pay(take(member, plan="pier"))
    for plan in ("harbor", "pier"):
        for number in range(4):
            PlanBenefit.objects.create(
                plan_id=plan, code=f"more-{number}", name="More", at_most=number + 1,
                per=("day", "week", "month", "paid")[number], minutes_apart=60,
            )  # fmt: skip
    assert counter.send(USE.replace("berth", "more-3"), {}).status_code == 201
    with django_assert_num_queries(LIST):
        many = counter.get(PLACE).json()["data"]
    assert [len(plan["benefits"]) for plan in many] == [5, 4]
    assert [one["left"] for one in many[0]["benefits"]] == [3, 1, 2, 3, 3]
    assert [one["again_at"] is None for one in many[0]["benefits"]] == [True] * 4 + [False]


def test_what_the_member_does_not_have_is_not_handed_out(counter: Till) -> None:
    marta()
    assert counter.get(PLACE).json()["data"] == []
    assert code(counter.send(USE, {})) == "not_subscribed"
    pay(take(marta(reference="guest-2", email="m2@example.org", phone="+351 912 345 679")))
    place = USE.replace("guest-1", "guest-2").replace("berth", "sauna")
    assert code(counter.send(place, {})) == "benefit_unknown"
