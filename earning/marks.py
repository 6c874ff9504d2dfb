"""Marks: over what a milestone counts, and which of its levels a change of what is counted passes,
or no longer reaches. Pure; days are those of the program's zone.

A period has a label under which its levels are passed once: the year, the first day of a quarter,
month or week, that of a year of membership, the first day of what goes on without a gap, or, where
the window moves with the days, the day on which the mark was passed. There what counted towards it
counts no more.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Protocol

from common import clock
from earning.models import Milestone
from tiers import years

DAY = timedelta(days=1)
Crossing = tuple[int, tuple[str, ...]]  # a level, and the labels it may stand under
Between = Callable[[date | None, date | None], int]  # first day, first day after; None: ever


class Tally(Protocol):
    """What was counted, by days."""

    def between(self, first: date | None, after: date | None) -> int:
        """How much was counted from a day on, up to but not on another."""

    def days(self) -> Iterable[date]:
        """The days on which something was counted."""

    def add(self, on: date, amount: int, where: str = "") -> None:
        """Count on a day, more or less; `where` is what is counted once: a partner, a place, a
        value.
        """


class Amounts:
    """Of a counter: sums by day, or by the first day of a year or month where that will do."""

    def __init__(self) -> None:
        self._sums: dict[date, int] = {}

    def between(self, first: date | None, after: date | None) -> int:
        return sum(
            amount
            for day, amount in self._sums.items()
            if (first is None or day >= first) and (after is None or day < after)
        )

    def days(self) -> Iterable[date]:
        return self._sums

    def add(self, on: date, amount: int, where: str = "") -> None:
        self._sums[on] = self._sums.get(on, 0) + amount


class Visits:
    """Of activities: each one, or days, or partners, locations or values that had one."""

    def __init__(self, distinct: str) -> None:
        self._distinct = distinct
        self._sums: dict[date, Counter[str]] = {}

    def between(self, first: date | None, after: date | None) -> int:
        inside = [
            found
            for day, found in self._sums.items()
            if (first is None or day >= first) and (after is None or day < after)
        ]
        if self._distinct == Milestone.Distinct.DAY:
            return sum(any(n > 0 for n in found.values()) for found in inside)
        if self._distinct:
            return len({where for found in inside for where, n in found.items() if n > 0})
        return sum(sum(found.values()) for found in inside)

    def days(self) -> Iterable[date]:
        return self._sums

    def add(self, on: date, amount: int, where: str = "") -> None:
        self._sums.setdefault(on, Counter())[where] += amount


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """An amount more or less on a day; `where` as a tally knows it, `joined` the day on which the
    member did.
    """

    on: date
    amount: int
    where: str = ""
    joined: date | None = None


@contextmanager
def _with(tally: Tally, change: Change) -> Iterator[None]:
    """The tally with a change, for as long as the block lasts."""
    tally.add(change.on, change.amount, change.where)
    yield
    tally.add(change.on, -change.amount, change.where)


def passed(
    milestone: Milestone, tally: Tally, change: Change, passes: Sequence[date] = ()
) -> list[Crossing]:
    """The levels that a change passes; crossing two at once gives both.

    `passes` are the days on which a mark whose window moves was passed before.
    """
    if milestone.streak:
        return _joined(milestone, tally, change)
    if milestone.is_rolling:
        return _rolled(milestone, tally, change, passes)
    first, after = span(milestone, change.on, change.joined)
    before = tally.between(first, after)
    with _with(tally, change):
        now = tally.between(first, after)
    return [(level, (label(milestone, first),)) for level in levels(milestone, before, now)]


def lost(
    milestone: Milestone, tally: Tally, change: Change, passes: Sequence[date] = ()
) -> list[Crossing]:
    """The levels that are no longer reached after a change, with the labels they may stand under.

    Whether they had been passed, the caller knows.
    """
    if milestone.streak:
        return _broken(milestone, tally, change)
    if milestone.is_rolling:
        return _fallen(milestone, tally, change, passes)
    first, after = span(milestone, change.on, change.joined)
    before = tally.between(first, after)
    with _with(tally, change):
        now = tally.between(first, after)
    return [(level, (label(milestone, first),)) for level in levels(milestone, now, before)]


def levels(milestone: Milestone, before: int, after: int) -> list[int]:
    """The levels above `before`, up to and including `after`, none above the last mark: crossing
    two at once gives both.
    """
    found = [milestone.at] if before < milestone.at <= after else []
    if milestone.every:
        after = after if milestone.up_to is None else min(after, milestone.up_to)
        first = max(1, (before - milestone.at) // milestone.every + 1)
        level = milestone.at + first * milestone.every
        while level <= after:
            if level > before:
                found.append(level)
            level += milestone.every
    return found


def span(
    milestone: Milestone, on: date, joined: date | None = None
) -> tuple[date | None, date | None]:
    """The first day of the period that holds a day, and the first after it; none for ever."""
    if milestone.window == Milestone.Window.LIFETIME:
        return None, None
    if milestone.window == Milestone.Window.MEMBERSHIP_YEAR:
        first = years.anniversary(joined or on, on)
        return first, years.anniversary_after(joined or on, on)
    if milestone.window == Milestone.Window.MEMBERSHIP_HALF_YEAR:
        return years.half_year(joined or on, on), years.half_year(joined or on, on, 1)
    return period(milestone.window, on, milestone.year_starts)


def period(kind: str, on: date, year_starts: int = 1) -> tuple[date, date]:
    """The day, week, month, quarter, half-year or (program) year that holds a day: its first day,
    and the first after it.
    """
    if kind == "day":
        return on, on + DAY
    if kind == "week":
        first = on - on.weekday() * DAY
        return first, first + 7 * DAY
    if kind == "month":
        first = on.replace(day=1)
        return first, clock.add_months(first, 1)
    if kind == "quarter":
        first = date(on.year, on.month - (on.month - 1) % 3, 1)
        return first, clock.add_months(first, 3)
    if kind == "half_year":
        first = date(on.year, 1 if on.month < 7 else 7, 1)
        return first, clock.add_months(first, 6)
    first = date(on.year - (on.month < year_starts), year_starts, 1)
    return first, clock.add_months(first, 12)


def label(milestone: Milestone, first: date | None) -> str:
    """What a period is called among the levels that were passed."""
    if first is None:
        return ""
    is_plain = milestone.window == Milestone.Window.YEAR and milestone.year_starts == 1
    return str(first.year) if is_plain else first.isoformat()


def grain(milestones: Iterable[Milestone]) -> str:
    """How finely counters have to be read: by year, by month or by day."""
    wanted = list(milestones)
    by_day = ("day", "week")
    if any(m.is_rolling or m.is_own or {m.streak, m.window} & set(by_day) for m in wanted):
        return "day"
    coarse = ("lifetime", "year")
    if any(m.streak or m.window not in coarse or m.year_starts != 1 for m in wanted):
        return "month"
    return "year"


def _window(milestone: Milestone, end: date) -> date:
    """The first day of the window that moves with the days and ends on `end`."""
    count = milestone.window_count or 0
    if milestone.window == Milestone.Window.DAYS:
        return end - (count - 1) * DAY
    return clock.add_months(end, -count) + DAY


def _begin(milestone: Milestone, end: date, passes: Sequence[date]) -> date:
    """The same, after what counted towards the last time it was passed before."""
    earlier = [one for one in passes if one < end]
    first = _window(milestone, end)
    return max(first, max(earlier) + DAY) if earlier else first


def _rolled(
    milestone: Milestone, tally: Tally, change: Change, passes: Sequence[date]
) -> list[Crossing]:
    """The first day, from that of the change on, whose window now holds enough, unless a window
    that was paid already holds it.
    """
    ends = sorted({change.on, *(day for day in tally.days() if day > change.on)})
    with _with(tally, change):
        for end in ends:
            first = _begin(milestone, end, passes)
            used = any(_begin(milestone, one, passes) <= end <= one for one in passes)
            if first > change.on or used:
                return []
            if tally.between(first, end + DAY) >= milestone.at:
                return [(milestone.at, (end.isoformat(),))]
    return []


def _fallen(
    milestone: Milestone, tally: Tally, change: Change, passes: Sequence[date]
) -> list[Crossing]:
    found: list[Crossing] = []
    with _with(tally, change):
        for end in passes:
            first = _begin(milestone, end, passes)
            if first <= change.on <= end and tally.between(first, end + DAY) < milestone.at:
                found.append((milestone.at, (end.isoformat(),)))
    return found


def _row(milestone: Milestone, counted: Between, on: date) -> tuple[list[date], list[date]]:
    """The periods in a row right before, and right after, the one that holds a day; first days."""
    of = functools.partial(period, milestone.streak, year_starts=milestone.year_starts)

    def is_full(first: date) -> bool:
        return counted(*of(first)) >= (milestone.streak_least or 1)

    before: list[date] = []
    first = of(of(on)[0] - DAY)[0]
    while is_full(first):
        before.append(first)
        first = of(first - DAY)[0]
    after: list[date] = []
    first = of(on)[1]
    while is_full(first):
        after.append(first)
        first = of(first)[1]
    return before[::-1], after


def _turns(
    milestone: Milestone, tally: Tally, change: Change
) -> tuple[bool, list[date], list[date], date]:
    """Whether a change fills or empties its period, the rows beside it, and its first day."""
    first, after = period(milestone.streak, change.on, milestone.year_starts)
    least = milestone.streak_least or 1
    was = tally.between(first, after) >= least
    with _with(tally, change):
        turns = was is not (tally.between(first, after) >= least)
    return turns, *(_row(milestone, tally.between, change.on) if turns else ([], [])), first


def _joined(milestone: Milestone, tally: Tally, change: Change) -> list[Crossing]:
    """A period that fills joins the rows beside it."""
    turns, left, right, first = _turns(milestone, tally, change)
    if not turns or change.amount < 0:
        return []
    began = (left or [first])[0].isoformat()
    longest = max(len(left), len(right))
    found = levels(milestone, longest, len(left) + 1 + len(right))
    return [(level, (began,)) for level in found]


def _broken(milestone: Milestone, tally: Tally, change: Change) -> list[Crossing]:
    """A period that empties leaves two shorter rows."""
    turns, left, right, first = _turns(milestone, tally, change)
    if not turns or change.amount > 0:
        return []
    labels = tuple(one.isoformat() for one in (*left, first, *right))
    longest = max(len(left), len(right))
    found = levels(milestone, longest, len(left) + 1 + len(right))
    return [(level, labels) for level in found]
