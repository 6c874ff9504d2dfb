"""Standing: what a member holds now, how far the next tier is, and the stored periods."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction

from common import clock
from common.errors import translate
from events import outbox
from events.models import Event
from members.models import Member
from points.models import Account
from program import catalog
from program.catalog import versioned
from program.models import Program, Unit
from tiers import qualification
from tiers.errors import REFUSALS
from tiers.models import Ladder, Standing, Tier
from tiers.qualification import Climb, Span

CHUNK = 500  # members re-examined in one transaction
Climbs = dict[tuple[uuid.UUID, str], Climb]


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """Where a member stands on a ladder.

    `value` and `missing` are in the counter's smallest part.
    """

    ladder: Ladder
    counter_unit: Unit
    tier: Tier | None
    next_tier: Tier | None
    value: int
    missing: int
    fraction: Fraction
    starts_at: datetime | None
    ends_at: datetime | None
    window_ends_on: date | None


@versioned
def ladders(program: Program) -> tuple[Ladder, ...]:
    """All ladders with their tiers (`ladder.rungs`, lowest first), kept in memory."""
    rows = tuple(Ladder.objects.select_related("counter").prefetch_related("tiers"))
    for ladder in rows:
        ladder.rungs = sorted(ladder.tiers.all(), key=lambda tier: tier.rank)  # type: ignore[attr-defined]
    return rows


def climbs(member_ids: Iterable[uuid.UUID], *, program: Program) -> Climbs:
    """Each member's way up each ladder, from the ledger, in one query."""
    rules, ids = qualification.ladders(program), list(member_ids)
    if not rules:
        return {}
    credits = qualification.credits(ids, [rule.counter for rule in rules])
    return {
        (pk, rule.code): Climb(rule, credits.get((pk, rule.counter), ()))
        for pk in ids
        for rule in rules
    }


def reassess(member: Member, *, actor: str) -> list[Standing]:
    """Make the stored periods of one member follow from the ledger as it is.

    Returns what is held.
    """
    program = catalog.current()
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        settle(climbs([member.pk], program=program), actor=actor)
    return list(Standing.objects.filter(member=member).select_related("tier"))


def reassess_everyone(*, actor: str) -> None:
    """Bring every member's stored periods in line, in chunks, after a ladder has changed."""
    program, counters = catalog.current(), {ladder.counter_id for ladder in Ladder.objects.all()}
    accounts = Account.objects.filter(unit__in=counters, version__gt=0).order_by("member")
    ids = list(accounts.values_list("member", flat=True).distinct())
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with transaction.atomic():
            list(Member.objects.select_for_update(no_key=True).filter(pk__in=chunk).order_by("pk"))
            settle(climbs(chunk, program=program), actor=actor)


def settle(ways: Mapping[tuple[uuid.UUID, str], Climb], *, actor: str) -> list[Standing]:
    """Store the periods that follow from `ways`, changing only those that differ; announces what a
    member holds now.

    The caller holds the members' accounts (or the member's row) locked. Returns the standings
    written.
    """
    stored: dict[tuple[uuid.UUID, str], list[Standing]] = {}
    for row in Standing.objects.filter(
        member__in={pk for pk, _ in ways}, source=Standing.Source.EARNED
    ):
        stored.setdefault((row.member_id, row.ladder_id), []).append(row)
    stale: list[uuid.UUID] = []
    fresh: list[Standing] = []
    events = []
    for key, way in ways.items():
        old, spans = stored.get(key, []), way.spans()
        known = {(row.tier_id, row.starts_at, row.ends_at) for row in old}
        wanted = {(span.rung.id, span.starts_at, span.ends_at) for span in spans}
        stale += [row.pk for row in old if (row.tier_id, row.starts_at, row.ends_at) not in wanted]
        missing = [
            span for span in spans if (span.rung.id, span.starts_at, span.ends_at) not in known
        ]
        fresh += [_row(key, span) for span in missing]
        events += _announce(key, old=old, spans=spans, actor=actor)
    with translate(REFUSALS):
        if stale:
            Standing.objects.filter(pk__in=stale).delete()
        Standing.objects.bulk_create(fresh)
    outbox.publish_many(events)
    return fresh


