"""Conditions of a rule as a blueprint states them: checked against the program, and as columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import msgspec

from program import toml
from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.sections import Code, quoted, require_code

Value = bool | int | str
WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
DATED = ("weekday", "month", "month_day")  # of the activity, or of a day that it tells
NUMERIC = ("integer", "decimal", "money")


class WhenTable(Table):
    """One condition: an attribute with one comparison, or one of the other keys."""

    attribute: str | None = None
    is_: Value | None = msgspec.field(default=None, name="is")
    in_: list[Value] | None = msgspec.field(default=None, name="in")
    not_in: list[Value] | None = None
    at_least: int | Decimal | None = None
    at_most: int | Decimal | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    tier: list[Code] | None = None
    tier_at_least: Code | None = None
    not_tier: list[Code] | None = None
    partner: list[Code] | None = None
    not_partner: list[Code] | None = None
    location: list[Code] | None = None
    not_location: list[Code] | None = None
    weekday: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] | None = None
    month: list[Annotated[int, msgspec.Meta(ge=1, le=12)]] | None = None
    month_day: list[Annotated[int, msgspec.Meta(ge=1, le=31)]] | None = None
    from_hour: Annotated[int, msgspec.Meta(ge=0, le=23)] | None = None
    to_hour: Annotated[int, msgspec.Meta(ge=0, le=23)] | None = None
    segment: list[Code] | None = None
    not_segment: list[Code] | None = None
    plan: list[Code] | None = None
    not_plan: list[Code] | None = None
    offer: list[Code] | None = None
    not_offer: list[Code] | None = None
    birthday: Literal["day", "week", "month"] | None = None
    age_at_least: Annotated[int, msgspec.Meta(ge=0, le=150)] | None = None
    age_at_most: Annotated[int, msgspec.Meta(ge=0, le=150)] | None = None
    first: bool | None = None
    member_for_months: Annotated[int, msgspec.Meta(ge=0)] | None = None
    member_up_to_months: Annotated[int, msgspec.Meta(ge=0)] | None = None


def check(when: WhenTable, *, place: str, attributes: dict[str, Any], blueprint: Any) -> None:
    """Refuse a condition that names what the program does not have, or that can never be met."""
    tiers = [tier.code for ladder in blueprint.ladder for tier in ladder.tier]
    named = [*(when.tier or []), *(when.not_tier or []), *(_one(when.tier_at_least) or [])]
    for code in named:
        require_code(code, tiers, place=f"{place}, when, tier")
    for code in [*(when.segment or []), *(when.not_segment or [])]:
        segments = [segment.code for segment in blueprint.segment]
        require_code(code, segments, place=f"{place}, when, segment")
    for code in [*(when.plan or []), *(when.not_plan or [])]:
        plans = [plan.code for plan in blueprint.plan]
        require_code(code, plans, place=f"{place}, when, plan")
    for code in [*(when.offer or []), *(when.not_offer or [])]:
        offers = [offer.code for offer in blueprint.offer]
        require_code(code, offers, place=f"{place}, when, offer")
    for code in [*(when.partner or []), *(when.not_partner or [])]:
        require_code(code, [one.code for one in blueprint.partner], place=f"{place}, when, partner")
    for code in [*(when.location or []), *(when.not_location or [])]:
        places = [location.code for one in blueprint.partner for location in one.location]
        require_code(code, places, place=f"{place}, when, location")
    if when.attribute is not None:
        require_code(when.attribute, attributes, place=f"{place}, when, attribute")
        _check_values(when, f"{place}, when", attributes[when.attribute])
    columns(when, place=place)


def _check_values(when: WhenTable, place: str, attribute: Any) -> None:
    """Refuse values that the attribute can never have: they would never be met, or break."""
    bounds = [bound for bound in (when.at_least, when.at_most) if bound is not None]
    if bounds and attribute.type not in NUMERIC:
        raise BlueprintInvalid(
            f'in {place}: at_least and at_most compare numbers, and "{when.attribute}" is none.'
        )
    if (when.from_ or when.until) and attribute.type != "date":
        raise BlueprintInvalid(
            f'in {place}: from and until compare days, and "{when.attribute}" is none.'
        )
    if (when.weekday or when.month or when.month_day) and attribute.type != "date":
        raise BlueprintInvalid(
            f'in {place}: weekday, month and month_day are those of a day, and "{when.attribute}" '
            "is none. Without attribute they are those of the activity."
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


def columns(when: WhenTable, *, place: str) -> dict[str, Any]:
    """The one condition a table states, as columns."""
    ways: list[tuple[str, str, list[Any] | None]] = [
        ("tier", "in", when.tier),
        ("tier", "at_least", _one(when.tier_at_least)),
        ("tier", "not_in", when.not_tier),
        ("partner", "in", when.partner),
        ("partner", "not_in", when.not_partner),
        ("location", "in", when.location),
        ("location", "not_in", when.not_location),
        ("weekday", "in", [WEEKDAYS[day] for day in when.weekday] if when.weekday else None),
        ("month", "in", when.month),
        ("month_day", "in", when.month_day),
        ("hour", "at_least", _one(when.from_hour)),
        ("hour", "at_most", _one(when.to_hour)),
        ("segment", "in", when.segment),
        ("segment", "not_in", when.not_segment),
        ("plan", "in", when.plan),
        ("plan", "not_in", when.not_plan),
        ("offer", "in", when.offer),
        ("offer", "not_in", when.not_offer),
        ("birthday", "in", _one(when.birthday)),
        ("age", "at_least", _one(when.age_at_least)),
        ("age", "at_most", _one(when.age_at_most)),
        ("first", "in", _one(when.first)),
        ("membership_months", "at_least", _one(when.member_for_months)),
        ("membership_months", "at_most", _one(when.member_up_to_months)),
        ("attribute", "in", _one(when.is_)),
        ("attribute", "in", when.in_),
        ("attribute", "not_in", when.not_in),
        ("attribute", "at_least", _one(when.at_least)),
        ("attribute", "at_most", _one(when.at_most)),
        ("attribute", "at_least", _one(when.from_)),
        ("attribute", "before", _one(when.until)),
    ]
    given = [way for way in ways if way[2]]
    named = when.attribute is not None
    if len(given) != 1 or (
        (given[0][0] == "attribute") != named and not (named and given[0][0] in DATED)
    ):
        raise BlueprintInvalid(
            f"in {place}, when: state one condition a table, for instance "
            '{ attribute = "nights", at_least = 7 } or { tier = ["gold"] }.'
        )
    kind, operator, values = given[0]
    plain = [_plain(value) for value in values or []]
    return {"kind": kind, "operator": operator, "values": plain, "attribute": when.attribute or ""}


def _plain(value: Any) -> Any:
    """A value as it is stored, the same however it was written: 7 for 7.0, "7.5" for 7.50."""
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else toml.number(value)


def _one(value: Any) -> list[Any] | None:
    return None if value is None else [value]
