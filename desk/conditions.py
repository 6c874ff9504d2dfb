"""Conditions of a rule as a marketer writes and reads them; the database keeps typed values in
JSON.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from earning import offering
from earning.conditions import DATED
from earning.models import Rule, RuleCondition
from members.models import Segment
from plans import terms
from program import catalog
from program.models import ActivityAttribute, ActivityType, Program
from tiers import standing
from tiers.models import Tier

Kind = RuleCondition.Kind
Operator = RuleCondition.Operator
NUMERIC = (
    ActivityAttribute.Kind.INTEGER,
    ActivityAttribute.Kind.DECIMAL,
    ActivityAttribute.Kind.MONEY,
)
COUNTED: dict[str, tuple[int, int]] = {  # kinds that are a whole number, from when to when
    Kind.HOUR: (0, 23),
    Kind.MONTH: (1, 12),
    Kind.MONTH_DAY: (1, 31),
    Kind.AGE: (0, 150),
    Kind.MEMBERSHIP_MONTHS: (0, 1200),
}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPANS = ("day", "week", "month")  # how near a birthday is
YES, NO = ("yes", "true"), ("no", "false")


def written(condition: RuleCondition) -> str:
    """The values as they are typed into the form: separated by commas."""
    return ", ".join(_typed(condition.kind, value) for value in condition.values)


def _typed(kind: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind == Kind.WEEKDAY and isinstance(value, int) and 1 <= value <= 7:
        return DAYS[value - 1]
    return str(value)


def read(
    text: str, *, kind: str, operator: str, attribute: str, type: ActivityType, program: Program
) -> list[Any]:
    """What was typed as the values that are stored.

    Raises ValidationError that says what could be written instead.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ValidationError(_("Say what it is compared with."))
    if operator in (Operator.AT_LEAST, Operator.AT_MOST, Operator.BEFORE) and len(parts) > 1:
        raise ValidationError(_("“At least”, “at most” and “before” compare with one value."))
    if kind == Kind.ATTRIBUTE:
        known = _attribute(attribute, type)
        return [_value(part, known, operator) for part in parts]
    if kind in DATED and attribute:
        known = _attribute(attribute, type)
        if known.kind != ActivityAttribute.Kind.DATE:
            raise ValidationError(_("%(name)s is not a day.") % {"name": known.name})
    if kind in COUNTED:
        return [_count(part, *COUNTED[kind]) for part in parts]
    if kind == Kind.WEEKDAY:
        parts = [part[:3] for part in parts]
    options = _options(kind, program)
    return [_known(part, options) for part in parts]


def _options(kind: str, program: Program) -> dict[str, Any]:
    """The words that may be written for a kind, with what is stored for each."""
    known = catalog.of(program)
    if kind == Kind.TIER:
        rungs = tiers(program)
        return {tier.code: tier.code for tier in rungs} | {tier.name: tier.code for tier in rungs}
    if kind == Kind.PLAN:
        return {code: code for code in terms.plans(program)}
    if kind == Kind.OFFER:
        return {one.code: one.code for one in offering.offers(program).values()}
    if kind == Kind.SEGMENT:
        return {code: code for code in Segment.objects.values_list("code", flat=True)}
    words: dict[str, dict[str, Any]] = {
        Kind.WEEKDAY: {day: number for number, day in enumerate(DAYS, start=1)},
        Kind.PARTNER: {code: code for code in known.partners},
        Kind.LOCATION: {code: code for _partner, code in known.locations},
        Kind.BIRTHDAY: {span: span for span in SPANS},
        Kind.FIRST: {"yes": True, "no": False},
    }
    return words[kind]


def _count(part: str, least: int, most: int) -> int:
    if not (part.isascii() and part.isdigit() and least <= int(part) <= most):
        raise ValidationError(
            _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        )
    return int(part)


def tiers(program: Program) -> list[Tier]:
    """All tiers of all ladders, from memory."""
    return [tier for ladder in standing.ladders(program) for tier in ladder.rungs]  # type: ignore[attr-defined]


