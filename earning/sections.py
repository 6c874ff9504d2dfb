"""The part of a blueprint that describes earning rules.

What has paid is succeeded, never edited.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec

from common import clock
from earning import revisions
from earning.models import Milestone
from earning.revisions import Wording
from program import catalog, toml
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid
from program.sections import (
    Code,
    Name,
    positive,
    quoted,
    reordered,
    require_code,
    smallest,
    unique,
    upsert,
)

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


class LimitTable(Table):
    """At most so much, or so often. Rules that give one code share the limit."""

    per: Literal["activity", "member", "partner", "budget"]
    period: Literal["day", "week", "month", "quarter", "year", "ever"] = "ever"
    amount: Decimal | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    code: Code | None = None

    def __post_init__(self) -> None:
        positive(self, "amount")
        if (self.amount is None) == (self.times is None):
            raise ValueError("give either amount or times")
        if self.per == "activity" and (self.period != "ever" or self.times is not None):
            raise ValueError("a limit for one activity is an amount and has no period")


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
    from_hour: Annotated[int, msgspec.Meta(ge=0, le=23)] | None = None
    to_hour: Annotated[int, msgspec.Meta(ge=0, le=23)] | None = None
    segment: list[Code] | None = None
    not_segment: list[Code] | None = None
    birthday: Literal["day", "week", "month"] | None = None
    first: bool | None = None
    member_for_months: Annotated[int, msgspec.Meta(ge=0)] | None = None
    member_up_to_months: Annotated[int, msgspec.Meta(ge=0)] | None = None


class RuleTable(Table):
    code: Code
    name: Name
    activity: Code
    unit: Code
    class_: Literal["base", "bonus"] = msgspec.field(default="base", name="class")
    fixed: Decimal | None = None
    per: PerTable | None = None
    percent: Decimal | None = None
    of: Code | None = None
    group: Code | None = None
    limit: list[LimitTable] = []
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
    for position, versions in enumerate(by_code.values()):
        versions.sort(key=lambda one: one.from_ or date.min)
        _check_succession(versions)
        for table in versions:
            wording = Wording(
                code=table.code,
                starts_on=table.from_,
                ends_on=table.until,
                columns=_columns(table) | {"position": position},
                conditions=[_condition(when, table.code) for when in table.when],
                limits=_limits(table, blueprint),
            )
            starts = {other.from_ for other in versions if other.from_ and other is not table}
            changes += revisions.store(wording, others=starts, today=today)
        starts = {version.from_ for version in versions if version.from_}
        if len(starts) == len(versions):
            changes += revisions.end_dropped(versions[0].code, kept=starts, today=today)
    return changes + revisions.end_missing(set(by_code), today=today)


def _check_succession(versions: list[RuleTable]) -> None:
    """Versions of one rule, in order of time, do not overlap: else an activity would pay twice."""
    for one, following in pairwise(versions):
        if following.from_ is None or one.until is None or one.until > following.from_:
            raise BlueprintInvalid(
                f'in [[rule]] "{one.code}": the code is given twice for the same days. Use another '
                'code, or give the first an "until" that is the "from" of the second.'
            )


def _check(table: RuleTable, blueprint: Any) -> None:
    place = f'[[rule]] "{table.code}"'
    types = {one.code: one for one in blueprint.activity_type}
    require_code(table.activity, types, place=f"{place}, activity")
    require_code(table.unit, [unit.code for unit in blueprint.unit], place=f"{place}, unit")
    if sum(effect is not None for effect in (table.fixed, table.per, table.percent)) != 1:
        raise BlueprintInvalid(f"in {place}: give exactly one of fixed, per or percent.")
    _check_base(table, place, blueprint)
    if table.percent is not None and table.class_ != "bonus" and table.of is None:
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


def _check_base(table: RuleTable, place: str, blueprint: Any) -> None:
    if table.of is None:
        return
    require_code(table.of, [unit.code for unit in blueprint.unit], place=f"{place}, of")
    if table.percent is None:
        raise BlueprintInvalid(f"in {place}: of goes with percent, and names the unit it is of.")


def _check_when(when: WhenTable, place: str, attributes: dict[str, Any], blueprint: Any) -> None:
    tiers = [tier.code for ladder in blueprint.ladder for tier in ladder.tier]
    for code in [*(when.tier or []), *([when.tier_at_least] if when.tier_at_least else [])]:
        require_code(code, tiers, place=f"{place}, when, tier")
    for code in [*(when.segment or []), *(when.not_segment or [])]:
        segments = [segment.code for segment in blueprint.segment]
        require_code(code, segments, place=f"{place}, when, segment")
    for code in when.partner or []:
        require_code(code, [one.code for one in blueprint.partner], place=f"{place}, when, partner")
    for code in when.location or []:
        places = [location.code for one in blueprint.partner for location in one.location]
        require_code(code, places, place=f"{place}, when, location")
    if when.attribute is not None:
        require_code(when.attribute, attributes, place=f"{place}, when, attribute")
        _check_values(when, f"{place}, when", attributes[when.attribute])
    _condition(when, place)


def _check_values(when: WhenTable, place: str, attribute: Any) -> None:
    """Refuse values that the attribute can never have: they would never be met, or break."""
    bounds = [bound for bound in (when.at_least, when.at_most) if bound is not None]
    if bounds and attribute.type not in NUMERIC:
        raise BlueprintInvalid(
            f'in {place}: at_least and at_most compare numbers, and "{when.attribute}" is none.'
        )
    for value in [*(_one(when.is_) or []), *(when.in_ or []), *(when.not_in or [])]:
        problem = _problem(value, attribute)
        if problem:
            raise BlueprintInvalid(f'in {place}: "{value}" is not {problem}.')


def _problem(value: Any, attribute: Any) -> str:
    """What `value` should have been for the attribute; empty when it fits."""
    if attribute.type == "choice":
        return "" if value in attribute.choices else f"one of {quoted(attribute.choices)}"
    if attribute.type == "boolean":
        return "" if isinstance(value, bool) else "true or false"
    if attribute.type in NUMERIC:
        return "" if _is_number(value) else "a number"
    if not isinstance(value, str):
        return "a text; put it in quotes"
    if attribute.type == "date":
        return "" if _is_day(value) else "a day; write it like 2026-03-31"
    return ""


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _condition(when: WhenTable, place: str) -> dict[str, Any]:
    """The one condition a table states, as columns."""
    ways: list[tuple[str, str, list[Any] | None]] = [
        ("tier", "in", when.tier),
        ("tier", "at_least", _one(when.tier_at_least)),
        ("partner", "in", when.partner),
        ("location", "in", when.location),
        ("weekday", "in", [WEEKDAYS[day] for day in when.weekday] if when.weekday else None),
        ("hour", "at_least", _one(when.from_hour)),
        ("hour", "at_most", _one(when.to_hour)),
        ("segment", "in", when.segment),
        ("segment", "not_in", when.not_segment),
        ("birthday", "in", _one(when.birthday)),
        ("first", "in", _one(when.first)),
        ("membership_months", "at_least", _one(when.member_for_months)),
        ("membership_months", "at_most", _one(when.member_up_to_months)),
        ("attribute", "in", _one(when.is_)),
        ("attribute", "in", when.in_),
        ("attribute", "not_in", when.not_in),
        ("attribute", "at_least", _one(when.at_least)),
        ("attribute", "at_most", _one(when.at_most)),
    ]
    given = [way for way in ways if way[2]]
    if len(given) != 1 or (given[0][0] == "attribute") != (when.attribute is not None):
        raise BlueprintInvalid(
            f"in {place}, when: state one condition a table, for instance "
            '{ attribute = "nights", at_least = 7 } or { tier = ["gold"] }.'
        )
    kind, operator, values = given[0]
    plain = [_plain(value) for value in values or []]
    return {"kind": kind, "operator": operator, "values": plain, "attribute": when.attribute or ""}


def _plain(value: Any) -> Any:
    """A value as it is stored, the same however it was written: 7 for 7.0, "7.5" for 7.50."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else toml.number(value)


