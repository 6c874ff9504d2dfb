"""Rewards, redemptions and vouchers in the shapes of the API."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet

from common import clock
from common.ids import public_id
from common.problems import TooManyRequests
from members.models import Member
from partners import lookup
from partners.answers import TierNamed
from partners.models import ApiKey, ApiRequest
from partners.naming import till_name
from partners.shapes.rewards import (
    RedemptionAnswer,
    RewardAnswer,
    VoucherAnswer,
)
from program import catalog
from program.models import Program
from rewards import offers
from rewards.models import Redemption, Reward
from rewards.offers import Offer

WRONG_AT_MOST = (
    30  # wrong codes of one key in a window: plenty for typing errors, none for guessing
)
WRONG_WINDOW = timedelta(minutes=10)


def catalogue(member: Member | None, *, program: Program) -> list[RewardAnswer]:
    """What is on offer: to everybody, or as this member sees it."""
    if member is not None:
        return [offered(one) for one in offers.for_member(member, program=program)]
    today = clock.local_date(clock.now(), program.time_zone)
    answers = []
    for reward in offers.visible(program):
        price = offers.price_of(reward, tiers=(), day=today)
        answers.append(reward_answer(reward, price=price.amount if price else None))
    return answers


def offered(offer: Offer) -> RewardAnswer:
    """A reward with what this member pays, lacks, and needs."""
    answer = reward_answer(offer.reward, price=offer.price, left=offer.left)
    answer.tier = TierNamed(offer.lock.code, offer.lock.name) if offer.lock else None
    answer.missing, answer.is_available = offer.missing, offer.is_affordable
    return answer


def reward_answer(reward: Reward, *, price: int | None, left: int | None = None) -> RewardAnswer:
    """A reward as everybody sees it."""
    stock = getattr(reward, "left", left)
    needed = reward.lowest_tier
    return RewardAnswer(
        code=reward.code,
        name=reward.name,
        summary=reward.summary,
        description=reward.description,
        terms=reward.terms,
        category=reward.category,
        worth=reward.worth,
        unit=reward.unit_id,
        price=price,
        left=stock,
        tier=TierNamed(needed.code, needed.name) if needed else None,
        missing=None,
        is_available=None,
    )


def redemptions(key: ApiKey) -> QuerySet[Redemption]:
    """What a key may see: what its partner redeemed, and what was used at its places."""
    rows = Redemption.objects.select_related("reward", "used_location")
    ours = Q(actor=f"partner:{key.partner_id}") | Q(used_location__partner=key.partner_id)
    return rows.filter(ours)


def redemption_answer(row: Redemption) -> RedemptionAnswer:
    """A redemption with its voucher's code."""
    return RedemptionAnswer(
        id=row.public_id,
        status=row.status,
        member=public_id("mem", row.member_id),
        reward=row.reward.code,
        name=row.reward.name,
        unit=row.unit_id,
        price=row.price,
        code=row.code,
        issued_at=row.issued_at,
        last_day=lookup.last_day(row.expires_at, catalog.current()),
        used_at=row.used_at,
        used_location=row.used_location.code if row.used_location else None,
        cancelled_at=row.cancelled_at,
    )


def voucher_answer(row: Redemption) -> VoucherAnswer:
    """A voucher as a till sees it."""
    return VoucherAnswer(
        redemption=row.public_id,
        status="used" if row.status == Redemption.Status.USED else "ready",
        reward=row.reward.code,
        name=row.reward.name,
        terms=row.reward.terms,
        holder=till_name(row.member.name),
        last_day=lookup.last_day(row.expires_at, catalog.current()),
        used_at=row.used_at,
        used_location=row.used_location.code if row.used_location else None,
    )


def refuse_guessing(key: ApiKey) -> None:
    """Raise TooManyRequests for a key that has tried too many wrong codes, whatever comes next."""
    tried = ApiRequest.objects.filter(
        key=key, code="voucher_invalid", at__gt=clock.now() - WRONG_WINDOW
    )
    if tried.count() >= WRONG_AT_MOST:
        error = TooManyRequests("Too many wrong codes. Go on in ten minutes.")
        error.wait = int(WRONG_WINDOW.total_seconds())  # type: ignore[attr-defined]
        raise error
