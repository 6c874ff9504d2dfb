"""A plain ladder's history, taken in whole, leads where it leads one by one."""

from __future__ import annotations

import uuid
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.cast import utc
from tiers.qualification import Climb, Event
from tiers.terms import LadderRule, Requirement, Route, Rung, Validity

START = utc(2026, 1, 1)
DAYS, AMOUNTS = st.integers(0, 30), st.integers(-8, 12)
CREDITS = st.lists(st.tuples(DAYS, AMOUNTS), max_size=12)
HEIGHTS = st.lists(st.integers(1, 40), min_size=1, max_size=4, unique=True).map(sorted)


def ladder(heights: list[int]) -> LadderRule:
    rungs = [
        Rung(f"t{rank}", rank, uuid.uuid4(), (Route((Requirement(height, unit="v"),)),))
        for rank, height in enumerate(heights, start=1)
    ]
    return LadderRule("l", tuple(rungs), "UTC", validity=Validity("life"), counter="v")


def events(dated: list[tuple[int, int]]) -> list[Event]:
    return [(START + timedelta(days=day), "v", amount) for day, amount in dated]


@given(HEIGHTS, CREDITS, CREDITS)
def test_a_history_leads_where_it_leads_one_by_one(
    heights: list[int], history: list[tuple[int, int]], later: list[tuple[int, int]]
) -> None:
    rule = ladder(heights)
    assert rule.is_plain
    whole, single = Climb(rule, events(history)), Climb(rule)
    for event in sorted(events(history)):
        single.add(*event)
    for event in [None, *events(later)]:
        if event is not None:
            whole.add(*event)
            single.add(*event)
        assert whole.holds == single.holds
        assert whole.has_begun == single.has_begun
        for day in range(-1, 32):
            moment = START + timedelta(days=day)
            assert whole.rung_at(moment) == single.rung_at(moment)
            assert whole.rung_before(moment) == single.rung_before(moment)
            needs = rule.rungs[0].routes[0].needs
            assert whole.value(needs[0], moment) == single.value(needs[0], moment)
