"""Evaluation: which rules pay for an activity, and how much. Pure Python: no database, no clock, no
framework.

The order is fixed: base awards, then fixed and per-unit bonuses, then percentages of the base of
the same unit. Bonuses never multiply each other. Arithmetic is exact; each award is rounded once,
the way its unit says.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """One test on the facts.

    `kind` is attribute, tier, partner, location or weekday; a tier's `at_least` names ranks.
    """

    kind: str
    operator: str
    values: tuple[Any, ...]
    attribute: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule revision.

    `amount` is in whole units (fixed), per `step` of `attribute` (per), or a percentage of the
    base.
    """

    code: str
    effect: str
    amount: Fraction
    unit: str
    decimals: int = 0
    rounding: str = "down"
    is_bonus: bool = False
    attribute: str = ""
    step: Fraction = Fraction(1)
    whole_steps: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    conditions: tuple[Condition, ...] = ()
    key: Any = None  # what the caller knows the rule by


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """All that rules may look at.

    `tiers` are the codes held before the activity, with every code at or below them.
    """

    on: date
    attributes: Mapping[str, Any]
    partner: str = ""
    location: str = ""
    tiers: frozenset[str] = frozenset()
    tiers_reached: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule pays: the amount in the unit's smallest part, and the quantity and base it was
    computed from.
    """

    rule: RuleSpec
    amount: int
    quantity: Decimal | int | None = None
    base: int | None = None


def evaluate(rules: Sequence[RuleSpec], facts: Facts) -> list[Outcome]:
    """What the rules pay for an activity with these facts, in the fixed order; rules that pay
    nothing are left out.
    """
    live = [rule for rule in rules if applies(rule, facts)]
    outcomes = [
        _simple(rule, facts) for rule in live if rule.effect != "percent" and not rule.is_bonus
    ]
    base: dict[str, int] = {}
    for outcome in outcomes:
        base[outcome.rule.unit] = base.get(outcome.rule.unit, 0) + outcome.amount
    outcomes += [
        _simple(rule, facts) for rule in live if rule.effect != "percent" and rule.is_bonus
    ]
    outcomes += [
        _percent(rule, base.get(rule.unit, 0)) for rule in live if rule.effect == "percent"
    ]
    return [outcome for outcome in outcomes if outcome.amount > 0]


def applies(rule: RuleSpec, facts: Facts) -> bool:
    """Whether the rule is in force on the activity's day and all its conditions hold."""
    if rule.starts_on is not None and facts.on < rule.starts_on:
        return False
    if rule.ends_on is not None and facts.on >= rule.ends_on:
        return False
    return all(holds(condition, facts) for condition in rule.conditions)


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether one condition holds.

    An attribute that was not given meets no condition, not even a negative one.
    """
    if condition.kind == "tier":
        held = facts.tiers_reached if condition.operator == "at_least" else facts.tiers
        is_held = any(code in held for code in condition.values)
        return not is_held if condition.operator == "not_in" else is_held
    value = _fact(condition, facts)
    if value is None:
        return False
    if condition.operator == "in":
        return value in condition.values
    if condition.operator == "not_in":
        return value not in condition.values
    limit = condition.values[0]
    return bool(value >= limit if condition.operator == "at_least" else value <= limit)


def _fact(condition: Condition, facts: Facts) -> Any:
    if condition.kind == "attribute":
        return facts.attributes.get(condition.attribute)
    return {"partner": facts.partner, "location": facts.location, "weekday": facts.on.isoweekday()}[
        condition.kind
    ]


def _simple(rule: RuleSpec, facts: Facts) -> Outcome:
    if rule.effect == "fixed":
        return Outcome(rule, rounded(rule.amount, rule))
    quantity = facts.attributes.get(rule.attribute)
    if quantity is None or isinstance(quantity, bool) or not isinstance(quantity, int | Decimal):
        return Outcome(rule, 0)
    steps = Fraction(quantity) / rule.step
    if rule.whole_steps:
        steps = Fraction(math.floor(steps))
    return Outcome(rule, rounded(steps * rule.amount, rule), quantity=quantity)


def _percent(rule: RuleSpec, base: int) -> Outcome:
    exact = Fraction(base, 10**rule.decimals) * rule.amount / 100
    return Outcome(rule, rounded(exact, rule), base=base)


def rounded(exact: Fraction, rule: RuleSpec) -> int:
    """An exact amount of whole units in the unit's smallest part, rounded once, as the unit says.

    Never below zero.
    """
    parts = max(Fraction(0), exact) * 10**rule.decimals
    if rule.rounding == "up":
        return math.ceil(parts)
    if rule.rounding == "half_up":
        return math.floor(parts + Fraction(1, 2))
    return math.floor(parts)
