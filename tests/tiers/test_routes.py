"""The pure rule of qualification: routes, windows, validity, steps down, dated thresholds."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import utc
from tiers.qualification import Climb
from tiers.terms import LadderRule, Requirement, Route, Rung, Span, Validity, Window

YEAR = Window("year")


def rung(code: str, rank: int, *routes: Route) -> Rung:
    return Rung(code, rank, uuid.UUID(int=rank), routes)


def needs(amount: int, unit: str = "night", window: Window = YEAR, **days: date) -> Route:
    return Route((Requirement(amount, unit=unit, window=window),), **days)  # type: ignore[arg-type]


def ladder(*rungs: Rung, **fields: object) -> LadderRule:
    given_fields = {"validity": Validity("years", 1)} | fields
    return LadderRule(code="ladder", rungs=rungs, zone="UTC", **given_fields)  # type: ignore[arg-type]


SILVER, GOLD = rung("silver", 1, needs(10)), rung("gold", 2, needs(50))


def nights(*pairs: tuple[datetime, int]) -> list[tuple[datetime, str, int]]:
    return [(moment, "night", amount) for moment, amount in pairs]


def held(way: Climb, moment: datetime) -> str | None:
    found = way.rung_at(moment)
    return found.code if found else None


def test_all_needs_of_a_route_must_hold_and_any_route_will_do() -> None:
    both = Route((Requirement(15, unit="leg"), Requirement(5000, unit="mile")))
    miles = Route((Requirement(6000, unit="mile"),))
    rule = ladder(rung("silver", 1, both, miles))
    start = utc(2026, 1, 1)
    assert held(Climb(rule, [(start, "leg", 15), (start, "mile", 4999)]), start) is None
    assert held(Climb(rule, [(start, "leg", 15), (start, "mile", 5000)]), start) == "silver"
    assert held(Climb(rule, [(start, "leg", 1), (start, "mile", 6000)]), start) == "silver"


def test_a_year_starts_anew_in_the_month_the_ladder_says() -> None:
    rule = ladder(SILVER, year_starts=4)
    credits = nights((utc(2026, 3, 31), 6), (utc(2026, 4, 1), 6))
    assert held(Climb(rule, credits), utc(2026, 4, 2)) is None
    way = Climb(rule, nights((utc(2026, 4, 1), 6), (utc(2027, 3, 31), 4)))
    assert [(s.starts_at, s.ends_at) for s in way.spans()] == [(utc(2027, 3, 31), utc(2028, 4, 1))]


def test_rolling_months_count_what_lies_within_them() -> None:
    rule = ladder(
        rung("silver", 1, needs(10, window=Window("months", 3))), validity=Validity("months", 0, 1)
    )
    near = Climb(rule, nights((utc(2026, 1, 15), 5), (utc(2026, 4, 14), 5)))
    far = Climb(rule, nights((utc(2026, 1, 15), 5), (utc(2026, 4, 16), 5)))
    assert held(near, utc(2026, 4, 14, 1)) == "silver"
    assert held(far, utc(2026, 4, 16, 1)) is None


def test_a_membership_year_starts_on_the_day_of_joining() -> None:
    rule = ladder(rung("silver", 1, needs(10, window=Window("membership_year"))))
    credits = nights((utc(2026, 5, 9), 6), (utc(2026, 5, 10), 6))
    assert held(Climb(rule, credits, joined_at=utc(2024, 5, 10)), utc(2026, 5, 11)) is None
    assert held(Climb(rule, credits, joined_at=utc(2024, 5, 9)), utc(2026, 5, 11)) == "silver"


def test_a_counter_since_the_last_change_begins_again_at_each_tier() -> None:
    window = Window("since_change")
    rule = ladder(
        rung("silver", 1, needs(10, window=window)),
        rung("gold", 2, needs(20, window=window)),
        validity=Validity("life"),
    )
    way = Climb(rule, nights((utc(2026, 1, 1), 12), (utc(2026, 2, 1), 12)))
    assert held(way, utc(2026, 3, 1)) == "silver"
    way.add(utc(2026, 3, 1), "night", 8)
    assert held(way, utc(2026, 3, 2)) == "gold"


def test_validity_can_run_some_months_past_the_end_of_a_year() -> None:
    rule = ladder(SILVER, validity=Validity("years", 1, 1))
    assert Climb(rule, nights((utc(2026, 5, 2), 10))).spans()[0].ends_at == utc(2028, 2, 1)


def test_validity_in_months_clips_at_the_end_of_a_month() -> None:
    rule = ladder(SILVER, validity=Validity("months", 0, 1))
    assert Climb(rule, nights((utc(2026, 1, 31), 10))).spans()[0].ends_at == utc(2026, 3, 1)


def test_a_tier_that_needs_activity_lasts_while_there_is_some() -> None:
    rule = ladder(rung("silver", 1, needs(10, window=Window())), validity=Validity("active", 0, 24))
    way = Climb(rule, nights((utc(2020, 1, 1), 10), (utc(2021, 6, 1), 1)))
    assert held(way, utc(2023, 6, 1, 12)) == "silver"
    assert held(way, utc(2023, 6, 2)) is None


def test_what_is_earned_remains_when_a_higher_tier_ends() -> None:
    rule = ladder(SILVER, GOLD)
    way = Climb(rule, nights((utc(2024, 3, 1), 50), (utc(2025, 3, 1), 10)))
    spans = [(s.rung.code, s.starts_at, s.ends_at) for s in way.spans()]
    assert spans == [
        ("gold", utc(2024, 3, 1), utc(2026, 1, 1)),
        ("silver", utc(2026, 1, 1), utc(2027, 1, 1)),
    ]


def test_one_step_down_at_a_time_for_a_year_each() -> None:
    bronze = rung("bronze", 1, needs(5))
    silver, gold = rung("silver", 2, needs(10)), rung("gold", 3, needs(50))
    rule = ladder(bronze, silver, gold, downgrade="one_step")
    way = Climb(rule, nights((utc(2024, 3, 1), 50)))
    assert [(s.rung.code, s.ends_at) for s in way.spans(until=utc(2030, 1, 1))] == [
        ("gold", utc(2026, 1, 1)),
        ("silver", utc(2027, 1, 1)),
        ("bronze", utc(2028, 1, 1)),
    ]


def test_a_ladder_without_downgrade_is_for_life() -> None:
    rule = ladder(SILVER, downgrade="never")
    assert Climb(rule, nights((utc(2024, 3, 1), 10))).spans()[0].ends_at is None


def test_a_lower_threshold_moves_members_on_its_day_without_an_activity() -> None:
    easier = Rung(
        "silver",
        1,
        uuid.UUID(int=1),
        (
            Route((Requirement(10, unit="night", window=YEAR),), ends_on=date(2026, 7, 1)),
            Route((Requirement(6, unit="night", window=YEAR),), starts_on=date(2026, 7, 1)),
        ),
    )
    way = Climb(ladder(easier), nights((utc(2026, 3, 1), 7)))
    assert way.spans(until=utc(2026, 6, 30)) == []
    assert way.spans(until=utc(2026, 7, 1))[0].starts_at == utc(2026, 7, 1)


def test_a_higher_threshold_leaves_what_was_earned_to_its_end() -> None:
    harder = Rung(
        "silver",
        1,
        uuid.UUID(int=1),
        (
            Route((Requirement(10, unit="night", window=YEAR),), ends_on=date(2026, 7, 1)),
            Route((Requirement(20, unit="night", window=YEAR),), starts_on=date(2026, 7, 1)),
        ),
    )
    early = Climb(ladder(harder), nights((utc(2026, 6, 30), 10)))
    late = Climb(ladder(harder), nights((utc(2026, 7, 1), 10)))
    assert early.spans()[0].ends_at == utc(2028, 1, 1)
    assert late.spans() == []


def test_a_year_begins_with_the_head_start_of_the_tier_held_then() -> None:
    rule = ladder(SILVER, GOLD, counter="night", head_starts=(("silver", 3),))
    way = Climb(rule, nights((utc(2025, 6, 1), 10), (utc(2026, 6, 1), 6)))
    need = Requirement(10, unit="night", window=YEAR)
    assert way.value(need, utc(2026, 1, 1)) == 3
    assert way.spans(until=utc(2026, 7, 1))[-1].ends_at == utc(2027, 1, 1)
    way.add(utc(2026, 7, 1), "night", 1)
    assert way.spans(until=utc(2026, 7, 2))[-1].ends_at == utc(2028, 1, 1)


def test_the_surplus_above_what_was_reached_rolls_over_once() -> None:
    rule = ladder(SILVER, GOLD, counter="night", rolls_over=True)
    need = Requirement(10, unit="night", window=YEAR)
    way = Climb(rule, nights((utc(2024, 6, 1), 13), (utc(2025, 6, 1), 4)))
    assert way.value(need, utc(2025, 6, 1)) == 3 + 4
    assert way.value(need, utc(2026, 6, 1)) == 0  # 7 reached nothing, so nothing lay above
    assert Climb(rule, nights((utc(2024, 6, 1), 9))).value(need, utc(2025, 6, 1)) == 0


def test_years_at_a_tier_can_lead_to_another() -> None:
    silver = rung("silver", 1, needs(10))
    elder = rung("elder", 2, Route((Requirement(3, rank=1, window=Window()),)))
    rule = ladder(silver, elder)
    credits = nights((utc(2024, 2, 1), 10), (utc(2025, 2, 1), 10))
    assert held(Climb(rule, credits), utc(2025, 3, 1)) == "silver"
    credits += nights((utc(2026, 2, 1), 10))
    assert held(Climb(rule, credits), utc(2026, 3, 1)) == "elder"


def test_what_was_given_counts_beside_what_was_earned_and_the_highest_holds() -> None:
    given_gold = Span(GOLD, utc(2026, 3, 1), utc(2026, 6, 1))
    way = Climb(ladder(SILVER, GOLD), nights((utc(2026, 1, 1), 10)), granted=[given_gold])
    assert [held(way, utc(2026, month, 15)) for month in (2, 4, 7)] == ["silver", "gold", "silver"]


def test_what_is_shared_after_the_first_activity_waits_for_it() -> None:
    shared = Span(GOLD, utc(2026, 1, 1), None)
    rule = ladder(SILVER, GOLD, sharing="after_first")
    way = Climb(rule, granted=[shared])
    assert held(way, utc(2026, 2, 1)) is None
    way.add(utc(2026, 3, 1), "night", 1)
    assert held(way, utc(2026, 3, 2)) == "gold"


@given(
    st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 30)), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
    st.sampled_from(["to_earned", "one_step", "never"]),
    st.sampled_from(
        [Validity("life"), Validity("years", 1), Validity("months", 0, 7), Validity("active", 0, 5)]
    ),
)
def test_the_order_of_arrival_does_not_matter(
    days: list[tuple[int, int]], random: object, downgrade: str, validity: Validity
) -> None:
    rule = ladder(SILVER, GOLD, downgrade=downgrade, validity=validity)
    start = utc(2022, 1, 1).timestamp()
    credits = nights(*((datetime.fromtimestamp(start + day * 86400, tz=UTC), n) for day, n in days))
    shuffled = list(credits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    ordered, mixed = Climb(rule, credits), Climb(rule)
    for moment, unit, amount in shuffled:
        mixed.add(moment, unit, amount)
    assert ordered.spans(until=utc(2027, 1, 1)) == mixed.spans(until=utc(2027, 1, 1))


@pytest.mark.parametrize(
    ("joined", "day", "expected"),
    [
        ("2024-02-29", "2025-02-28", True),
        ("2024-02-29", "2025-02-27", False),
    ],
)
def test_a_leap_day_has_its_anniversary_on_the_28th(joined: str, day: str, expected: bool) -> None:
    rule = ladder(rung("silver", 1, needs(10, window=Window("membership_year"))))
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    before = utc(2025, 2, 27)
    joined_at = datetime.fromisoformat(joined).replace(tzinfo=UTC)
    way = Climb(rule, nights((before, 5), (moment, 5)), joined_at=joined_at)
    assert (held(way, utc(2025, 3, 1)) is None) is expected


def test_two_activities_of_one_moment_earn_at_the_same_tier() -> None:
    rule = ladder(rung("gold", 1, needs(1)), rung("platinum", 2, needs(3)))
    moment = utc(2026, 5, 20, 12)
    way = Climb(rule, nights((utc(2026, 5, 1), 2)))
    assert way.rung_before(moment).code == "gold"  # type: ignore[union-attr]
    way.add(moment, "night", 5)
    assert way.rung_before(moment).code == "gold"  # type: ignore[union-attr]
    assert held(way, moment) == "platinum"
    others = Climb(rule, granted=way.spans(until=moment))
    assert others.rung_before(moment).code == "gold"  # type: ignore[union-attr]


def test_what_ends_at_a_moment_is_not_held_then() -> None:
    rule = ladder(rung("gold", 1, needs(1)), rung("platinum", 2, needs(3)))
    way = Climb(rule, nights((utc(2026, 5, 1), 3)))
    ends = way.spans()[0].ends_at
    assert ends is not None
    way.add(ends, "night", 1)
    assert way.rung_before(ends) is None
    assert Climb(rule, granted=way.spans(until=ends)).rung_before(ends) is None


def test_a_route_for_life_is_reached_once_and_stays() -> None:
    lifetime = Route(
        (Requirement(40, unit="night"), Requirement(2, rank=1, window=Window())), for_life=True
    )
    rule = ladder(rung("silver", 1, needs(10), lifetime), GOLD)
    credits = nights((utc(2024, 2, 1), 15), (utc(2025, 2, 1), 15))
    assert held(Climb(rule, credits), utc(2030, 1, 1)) is None
    way = Climb(rule, credits + nights((utc(2025, 3, 1), 35)))
    assert held(way, utc(2025, 3, 1)) == "gold"
    assert held(way, utc(2040, 1, 1)) == "silver"
    assert way.spans(until=utc(2040, 1, 1))[-1].ends_at is None


def test_a_year_of_ones_own_is_the_year_of_validity_and_of_what_rolls_over() -> None:
    window = Window("membership_year")
    rule = ladder(
        rung("silver", 1, needs(10, window=window)),
        counter="night",
        validity=Validity("years", 1, 1),
        rolls_over=True,
        is_own_year=True,
    )
    way = Climb(rule, nights((utc(2024, 6, 1), 13)), joined_at=utc(2024, 5, 20))
    assert way.spans(until=utc(2024, 7, 1))[0].ends_at == utc(2026, 6, 20)
    need = Requirement(10, unit="night", window=window)
    assert [way.value(need, utc(2025, 5, day)) for day in (19, 20)] == [13, 3]
