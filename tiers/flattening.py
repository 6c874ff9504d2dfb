"""Overlapping holds as spans one after the other: the highest at each moment, and the way down."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from common import clock
from tiers.terms import LadderRule, Rung, Span

Ends = Callable[[datetime, date], datetime | None]
MANY_YEARS = 200


def flatten(holds: Sequence[Span], rule: LadderRule, ends: Ends) -> list[Span]:
    """Overlapping holds as spans one after the other: at each moment the highest rung, equal
    neighbors joined.

    Where a ladder goes down one step at a time, a rung that ends is followed by the one below it
    for another period.
    """
    flat = highest(holds)
    if rule.downgrade != "one_step":
        return flat
    for _ in range(len(rule.rungs) * MANY_YEARS):
        step = _missing_step(flat, rule, ends)
        if step is None:
            return flat
        holds = [*holds, step]
        flat = highest(holds)
    return flat


def _missing_step(flat: list[Span], rule: LadderRule, ends: Ends) -> Span | None:
    """The first place at which a rung is followed by something lower than the one below it."""
    for index, span in enumerate(flat):
        if span.ends_at is None or span.rung.rank <= rule.rungs[0].rank:
            continue
        following = flat[index + 1] if index + 1 < len(flat) else None
        lower = [r for r in rule.rungs if r.rank < span.rung.rank and not r.is_by_invitation]
        if not lower:
            continue
        below = max(lower, key=lambda rung: rung.rank)
        is_next = following is not None and following.starts_at == span.ends_at
        if not (is_next and following is not None and following.rung.rank >= below.rank):
            last_day = clock.local_date(span.ends_at, rule.zone)
            return Span(below, span.ends_at, ends(span.ends_at, _one_year_back(last_day, rule)))
    return None


def _one_year_back(day: date, rule: LadderRule) -> date:
    """The day whose period a step down inherits: by years, or half-years, one of them from the
    fall; by months, from the fall.
    """
    length = {"years": 12, "half_years": 6}.get(rule.validity.kind, 0)
    return clock.add_months(day, -length * rule.validity.count)


def highest(holds: Sequence[Span]) -> list[Span]:
    """The highest rung at each moment, as spans one after the other."""
    edges = sorted(
        {s.starts_at for s in holds} | {s.ends_at for s in holds if s.ends_at is not None}
    )
    flat: list[Span] = []
    for index, start in enumerate(edges):
        end = edges[index + 1] if index + 1 < len(edges) else None
        rung = top(span for span in holds if span.covers(start))
        if rung is None:
            continue
        if flat and flat[-1].rung == rung and flat[-1].ends_at == start:
            flat[-1] = dataclasses.replace(flat[-1], ends_at=end)
        else:
            flat.append(Span(rung, start, end))
    return flat


def top(spans: Iterable[Span]) -> Rung | None:
    """The highest rung of the spans, None for none."""
    return max((span.rung for span in spans), key=lambda rung: rung.rank, default=None)


def reached_before(spans: Sequence[Span], moment: datetime) -> list[Span]:
    """Of flat spans, those held at `moment` that began before it.

    One that only ended because a higher one began at that very moment is among them.
    """
    return [
        span
        for span in spans
        if span.starts_at < moment
        and (
            span.covers(moment)
            or (
                span.ends_at == moment
                and any(o.starts_at == moment and o.rung.rank > span.rung.rank for o in spans)
            )
        )
    ]
