"""The program's ladders as rules, and members' histories as climbs:

what the pure rule is fed with.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

import msgspec
from django.db import connection

from common import bulk
from members.models import Member
from points.models import Account
from program.catalog import versioned
from program.models import Program
from tiers import groups, visits
from tiers.models import Ladder, Standing, Tier, TierExpiry, TierNeed, TierRoute
from tiers.qualification import Climb, Event
from tiers.terms import LadderRule, Requirement, Route, Rung, Span, Validity, Window

OWN = (Ladder.Window.MEMBERSHIP_YEAR, Ladder.Window.MEMBERSHIP_HALF_YEAR)
Climbs = dict[tuple[uuid.UUID, str], Climb]
_counted = msgspec.json.Decoder(list[tuple[datetime, int]])
Given = tuple[str, uuid.UUID, datetime, datetime | None]  # ladder, tier, from, to


@versioned
def rows(program: Program) -> tuple[Ladder, ...]:
    """All ladders with their tiers (`ladder.rungs`, lowest first), kept in memory."""
    found = tuple(
        Ladder.objects.select_related("counter").prefetch_related(
            "tiers__routes__needs__held",
            "tiers__routes__needs__unit",
            "tiers__routes__needs__type",
        )
    )
    for ladder in found:
        ladder.rungs = sorted(ladder.tiers.all(), key=lambda tier: tier.rank)  # type: ignore[attr-defined]
    return found


@versioned
def rules(program: Program) -> tuple[LadderRule, ...]:
    """All ladders of the program as rules."""
    return tuple(_rule(ladder, program.time_zone) for ladder in rows(program))


def _rule(ladder: Ladder, zone: str) -> LadderRule:
    tiers: list[Tier] = ladder.rungs  # type: ignore[attr-defined]
    return LadderRule(
        code=ladder.code,
        rungs=tuple(_rung(tier, ladder) for tier in tiers),
        zone=zone,
        validity=Validity(
            ladder.validity,
            ladder.validity_years,
            ladder.validity_months,
            ladder.validity_round_to,
        ),
        downgrade=ladder.downgrade,
        year_starts=ladder.year_starts,
        sharing=ladder.shared,
        counter=ladder.counter_id,
        head_starts=tuple((tier.code, tier.head_start) for tier in tiers if tier.head_start),
        rolls_over=ladder.rolls_over,
        is_own_year=ladder.window in OWN,
        uses_up=ladder.uses_up,
        carries_at_most=ladder.carries_at_most,
    )


def _rung(tier: Tier, ladder: Ladder) -> Rung:
    """Where thresholds are used up, they are steps and no routes."""
    routes, price = routes_of(tier, ladder), tier.threshold if ladder.uses_up else None
    routes = routes if price is None else routes[:-1]
    return Rung(tier.code, tier.rank, tier.pk, routes, tier.name, price)


@versioned
def expiries(program: Program) -> dict[tuple[str, str], TierExpiry]:
    """Policies for what is earned at a tier, by (tier code, unit code)."""
    found = TierExpiry.objects.exclude(expiry=TierExpiry.Kind.HELD).select_related("tier")
    return {(row.tier.code, row.unit_id): row for row in found}


def routes_of(tier: Tier, ladder: Ladder) -> tuple[Route, ...]:
    """The ways to a tier: its routes, and the plain threshold where it has one."""
    routes = [
        Route(
            tuple(_need(need) for need in route.needs.all()),
            route.starts_on,
            route.ends_on,
            route.keeps,
            route.for_life,
            _group(route),
        )
        for route in tier.routes.all()
    ]
    if tier.threshold is not None:
        window = Window(ladder.window, ladder.window_months or 0)
        routes.append(Route((Requirement(tier.threshold, unit=ladder.counter_id, window=window),)))
    return tuple(routes)


def _group(route: TierRoute) -> str:
    if route.segment_id is not None:
        return groups.named(groups.SEGMENT, route.segment_id)
    return groups.named(groups.PLAN, route.plan)


def _need(need: TierNeed) -> Requirement:
    return Requirement(
        at_least=need.at_least,
        unit=need.unit_id or "",
        less=need.less_id or "",
        type=need.type_id or "",
        distinct=need.distinct,
        rank=need.held.rank if need.held else 0,
        window=Window(need.window, need.window_months or 0),
    )


def climbs(
    members: Iterable[Member], *, program: Program, gone: Collection[uuid.UUID] = ()
) -> Climbs:
    """Each member's way up each ladder:

    what was earned, from the ledger, and what was given. Two queries, and one where activities are
    counted; those that are `gone` are not.
    """
    return climbs_under(rules(program), members, gone=gone)


def climbs_under(
    known: Iterable[LadderRule],
    members: Iterable[Member],
    *,
    known_at: datetime | None = None,
    gone: Collection[uuid.UUID] = (),
) -> Climbs:
    """The same under ladders that need not be the program's: what a draft would make of it.

    With `known_at`, from what had been recorded by then only.
    """
    known, people = tuple(known), list(members)
    if not known or not people:
        return {}
    given = _given([member.pk for member in people], known, known_at)
    return _folded(known, people, given, known_at=known_at, gone=gone)


def climbs_of(
    member: Member, *, given: Iterable[Given], credits: Collection[Event], program: Program
) -> Climbs:
    """One member's climbs from what somebody has read already, on ladders that nobody shares, that
    count no activities and ask for no group: the standings that were given, and the credits of
    the `counters`, one for each moment.
    """
    known = rules(program)
    rungs = {rung.id: rung for rule in known for rung in rule.rungs}
    spans: dict[str, list[Span]] = {}
    for ladder, tier, starts_at, ends_at in given:
        spans.setdefault(ladder, []).append(Span(rungs[tier], starts_at, ends_at))
    return {
        (member.pk, rule.code): Climb(
            rule,
            [event for event in credits if event[1] in rule.units],
            joined_at=member.joined_at,
            granted=spans.get(rule.code, ()),
        )
        for rule in known
    }


@versioned
def counters(program: Program) -> frozenset[str]:
    """Every unit that any ladder reads."""
    return frozenset(unit for rule in rules(program) for unit in rule.units)


def own_climbs(members: Iterable[Member], *, program: Program) -> Climbs:
    """The same without what the people they live with hold for them."""
    known, people = rules(program), list(members)
    return _folded(known, people, _given_to([member.pk for member in people], known))


def _folded(
    known: Collection[LadderRule],
    people: Collection[Member],
    given: Mapping[tuple[uuid.UUID, str], list[Span]],
    *,
    known_at: datetime | None = None,
    gone: Collection[uuid.UUID] = (),
) -> Climbs:
    ids, units = [member.pk for member in people], {u for rule in known for u in rule.units}
    events = _credits(ids, units, known_at)
    types = {type for rule in known for type in rule.types}
    visited = visits.read(ids, types=types, known_at=known_at, gone=gone)
    asked = {group for rule in known for group in rule.groups}
    stays = groups.read(ids, groups=asked, known_at=known_at)
    return {
        (pk, rule.code): Climb(
            rule,
            (event for event in events.get(pk, ()) if event[1] in rule.units),
            joined_at=member.joined_at,
            granted=given.get((pk, rule.code), ()),
            visits=(one for one in visited.get(pk, ()) if one.type in rule.types),
            stays=[one for one in stays.get(pk, ()) if one.group in rule.groups],
        )
        for pk, member in zip(ids, people, strict=True)
        for rule in known
    }


def _credits(
    ids: list[uuid.UUID], units: Collection[str], known_at: datetime | None
) -> dict[uuid.UUID, list[Event]]:
    """By the accounts' ids, which follow from member and unit: one index serves it, always.

    What was taken back whole is as if it had never been counted. It comes as JSON, which is read at
    a fraction of what it takes to make rows of it: there are as many as members have a history.
    """
    accounts = {Account.id_for(pk, unit): (pk, unit) for pk in ids for unit in units}
    found: dict[uuid.UUID, list[Event]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT account_id, json_agg(json_build_array(occurred_at, amount))::text
               FROM (SELECT account_id, occurred_at, sum(amount)::bigint AS amount
                     FROM points_entry WHERE account_id = ANY(%s)
                          AND recorded_at <= coalesce(%s::timestamptz, 'infinity')
                     GROUP BY 1, 2 HAVING sum(amount) <> 0) counted
               GROUP BY 1""",
            [list(accounts), known_at],
        )
        for account, counted in cursor:
            member, unit = accounts[account]
            events = found.setdefault(member, [])
            events += [(moment, unit, amount) for moment, amount in _counted.decode(counted)]
    return found


