"""When points end: pure calendar arithmetic on the policy of a unit."""

from __future__ import annotations

import calendar
import functools
from datetime import date, datetime, timedelta

from common import clock
from program.models import Unit


def expires_at(
    unit: Unit, *, occurred_at: datetime, zone: str, posted_at: datetime | None = None
) -> datetime | None:
    """The exclusive moment at which points of an activity end, None for never.

    The day is counted from the activity's own local day, month arithmetic clips, the result may be
    rounded up to the end of a month, quarter or year, and the points live to the end of that day in
    the program's zone, and at least as many days from when they were posted as the unit says.
    """
    day = clock.local_date(occurred_at, zone)
    if unit.expiry_on is not None:
        return clock.end_of_day(unit.expiry_on, zone)
    if unit.expiry == Unit.Expiry.NEVER or unit.expiry_count is None:
        return None
    if unit.expiry_since is not None and day < unit.expiry_since:
        return None
    last = _last_day(
        day,
        unit.expiry,
        unit.expiry_count,
        fixed=(unit.expiry_month or 12, unit.expiry_day or 31),
        round_to=unit.expiry_round_to,
    )
    return clock.end_of_day(_at_least(unit, last, zone, posted_at), zone)


def latest_at(
    unit: Unit, *, occurred_at: datetime, zone: str, posted_at: datetime | None = None
) -> datetime | None:
    """The exclusive moment beyond which no activity moves the end of points that live by activity;
    None where there is no such end.
    """
    day, most = clock.local_date(occurred_at, zone), unit.expiry_most_months
    if unit.expiry != Unit.Expiry.INACTIVITY or most is None or unit.expiry_on is not None:
        return None
    if unit.expiry_since is not None and day < unit.expiry_since:
        return None
    last = _last_day(day, Unit.Expiry.MONTHS, most, fixed=(12, 31), round_to=unit.expiry_round_to)
    return clock.end_of_day(_at_least(unit, last, zone, posted_at), zone)


def _at_least(unit: Unit, last: date, zone: str, posted_at: datetime | None) -> date:
    if not unit.expiry_min_days or posted_at is None:
        return last
    floor = clock.local_date(posted_at, zone) + timedelta(days=unit.expiry_min_days)
    return max(last, floor)


@functools.lru_cache(maxsize=8192)  # a file asks for the same few days over and over
def _last_day(day: date, expiry: str, count: int, *, fixed: tuple[int, int], round_to: str) -> date:
    """The last day of what is earned on a day; `fixed` is a month and a day of it."""
    if expiry == Unit.Expiry.DAYS:
        last = day + timedelta(days=count)
    elif expiry == Unit.Expiry.FIXED_DAY:
        last = _fixed_day(day, count, *fixed)
    else:
        last = clock.add_months(day, count)
    return last if round_to == Unit.RoundTo.DAY else clock.end_of_period(last, round_to)


def _fixed_day(day: date, years: int, month: int, number: int) -> date:
    """The unit's day of the year, on or after `day`, so many years on; 29 February is the 28th in
    common years.
    """
    return _clipped(day_of_year(day, month, number).year + years, month, number)


def day_of_year(day: date, month: int, number: int) -> date:
    """The first such day of a year on or after `day`; 29 February is the 28th in common years."""
    following = _clipped(day.year, month, number)
    return following if following >= day else _clipped(day.year + 1, month, number)


def _clipped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def keeps_alive(unit: Unit, *, is_spend: bool = False, activity_type: str = "") -> bool:
    """Whether something keeps points alive that end after months without activity.

    Spending counts where the program says "earning or spending"; an activity of a named type counts
    even if it earns nothing.
    """
    if unit.expiry != Unit.Expiry.INACTIVITY:
        return False
    if unit.expiry_counts == Unit.Counts.TYPES:
        return activity_type in unit.expiry_types
    return unit.expiry_counts == Unit.Counts.ANY or not is_spend
