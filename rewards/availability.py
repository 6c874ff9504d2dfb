"""Availability: a conjunction of conditions, each with its name and its sentence. Pure decisions on
facts that were read before; the page shows which one fails, and the verb refuses with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from common.errors import LoyaltyError
from rewards.errors import LimitReached, OutOfStock, RewardUnavailable
from rewards.models import Kind, Reward, RewardPrice
from tiers.models import Tier


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What availability looks at: the moment and its day in the program's zone, the tiers,
    segments and plans of the member, how often they took it, what is left (None without a limit).
    """

    now: datetime
    day: date
    tiers: Sequence[Tier]
    segments: Collection[str]
    plans: Collection[str]
    taken: int
    left: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold. `words` say what it is when it does not."""

    name: str
    holds: bool
    words: str
    error: type[LoyaltyError] = RewardUnavailable
    tier: Tier | None = None


_OFTEN = {
    "": later("You have had this as often as it can be had."),
    "day": later("You have had this as often as it can be had in a day. Come back tomorrow."),
    "week": later(
        "You have had this as often as it can be had in a week. It begins anew on Monday."
    ),
    "month": later("You have had this as often as it can be had in a month."),
    "quarter": later("You have had this as often as it can be had in a quarter."),
    "year": later("You have had this as often as it can be had in a year."),
}


def used_up(reward: Reward) -> str:
    """Why a member who had it as often as one can does not get it, in a sentence."""
    return str(_OFTEN[reward.per_member_in])


def conditions(reward: Reward, facts: Facts) -> Iterator[Condition]:
    """Everything that must hold for a member to have a reward, points apart, in the order in which
    it is checked.
    """
    gone = _("This reward is not on offer now.")
    yield Condition("on_offer", reward.is_active and _is_running(reward, facts), gone)
    segment = reward.segment_id
    yield Condition("segment", segment is None or segment in facts.segments, gone)
    yield Condition("plan", reward.plan_id is None or reward.plan_id in facts.plans, gone)
    lock = lock_of(reward, tiers=facts.tiers)
    words = _("This reward is for %(tier)s and above.") % {"tier": lock.name if lock else ""}
    yield Condition("tier", lock is None, words, tier=lock)
    yield Condition(
        "price", price_for(reward, facts) is not None, _("This reward has no price today.")
    )
    most = reward.per_member
    often = _OFTEN[reward.per_member_in]
    yield Condition("limit", most is None or facts.taken < most, str(often), LimitReached)
    is_left = facts.left is None or facts.left > 0
    yield Condition("stock", is_left, _("The last one has just gone."), OutOfStock)


def refuse(reward: Reward, facts: Facts) -> None:
    """Raise the error of the first condition that fails; nothing when all hold."""
    for condition in conditions(reward, facts):
        if not condition.holds:
            words = _("%(why)s Nothing was taken.") % {"why": condition.words}
            data = {"tier": condition.tier.code} if condition.tier else {}
            raise condition.error(words, **data)


def _is_running(reward: Reward, facts: Facts) -> bool:
    """Begun, for everybody or early for who holds the tier, not ended, and not drawn yet."""
    is_over = reward.ends_at is not None and reward.ends_at <= facts.now
    is_drawn = reward.kind == Kind.CONTEST and _has_come(reward.draws_on, facts.day)
    is_past = reward.valid_until is not None and reward.valid_until < facts.day
    return has_begun(reward, facts.tiers, facts.now) and not (is_over or is_drawn or is_past)


def _has_come(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def has_begun(reward: Reward, tiers: Sequence[Tier], moment: datetime) -> bool:
    """Whether the reward's time has come, for everybody or early for who holds the tier."""
    if reward.starts_at is None or reward.starts_at <= moment:
        return True
    if reward.early_tier is None or not _reaches(tiers, reward.early_tier):
        return False
    return reward.starts_at - timedelta(days=reward.early_days) <= moment


def price_of(
    reward: Reward,
    *,
    tiers: Sequence[Tier],
    day: date,
    segments: Collection[str] = (),
    plans: Collection[str] = (),
) -> RewardPrice | None:
    """The lowest price on `day` for somebody who holds `tiers`, is in `segments` and has `plans`;
    None when there is none.
    """
    prices = [
        price
        for price in reward.prices.all()
        if price.is_in_force(day)
        and (price.tier is None or _reaches(tiers, price.tier))
        and (price.segment_id is None or price.segment_id in segments)
        and (price.plan_id is None or price.plan_id in plans)
    ]
    return min(prices, key=lambda price: price.amount, default=None)


def price_for(reward: Reward, facts: Facts) -> RewardPrice | None:
    """The same for the member whom the facts are about."""
    groups = {"segments": facts.segments, "plans": facts.plans}
    return price_of(reward, tiers=facts.tiers, day=facts.day, **groups)


def asks_segments(reward: Reward) -> bool:
    """Whether it matters in which segments somebody is: for the reward, or for what it costs."""
    return reward.segment_id is not None or any(p.segment_id for p in reward.prices.all())


def asks_plans(reward: Reward) -> bool:
    """Whether it matters which plans somebody has: for the reward, or for what it costs."""
    return reward.plan_id is not None or any(p.plan_id for p in reward.prices.all())


def lock_of(reward: Reward, *, tiers: Sequence[Tier]) -> Tier | None:
    """The tier that is needed and not held, or None."""
    needed = reward.lowest_tier
    return needed if needed is not None and not _reaches(tiers, needed) else None


def _reaches(tiers: Sequence[Tier], needed: Tier) -> bool:
    return any(tier.ladder_id == needed.ladder_id and tier.rank >= needed.rank for tier in tiers)
