"""What PostgreSQL itself refuses about rewards, prices, stock and vouchers, whoever asks."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F

from common import clock
from members.models import Segment
from plans.models import Plan
from rewards import codes, redemption
from rewards.models import Redemption, Reward, RewardPrice, RewardStock, VoucherKey
from tests import cast
from tests.cast import ana, earn, utc
from tests.refusals import refused
from tiers.models import Tier

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books, pytest.mark.usefixtures("quay")]


@pytest.fixture
def voucher() -> Redemption:
    member = ana()
    earn(member, 70)
    return cast.redeem(member)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("rewards_reward_is_valid_a_day", {"valid_days": 0}),
        (
            "rewards_reward_ends_after_it_starts",
            {"starts_at": utc(2026, 1, 1), "ends_at": utc(2026, 1, 1)},
        ),
        ("rewards_reward_limit_is_positive", {"per_member": 0}),
    ],
)
def test_a_reward_makes_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        Reward.objects.filter(code="coffee").update(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("rewards_price_is_positive", {"amount": 0, "starts_on": date(2030, 1, 1)}),
        (
            "rewards_price_ends_after_it_starts",
            {"starts_on": date(2030, 1, 1), "ends_on": date(2030, 1, 1)},
        ),
        ("rewards_price_periods_do_not_overlap", {}),
        ("rewards_price_periods_do_not_overlap", {"starts_on": date(2030, 1, 1)}),
    ],
)
def test_a_price_makes_sense(name: str, fields: dict[str, Any]) -> None:
    reward = Reward.objects.get(code="coffee")
    if name != "rewards_price_periods_do_not_overlap":
        RewardPrice.objects.filter(reward=reward).update(ends_on=date(2029, 1, 1))
    with refused(name):
        RewardPrice.objects.create(**{"reward": reward, "amount": 5} | fields)


def test_a_tier_has_one_price_a_day_beside_everybodys() -> None:
    reward, tier = Reward.objects.get(code="cake"), Tier.objects.get(code="blue")
    with refused("rewards_price_periods_do_not_overlap"):
        RewardPrice.objects.create(reward=reward, tier=tier, amount=1)
    RewardPrice.objects.create(reward=reward, tier=Tier.objects.get(code="gold"), amount=1)


def test_a_price_is_for_one_group_that_has_one_a_day() -> None:
    reward, blue = Reward.objects.get(code="cake"), Tier.objects.get(code="blue").pk
    groups: list[dict[str, Any]] = [
        {"segment_id": "card", "plan_id": "club"},
        {"tier_id": blue, "segment_id": "card"},
        {"tier_id": blue, "plan_id": "club"},
    ]
    for one in groups:
        with refused("rewards_price_is_for_one_group"):
            RewardPrice.objects.create(reward=reward, amount=1, **one)
    Segment.objects.create(code="card", name="Card holders")
    Plan.objects.create(code="club", name="Club", summary="Less for everything.")
    groups = [{"segment_id": "card"}, {"plan_id": "club"}]
    for one in groups:
        RewardPrice.objects.create(reward=reward, amount=1, **one)
        with refused("rewards_price_periods_do_not_overlap"):
            RewardPrice.objects.create(reward=reward, amount=2, **one)


def test_stock_never_goes_below_nothing() -> None:
    with refused("rewards_stock_left_is_not_negative"):
        RewardStock.objects.update(left=F("left") - 2)


def test_a_slot_is_its_own() -> None:
    with refused("rewards_stock_slot_is_unique"):
        RewardStock.objects.create(reward=Reward.objects.get(code="print"), left=5)


def copy(voucher: Redemption, **fields: Any) -> Redemption:
    """Another redemption like it, as somebody might write it round the code."""
    given = {f.attname: getattr(voucher, f.attname) for f in Redemption._meta.local_fields}
    other = cast.earn(voucher.member, 1)
    changed = {"id": uuid.uuid4(), "attempt": uuid.uuid4(), "posting_id": other.pk}
    return Redemption.objects.create(**given | changed | fields)


@pytest.mark.parametrize("status", ["used", "cancelled", "lost"])
def test_a_status_has_its_facts(voucher: Redemption, status: str) -> None:
    with refused("rewards_redemption_status_has_its_facts"):
        Redemption.objects.filter(pk=voucher.pk).update(status=status)


def test_a_used_voucher_was_not_cancelled(voucher: Redemption) -> None:
    with refused("rewards_redemption_status_has_its_facts"):
        Redemption.objects.filter(pk=voucher.pk).update(
            status="used", used_at=clock.now(), used_by="till", cancelled_at=clock.now()
        )


def test_whoever_used_it_is_named(voucher: Redemption) -> None:
    with refused("rewards_redemption_status_has_its_facts"):
        Redemption.objects.filter(pk=voucher.pk).update(status="used", used_at=clock.now())


def test_a_redemption_makes_sense(voucher: Redemption) -> None:
    with refused("rewards_redemption_attempt_is_unique"):
        copy(voucher, attempt=voucher.attempt)
    with refused("rewards_redemption_posting_is_its_own"):
        copy(voucher, posting_id=voucher.posting_id)
    with refused("rewards_redemption_price_is_positive"):
        copy(voucher, price=0)
    with refused("rewards_redemption_expires_after_issue"):
        copy(voucher, expires_at=voucher.issued_at)


def test_a_code_is_issued_once(voucher: Redemption) -> None:
    with refused("rewards_voucherkey_pkey"):
        VoucherKey(
            id=VoucherKey.id_for(voucher.code),
            redemption_id=uuid.uuid4(),
            member_id=voucher.member_id,
        ).save(force_insert=True)


def test_codes_are_told_apart_by_what_they_say(voucher: Redemption) -> None:
    spoken = codes.format(voucher.code).lower()
    assert VoucherKey.id_for(codes.clean(spoken)) == VoucherKey.id_for(voucher.code)
    assert voucher.expires_at - voucher.issued_at > timedelta(days=redemption.UNDO_MINUTES)


def test_a_reward_is_known_by_one_code() -> None:
    with refused("rewards_reward_code_key"):
        Reward.objects.filter(code="coffee").update(code="cake")
