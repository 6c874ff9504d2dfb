"""Offers: what a reward costs this member now, and whether, or why not, it can be had."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from common import clock
from members import lineage
from members.models import Member
from plans import holding
from points.models import Account, Hold
from program.models import Program
from rewards import availability, mixing, shelf, stock
from rewards.availability import Condition, Facts, has_begun, lock_of, price_of
from rewards.errors import RewardUnavailable
from rewards.models import Redemption, Reservation, Reward, RewardQuerySet
from tiers import standing
from tiers.models import Standing, Tier


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one member sees it.

    Amounts are in the unit's smallest part; `balance` is what is free to be spent, so less what is
    held; `left` is None without a limit, `taken` how often the member had it, or has it put aside;
    `least` is how few points will do where money is paid beside them.
    """

    reward: Reward
    price: int
    balance: int
    left: int | None
    lock: Tier | None
    taken: int = 0
    least: int | None = None

    @property
    def has_parts(self) -> bool:
        """Whether it can be had with fewer points than the price, and money beside them."""
        return self.least is not None and self.least < self.price

    @property
    def is_covered(self) -> bool:
        """Whether the balance pays the whole price."""
        return self.balance >= self.price

    @property
    def missing(self) -> int:
        return max(0, (self.least or self.price) - self.balance)

    @property
    def is_sold_out(self) -> bool:
        return self.left is not None and self.left <= 0

    @property
    def is_used_up(self) -> bool:
        """Whether the member had it as often as one member can."""
        return self.reward.per_member is not None and self.taken >= self.reward.per_member

    @property
    def is_affordable(self) -> bool:
        """Whether the member can have it right now."""
        is_open = not self.is_sold_out and not self.is_used_up and self.lock is None
        return is_open and not self.missing


def for_member(
    member: Member, *, program: Program, rewards: Sequence[Reward] | None = None
) -> list[Offer]:
    """Every reward on offer with its price for this member, in the catalogue's order."""
    tiers = held(member, program=program)
    today = clock.local_date(clock.now(), program.time_zone)
    found = list(_announced(tiers, today=today) if rewards is None else rewards)
    segments, plans = _groups(member, found)
    if rewards is None:
        found = [row for row in found if _is_for(row, segments, plans)]
    balances = {
        account.unit_id: account.balance - account.held
        for account in Account.objects.filter(member=member)
    }
    limited = [reward for reward in found if reward.per_member is not None]
    taken = _taken(member, limited, zone=program.time_zone)
    offers = []
    for reward in found:
        price = price_of(reward, tiers=tiers, day=today, segments=segments, plans=plans)
        if price is None:
            continue
        offers.append(
            Offer(
                reward=reward,
                price=price.amount,
                balance=balances.get(reward.unit_id, 0),
                left=getattr(reward, "left", None),
                lock=lock_of(reward, tiers=tiers),
                taken=taken.get(reward.pk, 0),
                least=mixing.least(reward, price.amount),
            )
        )
    return offers


def _taken(member: Member, rewards: Sequence[Reward], *, zone: str) -> dict[uuid.UUID, int]:
    """How often the member had each of these, what was cancelled apart."""
    if not rewards:
        return {}
    whose = lineage.among(
        [member.pk]
    )  # under the lock, where it is taken: a merge may have come by
    rows = Redemption.objects.filter(_within(rewards, zone), member__in=whose)
    rows = rows.exclude(status=Redemption.Status.CANCELLED).order_by()
    taken = dict(rows.values_list("reward").annotate(times=Count("pk")))
    for reward in _put_aside(whose, rewards):
        taken[reward] = taken.get(reward, 0) + 1
    return taken


def _within(rewards: Sequence[Reward], zone: str) -> Q:
    """Redemptions of these rewards in the time for which the limit of each holds."""
    today, found = clock.local_date(clock.now(), zone), Q()
    for often in {reward.per_member_in for reward in rewards}:
        those = Q(reward__in=[row.pk for row in rewards if row.per_member_in == often])
        if often:
            since = clock.start_of_day(clock.start_of_period(today, often), zone)
            those &= Q(issued_at__gte=since)
        found |= those
    return found


