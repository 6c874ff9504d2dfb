"""Standing: what a member holds now, how far the next tier is, and the stored periods."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

from django.db import transaction

from common import bulk, clock
from common.errors import translate
from events import outbox
from events.models import Event
from members.models import Member
from points.books import Books
from points.models import Account
from program import catalog
from program.models import Program, Unit
from tiers import visits, wording
from tiers.errors import REFUSALS
from tiers.flattening import top
from tiers.groups import is_in
from tiers.ladders import Climbs, climbs, has_turned, routes_of, rules
from tiers.ladders import rows as ladders
from tiers.models import Ladder, Standing, Tier
from tiers.qualification import Climb
from tiers.terms import Requirement, Route, Span, Window

CHUNK = 500  # members re-examined in one transaction
TURN_DAYS = timedelta(days=7)  # how long the worker may have been away


@dataclasses.dataclass(frozen=True, slots=True)
class Need:
    """One requirement of the nearest route to the next tier: what is there, and what it takes.

    Amounts are in the unit's smallest part; `unit` is None for activities and for years held at a
    tier. `counts` says in words what activities are counted, empty for all others. A group that one
    has to be in is a need of its own, and `asks` for it in words.
    """

    unit: Unit | None
    value: int
    at_least: int
    window: str
    counts: str = ""
    asks: str = ""

    @property
    def missing(self) -> int:
        return max(0, self.at_least - self.value)

    @property
    def fraction(self) -> Fraction:
        return min(Fraction(1), Fraction(max(0, self.value), self.at_least))


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """Where a member stands on a ladder.

    `value` and `missing` are in the smallest part of `counter_unit`: of the ladder's own counter,
    or of the one that lacks most on the nearest route; nothing is missing of it where that asks for
    no counter. `needs` has the whole route.
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
    needs: tuple[Need, ...] = ()


def reassess(member: Member, *, actor: str) -> list[Standing]:
    """Make the stored periods of one member follow from the ledger as it is.

    Returns what is held.
    """
    with transaction.atomic():
        _settle_all([member], program=catalog.current(), actor=actor)
    return list(Standing.objects.filter(member=member).select_related("tier"))


def reassess_everyone(*, actor: str) -> None:
    """Bring every member's stored periods in line, in chunks, after a ladder has changed."""
    program = catalog.current()
    counters = {unit for rule in rules(program) for unit in rule.units}
    counting = Account.objects.filter(unit__in=counters, version__gt=0, closed_at__isnull=True)
    accounts = counting.order_by("member").values_list("member", flat=True).distinct()
    active = visits.visitors({type for rule in rules(program) for type in rule.types})
    ids = sorted({*accounts, *active})
    if transaction.get_connection().in_atomic_block:
        # The locks of all chunks pile up in the transaction around us: take them in their order.
        Books.open({(pk, unit) for pk in ids for unit in counters})
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            people = Member.objects.filter(pk__in=ids[start : start + CHUNK])
            _settle_all(list(people), program=program, actor=actor)


def reassess_turned() -> None:
    """Move members where a threshold came into force in the last days; safe to
    run late and often.
    """
    program = catalog.current()
    today = clock.local_date(clock.now(), program.time_zone)
    if has_turned(program, since=today - TURN_DAYS, until=today):
        reassess_everyone(actor="system:thresholds")


def _settle_all(people: list[Member], *, program: Program, actor: str) -> None:
    """Under the lock of the accounts that count, as intake does it."""
    units = {unit for rule in rules(program) for unit in rule.units}
    Books.open({(member.pk, unit) for member in people for unit in units})
    settle(climbs(people, program=program), actor=actor)


