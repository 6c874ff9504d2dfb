"""Routes that only keep a tier, windows of the calendar, and ends that are rounded."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from common import clock
from tests.cast import ana, apply, utc, variant, visit
from tests.tiers.test_routes import YEAR, held, ladder, needs, nights, rung
from tiers import standing
from tiers.qualification import Climb
from tiers.terms import Requirement, Route, Span, Validity, Window

KEEP = Route((Requirement(20, unit="night", window=YEAR),), keeps=True)
SILVER, GOLD = rung("silver", 1, needs(10)), rung("gold", 2, needs(50), KEEP)


def test_a_tier_is_kept_for_less_than_it_takes_to_reach_it() -> None:
    rule = ladder(SILVER, GOLD)
    way = Climb(rule, nights((utc(2026, 5, 1), 50), (utc(2027, 3, 1), 19)))
    assert held(way, utc(2027, 12, 31)) == "gold"
    assert held(way, utc(2028, 1, 1)) == "silver"
    way.add(utc(2027, 11, 30), "night", 1)
    assert held(way, utc(2028, 12, 31)) == "gold"
    assert held(way, utc(2029, 1, 1)) is None


def test_who_does_not_hold_it_does_not_reach_it_that_way() -> None:
    way = Climb(ladder(SILVER, GOLD), nights((utc(2026, 5, 1), 49), (utc(2027, 3, 1), 49)))
    assert held(way, utc(2027, 4, 1)) == "silver"


def test_once_it_has_ended_it_is_not_kept_any_more() -> None:
    way = Climb(ladder(SILVER, GOLD), nights((utc(2026, 5, 1), 50), (utc(2028, 1, 1), 20)))
    assert held(way, utc(2028, 2, 1)) == "silver"


def test_a_matched_tier_is_kept_by_what_it_takes() -> None:
    rule = ladder(SILVER, GOLD)
    matched = Span(GOLD, utc(2026, 1, 1), utc(2026, 7, 1))
    way = Climb(rule, nights((utc(2026, 6, 30), 20)), granted=[matched])
    assert held(way, utc(2027, 12, 31)) == "gold"
    late = Climb(rule, nights((utc(2026, 7, 1), 20)), granted=[matched])
    assert held(late, utc(2026, 7, 2)) == "silver"


def test_keeping_follows_in_any_order_of_arrival() -> None:
    days = [utc(2026, 2, 1), utc(2026, 9, 1), utc(2027, 4, 1), utc(2028, 8, 1), utc(2029, 1, 2)]
    events = nights(*((day, amount) for day, amount in zip(days, (30, 25, 21, 22, 5), strict=True)))
    wanted = Climb(ladder(SILVER, GOLD), events).spans(until=utc(2031, 1, 1))
    for seed in range(8):
        mixed = Climb(ladder(SILVER, GOLD))
        for event in random.Random(seed).sample(events, len(events)):
            mixed.add(*event)
        assert mixed.spans(until=utc(2031, 1, 1)) == wanted


@pytest.mark.parametrize(
    ("window", "first", "second", "expected"),
    [
        ("month", utc(2026, 3, 1), utc(2026, 3, 31), "silver"),
        ("month", utc(2026, 3, 31), utc(2026, 4, 1), None),
        ("quarter", utc(2026, 1, 1), utc(2026, 3, 31), "silver"),
        ("quarter", utc(2026, 3, 31), utc(2026, 4, 1), None),
        ("quarter", utc(2026, 10, 1), utc(2026, 12, 31), "silver"),
    ],
)
def test_a_window_of_the_calendar(
    window: str, first: object, second: object, expected: str | None
) -> None:
    rule = ladder(rung("silver", 1, needs(10, window=Window(window))))
    way = Climb(rule, nights((first, 5), (second, 5)))  # type: ignore[arg-type]
    assert held(way, second) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("validity", "ends"),
    [
        (Validity("months", 0, 12), date(2027, 5, 10)),
        (Validity("months", 0, 12, "month"), date(2027, 5, 31)),
        (Validity("months", 0, 12, "quarter"), date(2027, 6, 30)),
        (Validity("months", 0, 12, "year"), date(2027, 12, 31)),
        (Validity("active", 0, 3, "month"), date(2026, 8, 31)),
    ],
)
def test_the_last_day_may_be_rounded(validity: Validity, ends: date) -> None:
    way = Climb(ladder(SILVER, validity=validity), nights((utc(2026, 5, 10), 10)))
    assert way.spans()[0].ends_at == clock.end_of_day(ends, "UTC")


BOOST = """
[[ladder]]
code = "boost"
name = "Boost"
counter = "visit"
window = "month"
validity = { months = 3, round_to = "month" }

[[ladder.tier]]
code = "boosted"
name = "Boosted"
threshold = 2
pennant = { colors = ["#b3261e", "#ffffff"], field = "horizontal", outline = "flag" }
route = [{ need = [{ counter = "visit", at_least = 1 }], keeps = true }]

[[rule]]
code = "paid"
"""


@pytest.mark.django_db
def test_a_boost_by_the_month_says_until_when_it_counts(tmp_path: Path) -> None:
    apply(variant(tmp_path, ('\n[[rule]]\ncode = "paid"\n', BOOST)))
    member = ana(joined_at=utc(2026, 1, 1))
    with clock.standing_at(utc(2026, 3, 10, 12)):
        visit(member)
        before = next(one for one in standing.progress(member) if one.ladder.code == "boost")
        visit(member)
        after = next(one for one in standing.progress(member) if one.ladder.code == "boost")
    assert (before.tier, before.missing, before.window_ends_on) == (None, 1, date(2026, 3, 31))
    assert after.tier is not None
    assert after.ends_at == clock.end_of_day(date(2026, 6, 30), "Europe/Berlin")
    with clock.standing_at(utc(2026, 6, 1, 12)):
        visit(member)
        kept = next(one for one in standing.progress(member) if one.ladder.code == "boost")
    assert kept.ends_at == clock.end_of_day(date(2026, 9, 30), "Europe/Berlin")
