"""Rewards, redemptions and vouchers in the shapes of the API."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

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
    PartAnswer,
    RedemptionAnswer,
    ReservationAnswer,
    RewardAnswer,
    RewardDateAnswer,
    VoucherAnswer,
)
from points.models import Hold
from program import catalog
from program.models import Program
from rewards import availability, offers
from rewards.models import Kind, Redemption, Reservation, Reward, RewardDate
from rewards.offers import Offer

WRONG_AT_MOST = (
    30  # wrong codes of one key in a window: plenty for typing errors, none for guessing
)
WRONG_WINDOW = timedelta(minutes=10)
NEEDS = {Kind.EXPERIENCE: ["date"], Kind.PRODUCT: ["address"]}
CENT = Decimal("0.01")  # what is taken off is never more than the member sees


def catalogue(member: Member | None, *, program: Program) -> list[RewardAnswer]:
    """What is on offer: to everybody, or as this member sees it."""
    if member is not None:
        return dated([offered(one) for one in offers.for_member(member, program=program)])
    today = clock.local_date(clock.now(), program.time_zone)
    answers = []
    for reward in offers.visible(program):
        price = availability.price_of(reward, tiers=(), day=today)
        answers.append(reward_answer(reward, price=price.amount if price else None))
    return dated(answers)


def dated(answers: list[RewardAnswer]) -> list[RewardAnswer]:
    """The same with the dates of experiences. One query, where there are any."""
    coming = {one.code: one for one in answers if one.kind == Kind.EXPERIENCE}
    if coming:
        today = clock.local_date(clock.now(), catalog.current().time_zone)
        rows = RewardDate.objects.filter(reward__code__in=coming, day__gte=today)
        for row in rows.select_related("reward").order_by("day", "name"):
            coming[row.reward.code].dates.append(date_answer(row))
    return answers


def date_answer(row: RewardDate) -> RewardDateAnswer:
    """A date of an experience."""
    return RewardDateAnswer(public_id("rdt", row.pk), row.day, row.name, row.left)


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
        kind=reward.kind,
        needs=NEEDS.get(Kind(reward.kind), []),
        summary=reward.summary,
        description=reward.description,
        terms=reward.terms,
        category=reward.category,
        worth=reward.worth,
        unit=reward.unit_id,
        price=price,
        with_money=[PartAnswer(one.points, one.money, one.step) for one in reward.parts.all()],
        left=stock,
        value=reward.value,
        percent=reward.percent,
        least_purchase=reward.least_purchase,
        step=reward.step,
        most=reward.most,
        dates=[],
        tier=TierNamed(needed.code, needed.name) if needed else None,
        missing=None,
        is_available=None,
    )


def redemptions(key: ApiKey) -> QuerySet[Redemption]:
    """What a key may see: what its partner redeemed, and what was used at its places."""
    rows = Redemption.objects.select_related("reward", "used_location", "date", "member")
    ours = Q(actor=f"partner:{key.partner_id}") | Q(used_location__partner=key.partner_id)
    return rows.filter(ours)


def reservations(key: ApiKey) -> QuerySet[Reservation]:
    """What a key's partner put aside."""
    rows = Reservation.objects.select_related("reward", "hold", "redemption", "member")
    return rows.filter(actor=f"partner:{key.partner_id}")


def reservation_answer(row: Reservation) -> ReservationAnswer:
    """A reservation as it stands: one whose time is over is let go, also before we came by."""
    is_over = row.status == row.Status.HELD and (
        row.hold.status != Hold.Status.OPEN or row.hold.expires_at <= clock.now()
    )
    return ReservationAnswer(
        id=row.public_id,
        status=row.Status.RELEASED if is_over else row.status,
        member=owner_of(row),
        reward=row.reward.code,
        name=row.reward.name,
        unit=row.unit_id,
        price=row.price,
        money=row.money,
        reserved_at=row.reserved_at,
        held_until=row.hold.expires_at,
        ended_at=row.hold.expires_at if is_over else row.ended_at,
        redemption=row.redemption.public_id if row.redemption else None,
    )


def owner_of(row: Redemption | Reservation) -> str:
    """Whose it is by now: somebody who was merged is the survivor."""
    return public_id("mem", row.member.merged_into_id or row.member_id)


def redemption_answer(row: Redemption) -> RedemptionAnswer:
    """A redemption with its voucher's code."""
    return RedemptionAnswer(
        id=row.public_id,
        status=row.status,
        member=owner_of(row),
        reward=row.reward.code,
        name=row.reward.name,
        unit=row.unit_id,
        price=row.price,
        money=row.money,
        code=row.code,
        issued_at=row.issued_at,
        last_day=lookup.last_day(row.expires_at, catalog.current()),
        used_at=row.used_at,
        used_location=row.used_location.code if row.used_location else None,
        cancelled_at=row.cancelled_at,
        value=row.value,
        percent=row.percent,
        date=date_answer(row.date) if row.date else None,
        handed_code=row.handed_code,
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
        money=row.money,
        last_day=lookup.last_day(row.expires_at, catalog.current()),
        used_at=row.used_at,
        used_location=row.used_location.code if row.used_location else None,
        value=row.value,
        percent=row.percent,
        least_purchase=row.least_purchase,
    )


def off(reward: Reward, amount: Decimal) -> Decimal | None:
    """What a voucher of this reward would pay of an amount in the program's currency; None for what
    is not worth money, zero where the purchase is too small for it.
    """
    if reward.least_purchase is not None and amount < reward.least_purchase:
        return Decimal(0)
    if reward.percent is not None:
        return (amount * reward.percent / 100).quantize(CENT, ROUND_DOWN)
    return None if reward.value is None else min(reward.value, amount).quantize(CENT, ROUND_DOWN)


def refuse_guessing(key: ApiKey) -> None:
    """Raise TooManyRequests for a key that has tried too many wrong codes, whatever comes next."""
    tried = ApiRequest.objects.filter(
        key=key, code="voucher_invalid", at__gt=clock.now() - WRONG_WINDOW
    )
    if tried.count() >= WRONG_AT_MOST:
        error = TooManyRequests("Too many wrong codes. Go on in ten minutes.")
        error.wait = int(WRONG_WINDOW.total_seconds())  # type: ignore[attr-defined]
        raise error