def _one(value: Any) -> list[Any] | None:
    return None if value is None else [value]


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
        "group": table.group or "",
        "percent_of_id": table.of,
    }


def _limits(table: RuleTable, blueprint: Any) -> list[dict[str, Any]]:
    """The limits of a rule as columns; amounts in the unit's smallest part."""
    decimals = next(unit.decimals for unit in blueprint.unit if unit.code == table.unit)
    return [
        {
            "code": limit.code or "-".join((table.code, limit.per, limit.period)),
            "per": limit.per,
            "period": limit.period,
            "amount": None
            if limit.amount is None
            else smallest(limit.amount, decimals, place=f'[[rule]] "{table.code}", limit, amount'),
            "times": limit.times,
        }
        for limit in table.limit
    ]


class PaysTable(Table):
    unit: Code
    amount: Decimal

    def __post_init__(self) -> None:
        positive(self, "amount")


class MilestoneTable(Table):
    """A mark on a counter that pays when it is passed.

    What it pays may be spent on rewards of its own.
    """

    code: Code
    name: Name
    counter: Code
    at: Decimal
    pays: PaysTable
    every: Decimal | None = None
    window: Literal["lifetime", "year"] = "lifetime"
    per: Literal["member", "household"] = "member"

    def __post_init__(self) -> None:
        positive(self, "at", "every")


def _apply_milestones(tables: list[MilestoneTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="milestone")
    units = {unit.code: unit for unit in blueprint.unit}
    counters = [code for code, unit in units.items() if unit.kind == "counter"]
    changes = reordered(Milestone.objects.all(), codes, what="milestones")
    for position, table in enumerate(tables):
        place = f'[[milestone]] "{table.code}"'
        require_code(table.counter, counters, place=f"{place}, counter")
        require_code(table.pays.unit, units, place=f"{place}, pays, unit")
        counted = units[table.counter].decimals
        values = {
            "name": table.name,
            "counter_id": table.counter,
            "at": smallest(table.at, counted, place=f"{place}, at"),
            "every": None
            if table.every is None
            else smallest(table.every, counted, place=f"{place}, every"),
            "window": table.window,
            "per": table.per,
            "unit_id": table.pays.unit,
            "amount": smallest(
                table.pays.amount, units[table.pays.unit].decimals, place=f"{place}, pays"
            ),
            "is_active": True,
            "position": position,
        }
        match = {"code": table.code}
        changes += upsert(Milestone, match, values, label=f"Milestone {table.name}")[1]
    gone = Milestone.objects.filter(is_active=True).exclude(code__in=[t.code for t in tables])
    changes += [f"Milestone {milestone.name} no longer pays." for milestone in gone]
    gone.update(is_active=False)
    return changes


def install() -> None:
    """Register the sections of this app."""
    from earning import exports

    register(
        Section("rule", list[RuleTable], _apply, exports.rules),
        Section("milestone", list[MilestoneTable], _apply_milestones, exports.milestones),
    )
