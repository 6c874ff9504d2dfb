"""Qualification: which tier follows from what was counted, and when.

The rule is a pure function of dated credits of counters, so any order of arrival gives the same
tier at any moment. A tier has routes; a route is requirements that must all hold; whenever one
route holds, a hold on the tier starts, and lasts as long as the ladder says. The effective tier is
the highest one held. Thresholds are reached by being equal (`>=`). Amounts are in the units'
smallest parts.
"""

from __future__ import annotations

import dataclasses
from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from common import clock
from tiers import years
from tiers.flattening import flatten, highest, reached_before, top
from tiers.groups import Stay, is_in
from tiers.series import Series
from tiers.terms import LadderRule, Requirement, Route, Rung, Span, Window
from tiers.using_up import Steps
from tiers.visits import Log, Visit

Event = tuple[datetime, str, int]  # moment, unit, amount
Happened = tuple[datetime, str, int, Visit | tuple[()]]  # the same, or an activity that counts


class Climb:
    """A member's way up one ladder: dated history in, holds on rungs out.

    What arrives in order of time is folded in one by one; what is late folds everything anew.
    `visits` are activities that count by themselves; `stays` say when the member was in the groups
    of routes: whoever joins one moves without an activity.
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
        visits: Iterable[Visit] = (),
        stays: Sequence[Stay] = (),
    ) -> None:
        self.rule, self.granted, self.stays = rule, tuple(granted), tuple(stays)
        self.joined_on = clock.local_date(joined_at, rule.zone) if joined_at else None
        self._events: list[Happened] = []
        self._begun: datetime | None = None  # the first credit of a counter
        self._turns = [clock.start_of_day(day, rule.zone) for day in rule.turns]
        self._turns += [stay.starts_at for stay in self.stays]
        self._today: tuple[datetime, date] | None = None
        self._turns_come = bool(self._turns or rule.head_starts or rule.rolls_over)
        self._restart()
        counted: list[Happened] = [(*credit, ()) for credit in credits]
        visited: list[Happened] = [(one.moment, "", 1, one) for one in visits]
        if rule.is_plain and not visited and not self._turns_come:
            self._add_up(sorted(counted))
        else:
            for event in sorted(counted + visited):
                self._take(event)

    @property
    def has_begun(self) -> bool:
        """Whether anything was ever counted."""
        return self._begun is not None

    def add(self, occurred_at: datetime, unit: str, amount: int) -> None:
        """Count one more credit, wherever in time it falls."""
        self._take((occurred_at, unit, amount, ()))

    def visit(self, visit: Visit) -> None:
        """Count one more activity, wherever in time it falls."""
        self._take((visit.moment, "", 1, visit))

    def rung_at(self, moment: datetime) -> Rung | None:
        """The highest rung held at `moment`, counting what happened until then."""
        if self.rule.is_plain and not self.granted:
            held = (span.rung for span in reversed(self.holds) if span.starts_at <= moment)
            return next(held, None)
        self._pass(moment)
        return top(span for span in (*self._held(), *self._given(moment)) if span.covers(moment))

    def rung_before(self, moment: datetime) -> Rung | None:
        """The highest rung at `moment` that was reached strictly before it.

        It is what an activity of that moment earns at, also after another one of the same moment.
        """
        if self.rule.is_plain and not self.granted:
            held = (span.rung for span in reversed(self.holds) if span.starts_at < moment)
            return next(held, None)
        self._pass(moment)
        own: Iterable[Span] = (
            span
            for span in (*self.holds, *self._held())
            if span.covers(moment) and span.starts_at < moment
        )
        if self._steps is not None:  # there a tier ends as the next begins
            own = reached_before(self._held(), moment)
        return top((*own, *reached_before(self._given(moment), moment)))

    def _given(self, moment: datetime) -> tuple[Span, ...]:
        """Spans that do not follow from history; some are shared only with those who have earned
        something.
        """
        is_open = self.rule.sharing != "after_first" or (
            self._begun is not None and self._begun <= moment
        )
        return self.granted if is_open else ()

    def value(self, need: Requirement, moment: datetime) -> int:
        """How much of a requirement is there at `moment`, over its window."""
        self._pass(moment)
        if need.rank:  # in how many years such a rung, or a higher one, was held for a while
            begun = [s for s in self._held() if s.rung.rank >= need.rank and s.starts_at <= moment]
            return len({year for span in begun for year in years.touched(span, self.rule, moment)})
        if need.type:
            log = self._logs.get(need.type)
            start = self._start(need.window, moment) if log else None
            return log.between(start, moment, need.distinct) if log else 0
        counted = self._counted(need.unit, need.window, moment)
        if need.less:
            counted -= self._counted(need.less, need.window, moment)
        if need.window.kind == self.rule.own_window and need.unit == self.rule.counter:
            counted += self._carried(moment)
        return counted

    def counts_until(self, moment: datetime) -> datetime | None:
        """When the counter begins anew, on a ladder whose tiers use up their thresholds."""
        return self._steps.ends_at(moment) if self._steps is not None else None

    def _counted(self, unit: str, window: Window, moment: datetime) -> int:
        if self._steps is not None and (unit, window.kind) == (self.rule.counter, "since_change"):
            return self._steps.count(moment)
        series = self._series.get(unit)
        return series.between(self._start(window, moment), moment) if series else 0

    def _carried(self, moment: datetime) -> int:
        """What a program year begins with: a head start for the tier held then, and last year's
        surplus.

        The surplus is what lay above the highest threshold reached; where none was reached there is
        none. It counts for status only: nothing is posted.
        """
        rule = self.rule
        if not rule.head_starts and not rule.rolls_over:
            return 0
        first = self._years_on(clock.local_date(moment, rule.zone), 0)
        if first not in self._carry:
            self._carry[first] = (
                0  # while it is being found out, and for the years before anything was counted
            )
            start = clock.start_of_day(first, rule.zone)
            self._carry[first] = self._head_start(start) + self._surplus(start)
        return self._carry[first]

    def _head_start(self, start: datetime) -> int:
        rung = top(span for span in (*self._held(), *self._given(start)) if span.covers(start))
        return dict(self.rule.head_starts).get(rung.code, 0) if rung else 0

    def _surplus(self, start: datetime) -> int:
        rule, last = self.rule, start - timedelta(microseconds=1)
        if not rule.rolls_over or not self._events or self._events[0][0] > last:
            return 0
        own = Requirement(1, unit=rule.counter, window=Window(self.rule.own_window))
        total = self.value(own, last)
        day = clock.local_date(last, rule.zone)
        reached = [
            need.at_least
            for rung in rule.rungs
            for route in rung.routes
            if route.is_in_force(day) and not route.keeps
            for need in route.needs
            if need.unit == rule.counter and need.at_least <= total
        ]
        surplus = total - max(reached) if reached else 0
        return surplus if rule.carries_at_most is None else min(surplus, rule.carries_at_most)

    def spans(self, *, until: datetime | None = None) -> list[Span]:
        """What is held when, by what was earned: spans that do not overlap, in order of time."""
        self._pass(until or clock.now())
        return self._held()

    def flat(self, holds: Sequence[Span]) -> list[Span]:
        """Holds of this ladder as spans that do not overlap: what it was before something came."""
        if self._steps is not None:
            return highest(holds)
        return flatten(holds, self.rule, self._ends)

    def _restart(self) -> None:
        self.holds: list[Span] = []
        self._series: dict[str, Series] = {}
        self._logs: dict[str, Log] = {}
        self._steps = self._from_below() if self.rule.uses_up else None
        self._stepped: list[Span] = []  # what follows from it; the first of the holds
        self._passed: datetime | None = None  # the last turn that was examined
        self._carry: dict[date, int] = {}
        self._risen = 0  # rungs of a plain ladder that are held
        self._flat: list[Span] | None = None

    def _from_below(self) -> Steps:
        rule, joined = self.rule, self.joined_on
        return Steps(
            [rung for rung in rule.rungs if rung.threshold is not None],
            ends=lambda moment: self._ends(moment, clock.local_date(moment, rule.zone)),
            joined_at=clock.start_of_day(joined, rule.zone) if joined else None,
            most=rule.carries_at_most,
            is_gradual=rule.downgrade == "one_step",
        )

    def _add_up(self, events: list[Happened]) -> None:
        """Take in a whole history of a ladder that `is_plain`, whose one counter only adds up."""
        if not events:
            return
        heights = [rung.routes[0].needs[0].at_least for rung in self.rule.rungs]
        series = Series.of((moment, amount) for moment, _, amount, _ in events)
        for moment, total in zip(series.moments, series.sums, strict=True):
            while self._risen < len(heights) and total >= heights[self._risen]:
                self.holds.append(Span(self.rule.rungs[self._risen], moment, None))
                self._risen += 1
        self._events, self._begun = events, series.moments[0]
        self._series = {events[0][1]: series}

    def _take(self, event: Happened) -> None:
        is_late = bool(self._events) and event[0] < self._events[-1][0]
        is_late = is_late or (self._passed is not None and event[0] < self._passed)
        insort(self._events, event)
        if not event[3] and (self._begun is None or event[0] < self._begun):
            self._begun = event[0]
        if not is_late:
            self._fold(event)
            return
        self._restart()
        for known in self._events:
            self._fold(known)

    def _fold(self, event: Happened) -> None:
        moment, unit, amount, visit = event
        if self._turns_come:
            self._pass(moment - timedelta(microseconds=1))
        if isinstance(visit, Visit):
            self._logs.setdefault(visit.type, Log()).add(visit, self._day(moment))
        else:
            self._series.setdefault(unit, Series()).add(moment, amount)
            if self._steps is not None and unit == self.rule.counter:
                self._steps.add(moment, amount)
        self._keep_active(moment)
        self._examine(moment)

    def _pass(self, moment: datetime) -> None:
        """Examine the days up to `moment` on which thresholds changed: members move without an
        activity.
        """
        if not self._turns_come:
            return
        while (turn := self._next_turn()) is not None and turn <= moment:
            self._passed = turn
            self._examine(turn)

    def _next_turn(self) -> datetime | None:
        """The next moment at which members may move by themselves.

        A threshold comes into force, or a year begins that brings a head start or a surplus.
        """
        if not self._events:
            return None
        after = max(self._passed or self._events[0][0], self._events[0][0])
        turns = [turn for turn in self._turns if turn > after]
        if self.rule.head_starts or self.rule.rolls_over:
            following = self._years_on(clock.local_date(after, self.rule.zone), 1)
            turns.append(clock.start_of_day(following, self.rule.zone))
        return min(turns, default=None)

    def _examine(self, moment: datetime) -> None:
        """Start or prolong a hold on every rung that one of its routes reaches at `moment`."""
        if self.rule.is_plain:
            self._rise(moment)
            return
        if self._steps is not None and (spans := self._steps.spans()) != self._stepped:
            self.holds = [*spans, *self.holds[len(self._stepped) :]]
            self._stepped, self._flat = spans, None
        day = self._day(moment)
        ends = self._ends(moment, day)
        for rung in self.rule.rungs:
            for_life = [route for route in rung.routes if route.for_life]
            if for_life and self._reach(Span(rung, moment, None), for_life, day):
                continue
            self._reach(Span(rung, moment, ends), rung.routes, day)

    def _rise(self, moment: datetime) -> None:
        """The same on a ladder that `is_plain`, where nothing held ever ends: the last event is
        that of `moment`, and all that was counted counts.
        """
        for number in range(self._risen, len(self.rule.rungs)):
            rung = self.rule.rungs[number]
            need = rung.routes[0].needs[0]
            series = self._series.get(need.unit)
            if series is None or series.sums[-1] < need.at_least:
                return
            self._risen += 1
            self.holds.append(Span(rung, moment, None))
            self._flat = None

    def _reach(self, span: Span, routes: Sequence[Route], day: date) -> bool:
        """Hold the span, if one of the routes leads to it. Returns whether it is held, now or
        already.
        """
        rung, moment, ends = span.rung, span.starts_at, span.ends_at
        if any(
            hold.rung is rung
            and hold.covers(moment)
            and (hold.ends_at is None or (ends and hold.ends_at >= ends))
            for hold in reversed(self.holds)
        ):
            return True
        if not any(self._leads(route, rung, moment, day) for route in routes):
            return False
        self.holds.append(span)
        self._flat = None
        return True

    def _leads(self, route: Route, rung: Rung, moment: datetime, day: date) -> bool:
        """Whether a route is open to the member at `moment`, and all it takes is there."""
        is_open = route.is_in_force(day) and is_in(self.stays, route.group, moment)
        if not is_open or (route.keeps and not self._is_on(rung, moment)):
            return False
        return all(self.value(need, moment) >= need.at_least for need in route.needs)

    def _is_on(self, rung: Rung, moment: datetime) -> bool:
        """Whether a rung, or a higher one, is held at `moment` by what went before."""
        held = top(s for s in (*self._held(), *self._given(moment)) if s.covers(moment))
        return held is not None and held.rank >= rung.rank

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

    def _day(self, moment: datetime) -> date:
        """The local day of a moment; the last one is remembered, for one activity asks often."""
        if self._today is None or self._today[0] != moment:
            self._today = (moment, clock.local_date(moment, self.rule.zone))
        return self._today[1]

    def _start(self, window: Window, moment: datetime) -> datetime | None:
        """Where a window begins that ends at `moment`; None for the beginning of everything."""
        if window.kind == "lifetime":
            return None
        day, zone = self._day(moment), self.rule.zone
        if window.kind == "months":
            return clock.end_of_day(clock.add_months(day, -window.months), zone)
        if first := years.first_day(self.rule, window.kind, day, self.joined_on):
            return clock.start_of_day(first, zone)
        if window.kind == "since_change":
            live = next((span for span in reversed(self._held()) if span.covers(moment)), None)
            if live is not None:
                return live.starts_at + timedelta(microseconds=1)
            ended = (s.ends_at for s in self._held() if s.ends_at and s.ends_at <= moment)
            return max(ended, default=None)
        return None

    def _ends(self, moment: datetime, day: date) -> datetime | None:
        validity, zone = self.rule.validity, self.rule.zone
        if validity.kind == "life" or self.rule.downgrade == "never":
            return None
        if validity.kind == "years":
            after = self._years_on(day, validity.count + 1)
            return clock.start_of_day(clock.add_months(after, validity.months), zone)
        if validity.kind == "half_years":
            own = self.joined_on if self.rule.is_own_year else None
            return clock.start_of_day(years.half_years_on(day, validity.count + 1, own), zone)
        last = clock.add_months(day, validity.months)
        if validity.round_to != "day":
            last = clock.end_of_period(last, validity.round_to)
        return clock.end_of_day(last, zone)

    def _years_on(self, day: date, count: int) -> date:
        """The first day of the ladder's year that lies `count` years after the one of `day`."""
        if self.rule.is_own_year and self.joined_on:
            passed = years.anniversary(self.joined_on, day).year - self.joined_on.year
            return clock.add_months(self.joined_on, 12 * (passed + count))
        first = self.rule.year_of(day)
        return date(first.year + count, first.month, 1)

    def _held(self) -> list[Span]:
        if self._flat is None:
            self._flat = self.flat(self.holds)
        return self._flat
