"""More than the price for more of the same; limits of a time; last days of vouchers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from common import clock
from program import catalog
from rewards import giving, offers
from rewards.errors import LimitReached, RewardUnavailable
from rewards.models import Redemption, Reward
from rewards.redemption import Choice
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]
MAY = date(2026, 5, 5)


def coffee() -> Reward:
    return Reward.objects.select_related("unit").get(code="coffee")


@pytest.mark.parametrize(
    ("paid", "worth"), [(300, "5.00"), (400, "6.66"), (600, "10.00"), (1, "0.01")]
)
def test_what_is_paid_above_the_price_is_worth_as_much_more(paid: int, worth: str) -> None:
    reward = Reward(value=Decimal("5.00"))
    assert giving.worth(reward, 300, paid) == Decimal(worth)
    assert giving.worth(Reward(), 300, paid) is None


def test_the_voucher_says_what_it_is_worth() -> None:
    Reward.objects.filter(code="coffee").update(kind="gift_card", value=5, step=5, most=50)
    member = cast.ana()
    cast.adjust(member, 1000)
    price, _left = offers.check(coffee(), member=member, program=catalog.current())
    row = cast.redeem(member, "coffee", choice=Choice(amount=price + 10))
    assert row.price == price + 10
    assert row.value == giving.worth(coffee(), price, price + 10)


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({"valid_days": 31}, date(2026, 6, 5)),
        ({"valid_days": 31, "valid_to": "month"}, date(2026, 6, 30)),
        ({"valid_days": 1, "valid_to": "half_year"}, date(2026, 6, 30)),
        ({"valid_days": 90, "valid_to": "year"}, date(2026, 12, 31)),
        ({"valid_until": date(2026, 7, 12)}, date(2026, 7, 12)),
    ],
)
def test_the_last_day_of_a_voucher(fields: dict[str, Any], last: date) -> None:
    assert Reward(**fields).last_day(MAY) == last


@pytest.mark.parametrize("often", ["day", "week", "month", "quarter", "year"])
def test_a_limit_of_a_time_begins_anew(often: str) -> None:
    Reward.objects.filter(code="coffee").update(per_member=1, per_member_in=often)
    member = cast.ana()
    cast.adjust(member, 1000)
    first = cast.redeem(member, "coffee")
    with pytest.raises(LimitReached):
        cast.redeem(member, "coffee")
    program = catalog.current()
    offer = next(o for o in offers.for_member(member, program=program) if o.reward == coffee())
    assert offer.is_used_up
    today = clock.local_date(clock.now(), program.time_zone)
    begins = clock.start_of_day(clock.start_of_period(today, often), program.time_zone)
    Redemption.objects.filter(pk=first.pk).update(issued_at=begins - timedelta(seconds=1))
    cast.redeem(member, "coffee")


def test_what_has_passed_its_last_day_cannot_be_had() -> None:
    today = clock.local_date(clock.now(), catalog.current().time_zone)
    rows = Reward.objects.filter(code="coffee")
    member = cast.ana()
    cast.adjust(member, 1000)
    rows.update(valid_until=today)
    cast.redeem(member, "coffee")
    rows.update(valid_until=today - timedelta(days=1))
    with pytest.raises(RewardUnavailable):
        cast.redeem(member, "coffee")
