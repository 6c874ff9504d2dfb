"""The only place that asks the time, and the calendar arithmetic of a program's time zone.

Days belong to the program's zone; moments are stored in UTC. The end of a day is the next local
midnight, exclusive, so a day that daylight saving makes 23 or 25 hours long still ends where the
clock on the wall says it does.
"""

from __future__ import annotations

import calendar
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_standing_at: ContextVar[datetime | None] = ContextVar("standing_at", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC; inside `standing_at`, that one."""
    return _standing_at.get() or datetime.now(tz=UTC)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Make `moment` the present for the block, in this thread: for stories on a blank slate."""
    token = _standing_at.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _standing_at.reset(token)


def local_date(moment: datetime, zone: str) -> date:
    """The calendar day on which `moment` falls in `zone` (an IANA name)."""
    return moment.astimezone(ZoneInfo(zone)).date()


def local_hour(moment: datetime, zone: str) -> int:
    """The hour, from 0 to 23, that the clock on the wall shows in `zone`."""
    return moment.astimezone(ZoneInfo(zone)).hour


@functools.lru_cache(maxsize=8192)  # a replay asks for the same few days over and over
def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of `day` in `zone`, in UTC."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """The exclusive end of `day` in `zone`: the first instant of the next day, in UTC."""
    return start_of_day(day + timedelta(days=1), zone)


def start_of_period(day: date, period: str) -> date:
    """The first day of the day, week (from Monday), month, quarter or year that holds `day`."""
    return {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": date(day.year, day.month - (day.month - 1) % 3, 1),
        "year": date(day.year, 1, 1),
    }[period]


def add_months(day: date, months: int) -> date:
    """`day` moved by `months`, clipped to the end of a shorter month (31 Jan + 1 month = 28 or 29
    Feb).
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def end_of_period(day: date, period: str) -> date:
    """The last day of the month, quarter, half_year or year that holds `day`."""
    length = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[period]
    last_month = (day.month + length - 1) // length * length
    return date(day.year, last_month, calendar.monthrange(day.year, last_month)[1])