def _known(part: str, options: dict[str, Any]) -> Any:
    for word, value in options.items():
        if word.lower() == part.lower():
            return value
    raise ValidationError(
        _("There is no “%(part)s”. Use one of: %(options)s.")
        % {"part": part, "options": ", ".join(options)}
    )


def _attribute(code: str, type: ActivityType) -> ActivityAttribute:
    for attribute in type.attributes.all():
        if attribute.code == code:
            return attribute
    raise ValidationError(_("%(type)s has no such attribute.") % {"type": type.name})


def _value(part: str, attribute: ActivityAttribute, operator: str) -> Any:
    if attribute.kind == ActivityAttribute.Kind.DATE and operator != Operator.AT_MOST:
        return _day(part)
    if operator == Operator.BEFORE:
        raise ValidationError(
            _("%(name)s is not a day, so nothing is before it.") % {"name": attribute.name}
        )
    if attribute.kind in NUMERIC:
        return _number(part)
    if operator in (Operator.AT_LEAST, Operator.AT_MOST):
        raise ValidationError(
            _("%(name)s is not a number, so it is one of some values or none.")
            % {"name": attribute.name}
        )
    if attribute.kind == ActivityAttribute.Kind.BOOLEAN:
        if part.lower() not in YES + NO:
            raise ValidationError(_("%(name)s is yes or no.") % {"name": attribute.name})
        return part.lower() in YES
    if attribute.kind == ActivityAttribute.Kind.CHOICE:
        words = {str(label): code for code, label in attribute.choices.items()}
        return _known(part, {code: code for code in attribute.choices} | words)
    return part


def _day(part: str) -> str:
    try:
        return date.fromisoformat(part).isoformat()
    except ValueError:
        raise ValidationError(
            _("“%(part)s” is not a day. Write it like 2026-03-31.") % {"part": part}
        ) from None


def _number(part: str) -> int | str:
    try:
        number = Decimal(part)
    except InvalidOperation:
        raise ValidationError(_("“%(part)s” is not a number.") % {"part": part}) from None
    if not number.is_finite() or number.adjusted() >= 12:
        raise ValidationError(_("“%(part)s” is too large.") % {"part": part})
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")


def sentence(condition: RuleCondition, *, rule: Rule, program: Program) -> str:
    """`Outcome is Stayed`, `tier is at least Ketch`."""
    return _("%(what)s %(operator)s %(values)s") % {
        "what": _subject(condition, rule=rule, program=program),
        "operator": _("is") if _is_plain(condition) else condition.get_operator_display(),
        "values": ", ".join(
            _shown(condition, value, rule=rule, program=program) for value in condition.values
        ),
    }


def _is_plain(condition: RuleCondition) -> bool:
    return condition.operator == Operator.IN and len(condition.values) == 1


def _subject(condition: RuleCondition, *, rule: Rule, program: Program) -> str:
    if not condition.attribute:
        return condition.get_kind_display()
    known = attribute_of(rule.type_id, condition.attribute, program=program)
    name = known.name if known else condition.attribute
    if condition.kind == Kind.ATTRIBUTE:
        return name
    return _("%(attribute)s: %(kind)s") % {
        "attribute": name,
        "kind": condition.get_kind_display(),
    }


def _shown(condition: RuleCondition, value: Any, *, rule: Rule, program: Program) -> str:
    if condition.kind == Kind.TIER:
        return next((tier.name for tier in tiers(program) if tier.code == value), str(value))
    if condition.kind == Kind.OFFER:
        offer = offering.offers(program).get(value)
        return offer.name if offer else str(value)
    if condition.kind == Kind.ATTRIBUTE:
        known = attribute_of(rule.type_id, condition.attribute, program=program)
        if known is not None and known.choices:
            return str(known.choices.get(value, value))
    return _typed(condition.kind, value)


def attribute_of(type: str, code: str, *, program: Program) -> ActivityAttribute | None:
    """An attribute by its type's and its own code, from memory."""
    known = catalog.of(program).types.get(type)
    rows = known.attributes.all() if known else []
    return next((row for row in rows if row.code == code), None)
