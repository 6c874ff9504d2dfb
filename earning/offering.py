"""Offering: which offers there are for a member, which of them hold when, and how far they got.

Questions only. Rules ask which offers held at an activity's moment; pages ask what can be
activated, what runs, and what it has paid.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from common import clock
from common.errors import LoyaltyError
from earning import rules
from earning.errors import OfferDayInvalid, OfferUnavailable, OfferUnknown, OfferUsedUp
from earning.evaluation import Condition, RuleSpec
from earning.limits import period_of
from earning.models import Offer, OfferActivation
from members import lineage
from members.models import Member
from program.catalog import versioned
from program.models import Program
from tiers.models import Standing, Tier

MOMENT = timedelta(microseconds=1)
FARTHEST = 366  # days ahead of today on which a day can be picked


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """An offer that holds from `starts_at` to `ends_at` (exclusive; None: for good)."""

    offer: str
    starts_at: datetime
    ends_at: datetime | None


Activated = Mapping[uuid.UUID, Sequence[Period]]  # by the member whose offers they are


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What is asked of a member who would activate: the day, the tiers and segments, and the days
    for which they activated the offer before.
    """

    today: date
    tiers: Sequence[Tier]
    segments: Collection[str]
    taken_on: Sequence[date]


def periods(member_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Period, ...]]:
    """Every offer that members activated, from when to when, by whom it belongs to now. One query.

    What two memberships activated that became one counts together.
    """
    found: dict[uuid.UUID, tuple[Period, ...]] = {}
    rows = OfferActivation.objects.filter(
        member__in=lineage.among(member_ids), undone_at__isnull=True
    )
    whose = Coalesce("member__merged_into", "member")
    for owner, *period in rows.order_by("id").values_list(whose, "offer", "starts_at", "ends_at"):
        found[owner] = (*found.get(owner, ()), Period(*period))
    return found


def at(held: Iterable[Period], moment: datetime) -> frozenset[str]:
    """The codes of the offers that hold at a moment."""
    return frozenset(
        one.offer
        for one in held
        if one.starts_at <= moment and (one.ends_at is None or moment < one.ends_at)
    )


@versioned
def offers(program: Program) -> dict[str, Offer]:
    """Every offer that was not withdrawn, by code, in its order."""
    rows = Offer.objects.filter(is_active=True).select_related("lowest_tier")
    return {row.code: row for row in rows}


def one(code: str, *, program: Program) -> Offer:
    """An offer by its code. Raises OfferUnknown."""
    found = offers(program).get(code)
    if found is None:
        raise OfferUnknown(_("There is no such offer."))
    return found


def rules_of(offer: str, *, program: Program) -> list[RuleSpec]:
    """Every revision of the rules that pay to those who activated an offer."""
    return [
        rule
        for specs in rules.compiled(program).values()
        for rule in specs
        if any(_asks_for(offer, condition) for condition in rule.conditions)
    ]


def _asks_for(offer: str, condition: Condition) -> bool:
    return condition.kind == "offer" and condition.operator == "in" and offer in condition.values


def types_of(offer: str, *, program: Program) -> list[str]:
    """The types of activities of which a rule asks whether the offer was activated."""
    return [
        code
        for code, specs in rules.compiled(program).items()
        if any(c.kind == "offer" and offer in c.values for rule in specs for c in rule.conditions)
    ]


def activated(member: Member) -> QuerySet[OfferActivation]:
    """What a member activated and did not undo, the first one first."""
    rows = OfferActivation.objects.filter(member__in=lineage.ids(member), undone_at__isnull=True)
    return rows.order_by("starts_at", "id")


def live(member: Member) -> list[OfferActivation]:
    """What a member activated that holds now, or will, the first one first."""
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now())
    return list(activated(member).filter(running).select_related("offer"))


