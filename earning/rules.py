"""The program's rules in the form evaluation wants, compiled once per version."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from earning.evaluation import Condition, RuleSpec
from earning.limits import Limit
from earning.models import Rule, RuleCondition
from program import catalog
from program.catalog import versioned
from program.models import ActivityAttribute, Program


@versioned
def compiled(program: Program) -> dict[str, tuple[RuleSpec, ...]]:
    """Every rule by activity type, in the order in which they are shown."""
    by_type: dict[str, tuple[RuleSpec, ...]] = {}
    for rule in _rows():
        by_type[rule.type_id] = (*by_type.get(rule.type_id, ()), compile_rule(rule, program))
    return by_type


def _rows() -> QuerySet[Rule]:
    return Rule.objects.select_related("unit", "percent_of").prefetch_related(
        "conditions", "limits"
    )


def compile_rule(rule: Rule, program: Program) -> RuleSpec:
    """One rule as evaluation wants it; condition values become typed."""
    return RuleSpec(
        code=rule.code,
        effect=rule.effect,
        amount=Fraction(rule.amount),
        unit=rule.unit_id,
        decimals=rule.unit.decimals,
        rounding=rule.unit.rounding,
        is_bonus=rule.award_class == Rule.Class.BONUS,
        attribute=rule.attribute,
        step=Fraction(rule.step),
        whole_steps=rule.whole_steps,
        above=rule.above,
        up_to=rule.up_to,
        percent_of=rule.percent_of_id or "",
        percent_decimals=rule.percent_of.decimals if rule.percent_of else 0,
        group=rule.group,
        limits=tuple(
            Limit(row.code, row.per, row.period, row.amount, row.times, row.each)
            for row in rule.limits.all()
        ),
        starts_on=rule.starts_on,
        ends_on=rule.ends_on,
        conditions=tuple(_condition(row, rule, program) for row in rule.conditions.all()),
        key=rule,
    )


def _condition(row: RuleCondition, rule: Rule, program: Program) -> Condition:
    values: tuple[Any, ...] = tuple(row.values)
    if row.kind == RuleCondition.Kind.ATTRIBUTE:
        attributes = {a.code: a for a in catalog.of(program).types[rule.type_id].attributes.all()}
        values = tuple(_typed(attributes.get(row.attribute), value) for value in values)
    return Condition(kind=row.kind, operator=row.operator, values=values, attribute=row.attribute)


def _typed(attribute: ActivityAttribute | None, value: Any) -> Any:
    numeric = (
        ActivityAttribute.Kind.INTEGER,
        ActivityAttribute.Kind.DECIMAL,
        ActivityAttribute.Kind.MONEY,
    )
    if attribute is not None and attribute.kind in numeric:
        return Fraction(str(value))
    if attribute is not None and attribute.kind == ActivityAttribute.Kind.DATE:
        return date.fromisoformat(value)
    return value