def settle(
    ways: Mapping[tuple[uuid.UUID, str], Climb],
    *,
    actor: str,
    beside: Mapping[tuple[uuid.UUID, str], Sequence[Span]] = MappingProxyType({}),
) -> list[Standing]:
    """Store the periods that follow from `ways`, changing only those that differ; announces what a
    member holds now, with what is kept `beside` it.

    The caller holds the members' accounts (or the member's row) locked. Returns the standings
    written.
    """
    if not ways:
        return []
    stored: dict[tuple[uuid.UUID, str], list[Standing]] = {}
    earned = Standing.objects.filter(
        member__in={pk for pk, _ in ways}, source=Standing.Source.EARNED
    )
    for row in earned.select_related("tier"):
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
        events += _announce(key, old=old, spans=[*spans, *beside.get(key, ())], actor=actor)
    with translate(REFUSALS):
        if stale:
            Standing.objects.filter(pk__in=stale).delete()
        bulk.insert(Standing, fresh)
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
        (r.tier for r in old if r.starts_at <= now and (not r.ends_at or r.ends_at > now)), None
    )
    after = top(span for span in spans if span.covers(now))
    if (after.id if after else None) == (before.pk if before else None):
        return []
    payload = {
        "ladder": key[1],
        "tier": after.code if after else None,
        "before": before.code if before else None,
        "actor": actor,
    }
    return [outbox.draft("tier_changed", member_id=key[0], payload=payload)]


def current(member: Member) -> Tier | None:
    """The tier held now on the first ladder, None below its lowest rung."""
    first = next(iter(ladders(catalog.current())), None)
    held = Standing.objects.of(member).filter(ladder=first).at(clock.now()).select_related("tier")
    row = held.order_by("-tier__rank").first()
    return row.tier if row else None


def progress(member: Member, *, program: Program | None = None) -> list[Progress]:
    """Where the member stands on every ladder, in the ladders' order. Two to four queries."""
    program = program or catalog.current()
    held = Standing.objects.of(member).at(clock.now())
    balances = dict(Account.objects.filter(member=member).values_list("unit", "balance"))
    return place(member, program=program, held=held, balances=balances)


def place(
    member: Member, *, program: Program, held: Iterable[Standing], balances: Mapping[str, int]
) -> list[Progress]:
    """`progress` for a caller that has read what is held now and the balances by unit.

    No query where everything ever counted decides, else two.
    """
    now, rows = clock.now(), list(held)
    ways = {} if _is_plain(program) else climbs([member], program=program)
    return [
        _progress(ladder, rows, ways.get((member.pk, ladder.code)), balances, now, program)
        for ladder in ladders(program)
    ]


def _is_plain(program: Program) -> bool:
    """Whether balances say it all: every tier is a threshold of what was ever counted."""
    return not any(rule.uses_up or rule.groups for rule in rules(program)) and all(
        need.window.kind == "lifetime" and need.unit and not need.less
        for rule in rules(program)
        for rung in rule.rungs
        for route in rung.routes
        for need in route.needs
    )


def _progress(
    ladder: Ladder,
    held: list[Standing],
    way: Climb | None,
    balances: Mapping[str, int],
    now: datetime,
    program: Program,
) -> Progress:
    rungs: list[Tier] = ladder.rungs  # type: ignore[attr-defined]
    rank = {rung.pk: rung.rank for rung in rungs}
    mine = [row for row in held if row.ladder_id == ladder.code and row.tier_id in rank]
    row = max(mine, key=lambda row: rank[row.tier_id], default=None)
    tier = next((rung for rung in rungs if row and rung.pk == row.tier_id), None)
    higher = [rung for rung in rungs if tier is None or rung.rank > tier.rank]
    following = next((rung for rung in higher if routes_of(rung, ladder)), None)
    needs = _nearest(following, ladder, way, balances, now, program) if following else ()
    lacking = _main(needs, ladder)
    main = lacking or _own(ladder, way, balances, now)
    floor = _floor(tier, ladder, main)
    return Progress(
        ladder=ladder,
        counter_unit=main.unit or ladder.counter,
        tier=tier,
        next_tier=following,
        value=main.value,
        missing=lacking.missing if lacking else 0,
        fraction=_fraction(lacking, needs, floor) if following else Fraction(1),
        starts_at=row.starts_at if row else None,
        ends_at=row.ends_at if row else None,
        window_ends_on=_window_ends(main.window, program, ladder, way, now),
        needs=needs,
    )


