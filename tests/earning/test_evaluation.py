"""What rules pay, as tables: no database, no clock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earning.evaluation import Condition, Facts, Plan, RuleSpec, applies, evaluate, holds, rounded
from earning.limits import Limit, Usage

DAY = date(2026, 3, 31)  # a Tuesday


def rule(code: str = "base", **fields: Any) -> RuleSpec:
    given = {"effect": "fixed", "amount": Fraction(1), "unit": "point"}
    return RuleSpec(code=code, **given | fields)


def per(attribute: str, amount: str, **fields: Any) -> RuleSpec:
    return rule(effect="per", attribute=attribute, amount=Fraction(amount), **fields)


def percent(code: str, amount: str, **fields: Any) -> RuleSpec:
    return rule(code, effect="percent", amount=Fraction(amount), is_bonus=True, **fields)


def facts(**fields: Any) -> Facts:
    return Facts(**{"on": DAY, "attributes": {}} | fields)


def paid(rules: list[RuleSpec], **fields: Any) -> dict[str, int]:
    return {one.rule.code: one.amount for one in evaluate(rules, facts(**fields))}


@pytest.mark.parametrize(
    ("decimals", "rounding", "exact", "parts"),
    [
        (0, "down", "24.9875", 24),
        (2, "down", "24.9875", 2498),
        (0, "up", "24.0001", 25),
        (0, "up", "24", 24),
        (0, "half_up", "24.5", 25),
        (0, "half_up", "24.4999", 24),
        (2, "half_up", "24.985", 2499),
        (0, "down", "0.9999", 0),
        (0, "down", "-3", 0),
        (0, "up", "-0.5", 0),
    ],
)
def test_an_exact_amount_is_rounded_once(
    decimals: int, rounding: str, exact: str, parts: int
) -> None:
    assert rounded(Fraction(exact), rule(decimals=decimals, rounding=rounding)) == parts


def test_one_and_a_quarter_a_dollar_of_nineteen_ninety_nine() -> None:
    attributes = {"paid": Decimal("19.99")}
    assert paid([per("paid", "1.25")], attributes=attributes) == {"base": 24}
    assert paid([per("paid", "1.25", decimals=2)], attributes=attributes) == {"base": 2498}


@pytest.mark.parametrize(
    ("quantity", "whole_steps", "points"),
    [
        (Decimal(99), False, 49),
        (Decimal(99), True, 45),
        (Decimal(100), True, 50),
        (Decimal("100.01"), True, 50),
        (9, True, 0),
        (9, False, 4),
        (0, False, 0),
        (Decimal(-50), False, 0),
    ],
)
def test_steps_of_an_attribute(quantity: Decimal | int, whole_steps: bool, points: int) -> None:
    """5 points for every 10."""
    one = per("paid", "5", step=Fraction(10), whole_steps=whole_steps)
    assert paid([one], attributes={"paid": quantity}) == ({"base": points} if points else {})


def test_an_attribute_that_was_not_given_pays_nothing() -> None:
    assert paid([per("guests", "5")]) == {}
    assert paid([per("guests", "5")], attributes={"guests": True}) == {}


def test_bonuses_add_on_the_base_and_never_multiply_each_other() -> None:
    rules = [
        rule(amount=Fraction(100)),
        percent("half", "50"),
        percent("double", "100"),
    ]
    assert paid(rules) == {"base": 100, "half": 50, "double": 100}


def test_a_percentage_reads_the_base_and_not_fixed_bonuses() -> None:
    rules = [
        percent("half", "50"),
        rule("gift", amount=Fraction(1000), is_bonus=True),
        rule(amount=Fraction(100)),
    ]
    assert paid(rules) == {"base": 100, "gift": 1000, "half": 50}


def test_the_order_is_base_then_fixed_bonuses_then_percentages() -> None:
    rules = [
        percent("third", "10"),
        rule("second", is_bonus=True),
        rule("first", amount=Fraction(10)),
    ]
    assert [one.rule.code for one in evaluate(rules, facts())] == ["first", "second", "third"]


def test_a_percentage_of_one_unit_does_not_read_another() -> None:
    rules = [rule(unit="night", amount=Fraction(100)), percent("half", "50")]
    assert paid(rules) == {"base": 100}


def test_a_percentage_may_read_another_unit_where_it_says_so() -> None:
    rules = [
        rule(unit="night", amount=Fraction(100)),
        percent("half", "50", percent_of="night"),
    ]
    assert paid(rules) == {"base": 100, "half": 50}


def test_units_with_decimals_keep_their_parts_in_percentages() -> None:
    rules = [
        rule(amount=Fraction("19.99"), decimals=2),
        percent("tenth", "10", decimals=2),
        percent("third", "33.3333", decimals=2, rounding="half_up"),
    ]
    assert paid(rules) == {"base": 1999, "tenth": 199, "third": 666}


def test_several_base_rules_add_up_before_percentages() -> None:
    rules = [rule("a", amount=Fraction(70)), rule("b", amount=Fraction(30)), percent("half", "50")]
    assert paid(rules) == {"a": 70, "b": 30, "half": 50}


@pytest.mark.parametrize(
    ("starts", "ends", "is_live"),
    [
        (None, None, True),
        (DAY, None, True),
        (date(2026, 4, 1), None, False),
        (None, DAY, False),
        (None, date(2026, 4, 1), True),
        (DAY, date(2026, 4, 1), True),
    ],
)
def test_dates_of_force_start_inclusive_and_end_exclusive(
    starts: date | None, ends: date | None, is_live: bool
) -> None:
    assert applies(rule(starts_on=starts, ends_on=ends), facts()) is is_live


def test_another_day_may_decide_which_rules_are_in_force() -> None:
    booked = rule(ends_on=date(2026, 1, 1))
    assert applies(booked, facts(rated_on=date(2025, 12, 31)))
    assert not applies(booked, facts())


@pytest.mark.parametrize(
    ("condition", "fields", "is_met"),
    [
        (("attribute", "in", ("a", "b"), "x"), {"attributes": {"x": "a"}}, True),
        (("attribute", "in", ("a", "b"), "x"), {"attributes": {"x": "c"}}, False),
        (("attribute", "in", ("a",), "x"), {}, False),
        (("attribute", "not_in", ("a",), "x"), {"attributes": {"x": "b"}}, True),
        (("attribute", "not_in", ("a",), "x"), {"attributes": {"x": "a"}}, False),
        (("attribute", "not_in", ("a",), "x"), {}, False),
        (("attribute", "at_least", (Fraction(7),), "x"), {"attributes": {"x": 7}}, True),
        (("attribute", "at_least", (Fraction(7),), "x"), {"attributes": {"x": 6}}, False),
        (
            ("attribute", "at_least", (Fraction("6.5"),), "x"),
            {"attributes": {"x": Decimal("6.50")}},
            True,
        ),
        (
            ("attribute", "at_most", (Fraction("6.5"),), "x"),
            {"attributes": {"x": Decimal("6.51")}},
            False,
        ),
        (
            ("attribute", "in", (Fraction("6.5"),), "x"),
            {"attributes": {"x": Decimal("6.50")}},
            True,
        ),
        (("attribute", "in", (True,), "x"), {"attributes": {"x": False}}, False),
        (("attribute", "in", (DAY,), "x"), {"attributes": {"x": DAY}}, True),
        (("partner", "in", ("till",), ""), {"partner": "till"}, True),
        (("location", "in", ("pier",), ""), {"location": ""}, False),
        (("weekday", "in", (2,), ""), {}, True),
        (("weekday", "in", (6, 7), ""), {}, False),
        (("weekday", "in", (7,), "x"), {"attributes": {"x": date(2026, 4, 5)}}, True),
        (("weekday", "in", (2,), "x"), {"attributes": {"x": date(2026, 4, 5)}}, False),
        (("weekday", "in", (2,), "x"), {}, False),
        (("weekday", "not_in", (2,), "x"), {}, False),
        (("month", "in", (4,), "x"), {"attributes": {"x": date(2026, 4, 5)}}, True),
        (("month_day", "in", (5,), "x"), {"attributes": {"x": date(2026, 4, 5)}}, True),
        (("month_day", "in", (31,), "x"), {"attributes": {"x": date(2026, 4, 5)}}, False),
        (("hour", "at_least", (18,), ""), {"hour": 18}, True),
        (("hour", "at_most", (9,), ""), {"hour": 10}, False),
        (("tier", "in", ("blue",), ""), {"tiers": frozenset({"blue"})}, True),
        (("tier", "in", ("white",), ""), {"tiers": frozenset({"blue"})}, False),
        (
            ("tier", "at_least", ("white",), ""),
            {"tiers_reached": frozenset({"white", "blue"})},
            True,
        ),
        (("tier", "at_least", ("gold",), ""), {"tiers_reached": frozenset({"white"})}, False),
        (("segment", "in", ("staff",), ""), {"segments": frozenset({"staff"})}, True),
        (("segment", "not_in", ("staff",), ""), {}, True),
        (("segment", "not_in", ("staff",), ""), {"segments": frozenset({"staff"})}, False),
        (("first", "in", (True,), ""), {"is_first": True}, True),
        (("first", "in", (False,), ""), {"is_first": True}, False),
        (("birthday", "in", ("day",), ""), {"birthday": date(1980, 3, 31)}, True),
        (("birthday", "in", ("day",), ""), {"birthday": date(1980, 3, 30)}, False),
        (("birthday", "in", ("month",), ""), {"birthday": date(1980, 3, 1)}, True),
        (("birthday", "in", ("week",), ""), {"birthday": date(1980, 4, 5)}, True),
        (("birthday", "in", ("week",), ""), {"birthday": date(1980, 4, 6)}, False),
        (("birthday", "in", ("month",), ""), {}, False),
        (("membership_months", "at_least", (2,), ""), {"joined_on": date(2026, 1, 31)}, True),
        (("membership_months", "at_least", (2,), ""), {"joined_on": date(2026, 2, 1)}, False),
    ],
)
def test_a_condition_is_met_or_not(
    condition: tuple[str, str, tuple[Any, ...], str], fields: dict[str, Any], is_met: bool
) -> None:
    kind, operator, values, attribute = condition
    one = Condition(kind=kind, operator=operator, values=values, attribute=attribute)
    assert holds(one, facts(**fields)) is is_met


def test_somebody_born_on_a_leap_day_has_a_birthday_every_year() -> None:
    one = Condition(kind="birthday", operator="in", values=("day",))
    born = date(1996, 2, 29)
    assert holds(one, facts(on=date(2026, 2, 28), birthday=born))
    assert holds(one, facts(on=date(2028, 2, 29), birthday=born))
    assert not holds(one, facts(on=date(2028, 2, 28), birthday=born))


def test_a_birthday_week_may_reach_over_the_new_year() -> None:
    one = Condition(kind="birthday", operator="in", values=("week",))
    assert holds(one, facts(on=date(2026, 12, 31), birthday=date(1980, 1, 2)))
    assert holds(one, facts(on=date(2027, 1, 1), birthday=date(1980, 12, 30)))


def test_all_conditions_must_hold() -> None:
    both = rule(
        conditions=(
            Condition(kind="partner", operator="in", values=("till",)),
            Condition(kind="weekday", operator="in", values=(2,)),
        )
    )
    assert paid([both], partner="till") == {"base": 1}
    assert paid([both], partner="web") == {}


def test_in_a_group_only_the_best_pays_and_of_equals_the_first() -> None:
    rules = [
        rule("small", amount=Fraction(5), group="promo"),
        rule("large", amount=Fraction(9), group="promo"),
        rule("late", amount=Fraction(9), group="promo"),
        rule("other", amount=Fraction(1)),
    ]
    assert paid(rules) == {"large": 9, "other": 1}


def test_in_a_group_what_is_used_up_makes_room_for_the_next_best() -> None:
    """Of two coupons the better one is used first, the other one for the next purchase."""
    once = {code: (Limit(code, "member", times=1),) for code in ("five", "ten")}
    rules = [
        rule("five", amount=Fraction(5), group="coupon", limits=once["five"]),
        rule("ten", amount=Fraction(10), group="coupon", limits=once["ten"]),
    ]
    usage = Usage()
    found = [[one.rule.code for one in evaluate(rules, facts(), usage)] for _ in range(3)]
    assert found == [["ten"], ["five"], []]


def test_a_limit_cuts_an_award_to_what_fits() -> None:
    """500 a month with 480 used: 60 become 20, and the next ones nothing."""
    limit = Limit("monthly", "member", "month", amount=500)
    usage = Usage()
    usage.take(limit, owner="ana", day=date(2026, 3, 1), amount=480)
    rules = [rule(amount=Fraction(60), limits=(limit,))]
    [first] = evaluate(rules, facts(member="ana"), usage)
    assert (first.amount, first.uncut, first.limited_by) == (20, 60, limit)
    assert evaluate(rules, facts(member="ana"), usage) == []
    assert evaluate(rules, facts(member="bruno"), usage)[0].amount == 60
    assert evaluate(rules, facts(member="ana", on=date(2026, 4, 1)), usage)[0].amount == 60


def test_a_limit_may_count_times() -> None:
    limit = Limit("twice", "member", "ever", times=2)
    usage, rules = Usage(), [rule(limits=(limit,))]
    assert [len(evaluate(rules, facts(member="ana"), usage)) for _ in range(3)] == [1, 1, 0]


@given(
    base=st.integers(0, 10**9),
    shares=st.lists(st.decimals("0.0001", "999.9999", places=4), max_size=5),
    decimals=st.integers(0, 2),
)
def test_bonuses_never_depend_on_each_other(
    base: int, shares: list[Decimal], decimals: int
) -> None:
    """However many there are and in whatever order they stand, each pays what it pays alone."""
    first = rule(amount=Fraction(base), decimals=decimals)
    bonuses = [percent(f"b{n}", str(share), decimals=decimals) for n, share in enumerate(shares)]
    alone: dict[str, int] = {}
    for bonus in bonuses:
        alone |= paid([first, bonus])
    assert paid([*reversed(bonuses), first]) == (alone or paid([first]))
    exact = {
        f"b{n}": Fraction(base * 10**decimals) * Fraction(share) / 100
        for n, share in enumerate(shares)
    }
    assert all(0 <= exact[code] - alone.get(code, 0) < 1 for code in exact)


CONDITIONS = (
    Condition("location", "in", ("north",)),
    Condition("location", "not_in", ("north",)),
    Condition("attribute", "at_least", (Fraction(5),), attribute="paid"),
    Condition("attribute", "at_most", (Fraction(50),), attribute="paid"),
    Condition("weekday", "in", (6, 7)),
    Condition("tier", "at_least", ("gold",)),
    Condition("tier", "not_in", ("gold",)),
    Condition("first", "in", (True,)),
)


@given(
    rules=st.lists(
        st.builds(
            RuleSpec,
            code=st.uuids().map(str),
            effect=st.just("fixed"),
            amount=st.integers(1, 9).map(Fraction),
            unit=st.just("point"),
            is_bonus=st.booleans(),
            starts_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 30)),
            ends_on=st.none() | st.dates(date(2026, 7, 1), date(2026, 12, 31)),
            conditions=st.lists(st.sampled_from(CONDITIONS), max_size=4).map(tuple),
        ),
        max_size=70,
    ),
    given=st.lists(
        st.builds(
            Facts,
            on=st.dates(date(2025, 12, 1), date(2027, 1, 31)),
            rated_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
            attributes=st.dictionaries(st.just("paid"), st.decimals(0, 99, places=2)),
            location=st.sampled_from(["north", "south", ""]),
            tiers=st.sampled_from([frozenset(), frozenset({"gold"})]),
            tiers_reached=st.sampled_from([frozenset(), frozenset({"gold"})]),
            is_first=st.booleans(),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_rules_that_were_prepared_are_the_rules_that_apply(
    rules: list[RuleSpec], given: list[Facts]
) -> None:
    plan = Plan(rules)
    for one in given:
        assert plan.live(one) == [rule for rule in rules if applies(rule, one)]
        assert evaluate(plan, one) == evaluate(rules, one)
