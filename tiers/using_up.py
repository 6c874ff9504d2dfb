"""Tiers that use up what leads to them: reaching one takes its threshold off the counter.

The surplus stays and counts towards the next tier. A period of one's own begins with each tier; at
its end the tier is kept by whoever has its threshold together again, which is used up once more;
whoever has not goes down. Below the lowest tier a period begins on joining, and at its end, as
wherever no threshold was met, the counter begins at zero. Pure: amounts are in the counter's
smallest part, and a history is folded in order of time.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tiers.terms import Rung, Span

Ends = Callable[[datetime], datetime | None]  # when a period ends that begins at a moment
TICK = timedelta(microseconds=1)
BELOW = -1  # the lowest tier


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """A place among the rungs, what is counted there, and the period it belongs to."""

    place: int
    count: int
    since: datetime
    ends_at: datetime | None

    def is_over(self, moment: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= moment


class Steps:
    """One member's steps on such a ladder.

    `rungs` are those with a threshold, from the lowest up; `most` is what a new period begins with
    at most; with `is_gradual` one goes down one step at a time, else to what is there.
    """

    def __init__(
        self,
        rungs: Sequence[Rung],
        *,
        ends: Ends,
        joined_at: datetime | None = None,
        most: int | None = None,
        is_gradual: bool = True,
    ) -> None:
        self.rungs, self._ends, self._joined_at = tuple(rungs), ends, joined_at
        self._prices = [rung.threshold or 0 for rung in rungs]
        self._most, self._is_gradual = most, is_gradual
        self._moments: list[datetime] = []
        self._states: list[State] = []  # right after each moment
        self._past: list[Span] = []  # what was held before the present state began

    def add(self, moment: datetime, amount: int) -> None:
        """Count an amount; moments come in order."""
        before = self._settled(moment)
        count, place = before.count + amount, before.place
        while place + 1 < len(self.rungs) and count >= self._prices[place + 1]:
            place += 1
            count -= self._prices[place]
        after = dataclasses.replace(before, count=count)
        if place > before.place:
            if before.since < moment:
                self._past += self._span(before, moment)
            after = State(place, self._carried(count), moment, self._ends(moment))
        self._moments.append(moment)
        self._states.append(after)

    def count(self, moment: datetime) -> int:
        """What counts at a moment: since the tier was reached, and what was left of it then."""
        state = self._at(moment)
        return state.count if state else 0

    def ends_at(self, moment: datetime) -> datetime | None:
        """When the period ends that holds a moment; None where there is none, or it does not."""
        state = self._at(moment)
        return state.ends_at if state else None

    def spans(self) -> list[Span]:
        """What is held when: so far, and from now on if nothing more comes."""
        found = list(self._past)
        state = self._states[-1] if self._states else None
        while state is not None and state.place != BELOW:
            is_free = not self._prices[state.place]  # asks for nothing, so nothing ends it
            found += self._span(state, None if is_free else state.ends_at)
            state = None if is_free or state.ends_at is None else self._turned(state)
        return found

    def _span(self, state: State, ends_at: datetime | None) -> list[Span]:
        if state.place == BELOW:
            return []
        return [Span(self.rungs[state.place], state.since, ends_at)]

    def _settled(self, moment: datetime) -> State:
        """The state right before an amount of that moment; what is over by then is past."""
        if not self._states:
            since = min(moment, self._joined_at or moment)
            first = State(BELOW, 0, since, self._ends(since))
            return self._passing(first, moment)
        state = self._states[-1]
        while state.is_over(moment):
            self._past += self._span(state, state.ends_at)
            state = self._turned(state)
        return state

    def _passing(self, state: State, moment: datetime) -> State:
        while state.is_over(moment):
            state = self._turned(state)
        return state

    def _at(self, moment: datetime) -> State | None:
        index = bisect_right(self._moments, moment)
        return self._passing(self._states[index - 1], moment) if index else None

    def _turned(self, state: State) -> State:
        """The next period: the tier is kept, or one goes down; the threshold met is used up."""
        assert state.ends_at is not None
        place = state.place
        if place != BELOW and state.count < self._prices[place]:
            place = place - 1 if self._is_gradual else self._met(state.count, place)
        price = self._prices[place] if place != BELOW else 0
        is_met = price and state.count >= price
        left = self._carried(state.count - price) if is_met else 0
        return State(place, left, state.ends_at, self._ends(state.ends_at - TICK))

    def _met(self, count: int, below: int) -> int:
        met = [place for place in range(below) if self._prices[place] <= count]
        return max(met, default=BELOW)

    def _carried(self, count: int) -> int:
        return count if self._most is None else min(count, self._most)
