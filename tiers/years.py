"""Years and half-years of one's own, from the day of joining."""

from __future__ import annotations

from datetime import date

from common import clock


def anniversary(joined: date, day: date) -> date:
    """The last anniversary of joining on or before `day`; 29 February falls on the 28th in common
    years.
    """
    years = day.year - joined.year
    passed = clock.add_months(joined, 12 * years)
    return passed if passed <= day else clock.add_months(joined, 12 * (years - 1))


def half_year(joined: date, day: date, count: int = 0) -> date:
    """The first day of the half-year since joining that lies `count` after the one of `day`."""
    passed = 2 * (anniversary(joined, day).year - joined.year)
    passed += clock.add_months(joined, 6 * (passed + 1)) <= day
    return clock.add_months(joined, 6 * (passed + count))
