"""Stretches of the calendar, and years and half-years of one's own, from the day of joining."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from common import clock
from tiers.terms import LadderRule, Span

CALENDAR = {"half_year": 6, "quarter": 3, "month": 1}  # in months


def anniversary(joined: date, day: date) -> date:
    """The last anniversary of joining on or before `day`; 29 February falls on the 28th in common
    years.
    """
    years = day.year - joined.year
    passed = clock.add_months(joined, 12 * years)
    return passed if passed <= day else clock.add_months(joined, 12 * (years - 1))


def anniversary_after(joined: date, day: date) -> date:
    """The first anniversary of joining after `day`."""
    return clock.add_months(joined, 12 * (anniversary(joined, day).year - joined.year + 1))


def half_year(joined: date, day: date, count: int = 0) -> date:
    """The first day of the half-year since joining that lies `count` after the one of `day`."""
    passed = 2 * (anniversary(joined, day).year - joined.year)
    passed += clock.add_months(joined, 6 * (passed + 1)) <= day
    return clock.add_months(joined, 6 * (passed + count))


def half_years_on(day: date, count: int, joined: date | None) -> date:
    """The first day of the half-year that lies `count` after the one of `day`: of one's own from
    the day of joining, of the calendar without one.
    """
    if joined is not None:
        return half_year(joined, day, count)
    return clock.add_months(date(day.year, 1 if day.month < 7 else 7, 1), 6 * count)


def first_day(rule: LadderRule, kind: str, day: date, joined: date | None) -> date | None:
    """The first day of the window that holds `day`; None for one that is no such stretch."""
    if kind == "year":
        return rule.year_of(day)
    if kind in CALENDAR:
        return date(day.year, day.month - (day.month - 1) % CALENDAR[kind], 1)
    if kind == "membership_year" and joined:
        return anniversary(joined, day)
    if kind == "membership_half_year" and joined:
        return half_year(joined, day)
    return None


def touched(span: Span, rule: LadderRule, until: datetime) -> Iterator[date]:
    """The first days of the program years that a span lies in, as far as it has come by `until`."""
    first = rule.year_of(clock.local_date(span.starts_at, rule.zone))
    end = span.ends_at - timedelta(microseconds=1) if span.ends_at else until
    last = rule.year_of(clock.local_date(min(until, end), rule.zone))
    for year in range(first.year, last.year + 1):
        yield date(year, first.month, 1)