def visible(program: Program) -> Sequence[Reward]:
    """What is on offer now to everybody, with stock, prices and tiers at hand. Two queries."""
    now = clock.now()
    today = clock.local_date(now, program.time_zone)
    rows = Reward.objects.on_offer(now).filter(segment=None, plan=None)
    return [row for row in _at_hand(rows, today) if not is_drawn(row, today)]


def is_drawn(reward: Reward, today: date) -> bool:
    """Whether a contest has closed: its day has come."""
    return reward.draws_on is not None and reward.draws_on <= today


def _at_hand(rows: RewardQuerySet, today: date) -> RewardQuerySet:
    related = rows.with_stock(today).select_related("unit", "lowest_tier", "early_tier", "fund")
    return related.prefetch_related("prices__tier", "parts")


def _announced(tiers: Sequence[Tier], *, today: date) -> list[Reward]:
    """What is on offer, and what these tiers have early."""
    now = clock.now()
    return [
        row
        for row in _at_hand(Reward.objects.announced(now), today)
        if has_begun(row, tiers, now) and not is_drawn(row, today)
    ]


def _groups(member: Member, rewards: Iterable[Reward]) -> tuple[Collection[str], Collection[str]]:
    """The member's segments and plans, each read only where one of these rewards asks for it."""
    rewards = list(rewards)
    segments: Collection[str] = ()
    if any(availability.asks_segments(row) for row in rewards):
        segments = set(member.segments.values_list("segment", flat=True))
    asks = any(availability.asks_plans(row) for row in rewards)
    return segments, holding.now(member) if asks else ()


def _is_for(reward: Reward, segments: Collection[str], plans: Collection[str]) -> bool:
    """Whether somebody of these segments, who has these plans, sees it."""
    is_open = reward.segment_id is None or reward.segment_id in segments
    return is_open and (reward.plan_id is None or reward.plan_id in plans)


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


def check(reward: Reward, *, member: Member, program: Program) -> tuple[int, int | None]:
    """The price the member pays now, and how many are left, None without a limit. Raises
    RewardUnavailable, OutOfStock or LimitReached.

    Call it under the lock of the member's account: the limit for one member is counted here.
    """
    known = shelf.of(program).get(reward.pk)
    if known is None:
        raise RewardUnavailable(_("This reward is not on offer now. Nothing was taken."))
    facts = facts_of(known, member=member, program=program)
    availability.refuse(known, facts)
    price = availability.price_for(known, facts)
    assert price is not None  # one of the conditions
    return price.amount, facts.left


def facts_of(reward: Reward, *, member: Member, program: Program) -> Facts:
    """What availability asks about a member and a reward of the shelf, read where it matters."""
    now = clock.now()
    day = clock.local_date(now, program.time_zone)
    segments, plans = _groups(member, [reward])
    limited = [reward] if reward.per_member is not None else []
    return Facts(
        now=now,
        day=day,
        tiers=held(member, program=program),
        segments=segments,
        plans=plans,
        taken=_taken(member, limited, zone=program.time_zone).get(reward.pk, 0),
        left=stock.left_of(reward, today=day),
    )


def conditions(reward: Reward, *, member: Member, program: Program) -> list[Condition]:
    """Everything that must hold for this member to have it now, and whether it does."""
    known = shelf.of(program).get(reward.pk, reward)
    facts = facts_of(known, member=member, program=program)
    return list(availability.conditions(known, facts))


def _put_aside(whose: QuerySet[Member], rewards: Sequence[Reward]) -> list[uuid.UUID]:
    """Those of these rewards that carts and tills hold for the member, one for each time."""
    rows = Reservation.objects.filter(
        member__in=whose,
        reward__in=[row.pk for row in rewards],
        status=Reservation.Status.HELD,
        hold__status=Hold.Status.OPEN,
        hold__expires_at__gt=clock.now(),
    )
    return list(rows.values_list("reward", flat=True))


def reward_by_code(code: str) -> Reward:
    """The reward with its unit, or RewardUnavailable."""
    rows = Reward.objects.select_related("unit", "lowest_tier", "fund")
    reward = rows.filter(code=code).first()
    if reward is None:
        raise RewardUnavailable(_("There is no such reward."))
    return reward