def facts_of(
    offers: Sequence[Offer],
    *,
    member: Member,
    program: Program,
    taken: Iterable[OfferActivation] = (),
) -> Facts:
    """What `refusal` asks about any of the offers, read where one of them asks it; `taken` are the
    activations of the one offer that is asked about.
    """
    zone = program.time_zone
    asks_segment = any(offer.segment_id for offer in offers)
    asks_tier = any(offer.lowest_tier_id for offer in offers)
    held = Standing.objects.of(member).at(clock.now()).select_related("tier")
    return Facts(
        today=clock.local_date(clock.now(), zone),
        tiers=[row.tier for row in held] if asks_tier else [],
        segments=set(member.segments.values_list("segment", flat=True)) if asks_segment else (),
        taken_on=[counts_on(row, zone) for row in taken],
    )


def counts_on(row: OfferActivation, zone: str) -> date:
    """The day to whose period an activation belongs: the one picked, or that of the activation."""
    return row.picked_on or clock.local_date(row.activated_at, zone)


def refusal(offer: Offer, facts: Facts, *, picked: date | None = None) -> LoyaltyError | None:
    """Why a member cannot activate an offer today, for a `picked` day where one is picked; None
    where they can. Without a day only what holds for every day is asked.
    """
    if not is_running(offer, facts.today) or not _is_theirs(offer, facts):
        return OfferUnavailable(_("This offer cannot be activated now."))
    needed = offer.lowest_tier
    if needed is not None and not _reaches(facts.tiers, needed):
        words = _("This offer is for %(tier)s and above.") % {"tier": needed.name}
        return OfferUnavailable(words, tier=needed.code)
    if offer.picks_day and picked is not None:
        problem = _wrong_day(offer, picked, facts.today)
        if problem:
            return OfferDayInvalid(problem, pointer="/day")
    if offer.picks_day and picked is None:
        return None
    return _used_up(offer, facts, picked or facts.today)


def is_running(offer: Offer, day: date) -> bool:
    """Whether an offer can be activated on a day, by those whom it is for."""
    return offer.is_open(day) and (offer.holds_until is None or day < offer.holds_until)


def last_day(offer: Offer) -> date | None:
    """The last day on which an offer holds, whenever it was activated; None where there is none."""
    return day_before(offer.holds_until or (None if offer.days else offer.ends_on))


def day_before(end: date | None) -> date | None:
    """The last day before an exclusive end."""
    return end - timedelta(days=1) if end else None


def _is_theirs(offer: Offer, facts: Facts) -> bool:
    return offer.segment_id is None or offer.segment_id in facts.segments


def _reaches(tiers: Sequence[Tier], needed: Tier) -> bool:
    return any(tier.ladder_id == needed.ladder_id and tier.rank >= needed.rank for tier in tiers)


def _used_up(offer: Offer, facts: Facts, day: date) -> LoyaltyError | None:
    if offer.times is None:
        return None
    period = period_of(offer.per, day)
    taken = sum(period_of(offer.per, other) == period for other in facts.taken_on)
    if taken < offer.times:
        return None
    if offer.per == Offer.Per.EVER:
        words = _("You have activated this as often as it can be.")
    else:
        words = _("You have activated this as often as it can be in this time: %(per)s.") % {
            "per": offer.get_per_display()
        }
    return OfferUsedUp(words, times=offer.times, per=offer.per)


def _wrong_day(offer: Offer, picked: date, today: date) -> str:
    """Why a day cannot be picked; empty where it can."""
    first, last = bounds(offer, today)
    if first <= picked <= last:
        return ""
    return _("Pick a day from %(first)s to %(last)s.") % {
        "first": first.isoformat(),
        "last": last.isoformat(),
    }


def bounds(offer: Offer, today: date) -> tuple[date, date]:
    """The first and the last day that can be picked today."""
    first = today + timedelta(days=offer.ahead_days)
    end = last_day(offer)
    farthest = today + timedelta(days=FARTHEST)
    return max(first, offer.starts_on or first), min(end or farthest, farthest)
