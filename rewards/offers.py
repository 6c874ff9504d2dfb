"""Offers: what a reward costs this member now, and whether, or why not, it can be had."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from common import clock
from members.models import Member
from points.models import Account, Hold
from program.models import Program
from rewards.errors import LimitReached, OutOfStock, RewardUnavailable
from rewards.models import Redemption, Reservation, Reward, RewardPrice, RewardQuerySet
from tiers import standing
from tiers.models import Standing, Tier


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one member sees it.

    Amounts are in the unit's smallest part; `balance` is what is free to be spent, so less what is
    held; `left` is None without a limit.
    """

    reward: Reward
    price: int
    balance: int
    left: int | None
    lock: Tier | None

    @property
    def missing(self) -> int:
        return max(0, self.price - self.balance)

    @property
    def is_sold_out(self) -> bool:
        return self.left is not None and self.left <= 0

    @property
    def is_affordable(self) -> bool:
        """Whether the member can have it right now."""
        return not self.missing and not self.is_sold_out and self.lock is None


def for_member(
    member: Member, *, program: Program, rewards: Sequence[Reward] | None = None
) -> list[Offer]:
    """Every reward on offer with its price for this member, in the catalogue's order."""
    tiers = held(member, program=program)
    if rewards is None:
        rewards = _open_to(member, tiers=tiers)
    balances = {
        account.unit_id: account.balance - account.held
        for account in Account.objects.filter(member=member)
    }
    today = clock.local_date(clock.now(), program.time_zone)
    offers = []
    for reward in rewards:
        price = price_of(reward, tiers=tiers, day=today)
        if price is None:
            continue
        offers.append(
            Offer(
                reward=reward,
                price=price.amount,
                balance=balances.get(reward.unit_id, 0),
                left=getattr(reward, "left", None),
                lock=lock_of(reward, tiers=tiers),
            )
        )
    return offers


def visible(program: Program) -> Sequence[Reward]:
    """What is on offer now to everybody, with stock, prices and tiers at hand. Two queries."""
    return list(_at_hand(Reward.objects.on_offer(clock.now()).filter(segment=None)))


def _at_hand(rows: RewardQuerySet) -> RewardQuerySet:
    related = rows.with_stock().select_related("unit", "lowest_tier", "early_tier")
    return related.prefetch_related("prices__tier")


def _open_to(member: Member, *, tiers: Sequence[Tier]) -> list[Reward]:
    """What this member sees:

    what is on offer, what their tier has early, what is for their segments.
    """
    now = clock.now()
    rows = [row for row in _at_hand(Reward.objects.announced(now)) if has_begun(row, tiers, now)]
    if not any(row.segment_id for row in rows):
        return rows
    mine = set(member.segments.values_list("segment", flat=True))
    return [row for row in rows if row.segment_id is None or row.segment_id in mine]


def has_begun(reward: Reward, tiers: Sequence[Tier], moment: datetime) -> bool:
    """Whether the reward's time has come, for everybody or early for who holds the tier."""
    if reward.starts_at is None or reward.starts_at <= moment:
        return True
    if reward.early_tier is None or not _reaches(tiers, reward.early_tier):
        return False
    return reward.starts_at - timedelta(days=reward.early_days) <= moment


def held(member: Member, *, program: Program) -> list[Tier]:
    """The tiers the member holds now, one for each ladder."""
    ids = Standing.objects.of(member).at(clock.now()).values_list("tier", flat=True)
    held_ids = set(ids)
    return [
        tier
        for ladder in standing.ladders(program)
        for tier in ladder.rungs  # type: ignore[attr-defined]
        if tier.pk in held_ids
    ]


def price_of(reward: Reward, *, tiers: Sequence[Tier], day: date) -> RewardPrice | None:
    """The lowest price on `day` for somebody who holds `tiers`; None when there is none."""
    prices = [
        price
        for price in reward.prices.all()
        if price.is_in_force(day) and (price.tier is None or _reaches(tiers, price.tier))
    ]
    return min(prices, key=lambda price: price.amount, default=None)


def lock_of(reward: Reward, *, tiers: Sequence[Tier]) -> Tier | None:
    """The tier that is needed and not held, or None."""
    needed = reward.lowest_tier
    return needed if needed is not None and not _reaches(tiers, needed) else None


def _reaches(tiers: Sequence[Tier], needed: Tier) -> bool:
    return any(tier.ladder_id == needed.ladder_id and tier.rank >= needed.rank for tier in tiers)


def check(reward: Reward, *, member: Member, program: Program) -> RewardPrice:
    """The price the member pays now. Raises RewardUnavailable, OutOfStock or LimitReached.

    Call it under the lock of the member's account: the limit for one member is counted here.
    """
    now = clock.now()
    tiers = held(member, program=program)
    offered = (
        Reward.objects.announced(now).filter(pk=reward.pk).select_related("early_tier").first()
    )
    if offered is None or not has_begun(offered, tiers, now):
        raise RewardUnavailable(_("This reward is not on offer now. Nothing was taken."))
    if offered.segment_id and not member.segments.filter(segment=offered.segment_id).exists():
        raise RewardUnavailable(_("This reward is not on offer now. Nothing was taken."))
    lock = lock_of(reward, tiers=tiers)
    if lock is not None:
        raise RewardUnavailable(
            _("This reward is for %(tier)s and above. Nothing was taken.") % {"tier": lock.name},
            tier=lock.code,
        )
    price = price_of(reward, tiers=tiers, day=clock.local_date(now, program.time_zone))
    if price is None:
        raise RewardUnavailable(_("This reward has no price today. Nothing was taken."))
    taken = Redemption.objects.filter(member=member, reward=reward).exclude(
        status=Redemption.Status.CANCELLED
    )
    if (
        reward.per_member is not None
        and taken.count() + _put_aside(reward, member) >= reward.per_member
    ):
        raise LimitReached(_("You have had this as often as it can be had. Nothing was taken."))
    if reward.stock.exists() and not reward.stock.filter(left__gt=0).exists():
        raise OutOfStock(_("The last one has just gone. Nothing was taken."))
    return price


def _put_aside(reward: Reward, member: Member) -> int:
    """How many of a reward are held for the member at a cart or till."""
    rows = Reservation.objects.filter(member=member, reward=reward, hold__status=Hold.Status.OPEN)
    return rows.filter(status=Reservation.Status.HELD, hold__expires_at__gt=clock.now()).count()


def reward_by_code(code: str) -> Reward:
    """The reward with its unit, or RewardUnavailable."""
    reward = Reward.objects.select_related("unit", "lowest_tier").filter(code=code).first()
    if reward is None:
        raise RewardUnavailable(_("There is no such reward."))
    return reward
