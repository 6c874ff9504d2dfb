"""The program's rules in the form evaluation wants, compiled once per version."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from earning.evaluation import Condition, Plan, RuleSpec
from earning.limits import Limit
from earning.models import Rule, RuleCondition
from program import catalog
from program.catalog import versioned
from program.models import ActivityAttribute, Program


@versioned
def compiled(program: Program) -> dict[str, Plan]:
    """Every rule by activity type, in the order in which they are shown."""
    by_type: dict[str, list[RuleSpec]] = {}
    for rule in _rows():
        by_type.setdefault(rule.type_id, []).append(compile_rule(rule, program))
    return {type: Plan(specs) for type, specs in by_type.items()}


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
        counted_by=catalog.of(program).counters.get(rule.unit_id, ()) if rule.is_counted else (),
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


def as_published(
    specs: Iterable[RuleSpec],
    *,
    recorded_at: datetime,
    paid: Collection[uuid.UUID],
    is_same_day: bool,
) -> list[RuleSpec]:
    """The rules as they were when an activity was recorded, which `paid` have paid for.

    What was published later does not count, nor does an end that a later revision brought; what has
    paid counts on, whatever its dates say today, while the day that decides is the same.
    """
    specs, known = list(specs), []
    later = {(spec.code, spec.starts_on) for spec in specs if spec.key.published_at > recorded_at}
    for spec in specs:
        if spec.key.pk in paid and is_same_day:
            known.append(dataclasses.replace(spec, starts_on=None, ends_on=None))
        elif spec.key.pk in paid or spec.key.published_at <= recorded_at:
            is_succeeded = spec.ends_on is not None and (spec.code, spec.ends_on) in later
            known.append(dataclasses.replace(spec, ends_on=None) if is_succeeded else spec)
    return known
