"""Figures: scores with their uncertainty, by month, tier, place and trigger, and how two periods
compare.

Read from the tallies. Groups of fewer than five answers are hidden, because a figure of four people
is gossip about four people; and so that nobody can work them out by subtraction, hidden groups have
five answers together (`surveys.hiding`), every span of time that is shown is made of the same
stretches of months, and other groups are shown for all time only. Series of different scales are
never counted together.
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
from program.models import Location
from surveys import hiding, kinds, measures
from surveys.hiding import Span
from surveys.measures import Change, Estimate, Mood
from surveys.models import Survey, Tally, Trigger
from tiers.models import Tier

LEAST = 5  # answers below which a group is hidden
BY = ("month", "tier", "location", "trigger")
PERIOD_MONTHS = 3  # the comparison: so many months against as many before


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """One group: its name, its figure (None where it is hidden), and how many were asked.

    `is_few` says that it is hidden for its own sake, and not only to keep others unknown.
    """

    key: str
    name: str
    answers: int
    asked: int
    figure: Estimate | None
    extra: Estimate | None = None
    is_hidden: bool = False

    @property
    def is_few(self) -> bool:
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
    first: date | None
    whole: Group
    groups: tuple[Group, ...]
    change: Change | None
    periods: tuple[Group, Group] | None
    lately: Span | None
    spread: tuple[tuple[str, int], ...]
    made_up: int
    incomplete: int
    is_corrected: bool
    counted_at: datetime | None


def ways(survey: Survey) -> tuple[str, ...]:
    """By what a survey's answers can be grouped; anonymous ones know neither tier nor place."""
    return ("month", "trigger") if survey.is_anonymous else BY


def of(survey: Survey, *, by: str = "month", first: date | None = None) -> Scores:
    """The scores of a survey, in groups; by month from the stretch of months on that holds `first`,
    where that is given.
    """
    return told(survey, Tally.objects.filter(survey=survey), by=by, first=first)


def told(
    survey: Survey, tallies: Iterable[Tally], *, by: str = "month", first: date | None = None
) -> Scores:
    """The same from these tallies."""
    rows = [row for row in tallies if row.series in ("", survey.of_kind.series)]
    by = by if by in ways(survey) else "month"
    spans = _spans(rows)
    start = _start(spans, first) if by == "month" else None
    shown = [row for row in rows if start is None or row.month >= start]
    asked, eligible = sum(row.asked for row in shown), sum(row.eligible for row in shown)
    is_corrected = asked <= eligible < asked * 2
    whole = _group("", "", shown, survey, population=eligible if is_corrected else None)
    now, before = _periods(rows, spans, survey)
    return Scores(
        survey=survey,
        by=by,
        first=start,
        whole=whole,
        groups=tuple(_groups(shown, survey, by, spans)),
        change=_change(survey, now, before),
        periods=(now[0], before[0]) if now[0].figure and before[0].figure else None,
        lately=_lately(rows),
        spread=_spread(shown, survey, is_shown=whole.figure is not None),
        made_up=sum(row.made_up for row in shown),
        incomplete=sum(row.answers for row in shown if row.value is None),
        is_corrected=is_corrected,
        counted_at=rows[0].counted_at if rows else None,
    )


def _spans(rows: Iterable[Tally]) -> list[Span]:
    """The stretches of months by which time is told: each with enough answers, or with none."""
    counted: Counter[date] = Counter()
    for row in rows:
        if row.answers or row.asked:
            counted[row.month] += row.answers if row.value is not None else 0
    return hiding.spans(counted, least=LEAST)


def _start(spans: Sequence[Span], first: date | None) -> date | None:
    """Where the stretch begins that holds this day."""
    if first is None:
        return None
    return next((begin for begin, end in spans if first.replace(day=1) <= end), None)


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
        is_hidden=0 < answers < LEAST,
    )


def _groups(rows: Sequence[Tally], survey: Survey, by: str, spans: Sequence[Span]) -> list[Group]:
    """One group for each stretch of months, tier, place or trigger, in their own order."""
    span_of = {month: span for span in spans for month in hiding.months(span)}
    key_of: dict[str, Callable[[Tally], str]] = {
        "month": lambda row: hiding.key(span_of[row.month]),
        "tier": lambda row: row.tier,
        "location": lambda row: str(row.location_id or ""),
        "trigger": lambda row: row.trigger,
    }
    found: dict[str, list[Tally]] = defaultdict(list)
    for row in rows:
        if row.answers or row.asked:
            found[key_of[by](row)].append(row)
    names = _names(by, spans)
    order = {key: place for place, key in enumerate(names)}
    keys = sorted(found, key=lambda key: (order.get(key, len(order)), key))
    made = [_group(key, names.get(key) or key, found[key], survey) for key in keys]
    hidden = hiding.hidden([group.answers for group in made], least=LEAST)
    return [
        dataclasses.replace(group, figure=None, extra=None, is_hidden=True)
        if place in hidden
        else group
        for place, group in enumerate(made)
    ]


def _names(by: str, spans: Sequence[Span]) -> dict[str, Any]:
    """What groups are called, in the order in which they stand."""
    if by == "month":
        return {hiding.key(span): span_name(span) for span in spans}
    if by == "tier":
        return dict(Tier.objects.order_by("ladder", "rank").values_list("code", "name")) | {"": "–"}
    if by == "location":
        return {str(place.pk): place.name for place in Location.objects.all()} | {"": "–"}
    return {code: code for code in Trigger.objects.values_list("code", flat=True)} | {"": "–"}


def span_name(span: Span) -> str:
    """A stretch of months in words, short: `May 2026`, `Apr – May 2026`."""
    first, last = span
    if first == last:
        return formats.date_format(first, "M Y")
    begin = formats.date_format(first, "M" if first.year == last.year else "M Y")
    return f"{begin} – {formats.date_format(last, 'M Y')}"


Period = tuple[Group, Counter[Decimal]]


def _periods(rows: Sequence[Tally], spans: Sequence[Span], survey: Survey) -> tuple[Period, Period]:
    """The last three months and the three before, counted back from the newest answer; empty where
    they would cut a stretch of months in two.
    """
    mine = [row for row in rows if row.value is not None]
    lately = _lately(rows)
    if lately is None:
        return _period([], survey), _period([], survey)
    edge = lately[0]
    start = clock.add_months(edge, -PERIOD_MONTHS)
    if any(begin < cut <= end for cut in (edge, start) for begin, end in spans):
        return _period([], survey), _period([], survey)
    later = [row for row in mine if row.month >= edge]
    earlier = [row for row in mine if start <= row.month < edge]
    return _period(later, survey), _period(earlier, survey)


def _lately(rows: Iterable[Tally]) -> Span | None:
    """The last three months, counted back from the newest answer."""
    newest = max((row.month for row in rows if row.value is not None), default=None)
    return None if newest is None else (clock.add_months(newest, 1 - PERIOD_MONTHS), newest)


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