def _row(key: tuple[uuid.UUID, str], span: Span) -> Standing:
    return Standing(
        member_id=key[0],
        ladder_id=key[1],
        tier_id=span.rung.id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
    )


def _announce(
    key: tuple[uuid.UUID, str], *, old: list[Standing], spans: list[Span], actor: str
) -> list[Event]:
    now = clock.now()
    before = next(
        (r.tier_id for r in old if r.starts_at <= now and (not r.ends_at or r.ends_at > now)), None
    )
    after = next(
        (s.rung for s in spans if s.starts_at <= now and (not s.ends_at or s.ends_at > now)), None
    )
    if (after.id if after else None) == before:
        return []
    payload = {"ladder": key[1], "tier": after.code if after else None, "actor": actor}
    return [outbox.draft("tier_changed", member_id=key[0], payload=payload)]


def current(member: Member) -> Tier | None:
    """The tier held now on the first ladder, None below its lowest rung."""
    held = Standing.objects.filter(member=member).at(clock.now()).select_related("tier")
    row = held.order_by("ladder__position", "-tier__rank").first()
    return row.tier if row else None


def progress(member: Member, *, program: Program | None = None) -> list[Progress]:
    """Where the member stands on every ladder, in the ladders' order. Two queries."""
    program = program or catalog.current()
    held = Standing.objects.filter(member=member).at(clock.now())
    balances = dict(Account.objects.filter(member=member).values_list("unit", "balance"))
    return place(member, program=program, held=held, balances=balances)


def place(
    member: Member, *, program: Program, held: Iterable[Standing], balances: Mapping[str, int]
) -> list[Progress]:
    """`progress` for a caller that has read what is held now and the balances by unit.

    No query, or one for a year's ladder.
    """
    now = clock.now()
    by_ladder = {row.ladder_id: row for row in held}
    values = _counted(member, program=program, balances=balances, now=now)
    return [
        _progress(ladder, by_ladder.get(ladder.code), values[ladder.code], now, program)
        for ladder in ladders(program)
    ]


def _counted(
    member: Member, *, program: Program, balances: Mapping[str, int], now: datetime
) -> dict[str, int]:
    """Each ladder's counter over the window that holds `now`."""
    if all(ladder.window == Ladder.Window.LIFETIME for ladder in ladders(program)):
        return {ladder.code: balances.get(ladder.counter_id, 0) for ladder in ladders(program)}
    return {
        code: way.total_at(now) for (_, code), way in climbs([member.pk], program=program).items()
    }


def _progress(
    ladder: Ladder, held: Standing | None, value: int, now: datetime, program: Program
) -> Progress:
    rungs: list[Tier] = ladder.rungs  # type: ignore[attr-defined]
    tier = next((rung for rung in rungs if held and rung.pk == held.tier_id), None)
    following = next((rung for rung in rungs if tier is None or rung.rank > tier.rank), None)
    is_yearly = ladder.window == Ladder.Window.YEAR
    floor = tier.threshold if tier and not is_yearly else 0
    missing = max(0, following.threshold - value) if following else 0
    width = following.threshold - floor if following else 1
    climbed = Fraction(max(0, min(width, value - floor)), width) if following else Fraction(1)
    year = clock.local_date(now, program.time_zone).year
    return Progress(
        ladder=ladder,
        counter_unit=ladder.counter,
        tier=tier,
        next_tier=following,
        value=value,
        missing=missing,
        fraction=climbed,
        starts_at=held.starts_at if held else None,
        ends_at=held.ends_at if held else None,
        window_ends_on=date(year, 12, 31) if is_yearly else None,
    )
