"""What must hold of `evaluate` whatever the rules: the order in which they stand says nothing,
limits hold, nothing is negative, dates are half-open, the same facts earn the same.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from earning.evaluation import Condition, Facts, Outcome, Plan, RuleSpec, evaluate, in_force
from earning.limits import Limit, Usage, period_of

UNITS = ("point", "night")
DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
LIMITS = st.builds(
    Limit,
    code=st.sampled_from(["a", "b", "c"]),
    per=st.sampled_from(["member", "partner", "budget"]),
    period=st.sampled_from(["day", "week", "month", "quarter", "year", "ever"]),
    amount=st.integers(1, 500),
) | st.builds(
    Limit,
    code=st.sampled_from(["d", "e"]),
    per=st.just("member"),
    period=st.sampled_from(["month", "ever"]),
    times=st.integers(1, 3),
)
CONDITIONS = (
    Condition("attribute", "at_least", (Fraction(5),), attribute="paid"),
    Condition("tier", "at_least", ("gold",)),
    Condition("weekday", "in", (6, 7)),
    Condition("first", "in", (True,)),
)


def rules_with(limits: st.SearchStrategy[list[Limit]]) -> st.SearchStrategy[list[RuleSpec]]:
    """Programs of a few rules, each of a code of its own."""
    rates = st.fractions(Fraction(1, 100), 50, max_denominator=100)
    common = {
        "unit": st.sampled_from(UNITS),
        "decimals": st.just(0),
        "rounding": st.sampled_from(["down", "half_up", "up"]),
        "limits": limits.map(tuple),
        "starts_on": st.none() | DAYS,
        "ends_on": st.none() | DAYS,
        "conditions": st.lists(st.sampled_from(CONDITIONS), max_size=2).map(tuple),
        "group": st.sampled_from(["", "", "best"]),
    }
    one = st.one_of(
        st.builds(
            RuleSpec,
            code=st.just("fixed"),
            effect=st.just("fixed"),
            amount=st.integers(1, 300).map(Fraction),
            is_bonus=st.booleans(),
            **common,
        ),
        st.builds(
            RuleSpec,
            code=st.just("per"),
            effect=st.just("per"),
            amount=rates,
            attribute=st.sampled_from(["paid", "nights"]),
            step=st.sampled_from([Fraction(1), Fraction(5), Fraction(1, 2)]),
            whole_steps=st.booleans(),
            is_bonus=st.booleans(),
            **common,
        ),
        st.builds(
            RuleSpec,
            code=st.just("percent"),
            effect=st.just("percent"),
            amount=rates,
            percent_of=st.sampled_from(["", *UNITS]),
            is_bonus=st.just(True),
            **common,
        ),
    )
    return st.lists(one, max_size=8).map(numbered)


def numbered(drawn: list[RuleSpec]) -> list[RuleSpec]:
    """Every rule under a code of its own, and limits of one code alike, as a blueprint has them."""
    first: dict[str, Limit] = {}
    made = []
    for number, rule in enumerate(drawn):
        limits = {limit.code: first.setdefault(limit.code, limit) for limit in rule.limits}
        made.append(
            dataclasses.replace(rule, code=f"{rule.code}-{number}", limits=tuple(limits.values()))
        )
    return made


FREE = rules_with(st.just([]))
LIMITED = rules_with(st.lists(LIMITS, max_size=2))
FACTS = st.builds(
    Facts,
    on=DAYS,
    attributes=st.fixed_dictionaries(
        {},
        optional={"paid": st.decimals(0, 500, places=2), "nights": st.integers(0, 30)},
    ),
    member=st.sampled_from(["ana", "bruno"]),
    partner=st.sampled_from(["till", "web"]),
    tiers_reached=st.sampled_from([frozenset(), frozenset({"gold"})]),
    is_first=st.booleans(),
)


def totals(outcomes: list[Outcome]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in outcomes:
        found[one.rule.unit] += one.amount
    return found


@given(FREE, FACTS, st.integers(0, 2**32))
def test_the_order_in_which_rules_stand_says_nothing(
    rules: list[RuleSpec], facts: Facts, seed: int
) -> None:
    mixed = Random(seed).sample(rules, len(rules))
    one, other = evaluate(rules, facts), evaluate(mixed, facts)
    assert totals(one) == totals(other)
    alone = [rule for rule in rules if not rule.group]  # of equals in a group the first stays
    mixed = [rule for rule in mixed if not rule.group]
    paid = {out.rule.code: out.amount for out in evaluate(alone, facts)}
    assert paid == {out.rule.code: out.amount for out in evaluate(mixed, facts)}


@given(LIMITED, st.lists(FACTS, max_size=12))
def test_limits_hold_and_nothing_is_negative(rules: list[RuleSpec], given: list[Facts]) -> None:
    usage, unlimited = Usage(), [dataclasses.replace(rule, limits=()) for rule in rules]
    used: Counter[tuple[Limit, str, tuple[int, ...]]] = Counter()
    times: Counter[tuple[Limit, str, tuple[int, ...]]] = Counter()
    for facts in given:
        free = [out.rule for out in evaluate(unlimited, facts)]
        codes, groups = {rule.code for rule in free}, {rule.group for rule in free} - {""}
        for out in evaluate(rules, facts, usage):
            assert out.amount > 0
            assert out.uncut is None or out.amount < out.uncut
            assert (out.uncut or out.amount) >= out.amount
            # of a group another pays where the best is used up
            assert out.rule.code in codes or out.rule.group in groups
            for limit in out.rule.limits:
                owner = {"member": facts.member, "partner": facts.partner}.get(limit.per, "")
                key = (limit, owner, period_of(limit.period, facts.on))
                used[key] += out.amount
                times[key] += 1
    assert all(amount <= (key[0].amount or amount) for key, amount in used.items())
    assert all(count <= (key[0].times or count) for key, count in times.items())


@given(LIMITED, st.lists(FACTS, max_size=6))
def test_the_same_facts_earn_the_same(rules: list[RuleSpec], given: list[Facts]) -> None:
    plan = Plan(rules)
    one, other, prepared = Usage(), Usage(), Usage()
    for facts in given:
        paid = evaluate(rules, facts, one)
        assert paid == evaluate(rules, facts, other)
        assert paid == evaluate(plan, facts, prepared)
    assert one.taken == other.taken == prepared.taken


@given(st.none() | DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_dates_of_force_are_half_open(
    starts_on: date | None, ends_on: date | None, day: date, rated_on: date | None
) -> None:
    rule = RuleSpec(
        "r", "fixed", Fraction(3), "point", starts_on=starts_on, ends_on=ends_on, step=Fraction(1)
    )
    decides = rated_on or day
    begun = starts_on is None or starts_on <= decides
    is_on = begun and (ends_on is None or decides < ends_on)
    assert in_force(rule, decides) == is_on
    facts = Facts(on=day, rated_on=rated_on, attributes={"paid": Decimal(1)})
    assert [out.amount for out in evaluate([rule], facts)] == [3] * is_on
    both = [rule, RuleSpec("next", "fixed", Fraction(3), "point", starts_on=ends_on)]
    if starts_on is not None and ends_on is not None and starts_on < ends_on:
        paid = len(evaluate(both, facts))
        assert paid == (decides >= starts_on), "one follows the other without a gap or an overlap"
