"""The sentence behind every award: the arithmetic, in the program's language, complete and never
glued from pieces.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.text import number
from earning.evaluation import Outcome
from earning.limits import Limit
from earning.models import Rule
from points.wording import in_units
from program.models import ActivityAttribute, ActivityType, Program, Unit


def explain(outcome: Outcome, *, unit: Unit, type: ActivityType, program: Program) -> str:
    """The whole sentence of an award, with what a limit left of it where one cut it; of what only
    counts, that it does.
    """
    if outcome.rule.counts:
        words = {"rule": outcome.rule.key.name, "amount": in_units(outcome.amount, unit)}
        return _("%(rule)s: %(amount)s counted") % words
    if outcome.limited_by is None:
        return _arithmetic(outcome, unit=unit, type=type, program=program)
    uncut = dataclasses.replace(outcome, amount=outcome.uncut or 0, limited_by=None)
    return _("%(sentence)s, of which %(amount)s fit within %(limit)s") % {
        "sentence": _arithmetic(uncut, unit=unit, type=type, program=program),
        "amount": in_units(outcome.amount, unit),
        "limit": _limit(outcome.limited_by, unit),
    }


def _limit(limit: Limit, unit: Unit) -> str:
    """A limit in words: `500 points a month`, `2 times a year`."""
    if limit.amount is not None:
        most = in_units(limit.amount, unit)
    else:
        most = ngettext("%(times)s time", "%(times)s times", limit.times or 0) % {
            "times": number(limit.times or 0)
        }
    if limit.per == "activity":
        return _("%(most)s for one activity") % {"most": most}
    return {
        "day": _("%(most)s a day"),
        "week": _("%(most)s a week"),
        "month": _("%(most)s a month"),
        "quarter": _("%(most)s a quarter"),
        "year": _("%(most)s a year"),
        "ever": _("%(most)s in all"),
    }[limit.period] % {"most": most}


def _arithmetic(outcome: Outcome, *, unit: Unit, type: ActivityType, program: Program) -> str:
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
            "percent": _rate(rule.amount),
            "base": in_units(outcome.base or 0, rule.percent_of or unit),
            "amount": amount,
        }
    words = {
        "rule": rule.name,
        "quantity": _quantity(outcome, type, program),
        "rate": _rate(rule.amount),
        "step": _rate(rule.step),
        "amount": amount,
    }
    if rule.up_to is not None or rule.above:
        return _in_band(outcome, words, type, program)
    if rule.step == 1:
        return _("%(rule)s: %(quantity)s × %(rate)s = %(amount)s") % words
    return _("%(rule)s: %(quantity)s, %(rate)s for every %(step)s = %(amount)s") % words


def _in_band(outcome: Outcome, words: dict[str, str], type: ActivityType, program: Program) -> str:
    """Only a part of the quantity counted: `EUR 80.00, of which EUR 30.00 × 2 = 60 points`."""
    counted = dataclasses.replace(outcome, quantity=outcome.counted)
    words = words | {"part": _quantity(counted, type, program)}
    if outcome.rule.step == 1:
        return _("%(rule)s: %(quantity)s, of which %(part)s × %(rate)s = %(amount)s") % words
    return (
        _("%(rule)s: %(quantity)s, of which %(part)s, %(rate)s for every %(step)s = %(amount)s")
        % words
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Changed:
    """What a correction of one rule is about: the attributes before and after, and what is left
    that the rule pays.
    """

    rule: Rule
    unit: Unit
    type: ActivityType
    program: Program
    kind: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    left: int = 0
    tiers: tuple[str, ...] = ()
    offer: str = ""


def correction(amount: int, changed: Changed) -> str:
    """Why a rule takes back (below zero) or gives more: `Points: 7 nights became 5 nights, 20
    points taken back`.
    """
    words = {
        "rule": changed.rule.name,
        "amount": in_units(abs(amount), changed.unit),
        "left": in_units(changed.left, changed.unit),
        "tier": ", ".join(changed.tiers),
        "offer": changed.offer,
    }
    if changed.offer and amount > 0:
        return _("%(rule)s: %(offer)s was activated, %(amount)s more") % words
    if changed.kind == "review" and amount > 0:
        return _("%(rule)s: you were %(tier)s already on this day, %(amount)s more") % words
    if changed.kind == "cancel":
        return _("%(rule)s: cancelled, %(amount)s taken back") % words
    before, after = (_said(said, changed) for said in (changed.before, changed.after))
    if before and after and before != after:
        words |= {"before": before, "after": after}
        if amount > 0:
            return _("%(rule)s: %(before)s became %(after)s, %(amount)s more") % words
        return _("%(rule)s: %(before)s became %(after)s, %(amount)s taken back") % words
    if amount > 0:
        return _("%(rule)s: now %(left)s, %(amount)s more") % words
    return _("%(rule)s: now %(left)s, %(amount)s taken back") % words


def _said(said: Mapping[str, Any], changed: Changed) -> str:
    """The quantity that a rule counts, in words; empty where it counts none."""
    quantity = said.get(changed.rule.attribute)
    if quantity is None:
        return ""
    return _counted(quantity, changed.rule.attribute, changed.type, changed.program)


def _quantity(outcome: Outcome, type: ActivityType, program: Program) -> str:
    return _counted(outcome.quantity or 0, outcome.rule.attribute, type, program)


def _counted(quantity: Decimal | int, code: str, type: ActivityType, program: Program) -> str:
    attribute = type.told[code]
    if attribute.kind == ActivityAttribute.Kind.MONEY:
        return f"{program.currency} {Decimal(quantity):,.2f}"
    noun = attribute.singular if quantity == 1 else attribute.plural
    return f"{number(quantity)} {noun}".strip()


@functools.lru_cache(maxsize=1024)  # the few rates and steps of the rules, for every award
def _rate(value: Decimal) -> str:
    return number(value.normalize())


@functools.lru_cache(maxsize=1024)
def _plain(value: Decimal) -> str:
    return str(value.normalize())


def inputs(outcome: Outcome) -> dict[str, Any]:
    """What the amount was computed from, to be stored with the award."""
    rule: Rule = outcome.rule.key
    stored: dict[str, Any] = {"rate": _plain(rule.amount), "revision": rule.revision}
    if outcome.quantity is not None:
        stored |= {
            "attribute": rule.attribute,
            "quantity": str(outcome.quantity),
            "step": _plain(rule.step),
        }
    if outcome.base is not None:
        stored |= {"base": outcome.base, "of": rule.percent_of_id or rule.unit_id}
    if outcome.limited_by is not None:
        stored |= {"limit": outcome.limited_by.code, "uncut": outcome.uncut}
    return stored
