"""Activities that count themselves: each, or by days, partners and locations, in any order."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.cast import utc
from tiers.qualification import Climb
from tiers.terms import LadderRule, Requirement, Route, Rung, Validity, Window
from tiers.visits import Visit

START = utc(2025, 1, 1)
YEAR = Window("year")
visits = st.lists(
    st.tuples(
        st.integers(0, 900 * 24),  # hours since the start
        st.sampled_from(("stay", "dinner")),
        st.sampled_from(("anchorage", "beacon", "compass")),
        st.sampled_from(("", "north", "south")),
    ),
    max_size=12,
)


def told(drawn: list[tuple[int, str, str, str]]) -> list[Visit]:
    return [Visit(START + timedelta(hours=hours), *rest) for hours, *rest in drawn]


def stay(day: int, partner: str = "anchorage", location: str = "", hour: int = 12) -> Visit:
    return Visit(START + timedelta(days=day, hours=hour), "stay", partner, location)


def need(at_least: int, distinct: str = "", window: Window = YEAR) -> Requirement:
    return Requirement(at_least, type="stay", distinct=distinct, window=window)


def ladder(*needs: Requirement) -> LadderRule:
    rung = Rung("gold", 1, uuid.UUID(int=1), (Route(needs),))
    return LadderRule("ladder", (rung,), "UTC", Validity("years", 1), counter="night")


def is_gold(rule: LadderRule, *known: Visit) -> bool:
    return Climb(rule, visits=known).rung_at(utc(2025, 12, 31)) is not None


def test_each_one_is_counted() -> None:
    rule = ladder(need(2))
    assert not is_gold(rule, stay(1))
    assert is_gold(rule, stay(1), stay(1, hour=13))
    assert not is_gold(rule, stay(-1), stay(1))


def test_or_the_days_that_had_one() -> None:
    rule = ladder(need(2, "day"))
    assert not is_gold(rule, stay(1), stay(1, hour=13))
    assert is_gold(rule, stay(1), stay(2))


def test_or_the_partners_that_had_one() -> None:
    rule = ladder(need(2, "partner"))
    assert not is_gold(rule, stay(1), stay(2))
    assert is_gold(rule, stay(1), stay(2, "beacon"))


def test_or_the_locations_and_nowhere_is_none() -> None:
    rule = ladder(need(2, "location"))
    assert not is_gold(rule, stay(1, location="north"), stay(2), stay(3, location="north"))
    assert is_gold(rule, stay(1, location="north"), stay(2, location="south"))
    assert is_gold(rule, stay(1, location="north"), stay(2, "beacon", "north"))


def test_needs_of_activities_and_of_counters_hold_together() -> None:
    both = need(1), Requirement(10, unit="night", window=Window("year"))
    way = Climb(ladder(*both), [(START, "night", 10)])
    assert way.rung_at(utc(2025, 6, 1)) is None
    way.visit(stay(3))
    assert way.rung_at(utc(2025, 6, 1)) is not None
    assert way.rung_before(START + timedelta(days=3, hours=12)) is None


def test_only_a_credit_of_a_counter_begins_a_climb() -> None:
    way = Climb(ladder(need(1)), visits=[stay(1)])
    assert not way.has_begun
    way.add(START, "night", 1)
    assert way.has_begun


def naive(known: list[Visit], one: Requirement, since: datetime | None, until: datetime) -> int:
    begins = since or START
    inside = [v for v in known if v.type == one.type and begins <= v.moment <= until]
    keys = {
        "": [(n,) for n, _ in enumerate(inside)],
        "day": [(v.moment.date(),) for v in inside],
        "partner": [(v.partner,) for v in inside],
        "location": [(v.partner, v.location) for v in inside if v.location],
    }
    return len(set(keys[one.distinct]))


@given(
    visits,
    st.sampled_from(("", "day", "partner", "location")),
    st.sampled_from((Window(), Window("year"), Window("month"), Window("months", 3))),
    st.integers(0, 900),
)
def test_what_counts_is_what_a_list_of_them_says(
    drawn: list[tuple[int, str, str, str]], distinct: str, window: Window, day: int
) -> None:
    known, one = told(drawn), need(1, distinct, window)
    moment = START + timedelta(days=day, hours=23)
    since = {
        "lifetime": None,
        "year": utc(moment.year, 1, 1),
        "month": utc(moment.year, moment.month, 1),
    }
    way = Climb(ladder(one), visits=known)
    begins = since[window.kind] if window.kind in since else way._start(window, moment)
    assert way.value(one, moment) == naive(known, one, begins, moment)


@given(visits, st.integers(0, 2**32))
def test_any_order_of_arrival_leads_to_the_same(
    drawn: list[tuple[int, str, str, str]], seed: int
) -> None:
    known, rule = told(drawn), ladder(need(2, "partner"), need(3, "day", Window("months", 6)))
    whole = Climb(rule, visits=known).spans(until=utc(2028, 1, 1))
    shuffled = Climb(rule)
    for one in Random(seed).sample(known, len(known)):
        shuffled.visit(one)
        shuffled.rung_at(one.moment + timedelta(days=200))
    assert shuffled.spans(until=utc(2028, 1, 1)) == whole
