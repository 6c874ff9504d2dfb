"""The ladders of every blueprint: whatever order a history arrives in, one state at any later date.

Step by step and asked in between, as a whole, shuffled: the same spans.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from program import catalog
from tests import cast
from tests.cast import ROOT, utc
from tiers import ladders
from tiers.qualification import Climb
from tiers.terms import LadderRule

NAMES = sorted(path.parent.name for path in (ROOT / "blueprints").glob("*/program.toml"))
BEGIN, END = utc(2023, 1, 1), utc(2028, 1, 1)
Event = tuple[datetime, str, int]

happenings = st.lists(
    st.tuples(
        st.integers(0, 1800),  # days since the beginning
        st.integers(0, 9),  # which of the counters
        st.integers(1, 40),  # how much of what the highest threshold asks, in twentieths
    ),
    min_size=1,
    max_size=14,
)


def events(rule: LadderRule, drawn: list[tuple[int, int, int]]) -> list[Event]:
    """A history that moves on this ladder: amounts are shares of its thresholds."""
    units = sorted(rule.units)
    most = {
        unit: max(
            (
                need.at_least
                for rung in rule.rungs
                for route in rung.routes
                for need in route.needs
                if need.unit == unit
            ),
            default=max((rung.threshold or 20 for rung in rule.rungs), default=20),
        )
        for unit in units
    }
    return [
        (BEGIN + timedelta(days=day), unit, max(1, most[unit] * share // 20))
        for day, which, share in drawn
        for unit in [units[which % len(units)]]
    ]


def climb(rule: LadderRule, arriving: list[Event], *, is_asked: bool) -> Climb:
    """One by one, with questions about the time of each in between."""
    way = Climb(rule, joined_at=BEGIN)
    for moment, unit, amount in arriving:
        way.add(moment, unit, amount)
        if is_asked:
            way.rung_at(moment)
            way.rung_before(moment + timedelta(days=400))
    return way


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_every_ladder_says_the_same_in_any_order(name: str) -> None:
    cast.apply(ROOT / "blueprints" / name)
    known = ladders.rules(catalog.current())

    @settings(max_examples=min(settings().max_examples, 1000))
    @given(happenings, st.integers(0, 2**32))
    def check(drawn: list[tuple[int, int, int]], seed: int) -> None:
        for rule in known:
            history = events(rule, drawn)
            shuffled = Random(seed).sample(history, len(history))
            whole = Climb(rule, history, joined_at=BEGIN).spans(until=END)
            assert climb(rule, sorted(history), is_asked=False).spans(until=END) == whole
            assert climb(rule, sorted(history), is_asked=True).spans(until=END) == whole
            assert climb(rule, shuffled, is_asked=True).spans(until=END) == whole

    check()


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_what_came_late_changes_nothing_that_was_known_of_later_dates(name: str) -> None:
    """A state at any later date depends on what had happened by then, and on nothing else."""
    cast.apply(ROOT / "blueprints" / name)
    known = ladders.rules(catalog.current())

    @settings(max_examples=min(settings().max_examples, 500))
    @given(happenings, st.integers(0, 2200))
    def check(drawn: list[tuple[int, int, int]], day: int) -> None:
        moment = BEGIN + timedelta(days=day, hours=12)
        for rule in known:
            history = events(rule, drawn)
            until = [event for event in history if event[0] <= moment]
            all_of_it, so_far = Climb(rule, history, joined_at=BEGIN), Climb(rule, joined_at=BEGIN)
            for event in sorted(until, reverse=True):  # the newest first: each is late
                so_far.add(*event)
            if not until or max(event[0] for event in history) <= moment:
                assert so_far.rung_at(moment) == all_of_it.rung_at(moment)
                continue
            alone = Climb(rule, until, joined_at=BEGIN)
            assert so_far.rung_at(moment) == alone.rung_at(moment)
            assert so_far.spans(until=moment) == alone.spans(until=moment)

    check()
