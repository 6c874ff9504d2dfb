"""Ends of points against the calendar: clipped months, leap days, short and long days, periods."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from common import clock
from points import policy
from program.models import Unit
from tests.cast import utc


def last_day(day: date, *, zone: str = "Europe/Berlin", **fields: Any) -> date:
    """The last day of points of an activity at noon of `day`."""
    given = {"code": "p", "kind": "spendable", "expiry": "months", "expiry_count": 1} | fields
    noon = clock.start_of_day(day, zone) + timedelta(hours=12)
    end = policy.expires_at(Unit(**given), occurred_at=noon, zone=zone)
    assert end is not None
    assert end == clock.start_of_day(clock.local_date(end, zone), zone)
    return clock.local_date(end - timedelta(microseconds=1), zone)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 1, 25), 1, date(2026, 2, 25)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 8, 31), 18, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_clip_and_never_chain(day: date, months: int, last: date) -> None:
    assert last_day(day, expiry_count=months) == last


@pytest.mark.parametrize(
    ("round_to", "last"),
    [
        ("month", date(2026, 3, 31)),
        ("quarter", date(2026, 3, 31)),
        ("half_year", date(2026, 6, 30)),
        ("year", date(2026, 12, 31)),
    ],
)
def test_months_run_to_the_end_of_a_period(round_to: str, last: date) -> None:
    assert last_day(date(2026, 2, 15), expiry_round_to=round_to) == last


@pytest.mark.parametrize(
    ("day", "period", "last"),
    [
        (date(2026, 6, 30), "half_year", date(2026, 6, 30)),
        (date(2026, 7, 1), "half_year", date(2026, 12, 31)),
        (date(2026, 12, 31), "half_year", date(2026, 12, 31)),
        (date(2026, 10, 1), "quarter", date(2026, 12, 31)),
        (date(2024, 2, 1), "month", date(2024, 2, 29)),
    ],
)
def test_periods_end_where_the_calendar_says(day: date, period: str, last: date) -> None:
    assert clock.end_of_period(day, period) == last


@pytest.mark.parametrize(
    ("day", "years", "last"),
    [
        (date(2018, 1, 1), 0, date(2018, 12, 31)),
        (date(2018, 12, 31), 0, date(2018, 12, 31)),
        (date(2018, 6, 1), 1, date(2019, 12, 31)),
        (date(2018, 6, 1), 3, date(2021, 12, 31)),
    ],
)
def test_points_end_with_a_year(day: date, years: int, last: date) -> None:
    fields = {"expiry": "fixed_day", "expiry_count": years, "expiry_month": 12, "expiry_day": 31}
    assert last_day(day, **fields) == last


def test_a_leap_day_every_year_is_the_28th_in_common_years() -> None:
    fields = {"expiry": "fixed_day", "expiry_count": 0, "expiry_month": 2, "expiry_day": 29}
    assert last_day(date(2026, 1, 1), **fields) == date(2026, 2, 28)
    assert last_day(date(2028, 1, 1), **fields) == date(2028, 2, 29)
    assert last_day(date(2026, 3, 1), **fields) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), utc(2026, 3, 28, 23), utc(2026, 3, 29, 22), 23),
        ("Europe/Berlin", date(2026, 10, 25), utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), 25),
        ("America/New_York", date(2026, 3, 8), utc(2026, 3, 8, 5), utc(2026, 3, 9, 4), 23),
        ("America/New_York", date(2026, 11, 1), utc(2026, 11, 1, 4), utc(2026, 11, 2, 5), 25),
    ],
)
def test_a_day_of_23_or_25_hours_is_a_day(
    zone: str, day: date, start: datetime, end: datetime, hours: int
) -> None:
    unit = Unit(code="p", kind="spendable", expiry="days", expiry_count=1)
    before = clock.start_of_day(day - timedelta(days=1), zone) + timedelta(hours=12)
    assert policy.expires_at(unit, occurred_at=before, zone=zone) == end
    assert (clock.start_of_day(day, zone), end - start) == (start, timedelta(hours=hours))


def test_the_zone_decides_on_which_day_something_happened() -> None:
    unit = Unit(code="p", kind="spendable", expiry="months", expiry_count=1)
    moment = utc(2026, 1, 31, 23, 30)
    berlin = policy.expires_at(unit, occurred_at=moment, zone="Europe/Berlin")
    lisbon = policy.expires_at(unit, occurred_at=moment, zone="Europe/Lisbon")
    assert (berlin, lisbon) == (utc(2026, 3, 1, 23), utc(2026, 3, 1))
