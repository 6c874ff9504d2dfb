"""Earning rules in plain sentences, and why an activity earned nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common import clock
from common.text import number
from desk import conditions
from earning import rules
from earning.evaluation import Facts, RuleSpec, applies, holds
from earning.models import Activity, Rule, UnclaimedActivity
from program import attributes, catalog
from program.models import ActivityAttribute, ActivityType, Program

TOLD = (
    "attribute",
    "partner",
    "location",
    "weekday",
    "month",
    "month_day",
    "hour",
)  # what an activity tells of itself


def pays(rule: Rule, *, program: Program) -> str:
    """`10 points for every 1 of Room revenue`, `5% of the base, in points`."""
    rate, unit = number(rule.amount.normalize()), rule.unit
    name = unit.singular if rule.amount == 1 else unit.plural
    if rule.effect == Rule.Effect.FIXED:
        return f"{rate} {name}"
    if rule.effect == Rule.Effect.PERCENT and rule.percent_of_id:
        words = {"rate": rate, "units": unit.plural, "base": rule.percent_of.plural}  # type: ignore[union-attr]
        return _("%(units)s: %(rate)s%% of the %(base)s") % words
    if rule.effect == Rule.Effect.PERCENT:
        return _("%(rate)s%% more %(units)s") % {"rate": rate, "units": unit.plural}
    known = conditions.attribute_of(rule.type_id, rule.attribute, program=program)
    words = {
        "rate": rate,
        "unit": name,
        "step": _quantity(rule.step, known, program),
        "above": _quantity(rule.above, known, program),
        "attribute": known.name.lower() if known else rule.attribute,
    }
    if rule.up_to is not None:
        words["up_to"] = _quantity(rule.up_to, known, program)
        return (
            _(
                "%(rate)s %(unit)s for every %(step)s of %(attribute)s between %(above)s and "
                "%(up_to)s"
            )
            % words
        )
    if rule.above:
        return _("%(rate)s %(unit)s for every %(step)s of %(attribute)s above %(above)s") % words
    return _("%(rate)s %(unit)s for every %(step)s of %(attribute)s") % words


def _quantity(value: Decimal, attribute: ActivityAttribute | None, program: Program) -> str:
    if attribute is not None and attribute.kind == ActivityAttribute.Kind.MONEY:
        return f"{program.currency} {number(value.normalize())}"
    return number(value.normalize())


def when(rule: Rule, *, program: Program) -> str:
    """All conditions in one sentence; a dash when there are none."""
    rows = [conditions.sentence(row, rule=rule, program=program) for row in rule.conditions.all()]
    return _(" and ").join(rows) or _("always")


def facts_in_words(
    type: ActivityType | None, values: Mapping[str, Any], *, program: Program
) -> str:
    """The attributes of an activity on one line: `Stayed · 7 nights · Suite · EUR 700.00`."""
    rows = type.attributes.all() if type else []
    return " · ".join(word for row in rows if (word := _fact(row, values.get(row.code), program)))


def _fact(attribute: ActivityAttribute, value: Any, program: Program) -> str:
    if value is None or value is False:
        return ""
    kind = ActivityAttribute.Kind
    if attribute.kind == kind.BOOLEAN:
        return attribute.name
    if attribute.kind == kind.CHOICE:
        return str(attribute.choices.get(value, value))
    if attribute.kind == kind.MONEY:
        return f"{program.currency} {value}"
    if attribute.kind in (kind.INTEGER, kind.DECIMAL) and attribute.plural:
        return f"{value} {attribute.singular if str(value) == '1' else attribute.plural}"
    return f"{attribute.name} {value}"


def why_nothing(activity: Activity | UnclaimedActivity, *, program: Program) -> str:
    """Why no rule paid for an activity: what rules ask for and the activity is not.

    Percentages are left out: they add to a base.
    """
    type = catalog.of(program).types.get(activity.type_id)
    facts = _facts(activity, type, program)
    specs = rules.compiled(program).get(activity.type_id, ())
    specs = tuple(rule for rule in specs if rule.effect != "percent")
    if not specs:
        return _("No rule pays for this kind of activity.")
    live = [rule for rule in specs if applies(replace(rule, conditions=()), facts)]
    if not live:
        return _("No rule was in force on that day.")
    asked = [_unmet(rule, facts, program) for rule in live]
    if not all(asked):
        return _("A rule applied, and the amount came to nothing.")
    fewest = min(map(len, asked))  # what comes nearest says most
    sentences = sorted({sentence for unmet in asked if len(unmet) == fewest for sentence in unmet})
    return _("Rules ask that %(conditions)s.") % {"conditions": _(" or that ").join(sentences)}


def _facts(
    activity: Activity | UnclaimedActivity, type: ActivityType | None, program: Program
) -> Facts:
    values = _values(activity, type)
    rated_on = values.get(type.rated_by) if type else None
    return Facts(
        on=clock.local_date(activity.occurred_at, program.time_zone),
        attributes=values,
        rated_on=rated_on if isinstance(rated_on, date) else None,
        partner=activity.partner_id,
        location=activity.location.code if activity.location else "",
        hour=activity.occurred_at.astimezone(ZoneInfo(program.time_zone)).hour,
    )


def _values(activity: Activity | UnclaimedActivity, type: ActivityType | None) -> dict[str, Any]:
    """The typed attributes; as stored where the type has narrowed since."""
    try:
        return attributes.typed(type, activity.attributes) if type else {}
    except ValueError:
        return dict(activity.attributes)


def _unmet(rule: RuleSpec, facts: Facts, program: Program) -> list[str]:
    """The conditions that do not hold; if all on the activity do, those on the member."""
    rows = list(zip(rule.conditions, rule.key.conditions.all(), strict=True))
    told = [
        row for condition, row in rows if condition.kind in TOLD and not holds(condition, facts)
    ]
    told = told or [row for condition, row in rows if condition.kind not in TOLD]
    return [conditions.sentence(row, rule=rule.key, program=program) for row in told]
