"""Tiers that use up their thresholds: the surplus, one's own periods, steps down, any order."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from tests.cast import utc
from tiers.qualification import Climb
from tiers.terms import LadderRule, Requirement, Route, Rung, Validity, Window

CHANGED = Window("since_change")
NEED = Requirement(1, unit="xp", window=CHANGED)
PRICES = {"silver": 100, "gold": 180, "platinum": 300}
JOINED = utc(2025, 1, 1)
happenings = st.lists(st.tuples(st.integers(0, 2500), st.integers(1, 400)), min_size=1, max_size=12)


def rungs() -> tuple[Rung, ...]:
    return tuple(
        Rung(code, rank, uuid.UUID(int=rank), threshold=price)
        for rank, (code, price) in enumerate(PRICES.items(), start=1)
    )


RULE = LadderRule(
    "status",
    rungs(),
    "UTC",
    Validity("months", months=12),
    downgrade="one_step",
    counter="xp",
    uses_up=True,
    carries_at_most=300,
)


def climb(*credits: tuple[datetime, int], rule: LadderRule = RULE) -> Climb:
    return Climb(rule, [(moment, "xp", amount) for moment, amount in credits], joined_at=JOINED)


def held(way: Climb) -> list[tuple[str, datetime, datetime | None]]:
    return [(span.rung.code, span.starts_at, span.ends_at) for span in way.spans()]


def test_reaching_a_tier_uses_up_its_threshold() -> None:
    way = climb((utc(2025, 3, 1), 130))
    assert way.value(NEED, utc(2025, 3, 2)) == 30
    assert held(way) == [("silver", utc(2025, 3, 1), utc(2026, 3, 2))]
    assert way.counts_until(utc(2025, 4, 1)) == utc(2026, 3, 2)
    way.add(utc(2025, 5, 1), "xp", 149)
    assert way.rung_at(utc(2025, 5, 2)).code == "silver"  # type: ignore[union-attr]
    way.add(utc(2025, 6, 1), "xp", 1)
    assert way.value(NEED, utc(2025, 6, 1)) == 0
    assert held(way)[:2] == [
        ("silver", utc(2025, 3, 1), utc(2025, 6, 1)),
        ("gold", utc(2025, 6, 1), utc(2026, 6, 2)),
    ]
    assert way.rung_before(utc(2025, 6, 1)).code == "silver"  # type: ignore[union-attr]


def test_who_falls_short_goes_down_one_step_and_what_met_nothing_is_gone() -> None:
    way = climb((utc(2025, 3, 1), 290), (utc(2025, 8, 1), 99))
    assert held(way) == [
        ("gold", utc(2025, 3, 1), utc(2026, 3, 2)),
        ("silver", utc(2026, 3, 2), utc(2027, 3, 2)),
    ]
    assert [way.value(NEED, utc(2026, 3, day)) for day in (1, 2)] == [109, 9]


def test_or_to_what_is_there() -> None:
    rule = dataclasses.replace(RULE, downgrade="to_earned")
    way = climb((utc(2025, 3, 1), 580), (utc(2025, 8, 1), 120), rule=rule)
    assert [(code, ends) for code, _, ends in held(way)] == [
        ("platinum", utc(2026, 3, 2)),
        ("silver", utc(2027, 3, 2)),
    ]
    assert way.value(NEED, utc(2026, 3, 2)) == 20


@pytest.mark.parametrize(
    ("most", "left", "ends"), [(300, 300, 2028), (None, 400, 2028), (0, 0, 2027)]
)
def test_so_much_of_a_surplus_begins_the_next_period(
    most: int | None, left: int, ends: int
) -> None:
    rule = dataclasses.replace(RULE, carries_at_most=most)
    way = climb((utc(2025, 3, 1), 580), (utc(2026, 1, 1), 700), rule=rule)
    assert way.value(NEED, utc(2026, 3, 2)) == left
    assert held(way)[0] == ("platinum", utc(2025, 3, 1), utc(ends, 3, 2))


def test_below_the_lowest_tier_a_period_begins_on_joining() -> None:
    way = climb((utc(2025, 6, 1), 99), (utc(2026, 1, 2), 99))
    assert [way.value(NEED, moment) for moment in (utc(2026, 1, 1), utc(2026, 1, 2))] == [99, 99]
    assert held(way) == []
    assert [code for code, _, _ in held(climb((utc(2025, 6, 1), 99), (utc(2026, 1, 1), 1)))] == [
        "silver"
    ]


def test_a_tier_for_life_has_no_periods() -> None:
    rule = dataclasses.replace(RULE, validity=Validity("life"), carries_at_most=None)
    way = climb((utc(2025, 6, 1), 99), (utc(2045, 6, 1), 200), rule=rule)
    assert held(way) == [("gold", utc(2045, 6, 1), None)]
    assert way.value(NEED, utc(2060, 1, 1)) == 19


def test_years_at_a_tier_give_another_for_life() -> None:
    for_life = Route((Requirement(3, rank=1),), for_life=True)
    top = Rung("friend", 4, uuid.UUID(int=4), (for_life,))
    rule = dataclasses.replace(RULE, rungs=(*rungs(), top))
    way = climb((utc(2025, 3, 1), 100), (utc(2026, 2, 1), 100), rule=rule)
    assert [code for code, _, _ in held(way)] == ["silver"]
    way.add(utc(2027, 2, 1), "xp", 1)
    assert held(way)[-1] == ("friend", utc(2027, 2, 1), None)


def naive(credits: list[tuple[datetime, int]], day: datetime) -> tuple[str, int]:
    """The rule as it is published, day by day."""
    codes, place, count = list(PRICES), -1, 0
    ends = clock.end_of_day(clock.add_months(JOINED.date(), 12), "UTC")
    today = JOINED
    while today <= day:
        if today == ends:
            price = PRICES[codes[place]] if place >= 0 else 0
            if place >= 0 and count < price:
                place -= 1
                price = PRICES[codes[place]] if place >= 0 else 0
            count = min(count - price, 300) if place >= 0 and count >= price else 0
            last = (today - timedelta(days=1)).date()
            ends = clock.end_of_day(clock.add_months(last, 12), "UTC")
        for moment, amount in credits:
            if moment == today:
                count += amount
                risen = False
                while place < 2 and count >= PRICES[codes[place + 1]]:
                    place, risen = place + 1, True
                    count -= PRICES[codes[place]]
                if risen:
                    count = min(count, 300)
                    ends = clock.end_of_day(clock.add_months(today.date(), 12), "UTC")
        today += timedelta(days=1)
    return codes[place] if place >= 0 else "", count


@given(happenings, st.integers(0, 2600), st.integers(0, 2**32))
def test_any_history_in_any_order_is_what_the_published_rule_says(
    drawn: list[tuple[int, int]], later: int, seed: int
) -> None:
    totals: dict[int, int] = {}
    for on, amount in drawn:
        totals[on] = totals.get(on, 0) + amount
    credits = [(JOINED + timedelta(days=on), amount) for on, amount in sorted(totals.items())]
    day = JOINED + timedelta(days=later)
    whole, shuffled = climb(*credits), climb()
    for moment, amount in Random(seed).sample(credits, len(credits)):
        shuffled.add(moment, "xp", amount)
        shuffled.rung_at(moment + timedelta(days=500))
    assert shuffled.spans() == whole.spans()
    so_far = climb(*(one for one in credits if one[0] <= day))
    rung = whole.rung_at(day)
    known = [one for one in credits if one[0] <= day]
    assert (rung.code if rung else "") == naive(known, day)[0]
    assert whole.value(NEED, day) == so_far.value(NEED, day)
    assert so_far.value(NEED, day) == (naive(known, day)[1] if known else 0)
