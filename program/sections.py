"""The lowest part of a blueprint: the program itself, its units, partners and activity types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from django.db import models

from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import (
    HOLD_CEILING,
    ActivityAttribute,
    ActivityType,
    Location,
    Partner,
    Program,
    notice_days,
)

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
AttributeCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Color = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
UNIT_COLUMNS = ("kind", "singular", "plural", "decimals", "rounding")
DIGITS = 8  # before the point: rates, prices and thresholds of any program that was ever published
FRACTION = 4  # digits after the point that a rate is kept with
M = TypeVar("M", bound=models.Model)


class BrandTable(Table):
    accent: Color
    ink: Color
    paper: Color
    logo: Annotated[str, msgspec.Meta(max_length=120)] = ""


class HoldTable(Table):
    """How long an open cart or till holds points: usually, and at most."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=HOLD_CEILING)] = 15
    at_most: Annotated[int, msgspec.Meta(ge=1, le=HOLD_CEILING)] = 60

    def __post_init__(self) -> None:
        if self.minutes > self.at_most:
            raise ValueError("minutes is not above at_most")


class HouseholdsTable(Table):
    """How many people a household has, and whether they may spend from each other's points."""

    at_most: Annotated[int, msgspec.Meta(ge=2, le=100)] = 8
    pooling: bool = False


class ProgramTable(Table):
    code: Code
    name: Name
    business: Name
    time_zone: str
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
    brand: BrandTable
    tagline: Annotated[str, msgspec.Meta(max_length=160)] = ""
    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[a-z]{2,4})?$")] = "en"
    support_email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    hold: HoldTable = msgspec.field(default_factory=HoldTable)
    household: HouseholdsTable = msgspec.field(default_factory=HouseholdsTable)
    expiry_notices: list[Annotated[int, msgspec.Meta(ge=1, le=3650)]] = msgspec.field(
        default_factory=notice_days
    )


class LocationTable(Table):
    code: Code
    name: Name


class PartnerTable(Table):
    code: Code
    name: Name
    location: list[LocationTable] = []


class AttributeTable(Table):
    code: AttributeCode
    name: Title
    type: Literal["integer", "decimal", "money", "text", "choice", "boolean", "date"]
    singular: Annotated[str, msgspec.Meta(max_length=40)] = ""
    plural: Annotated[str, msgspec.Meta(max_length=40)] = ""
    required: bool = True
    least: Decimal | None = None
    most: Decimal | None = None
    choices: dict[str, str] = {}


class ActivityTypeTable(Table):
    code: Code
    name: Title
    plural: Title
    attribute: list[AttributeTable] = []
    rated_by: AttributeCode | None = None
    begins_by: AttributeCode | None = None
    claim_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None


def upsert(
    model: type[M], match: Mapping[str, Any], values: Mapping[str, Any], *, label: str
) -> tuple[M, list[str]]:
    """Make the row found by `match` say `values`.

    Returns it with at most one sentence about what changed.
    """
    row = model._default_manager.filter(**match).first()
    if row is None:
        return model._default_manager.create(**match, **values), [f"{label} was added."]
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    told = [name for name in changed if name != "position"]  # `reordered` tells of that
    return row, [f"{label} changed: {', '.join(told)}."] if told else []


def reordered(known: models.QuerySet[Any], codes: Sequence[str], *, what: str) -> list[str]:
    """One sentence where what is listed stands in another order than before; ask before writing."""
    before = [code for code in known.values_list("code", flat=True) if code in codes]
    after = [code for code in codes if code in before]
    return [f"The order of {what} changed."] if before != after else []


def positive(table: Table, *names: str) -> None:
    """Refuse amounts that are not above nothing or are too large to be right; for a table's
    `__post_init__`.
    """
    for name in names:
        amount = getattr(table, name)
        if amount is not None and not (
            amount.is_finite() and amount > 0 and amount.adjusted() < DIGITS
        ):
            raise ValueError(
                f"{name} is a number above 0, with at most {DIGITS} digits before the point"
            )
        if amount is not None and amount != round(amount, FRACTION):
            raise ValueError(f"{name} has at most {FRACTION} digits after the point")


def smallest(amount: Decimal, decimals: int, *, place: str) -> int:
    """An amount in its unit's smallest part. Refuses one with more decimals, or below zero."""
    parts = amount.scaleb(decimals)
    if parts != parts.to_integral_value() or parts < 0:
        raise BlueprintInvalid(f"in {place}: {amount} is negative or too fine for its unit.")
    return int(parts)


