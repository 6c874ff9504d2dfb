"""The figures of the first page: a handful of queries over whole tables, kept for a minute, with
the time they are from.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum

from common import clock
from desk import conditions
from earning.models import Activity, Award, UnclaimedActivity
from members.models import Member
from partners import limits
from points import approvals
from points.models import Account, AuditRun, Entry
from program import catalog
from program.models import Program, Unit
from rewards import giving
from rewards.giving import Share
from rewards.kinds import WITH_VOUCHER
from rewards.models import Fulfilment, Fund, Redemption
from tiers.models import Standing, Tier

KEPT_S = 60  # counting whole tables for every clerk who opens the page would be a waste
RECENT_DAYS = 30
NEWEST = 6
Kind = Entry.Kind


@dataclasses.dataclass(frozen=True, slots=True)
class Flow:
    """A unit's points since the beginning and in the last thirty days; `outstanding` is what is
    owed now.
    """

    unit: Unit
    issued: int
    issued_lately: int
    redeemed: int
    redeemed_lately: int
    expired: int
    outstanding: int
    holders: int


@dataclasses.dataclass(frozen=True, slots=True)
class Rung:
    """A tier, how many hold it now, and their share of all members with a tier."""

    tier: Tier
    members: int
    share: Fraction


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """Activities of one type, and how many of them earned something."""

    name: str
    code: str
    count: int
    earned: int


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """The whole page, as of a moment."""

    as_of: datetime
    members: int
    members_lately: int
    with_login: int
    flows: list[Flow]
    rungs: list[Rung]
    without_tier: int
    recorded: list[Recorded]
    unclaimed: int
    undecided: int
    keys_at_limit: int
    audit: AuditRun | None
    vouchers_ready: int
    orders: int
    giving: Share | None


def figures(program: Program | None) -> Figures | None:
    """The figures, at most a minute old; None before there is a program."""
    if program is None:
        return None
    key = f"desk:figures:{program.version}"
    found: Figures | None = cache.get(key)
    if found is None:
        found = count(program)
        cache.set(key, found, timeout=KEPT_S)
    return found


def newest() -> list[Redemption]:
    """The latest redemptions, read anew each time: names are kept in no cache."""
    return list(Redemption.objects.select_related("member", "reward", "unit")[:NEWEST])


def count(program: Program) -> Figures:
    """The figures as they are now."""
    now = clock.now()
    since = now - timedelta(days=RECENT_DAYS)
    people = Member.objects.filter(status=Member.Status.ACTIVE).aggregate(
        all=Count("pk"), lately=Count("pk", filter=Q(joined_at__gte=since)), login=Count("user")
    )
    rungs = _rungs(program, now)
    ready = Redemption.objects.filter(status=Redemption.Status.ISSUED, expires_at__gt=now)
    return Figures(
        as_of=now,
        members=people["all"],
        members_lately=people["lately"],
        with_login=people["login"],
        flows=_flows(program, since),
        rungs=rungs,
        without_tier=people["all"] - sum(rung.members for rung in rungs),
        recorded=_recorded(program),
        unclaimed=UnclaimedActivity.objects.filter(claimed_at__isnull=True).count(),
        undecided=approvals.waiting(),
        keys_at_limit=limits.alerted_today().count(),
        audit=AuditRun.objects.filter(since__isnull=True).first(),
        vouchers_ready=ready.filter(reward__kind__in=WITH_VOUCHER).count(),
        orders=Fulfilment.objects.filter(status=Fulfilment.Status.ORDERED).count(),
        giving=giving.share(since=since, until=now) if Fund.objects.exists() else None,
    )


def _flows(program: Program, since: datetime) -> list[Flow]:
    """Spendable units only: counters are neither issued nor owed."""
    earned = Q(amount__gt=0) & ~Q(kind__in=[Kind.RESTORE, Kind.RECEIVED, Kind.SETTLE])
    spent = Q(kind__in=[Kind.SPEND, Kind.CAPTURE, Kind.RESTORE])
    lately = Q(occurred_at__gte=since)
    sums = {
        row["account__unit"]: row
        for row in Entry.objects.order_by()
        .values("account__unit")
        .annotate(
            issued=Sum("amount", filter=earned, default=0),
            issued_lately=Sum("amount", filter=earned & lately, default=0),
            redeemed=Sum("amount", filter=spent, default=0),
            redeemed_lately=Sum("amount", filter=spent & lately, default=0),
            expired=Sum("amount", filter=Q(kind=Kind.EXPIRY), default=0),
        )
    }
    owed = {
        row["unit"]: row
        for row in Account.objects.filter(balance__gt=0)
        .order_by()
        .values("unit")
        .annotate(total=Sum("balance"), holders=Count("pk"))
    }
    units = [
        unit for unit in catalog.of(program).units.values() if unit.kind == Unit.Kind.SPENDABLE
    ]
    return [_flow(unit, sums.get(unit.pk, {}), owed.get(unit.pk, {})) for unit in units]


def _flow(unit: Unit, sums: Mapping[str, Any], owed: Mapping[str, Any]) -> Flow:
    return Flow(
        unit=unit,
        issued=sums.get("issued", 0),
        issued_lately=sums.get("issued_lately", 0),
        redeemed=-sums.get("redeemed", 0),
        redeemed_lately=-sums.get("redeemed_lately", 0),
        expired=-sums.get("expired", 0),
        outstanding=owed.get("total", 0),
        holders=owed.get("holders", 0),
    )


def _rungs(program: Program, now: datetime) -> list[Rung]:
    """The tiers of the first ladder with their holders, from the highest down."""
    held = (
        Standing.objects.at(now)
        .order_by()
        .values("tier")
        .annotate(members=Count("member", distinct=True))
    )
    counts = dict(held.values_list("tier", "members"))
    tiers = conditions.tiers(program)
    first = [tier for tier in tiers if tier.ladder_id == tiers[0].ladder_id]
    total = sum(counts.get(tier.pk, 0) for tier in first) or 1
    rows = sorted(first, key=lambda tier: -tier.rank)
    return [
        Rung(tier, counts.get(tier.pk, 0), Fraction(counts.get(tier.pk, 0), total)) for tier in rows
    ]


def _recorded(program: Program) -> list[Recorded]:
    counts = dict(Activity.objects.order_by().values_list("type").annotate(n=Count("pk")))
    earning = (
        Award.objects.order_by()
        .values_list("activity__type")
        .annotate(n=Count("activity", distinct=True))
    )
    earned = dict(earning)
    types = catalog.of(program).types.values()
    return [
        Recorded(type.plural, type.code, counts.get(type.code, 0), earned.get(type.code, 0))
        for type in types
    ]
