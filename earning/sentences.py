"""The sentence behind every award: the arithmetic, in the program's language, complete and never
glued from pieces.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.text import number, scaled
from earning.evaluation import Outcome
from earning.models import Rule
from program.models import ActivityAttribute, ActivityType, Program, Unit


def explain(outcome: Outcome, *, unit: Unit, type: ActivityType, program: Program) -> str:
    """For instance `Suite: 7 nights × 1 = 7 nights`, or `Sloop bonus: 10% of 5,250 points = 525
    points`.
    """
    rule: Rule = outcome.rule.key
    amount = in_units(outcome.amount, unit)
    if rule.effect == Rule.Effect.FIXED:
        return _("%(rule)s: %(amount)s") % {"rule": rule.name, "amount": amount}
    if rule.effect == Rule.Effect.PERCENT:
        return _("%(rule)s: %(percent)s%% of %(base)s = %(amount)s") % {
            "rule": rule.name,
            "percent": number(rule.amount.normalize()),
            "base": in_units(outcome.base or 0, unit),
            "amount": amount,
        }
    words = {
        "rule": rule.name,
        "quantity": _quantity(outcome, type, program),
        "rate": number(rule.amount.normalize()),
        "step": number(rule.step.normalize()),
        "amount": amount,
    }
    if rule.step == 1:
        return _("%(rule)s: %(quantity)s × %(rate)s = %(amount)s") % words
    return _("%(rule)s: %(quantity)s, %(rate)s for every %(step)s = %(amount)s") % words


def in_units(amount: int, unit: Unit) -> str:
    """An amount with its unit in the right number: `1 night`, `5,250 points`."""
    value = scaled(amount, unit.decimals)
    return f"{number(value)} {unit.singular if value == 1 else unit.plural}"


def _quantity(outcome: Outcome, type: ActivityType, program: Program) -> str:
    attribute = next(a for a in type.attributes.all() if a.code == outcome.rule.attribute)
    quantity = outcome.quantity or 0
    if attribute.kind == ActivityAttribute.Kind.MONEY:
        return f"{program.currency} {Decimal(quantity):,.2f}"
    noun = attribute.singular if quantity == 1 else attribute.plural
    return f"{number(quantity)} {noun}".strip()


def inputs(outcome: Outcome) -> dict[str, Any]:
    """What the amount was computed from, to be stored with the award."""
    rule: Rule = outcome.rule.key
    stored: dict[str, Any] = {"rate": str(rule.amount.normalize()), "revision": rule.revision}
    if outcome.quantity is not None:
        stored |= {
            "attribute": rule.attribute,
            "quantity": str(outcome.quantity),
            "step": str(rule.step.normalize()),
        }
    if outcome.base is not None:
        stored["base"] = outcome.base
    return stored