def unique(codes: Iterable[str], *, place: str) -> None:
    """Refuse a code that is given twice."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise BlueprintInvalid(
                f'in [[{place}]]: the code "{code}" is given twice. Codes are unique.'
            )
        seen.add(code)


def _apply_program(table: ProgramTable, blueprint: Any) -> list[str]:
    try:
        ZoneInfo(table.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BlueprintInvalid(
            f'in program, time_zone: "{table.time_zone}" is not a time zone. Use a name like '
            '"Europe/Lisbon".'
        ) from error
    existing = Program.objects.first()
    if existing is not None and existing.code != table.code:
        raise HistoryProtected(
            f'This deployment runs the program "{existing.code}". One deployment is one program: '
            f'apply "{table.code}" to a deployment of its own.'
        )
    values = {
        name: getattr(table, name)
        for name in ("name", "business", "time_zone", "currency", "tagline", "language")
    }
    brand = {f"brand_{name}": getattr(table.brand, name) for name in ("accent", "ink", "paper")}
    values |= brand | {
        "logo": table.brand.logo,
        "support_email": table.support_email,
        "code": table.code,
        "hold_minutes": table.hold.minutes,
        "hold_minutes_most": table.hold.at_most,
        "household_size": table.household.at_most,
        "is_pooling": table.household.pooling,
        "expiry_notices": sorted(set(table.expiry_notices), reverse=True),
    }
    return upsert(Program, {"id": 1}, values, label=f"Program {table.name}")[1]


def _apply_partners(tables: list[PartnerTable], blueprint: Any) -> list[str]:
    unique((table.code for table in tables), place="partner")
    changes = []
    for table in tables:
        values = {"name": table.name, "is_active": True}
        partner, changed = upsert(
            Partner, {"code": table.code}, values, label=f"Partner {table.name}"
        )
        changes += changed
        unique((place.code for place in table.location), place="partner.location")
        for place in table.location:
            match = {"partner": partner, "code": place.code}
            changes += upsert(
                Location, match, {"name": place.name}, label=f"Location {place.name}"
            )[1]
    gone = Partner.objects.filter(is_active=True).exclude(code__in=[table.code for table in tables])
    changes += [f"Partner {partner.name} is no longer active." for partner in gone]
    gone.update(is_active=False)
    return changes


def _apply_types(tables: list[ActivityTypeTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="activity_type")
    changes = reordered(ActivityType.objects.all(), codes, what="activity types")
    for position, table in enumerate(tables):
        for key in ("rated_by", "begins_by"):
            dates = [one.code for one in table.attribute if one.type == "date"]
            if getattr(table, key):
                place = f'[[activity_type]] "{table.code}", {key}'
                require_code(getattr(table, key), dates, place=place)
        values = {
            "name": table.name,
            "plural": table.plural,
            "claim_days": table.claim_days,
            "rated_by": table.rated_by or "",
            "begins_by": table.begins_by or "",
            "position": position,
        }
        type, changed = upsert(
            ActivityType, {"code": table.code}, values, label=f"Activity {table.name}"
        )
        changes += changed + _apply_attributes(type, table)
    return changes


def _apply_attributes(type: ActivityType, table: ActivityTypeTable) -> list[str]:
    codes = [one.code for one in table.attribute]
    unique(codes, place="activity_type.attribute")
    changes = reordered(type.attributes.all(), codes, what=f"what is told of a {table.name}")
    for position, one in enumerate(table.attribute):
        if one.type == "choice" and not one.choices:
            raise BlueprintInvalid(
                f'in [[activity_type]] "{table.code}", attribute "{one.code}": a choice needs '
                "choices."
            )
        if one.least is not None and one.most is not None and one.least > one.most:
            raise BlueprintInvalid(
                f'in [[activity_type]] "{table.code}", attribute "{one.code}": least is above most.'
            )
        match = {"type": type, "code": one.code}
        existing = ActivityAttribute.objects.filter(**match).first()
        if existing and existing.kind != one.type:
            raise HistoryProtected(
                f'in [[activity_type]] "{table.code}", attribute "{one.code}": its type is '
                "for life. Add a new attribute."
            )
        values = {
            name: getattr(one, name)
            for name in ("name", "singular", "plural", "least", "most", "choices")
        }
        values |= {"kind": one.type, "is_required": one.required, "position": position}
        changes += upsert(ActivityAttribute, match, values, label=f"{table.name}, {one.name}")[1]
    gone = ActivityAttribute.objects.filter(type=type).exclude(
        code__in=[one.code for one in table.attribute]
    )
    changes += [f"{table.name}, {attribute.name} was removed." for attribute in gone]
    gone.delete()
    return changes


def quoted(codes: Iterable[str]) -> str:
    """Codes as a list a person can read: "a", "b"."""
    return ", ".join(f'"{code}"' for code in codes)


def require_code(code: str, known: Iterable[str], *, place: str) -> None:
    """Refuse a reference to something the blueprint does not define."""
    options = list(known)
    if code not in options:
        raise BlueprintInvalid(f'in {place}: there is no "{code}". Use one of {quoted(options)}.')


def install() -> None:
    """Register the sections of this app."""
    from program import exports, units

    register(
        Section("program", ProgramTable, _apply_program, exports.program, is_required=True),
        Section("unit", list[units.UnitTable], units.apply, exports.units),
        Section("partner", list[PartnerTable], _apply_partners, exports.partners),
        Section("activity_type", list[ActivityTypeTable], _apply_types, exports.activity_types),
    )
