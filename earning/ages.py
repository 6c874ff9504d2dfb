"""Ages: birthdays, years and months completed. Pure calendar arithmetic."""

from __future__ import annotations

from datetime import date


def birthday_in(year: int, born: date) -> date:
    last = 28 if (born.month, born.day) == (2, 29) and not _is_leap(year) else born.day
    return date(year, born.month, last)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def age_on(born: date, day: date) -> int:
    """Years completed on a day."""
    return day.year - born.year - (day < birthday_in(day.year, born))


def months_since(start: date, day: date) -> int:
    """Whole months from one day to another."""
    return (day.year - start.year) * 12 + day.month - start.month - (day.day < start.day)


def part_of(day: date, kind: str) -> int:
    """The weekday (1 is Monday), month or month_day of a day."""
    return {"weekday": day.isoweekday(), "month": day.month, "month_day": day.day}[kind]
