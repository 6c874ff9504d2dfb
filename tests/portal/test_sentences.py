"""Every rule a program can have is told in sentences, and none as another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from portal.pages import expiry, tiers
from program import catalog
from program.models import Program, Unit
from tiers.models import Ladder

CASES: list[tuple[dict[str, Any], str]] = [
    ({"expiry": "never"}, "Points never end."),
    (
        {"expiry": "days", "expiry_count": 1},
        "Points are good for 1 day after the activity that earned them.",
    ),
    (
        {"expiry": "months", "expiry_count": 18, "expiry_round_to": "quarter"},
        (
            "Points are good for 18 months after the activity that earned them."
            " They then last to the end of that quarter."
        ),
    ),
    (
        {"expiry": "fixed_day", "expiry_count": 0, "expiry_month": 3, "expiry_day": 31},
        "Points end on the first 31 March after they were earned.",
    ),
    (
        {"expiry": "fixed_day", "expiry_count": 2, "expiry_month": 2, "expiry_day": 29},
        "Points end on 29 February, 2 years after the first one that follows their earning.",
    ),
    (
        {"expiry": "inactivity", "expiry_count": 12, "expiry_counts": "any"},
        "Points end after 12 months in which you neither earn nor spend any.",
    ),
    (
        {"expiry": "inactivity", "expiry_count": 12, "expiry_counts": "earning"},
        "Points end after 12 months in which you earn none.",
    ),
    (
        {"expiry": "inactivity", "expiry_count": 18, "expiry_most_months": 48},
        (
            "Points end after 18 months in which you neither earn nor spend any. However active "
            "you are, they end 4 years after they were earned."
        ),
    ),
    (
        {
            "expiry": "inactivity",
            "expiry_count": 6,
            "expiry_counts": "types",
            "expiry_types": ["stay"],
            "expiry_min_days": 30,
            "expiry_since": dt.date(2025, 1, 1),
        },
        (
            "Points end after 6 months without any of these: stay."
            " They are good for at least 30 days. What was earned before 1 January 2025 never ends."
        ),
    ),
]


@pytest.mark.parametrize(("policy", "said"), CASES)
def test_the_end_of_points_is_told(hotel: Program, policy: dict[str, Any], said: str) -> None:
    unit = Unit(code="point", singular="point", plural="points", **policy)
    assert expiry.rule(unit, catalog=catalog.of(hotel)) == said


@pytest.mark.parametrize("kind", Unit.Expiry.values)
def test_only_what_never_ends_is_said_never_to_end(hotel: Program, kind: str) -> None:
    unit = Unit(singular="point", plural="points", expiry=kind, expiry_count=1)
    said = expiry.rule(unit, catalog=catalog.of(hotel))
    assert ("never end" in said) == (kind == "never")


@pytest.mark.parametrize("window", Ladder.Window.values)
@pytest.mark.parametrize("validity", Ladder.Validity.values)
def test_every_ladder_has_its_sentence(window: str, validity: str) -> None:
    counter = Unit(singular="night", plural="nights")
    ladder = Ladder(
        counter=counter, window=window, window_months=12, validity=validity, validity_months=3
    )
    assert "nights" in tiers.rule(ladder)
    assert "%(" not in tiers.rule(ladder)


@pytest.mark.parametrize(
    ("years", "months", "said"),
    [
        (0, 3, "A tier holds for 3 months after the end of the year."),
        (1, 3, "A tier holds for 15 months after the end of the year."),
        (1, 0, "A tier holds to the end of the year after."),
    ],
)
def test_months_on_top_of_the_year_are_told(years: int, months: int, said: str) -> None:
    counter = Unit(singular="night", plural="nights")
    ladder = Ladder(
        counter=counter, window="year", validity="years", validity_years=years,
        validity_months=months,
    )  # fmt: skip
    assert tiers.rule(ladder).endswith(said)
