"""The part of a blueprint that describes earning rules.

What has paid is succeeded, never edited.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from common import clock
from earning.models import Award, Rule, RuleCondition
from program import catalog
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid, HistoryProtected
from program.sections import Code, Text, positive, quoted, require_code

Value = bool | int | str
WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
NUMERIC = ("integer", "decimal", "money")


class PerTable(Table):
    attribute: str
    amount: Decimal
    step: Decimal = Decimal(1)
    whole_steps: bool = False

    def __post_init__(self) -> None:
        positive(self, "amount", "step")


class WhenTable(Table):
    """One condition.

    Either an attribute with one comparison, or one of tier, partner, location, weekday.
    """

    attribute: str | None = None
    is_: Value | None = msgspec.field(default=None, name="is")
    in_: list[Value] | None = msgspec.field(default=None, name="in")
    not_in: list[Value] | None = None
    at_least: int | Decimal | None = None
    at_most: int | Decimal | None = None
    tier: list[Code] | None = None
    tier_at_least: Code | None = None
    partner: list[Code] | None = None
    location: list[Code] | None = None
    weekday: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] | None = None


class RuleTable(Table):
    code: Code
    name: Text
    activity: Code
    unit: Code
    class_: Literal["base", "bonus"] = msgspec.field(default="base", name="class")
    fixed: Decimal | None = None
    per: PerTable | None = None
    percent: Decimal | None = None
    when: list[WhenTable] = []
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    def __post_init__(self) -> None:
        positive(self, "fixed", "percent")


def _apply(tables: list[RuleTable], blueprint: Any) -> list[str]:
    today = clock.local_date(clock.now(), catalog.current().time_zone)
    by_code: dict[str, list[RuleTable]] = {}
    for table in tables:
        _check(table, blueprint)
        by_code.setdefault(table.code, []).append(table)
    changes = []
    order = {code: position for position, code in enumerate(by_code)}
    for code, versions in by_code.items():
        for table in sorted(versions, key=lambda one: one.from_ or date.min):
            changes += _store(table, position=order[code], today=today)
    return changes + _end(set(by_code), today)


def _check(table: RuleTable, blueprint: Any) -> None:
    place = f'[[rule]] "{table.code}"'
    types = {one.code: one for one in blueprint.activity_type}
    require_code(table.activity, types, place=f"{place}, activity")
    require_code(table.unit, [unit.code for unit in blueprint.unit], place=f"{place}, unit")
    if sum(effect is not None for effect in (table.fixed, table.per, table.percent)) != 1:
        raise BlueprintInvalid(f"in {place}: give exactly one of fixed, per or percent.")
    if table.percent is not None and table.class_ != "bonus":
        raise BlueprintInvalid(
            f'in {place}: a percentage is a bonus on the base. Write class = "bonus".'
        )
    attributes = {one.code: one for one in types[table.activity].attribute}
    if table.per is not None:
        numeric = [code for code, one in attributes.items() if one.type in NUMERIC]
        require_code(table.per.attribute, numeric, place=f"{place}, per, attribute")
    if table.from_ and table.until and table.until <= table.from_:
        raise BlueprintInvalid(
            f"in {place}: until is the first day on which it no longer pays, so it lies after from."
        )
    for when in table.when:
        _check_when(when, place, attributes, blueprint)


def _check_when(when: WhenTable, place: str, attributes: dict[str, Any], blueprint: Any) -> None:
    tiers = [tier.code for ladder in blueprint.ladder for tier in ladder.tier]
    for code in [*(when.tier or []), *([when.tier_at_least] if when.tier_at_least else [])]:
        require_code(code, tiers, place=f"{place}, when, tier")
    for code in when.partner or []:
        require_code(code, [one.code for one in blueprint.partner], place=f"{place}, when, partner")
    for code in when.location or []:
        places = [location.code for one in blueprint.partner for location in one.location]
        require_code(code, places, place=f"{place}, when, location")
    if when.attribute is not None:
        require_code(when.attribute, attributes, place=f"{place}, when, attribute")
        choices = attributes[when.attribute].choices
        for value in [
            *([when.is_] if when.is_ is not None else []),
            *(when.in_ or []),
            *(when.not_in or []),
        ]:
            if choices and value not in choices:
                raise BlueprintInvalid(
                    f'in {place}, when: "{value}" is not one of {quoted(choices)}.'
                )
    _condition(when, place)


def _condition(when: WhenTable, place: str) -> dict[str, Any]:
    """The one condition a table states, as columns."""
    ways: list[tuple[str, str, list[Any] | None]] = [
        ("tier", "in", when.tier),
        ("tier", "at_least", [when.tier_at_least] if when.tier_at_least else None),
        ("partner", "in", when.partner),
        ("location", "in", when.location),
        ("weekday", "in", [WEEKDAYS[day] for day in when.weekday] if when.weekday else None),
        ("attribute", "in", [when.is_] if when.is_ is not None else when.in_),
        ("attribute", "not_in", when.not_in),
        ("attribute", "at_least", [when.at_least] if when.at_least is not None else None),
        ("attribute", "at_most", [when.at_most] if when.at_most is not None else None),
    ]
    given = [way for way in ways if way[2]]
    if len(given) != 1 or (given[0][0] == "attribute") != (when.attribute is not None):
        raise BlueprintInvalid(
            f"in {place}, when: state one condition a table, for instance "
            '{ attribute = "nights", at_least = 7 } or { tier = ["gold"] }.'
        )
    kind, operator, values = given[0]
    plain = [str(value) if isinstance(value, Decimal) else value for value in values or []]
    return {"kind": kind, "operator": operator, "values": plain, "attribute": when.attribute or ""}


def _columns(table: RuleTable) -> dict[str, Any]:
    effect, amount = next(
        (name, value)
        for name, value in (
            ("fixed", table.fixed),
            ("per", table.per and table.per.amount),
            ("percent", table.percent),
        )
        if value is not None
    )
    return {
        "name": table.name,
        "type_id": table.activity,
        "unit_id": table.unit,
        "award_class": table.class_,
        "effect": effect,
        "amount": amount,
        "attribute": table.per.attribute if table.per else "",
        "step": table.per.step if table.per else Decimal(1),
        "whole_steps": bool(table.per and table.per.whole_steps),
        "ends_on": table.until,
    }


def _store(table: RuleTable, *, position: int, today: date) -> list[str]:
    columns = _columns(table)
    conditions = [_condition(when, table.code) for when in table.when]
    rows = Rule.objects.filter(code=table.code).order_by("revision")
    match = rows.filter(starts_on=table.from_).first() if table.from_ else rows.last()
    if match is not None and _says(match, columns, conditions):
        Rule.objects.filter(pk=match.pk).exclude(position=position).update(position=position)
        return []
    if match is None:
        _insert(
            table.code,
            columns,
            conditions,
            revision=_next(table.code),
            starts_on=table.from_,
            position=position,
        )
        return [f"Rule {table.name} was added."]
    starts_on = match.starts_on
    if Award.objects.filter(rule=match).exists():
        starts_on = _succeed(match, table, today)
        revision = _next(table.code)
    else:
        revision = match.revision
        match.delete()
    _insert(
        table.code, columns, conditions, revision=revision, starts_on=starts_on, position=position
    )
    return [
        (
            f"Rule {table.name} changed; revision {revision} is in force from "
            f"{starts_on or 'the beginning'}."
        )
    ]


def _succeed(match: Rule, table: RuleTable, today: date) -> date:
    """End a revision that has paid, today, and say from when its successor is in force."""
    if match.starts_on is not None and match.starts_on >= today:
        raise HistoryProtected(
            f'in [[rule]] "{table.code}": today\'s revision has paid already. Give the change '
            'a later "from".'
        )
    if table.from_ is not None:
        raise HistoryProtected(
            f'in [[rule]] "{table.code}": it has paid from {table.from_}. Keep it, give it an '
            '"until", '
            "and add a second table with the same code and a later from."
        )
    Rule.objects.filter(pk=match.pk).update(ends_on=today)
    return today


def _end(kept: set[str], today: date) -> list[str]:
    """Rules that are no longer in the blueprint stop today; those that never paid go."""
    changes = []
    for rule in Rule.objects.exclude(code__in=kept).filter(ends_on__isnull=True):
        if Award.objects.filter(rule=rule).exists() and (
            rule.starts_on is None or rule.starts_on < today
        ):
            Rule.objects.filter(pk=rule.pk).update(ends_on=today)
            changes.append(f"Rule {rule.name} ends today.")
        else:
            rule.delete()
            changes.append(f"Rule {rule.name} was removed.")
    return changes


def _next(code: str) -> int:
    last = Rule.objects.filter(code=code).order_by("revision").last()
    return last.revision + 1 if last else 1


def _insert(
    code: str, columns: dict[str, Any], conditions: list[dict[str, Any]], **fields: Any
) -> None:
    rule = Rule.objects.create(code=code, **columns, **fields)
    RuleCondition.objects.bulk_create(
        RuleCondition(rule=rule, **condition) for condition in conditions
    )


def _says(rule: Rule, columns: dict[str, Any], conditions: list[dict[str, Any]]) -> bool:
    """Whether a stored revision says the same as the blueprint."""
    stored = [
        {"kind": c.kind, "operator": c.operator, "values": c.values, "attribute": c.attribute}
        for c in rule.conditions.all()
    ]
    return (
        all(getattr(rule, name) == value for name, value in columns.items())
        and stored == conditions
    )


def install() -> None:
    """Register the sections of this app."""
    register(Section("rule", list[RuleTable], _apply))
