"""The business clock runs while somebody is there."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from surveys import hours
from surveys.hours import Opening

WEEK = Opening(9, 18, (0, 1, 2, 3, 4), "Europe/Berlin")


def local(*parts: int) -> datetime:
    from zoneinfo import ZoneInfo

    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("since", "count", "until"),
    [
        ((2026, 5, 4, 10), 4, (2026, 5, 4, 14)),  # a Monday
        ((2026, 5, 4, 10), 8, (2026, 5, 4, 18)),
        ((2026, 5, 4, 16), 4, (2026, 5, 5, 11)),
        ((2026, 5, 8, 17), 2, (2026, 5, 11, 10)),  # over a weekend
        ((2026, 5, 9, 12), 1, (2026, 5, 11, 10)),  # from a Saturday
        ((2026, 5, 4, 6), 1, (2026, 5, 4, 10)),  # before it opens
        ((2026, 5, 4, 20), 9, (2026, 5, 5, 18)),  # after it closes
        ((2026, 3, 27, 17), 10, (2026, 3, 30, 18)),  # the clocks change between
    ],
)
def test_hours_count_only_while_somebody_is_there(
    since: tuple[int, ...], count: int, until: tuple[int, ...]
) -> None:
    assert hours.after(local(*since), hours=count, opening=WEEK) == local(*until)


def test_a_day_that_is_a_whole_day_has_the_hours_of_the_wall() -> None:
    always = Opening(0, 24, tuple(range(7)), "Europe/Berlin")
    start = datetime(2026, 3, 28, 23, tzinfo=UTC)  # midnight; the next day has 23 hours
    assert hours.after(start, hours=23, opening=always) == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_holiday_has_no_business_hours() -> None:
    feast = Opening(9, 18, WEEK.weekdays, WEEK.zone, frozenset({date(2026, 5, 5)}))
    until = hours.after(local(2026, 5, 4, 16), hours=4, opening=feast)
    assert until == local(2026, 5, 6, 11)
    on_it = hours.after(local(2026, 5, 5, 12), hours=1, opening=feast)
    assert on_it == local(2026, 5, 6, 10)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 21, tzinfo=UTC)),
    ],
    ids=["a day of 23 hours", "a day of 25 hours"],
)
def test_around_the_clock_an_hour_is_an_hour_also_when_the_clocks_change(
    since: datetime, until: datetime
) -> None:
    always = Opening(0, 24, tuple(range(7)), "Europe/Berlin")
    assert hours.after(since, hours=23, opening=always) == until
