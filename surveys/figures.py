"""Figures: scores with their uncertainty, by month, tier, place and trigger, and how two periods
compare.

Read from the tallies. Groups of fewer than five answers are hidden, because a figure of four people
is gossip about four people. Series of different scales are never counted together.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import formats

from common import clock
from program import catalog
from program.models import Location
from surveys import kinds, measures
from surveys.measures import Change, Estimate, Mood
from surveys.models import Survey, Tally, Trigger
from tiers.models import Tier

LEAST = 5  # answers below which a group is hidden
BY = ("month", "tier", "location", "trigger")
PERIOD_MONTHS = 3  # the comparison: so many months against as many before


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """One group: its name, its figure (None where it is hidden), and how many were asked."""

    key: str
    name: str
    answers: int
    asked: int
    figure: Estimate | None
    extra: Estimate | None = None

    @property
    def is_hidden(self) -> bool:
        return 0 < self.answers < LEAST

    @property
    def response(self) -> Decimal | None:
        """The share of those asked who answered, in percent."""
        return Decimal(100 * self.answers) / self.asked if self.asked else None


@dataclasses.dataclass(frozen=True, slots=True)
class Scores:
    """Everything the page of one survey shows."""

    survey: Survey
    by: str
    whole: Group
    groups: tuple[Group, ...]
    change: Change | None
    periods: tuple[Group, Group] | None
    spread: tuple[tuple[str, int], ...]
    made_up: int
    incomplete: int
    is_corrected: bool
    counted_at: datetime | None


def of(survey: Survey, *, by: str = "month", first: date | None = None) -> Scores:
    """The scores of a survey, in groups; from the month of `first` on, where that is given."""
    rows = list(Tally.objects.filter(survey=survey))
    told = [row for row in rows if first is None or row.month >= first.replace(day=1)]
    series = survey.of_kind.series
    told = [row for row in told if row.series in ("", series)]
    asked, eligible = sum(row.asked for row in told), sum(row.eligible for row in told)
    is_corrected = asked <= eligible < asked * 2
    population = eligible if is_corrected else None
    whole = _group("", "", told, survey, population=population)
    now, before = _periods(rows, survey)
    return Scores(
        survey=survey,
        by=by if by in BY else "month",
        whole=whole,
        groups=tuple(_groups(told, survey, by if by in BY else "month")),
        change=_change(survey, now, before),
        periods=(now[0], before[0]) if now[0].figure and before[0].figure else None,
        spread=_spread(told, survey, is_shown=whole.figure is not None),
        made_up=sum(row.made_up for row in told),
        incomplete=sum(row.answers for row in told if row.value is None),
        is_corrected=is_corrected,
        counted_at=rows[0].counted_at if rows else None,
    )


def figure(
    kind: str, values: Mapping[Decimal, int], *, population: int | None = None
) -> Estimate | None:
    """The measure of a kind from how often each value was given."""
    if kind == kinds.NPS:
        return measures.nps(_mood(values), population=population)
    if kind == kinds.CSAT:
        good = sum(times for value, times in values.items() if value >= 4)
        return measures.share(good, sum(values.values()))
    return measures.mean({Fraction(value): times for value, times in values.items()})


def _mood(values: Mapping[Decimal, int]) -> Mood:
    return Mood.of({int(value): times for value, times in values.items()})


def _group(
    key: str, name: str, rows: Iterable[Tally], survey: Survey, *, population: int | None = None
) -> Group:
    values: Counter[Decimal] = Counter()
    asked = 0
    for row in rows:
        asked += row.asked
        if row.value is not None:
            values[row.value] += row.answers
    answers = sum(values.values())
    shown = answers >= LEAST
    easy = sum(times for value, times in values.items() if value >= 5)
    return Group(
        key=key,
        name=name,
        answers=answers,
        asked=asked,
        figure=figure(survey.kind, values, population=population) if shown else None,
        extra=measures.share(easy, answers) if shown and survey.kind == kinds.CES else None,
    )


def _groups(rows: Sequence[Tally], survey: Survey, by: str) -> list[Group]:
    """One group for each month, tier, place or trigger, in their own order."""
    key_of: dict[str, Callable[[Tally], str]] = {
        "month": lambda row: f"{row.month:%Y-%m}",
        "tier": lambda row: row.tier,
        "location": lambda row: str(row.location_id or ""),
        "trigger": lambda row: row.trigger,
    }
    found: dict[str, list[Tally]] = defaultdict(list)
    for row in rows:
        if row.answers or row.asked:
            found[key_of[by](row)].append(row)
    names = _names(by, found)
    order = {key: place for place, key in enumerate(names)}
    keys = sorted(found, key=lambda key: (order.get(key, len(order)), key))
    return [_group(key, names.get(key) or key, found[key], survey) for key in keys]


def _names(by: str, keys: Iterable[str]) -> dict[str, Any]:
    """What groups are called, in the order in which they stand."""
    if by == "month":
        months = sorted(keys)
        dates = [date.fromisoformat(f"{month}-01") for month in months]
        return {m: formats.date_format(d, "M Y") for m, d in zip(months, dates, strict=True)}
    if by == "tier":
        return dict(Tier.objects.order_by("ladder", "rank").values_list("code", "name")) | {"": "–"}
    if by == "location":
        return {str(place.pk): place.name for place in Location.objects.all()} | {"": "–"}
    return {code: code for code in Trigger.objects.values_list("code", flat=True)} | {"": "–"}


Period = tuple[Group, Counter[Decimal]]


def _periods(rows: Sequence[Tally], survey: Survey) -> tuple[Period, Period]:
    """The last three months and the three before, counted back from the newest answer."""
    series = survey.of_kind.series
    mine = [row for row in rows if row.series == series and row.value is not None]
    today = clock.local_date(clock.now(), catalog.current().time_zone)
    newest = max((row.month for row in mine), default=today.replace(day=1))
    edge = clock.add_months(newest, 1 - PERIOD_MONTHS)
    start = clock.add_months(edge, -PERIOD_MONTHS)
    later = [row for row in mine if row.month >= edge]
    earlier = [row for row in mine if start <= row.month < edge]
    return _period(later, survey), _period(earlier, survey)


def _period(rows: list[Tally], survey: Survey) -> Period:
    values: Counter[Decimal] = Counter()
    for row in rows:
        assert row.value is not None
        values[row.value] += row.answers
    return _group("", "", rows, survey), values


def _change(survey: Survey, now: Period, before: Period) -> Change | None:
    """How the figure moved; nothing where one of the periods is hidden."""
    if now[0].figure is None or before[0].figure is None:
        return None
    if survey.kind == kinds.NPS:
        return measures.compared(_mood(now[1]), _mood(before[1]))
    return measures.moved(now[0].figure, before[0].figure)


def _spread(
    rows: Sequence[Tally], survey: Survey, *, is_shown: bool
) -> tuple[tuple[str, int], ...]:
    """How often each number of the scale was given; of the loyalty index, in tenths of the way."""
    if not is_shown or survey.kind == kinds.CLI:
        return ()
    counted: Counter[int] = Counter()
    for row in rows:
        if row.value is not None:
            counted[int(row.value)] += row.answers
    return tuple((str(score), counted[score]) for score in survey.of_kind.scale)
