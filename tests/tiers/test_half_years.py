"""Ladders by half-years: of the calendar, and of one's own from the day of joining."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import pytest

from tests.cast import utc
from tiers import years
from tiers.qualification import Climb
from tiers.terms import LadderRule, Requirement, Route, Rung, Validity, Window


def ladder(window: str, validity: Validity, **fields: object) -> LadderRule:
    rungs = tuple(
        Rung(code, rank, uuid.UUID(int=rank), (Route((need,)),))
        for rank, (code, amount) in enumerate((("silver", 10), ("gold", 50)), start=1)
        for need in [Requirement(amount, unit="point", window=Window(window))]
    )
    return LadderRule("ladder", rungs, "UTC", validity, counter="point", **fields)  # type: ignore[arg-type]


def climb(
    rule: LadderRule, *credits: tuple[datetime, int], joined: datetime | None = None
) -> Climb:
    return Climb(rule, [(moment, "point", n) for moment, n in credits], joined_at=joined)


def held(way: Climb) -> list[tuple[str, datetime, datetime | None]]:
    return [(span.rung.code, span.starts_at, span.ends_at) for span in way.spans()]


THIS_AND_NEXT = Validity("half_years", 1)


def test_what_a_half_year_counts_holds_for_it_and_the_next() -> None:
    rule = ladder("half_year", THIS_AND_NEXT)
    assert held(climb(rule, (utc(2026, 6, 30), 6), (utc(2026, 7, 1), 6))) == []
    way = climb(rule, (utc(2026, 7, 1), 6), (utc(2026, 12, 31), 6))
    assert held(way) == [("silver", utc(2026, 12, 31), utc(2027, 7, 1))]


def test_months_can_be_rounded_to_it() -> None:
    rule = ladder("half_year", Validity("months", months=6, round_to="half_year"))
    for month, ends in ((1, utc(2027, 1, 1)), (6, utc(2027, 1, 1)), (7, utc(2027, 7, 1))):
        way = climb(rule, (utc(2026, month, 1), 10))
        assert held(way) == [("silver", utc(2026, month, 1), ends)]


def test_half_years_of_ones_own_begin_on_joining() -> None:
    rule = ladder("membership_half_year", THIS_AND_NEXT, is_own_year=True)
    joined = utc(2026, 3, 10)
    assert held(climb(rule, (utc(2026, 9, 9), 6), (utc(2026, 9, 10), 6), joined=joined)) == []
    way = climb(rule, (utc(2026, 9, 10), 6), (utc(2027, 3, 9), 6), joined=joined)
    assert held(way) == [("silver", utc(2027, 3, 9), utc(2027, 9, 10))]


def test_one_step_down_lasts_one_half_year() -> None:
    rule = ladder("half_year", THIS_AND_NEXT, downgrade="one_step")
    assert held(climb(rule, (utc(2026, 2, 1), 50))) == [
        ("gold", utc(2026, 2, 1), utc(2027, 1, 1)),
        ("silver", utc(2027, 1, 1), utc(2027, 7, 1)),
    ]


@pytest.mark.parametrize(
    ("joined", "day", "first"),
    [
        (date(2026, 8, 31), date(2027, 2, 27), date(2026, 8, 31)),
        (date(2026, 8, 31), date(2027, 2, 28), date(2027, 2, 28)),
        (date(2026, 8, 31), date(2027, 8, 30), date(2027, 2, 28)),
        (date(2026, 8, 31), date(2027, 8, 31), date(2027, 8, 31)),
        (date(2024, 2, 29), date(2025, 2, 28), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2024, 8, 28), date(2024, 2, 29)),
        (date(2026, 8, 31), date(2026, 3, 1), date(2026, 2, 28)),
    ],
)
def test_months_without_such_a_day_clip(joined: date, day: date, first: date) -> None:
    assert years.half_year(joined, day) == first
