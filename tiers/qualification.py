"""Qualification: which tier follows from what was counted, and when.

The rule is a pure function of dated credits of counters, so any order of arrival gives the same
tier at any moment. A tier has routes; a route is requirements that must all hold; whenever one
route holds, a hold on the tier starts, and lasts as long as the ladder says. The effective tier is
the highest one held. Thresholds are reached by being equal (`>=`). Amounts are in the units'
smallest parts.
"""

from __future__ import annotations

import dataclasses
import uuid
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from common import clock

MANY_YEARS = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Over what a requirement counts: lifetime, year, months (rolling), membership_year or
    since_change.
    """

    kind: str = "lifetime"
    months: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Requirement:
    """At least so much of the counter `unit`, or so many program years at rank `rank` or above."""

    at_least: int
    unit: str = ""
    rank: int = 0
    window: Window = Window()


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """Requirements that must all hold, in force from a day up to but not on another."""

    needs: tuple[Requirement, ...]
    starts_on: date | None = None
    ends_on: date | None = None

    def is_in_force(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Rung:
    """What qualification needs to know of a tier."""

    code: str
    rank: int
    id: uuid.UUID
    routes: tuple[Route, ...] = ()
    name: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Validity:
    """How long a hold lasts.

    life; years: to the end of the program year that lies `count` years on, plus `months`; months:
    from attaining; active: until `months` have passed without any credit.
    """

    kind: str = "life"
    count: int = 0
    months: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class LadderRule:
    """What qualification needs to know of a ladder; `rungs` from the lowest up.

    `downgrade` is to_earned, one_step or never. The program year starts on the first of
    `year_starts` (a month).
    """

    code: str
    rungs: tuple[Rung, ...]
    zone: str
    validity: Validity = Validity()
    downgrade: str = "to_earned"
    year_starts: int = 1
    sharing: str = "never"

    @property
    def units(self) -> frozenset[str]:
        """Every counter that any route reads."""
        return frozenset(
            n.unit for r in self.rungs for route in r.routes for n in route.needs if n.unit
        )

    def year_of(self, day: date) -> date:
        """The first day of the program year that holds `day`."""
        return date(day.year - (day.month < self.year_starts), self.year_starts, 1)


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """A tier held from `starts_at` to `ends_at` (exclusive; None: for life)."""

    rung: Rung
    starts_at: datetime
    ends_at: datetime | None

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment and (self.ends_at is None or self.ends_at > moment)


class Series:
    """Dated amounts with running sums, for sums over any window by two look-ups."""

    def __init__(self) -> None:
        self.moments: list[datetime] = []
        self.sums: list[int] = []

    def add(self, moment: datetime, amount: int) -> None:
        """Append an amount; moments come in order."""
        self.moments.append(moment)
        self.sums.append(amount + (self.sums[-1] if self.sums else 0))

    def between(self, start: datetime | None, moment: datetime) -> int:
        """The sum of what happened from `start` on (None: ever) up to and including `moment`."""
        return self._upto(bisect_right(self.moments, moment)) - (
            self._upto(bisect_left(self.moments, start)) if start else 0
        )

    def _upto(self, index: int) -> int:
        return self.sums[index - 1] if index else 0


Ends = Callable[[datetime, date], datetime | None]
Event = tuple[datetime, str, int]  # moment, unit, amount


class Climb:
    """A member's way up one ladder: dated history in, holds on rungs out.

    What arrives in order of time is folded in one by one; what is late folds everything anew.
    `granted` are spans that do not follow from history: given by staff, matched, shared in a
    household.
    """

    def __init__(
        self,
        rule: LadderRule,
        credits: Iterable[Event] = (),
        *,
        joined_at: datetime | None = None,
        granted: Sequence[Span] = (),
    ) -> None:
        self.rule, self.granted = rule, tuple(granted)
        self.joined_on = clock.local_date(joined_at, rule.zone) if joined_at else None
        self._events: list[Event] = []
        self._turns = sorted(
            clock.start_of_day(route.starts_on, rule.zone)
            for rung in rule.rungs
            for route in rung.routes
            if route.starts_on
        )
        self._restart()
        for event in sorted(credits):
            self._take(event)

    @property
    def has_begun(self) -> bool:
        """Whether anything was ever counted."""
        return bool(self._events)

    def add(self, occurred_at: datetime, unit: str, amount: int) -> None:
        """Count one more credit, wherever in time it falls."""
        self._take((occurred_at, unit, amount))

    def rung_at(self, moment: datetime) -> Rung | None:
        """The highest rung held at `moment`, counting what happened until then."""
        self._pass(moment)
        return _top(span for span in (*self._held(), *self._given(moment)) if span.covers(moment))

    def rung_before(self, moment: datetime) -> Rung | None:
        """The highest rung at `moment` that was reached strictly before it.

        It is what an activity of that moment earns at.
        """
        return _top(
            span
            for span in (*self._held(), *self._given(moment))
            if span.covers(moment) and span.starts_at < moment
        )

    def _given(self, moment: datetime) -> tuple[Span, ...]:
        """Spans that do not follow from history; some are shared only with those who have earned
        something.
        """
        is_open = self.rule.sharing != "after_first" or (
            bool(self._events) and self._events[0][0] <= moment
        )
        return self.granted if is_open else ()

    def value(self, need: Requirement, moment: datetime) -> int:
        """How much of a requirement is there at `moment`, over its window."""
        if need.rank:
            return self._years_at(need.rank, moment)
        series = self._series.get(need.unit)
        return series.between(self._start(need.window, moment), moment) if series else 0

    def spans(self, *, until: datetime | None = None) -> list[Span]:
        """What is held when, by what was earned: spans that do not overlap, in order of time."""
        self._pass(until or clock.now())
        return self._held()

    def _restart(self) -> None:
        self.holds: list[Span] = []
        self._series: dict[str, Series] = {}
        self._turned = 0
        self._flat: list[Span] | None = None

    def _take(self, event: Event) -> None:
        is_late = bool(self._events) and event[0] < self._events[-1][0]
        insort(self._events, event)
        if not is_late:
            self._fold(event)
            return
        self._restart()
        for known in self._events:
            self._fold(known)

    def _fold(self, event: Event) -> None:
        moment, unit, amount = event
        self._pass(moment - timedelta(microseconds=1))
        self._series.setdefault(unit, Series()).add(moment, amount)
        self._keep_active(moment)
        self._examine(moment)

    def _pass(self, moment: datetime) -> None:
        """Examine the days up to `moment` on which thresholds changed: members move without an
        activity.
        """
        while self._turned < len(self._turns) and self._turns[self._turned] <= moment:
            turn = self._turns[self._turned]
            self._turned += 1
            if self._events and self._events[0][0] <= turn:
                self._examine(turn)

    def _examine(self, moment: datetime) -> None:
        """Start or prolong a hold on every rung that one of its routes reaches at `moment`."""
        day = clock.local_date(moment, self.rule.zone)
        ends = self._ends(moment, day)
        for rung in self.rule.rungs:
            if any(
                hold.rung is rung
                and hold.covers(moment)
                and (hold.ends_at is None or (ends and hold.ends_at >= ends))
                for hold in reversed(self.holds)
            ):
                continue
            if any(route.is_in_force(day) and self._holds(route, moment) for route in rung.routes):
                self.holds.append(Span(rung, moment, ends))
                self._flat = None

    def _holds(self, route: Route, moment: datetime) -> bool:
        return all(self.value(need, moment) >= need.at_least for need in route.needs)

    def _keep_active(self, moment: datetime) -> None:
        """A credit prolongs what is held, on a ladder where tiers last while
        the member is active.
        """
        if self.rule.validity.kind != "active":
            return
        ends = self._ends(moment, clock.local_date(moment, self.rule.zone))
        kept = [dataclasses.replace(h, ends_at=ends) if h.covers(moment) else h for h in self.holds]
        if kept != self.holds:
            self.holds, self._flat = kept, None

    def _start(self, window: Window, moment: datetime) -> datetime | None:
        """Where a window begins that ends at `moment`; None for the beginning of everything."""
        day, zone = clock.local_date(moment, self.rule.zone), self.rule.zone
        if window.kind == "year":
            return clock.start_of_day(self.rule.year_of(day), zone)
        if window.kind == "months":
            return clock.end_of_day(clock.add_months(day, -window.months), zone)
        if window.kind == "membership_year" and self.joined_on:
            return clock.start_of_day(_anniversary(self.joined_on, day), zone)
        if window.kind == "since_change":
            live = next((span for span in reversed(self._held()) if span.covers(moment)), None)
            return live.starts_at + timedelta(microseconds=1) if live else None
        return None

    def _ends(self, moment: datetime, day: date) -> datetime | None:
        validity, zone = self.rule.validity, self.rule.zone
        if validity.kind == "life" or self.rule.downgrade == "never":
            return None
        if validity.kind == "years":
            first = self.rule.year_of(day)
            after = date(first.year + validity.count + 1, first.month, 1)
            return clock.start_of_day(clock.add_months(after, validity.months), zone)
        return clock.end_of_day(clock.add_months(day, validity.months), zone)

    def _years_at(self, rank: int, moment: datetime) -> int:
        """In how many program years, up to `moment`, a rung of at least `rank` was held for a
        while.
        """
        years: set[date] = set()
        for span in self._held():
            if span.rung.rank < rank or span.starts_at > moment:
                continue
            first = self.rule.year_of(clock.local_date(span.starts_at, self.rule.zone))
            last = self.rule.year_of(
                clock.local_date(min(moment, span.ends_at or moment), self.rule.zone)
            )
            years |= {date(year, first.month, 1) for year in range(first.year, last.year + 1)}
        return len(years)

    def _held(self) -> list[Span]:
        if self._flat is None:
            self._flat = flatten(self.holds, self.rule, self._ends)
        return self._flat


def flatten(holds: Sequence[Span], rule: LadderRule, ends: Ends) -> list[Span]:
    """Overlapping holds as spans one after the other: at each moment the highest rung, equal
    neighbors joined.

    Where a ladder goes down one step at a time, a rung that ends is followed by the one below it
    for another period.
    """
    flat = _highest(holds)
    if rule.downgrade != "one_step":
        return flat
    for _ in range(len(rule.rungs) * MANY_YEARS):
        step = _missing_step(flat, rule, ends)
        if step is None:
            return flat
        holds = [*holds, step]
        flat = _highest(holds)
    return flat


def _missing_step(flat: list[Span], rule: LadderRule, ends: Ends) -> Span | None:
    """The first place at which a rung is followed by something lower than the one below it."""
    for index, span in enumerate(flat):
        if span.ends_at is None or span.rung.rank <= rule.rungs[0].rank:
            continue
        following = flat[index + 1] if index + 1 < len(flat) else None
        below = max((r for r in rule.rungs if r.rank < span.rung.rank), key=lambda r: r.rank)
        is_next = following is not None and following.starts_at == span.ends_at
        if not (is_next and following is not None and following.rung.rank >= below.rank):
            last_day = clock.local_date(span.ends_at, rule.zone)
            return Span(below, span.ends_at, ends(span.ends_at, _one_year_back(last_day, rule)))
    return None


def _one_year_back(day: date, rule: LadderRule) -> date:
    """The day whose period a step down inherits: by years, one program year from the fall; by
    months, from the fall.
    """
    if rule.validity.kind != "years":
        return day
    return clock.add_months(day, -12 * rule.validity.count)


def _highest(holds: Sequence[Span]) -> list[Span]:
    edges = sorted(
        {s.starts_at for s in holds} | {s.ends_at for s in holds if s.ends_at is not None}
    )
    flat: list[Span] = []
    for index, start in enumerate(edges):
        end = edges[index + 1] if index + 1 < len(edges) else None
        rung = _top(span for span in holds if span.covers(start))
        if rung is None:
            continue
        if flat and flat[-1].rung == rung and flat[-1].ends_at == start:
            flat[-1] = dataclasses.replace(flat[-1], ends_at=end)
        else:
            flat.append(Span(rung, start, end))
    return flat


def _top(spans: Iterable[Span]) -> Rung | None:
    return max((span.rung for span in spans), key=lambda rung: rung.rank, default=None)


def _anniversary(joined: date, day: date) -> date:
    """The last anniversary of joining on or before `day`; 29 February falls on the 28th in common
    years.
    """
    years = day.year - joined.year
    passed = clock.add_months(joined, 12 * years)
    return passed if passed <= day else clock.add_months(joined, 12 * (years - 1))