def _nearest(
    tier: Tier,
    ladder: Ladder,
    way: Climb | None,
    balances: Mapping[str, int],
    now: datetime,
    program: Program,
) -> tuple[Need, ...]:
    """The needs of the route to `tier` of which most is there."""
    day = clock.local_date(now, program.time_zone)
    open_to_all = (route for route in routes_of(tier, ladder) if not route.keeps)
    routes = [route for route in open_to_all if route.is_in_force(day)]
    found = [_needs(route, way, balances, now, program) for route in routes]
    return max(found, key=lambda needs: min(need.fraction for need in needs), default=())


def _needs(
    route: Route, way: Climb | None, balances: Mapping[str, int], now: datetime, program: Program
) -> tuple[Need, ...]:
    missing = bool(route.group) and not (way and is_in(way.stays, route.group, now))
    asked = Need(None, 0, 1, "lifetime", asks=wording.for_group(route.group)) if missing else None
    counted = tuple(_counted(route, way, balances, now, program))
    return (*counted, asked) if asked else counted


def _counted(
    route: Route, way: Climb | None, balances: Mapping[str, int], now: datetime, program: Program
) -> Iterator[Need]:
    units = catalog.of(program).units
    yield from (
        Need(
            unit=units.get(need.unit),
            value=way.value(need, now) if way else balances.get(need.unit, 0),
            at_least=need.at_least,
            window=need.window.kind,
            counts=_counts(need, program),
        )
        for need in route.needs
    )


def _counts(need: Requirement, program: Program) -> str:
    if not need.type:
        return ""
    name = catalog.of(program).types[need.type].name
    return wording.activities(name, need.distinct, need.at_least)


def _main(needs: tuple[Need, ...], ladder: Ladder) -> Need | None:
    """The need to show first: the one that lacks most, of equals the ladder's own counter."""
    counted = [need for need in needs if need.unit is not None]
    own = ladder.counter_id
    return min(
        counted, key=lambda n: (n.fraction, n.unit is None or n.unit.code != own), default=None
    )


def _own(ladder: Ladder, way: Climb | None, balances: Mapping[str, int], now: datetime) -> Need:
    """The ladder's own counter over its own window, for those at the top."""
    window = Window(ladder.window, ladder.window_months or 0)
    need = Requirement(1, unit=ladder.counter_id, window=window)
    value = way.value(need, now) if way else balances.get(ladder.counter_id, 0)
    return Need(ladder.counter, value, 1, ladder.window)


def _floor(tier: Tier | None, ladder: Ladder, main: Need) -> int:
    """Where the climb from the held tier begins: its own threshold, if the counter never starts
    anew.
    """
    is_own = main.unit is not None and main.unit.code == ladder.counter_id
    if tier is None or tier.threshold is None or main.window != "lifetime" or not is_own:
        return 0
    return tier.threshold


def _fraction(main: Need | None, needs: tuple[Need, ...], floor: int) -> Fraction:
    """How much of the way is done; where no counter is asked for, of what lacks most."""
    if main is None:
        return min((need.fraction for need in needs), default=Fraction(0))
    width = max(1, main.at_least - floor)
    return Fraction(max(0, min(width, main.value - floor)), width)


def _window_ends(
    window: str, program: Program, ladder: Ladder, way: Climb | None, now: datetime
) -> date | None:
    """The last day of the program year, half-year, quarter, month or one's own period, where the
    counter starts anew then.
    """
    if way is not None and (end := way.counts_until(now)):
        return clock.local_date(end - timedelta(microseconds=1), program.time_zone)
    if window in ("half_year", "quarter", "month"):
        return clock.end_of_period(clock.local_date(now, program.time_zone), window)
    if window != "year":
        return None
    rule = next(rule for rule in rules(program) if rule.code == ladder.code)
    first = rule.year_of(clock.local_date(now, program.time_zone))
    return clock.add_months(first, 12) - timedelta(days=1)


__all__ = [
    "Climbs",
    "Need",
    "Progress",
    "climbs",
    "current",
    "ladders",
    "place",
    "progress",
    "reassess",
    "reassess_everyone",
    "settle",
]
