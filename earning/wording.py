"""Rules in words: what a rule pays, as staff and partners read it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from common.text import number
from earning.models import Rule
from program import catalog
from program.models import ActivityAttribute, Program


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
    known = _attribute(rule, program)
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


def _attribute(rule: Rule, program: Program) -> ActivityAttribute | None:
    type = catalog.of(program).types.get(rule.type_id)
    rows = type.attributes.all() if type else []
    return next((row for row in rows if row.code == rule.attribute), None)
