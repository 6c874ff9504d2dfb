"""The part of a blueprint that describes earning rules.

What has paid is succeeded, never edited.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec

from common import clock
from earning import conditions, revisions
from earning.conditions import NUMERIC, WhenTable
from earning.revisions import Wording
from program import catalog
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid
from program.models import Unit
from program.sections import (
    AttributeCode,
    Code,
    Name,
    positive,
    require_code,
    smallest,
    unique,
)


class PerTable(Table):
    attribute: str
    amount: Decimal
    step: Decimal = Decimal(1)
    whole_steps: bool = False
    above: Decimal = Decimal(0)
    up_to: Decimal | None = None

    def __post_init__(self) -> None:
        positive(self, "amount", "step", "up_to")
        if self.above < 0:
            raise ValueError("above is zero or more")
        if self.above:
            positive(self, "above")
        if self.up_to is not None and self.up_to <= self.above:
            raise ValueError("up_to is more than above: what lies between them pays")


class RuleExpiryTable(Table):
    """How what a rule pays ends: exactly one of months, days, on, never."""

    months: Annotated[int, msgspec.Meta(ge=0, le=600)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=20000)] | None = None
    on: date | None = None
    never: bool = False
    round_to: Literal["day", "month", "quarter", "year"] = "day"

    def __post_init__(self) -> None:
        counted = (self.months is not None) + (self.days is not None)
        if counted + (self.on is not None) + self.never != 1:
            raise ValueError("give exactly one of months, days, on or never")
        if self.round_to != "day" and not counted:
            raise ValueError("round_to goes with months or days")

    @property
    def kind(self) -> str:
        if self.never or self.on is not None:
            return "never" if self.never else "on"
        return "months" if self.months is not None else "days"


class LimitTable(Table):
    """At most so much, or so often. Rules that give one code share the limit."""

    per: Literal["activity", "member", "partner", "budget"]
    period: Literal["day", "week", "month", "quarter", "year", "ever"] = "ever"
    amount: Decimal | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    code: Code | None = None
    each: AttributeCode | None = None

    def __post_init__(self) -> None:
        positive(self, "amount")
        if (self.amount is None) == (self.times is None):
            raise ValueError("give either amount or times")
        if self.per == "activity" and (self.period != "ever" or self.times is not None):
            raise ValueError("a limit for one activity is an amount and has no period")
        if self.per == "activity" and self.each is not None:
            raise ValueError("one activity has one of each: leave out each, or limit the member")


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
    expiry: RuleExpiryTable | None = None
    counted: bool = True
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
                conditions=[conditions.columns(when, place=table.code) for when in table.when],
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
    for limit in table.limit:
        _check_each(limit, place, attributes)
    unique((_code(limit, table) for limit in table.limit), place=f'rule]] "{table.code}", [[limit')
    units = {unit.code: unit for unit in blueprint.unit}
    if table.expiry is not None and units[table.unit].kind == "counter":
        raise BlueprintInvalid(f"in {place}: a counter never ends. Leave out expiry.")
    if table.from_ and table.until and table.until <= table.from_:
        raise BlueprintInvalid(
            f"in {place}: until is the first day on which it no longer pays, so it lies after from."
        )
    for when in table.when:
        conditions.check(when, place=place, attributes=attributes, blueprint=blueprint)


def _check_each(limit: LimitTable, place: str, attributes: dict[str, Any]) -> None:
    """Refuse to count for each of something that is not told, or that hardly ever is the same."""
    if limit.each is None:
        return
    countable = [code for code, one in attributes.items() if one.type not in ("decimal", "money")]
    known = [*countable, "location", "partner"]
    require_code(limit.each, known, place=f"{place}, limit, each")


def _check_base(table: RuleTable, place: str, blueprint: Any) -> None:
    if table.of is None:
        return
    require_code(table.of, [unit.code for unit in blueprint.unit], place=f"{place}, of")
    if table.percent is None:
        raise BlueprintInvalid(f"in {place}: of goes with percent, and names the unit it is of.")


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
        "above": table.per.above if table.per else Decimal(0),
        "up_to": table.per.up_to if table.per else None,
        "group": table.group or "",
        "percent_of_id": table.of,
        "is_counted": table.counted,
        **_expiry(table.expiry),
    }


def _expiry(table: RuleExpiryTable | None) -> dict[str, Any]:
    """How what it pays ends, as columns."""
    if table is None:
        table = RuleExpiryTable(never=True)
        return _expiry(table) | {"expiry": ""}
    return {
        "expiry": table.kind,
        "expiry_count": table.days if table.months is None else table.months,
        "expiry_round_to": Unit.RoundTo(table.round_to),
        "expiry_on": table.on,
    }


def _code(limit: LimitTable, table: RuleTable) -> str:
    """By what a limit is known: those of one code share one counter."""
    return limit.code or "-".join((table.code, limit.per, limit.period))


def _limits(table: RuleTable, blueprint: Any) -> list[dict[str, Any]]:
    """The limits of a rule as columns; amounts in the unit's smallest part."""
    decimals = next(unit.decimals for unit in blueprint.unit if unit.code == table.unit)
    return [
        {
            "code": _code(limit, table),
            "per": limit.per,
            "period": limit.period,
            "amount": None
            if limit.amount is None
            else smallest(limit.amount, decimals, place=f'[[rule]] "{table.code}", limit, amount'),
            "times": limit.times,
            "each": limit.each or "",
        }
        for limit in table.limit
    ]


def install() -> None:
    """Register the sections of this app."""
    from earning import exports

    register(Section("rule", list[RuleTable], _apply, exports.rules))