def _given(
    ids: list[uuid.UUID], known: Iterable[LadderRule], known_at: datetime | None
) -> Mapping[tuple[uuid.UUID, str], list[Span]]:
    found = _given_to(ids, known, known_at)
    if any(rule.sharing != Ladder.Sharing.NEVER for rule in known):
        rungs = {rung.id: rung for rule in known for rung in rule.rungs}
        _share(found, ids, known, rungs)
    return found


def _given_to(
    ids: list[uuid.UUID], known: Iterable[LadderRule], known_at: datetime | None = None
) -> dict[tuple[uuid.UUID, str], list[Span]]:
    rungs = {rung.id: rung for rule in known for rung in rule.rungs}
    found: dict[tuple[uuid.UUID, str], list[Span]] = {}
    rows = Standing.objects.filter(member__in=bulk.some(ids)).exclude(source=Standing.Source.EARNED)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    for row in rows:
        span = Span(rungs[row.tier_id], row.starts_at, row.ends_at)
        found.setdefault((row.member_id, row.ladder_id), []).append(span)
    return found


def _share(
    found: dict[tuple[uuid.UUID, str], list[Span]],
    ids: list[uuid.UUID],
    known: Iterable[LadderRule],
    rungs: Mapping[uuid.UUID, Rung],
) -> None:
    """Add what the people of a household hold on shared ladders, from the day
    one lives with them.
    """
    shared = [rule.code for rule in known if rule.sharing != Ladder.Sharing.NEVER]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT me.member_id, s.ladder_id, s.tier_id,
                      greatest(s.starts_at, me.joined_at, peer.joined_at),
                      least(s.ends_at, me.left_at, peer.left_at)
               FROM members_householdmember me
               JOIN members_householdmember peer ON peer.household_id = me.household_id
                    AND peer.member_id <> me.member_id
               JOIN tiers_standing s ON s.member_id = peer.member_id AND s.ladder_id = ANY(%s)
               WHERE me.member_id = ANY(%s)""",
            [shared, ids],
        )
        for member, ladder, tier, starts_at, ends_at in cursor:
            if ends_at is None or ends_at > starts_at:
                span = Span(rungs[tier], starts_at, ends_at)
                found.setdefault((member, ladder), []).append(span)


def has_turned(program: Program, *, since: date, until: date) -> bool:
    """Whether members may have moved by themselves from `since` to `until`.

    They do when a route came into force, or a year began that brings a head start or a surplus
    along; where years are each member's own, one begins every day.
    """
    for rule in rules(program):
        carries = bool(rule.head_starts) or rule.rolls_over
        if carries and (rule.is_own_year or since <= rule.year_of(until) <= until):
            return True
        starts = [route.starts_on for rung in rule.rungs for route in rung.routes]
        if any(start is not None and since <= start <= until for start in starts):
            return True
    return False
