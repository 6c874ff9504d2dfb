"""The lowest part of a blueprint: the program itself, its units, partners and activity types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from django.db import models

from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import ActivityAttribute, ActivityType, Location, Partner, Program, Unit

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
AttributeCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
Color = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
DIGITS = 8  # before the point: rates, prices and thresholds of any program that was ever published
M = TypeVar("M", bound=models.Model)


class BrandTable(Table):
    accent: Color
    ink: Color
    paper: Color
    logo: str = ""


class ProgramTable(Table):
    code: Code
    name: Text
    business: Text
    time_zone: str
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
    brand: BrandTable
    tagline: str = ""
    language: str = "en"
    support_email: str = ""


class ExpiryTable(Table):
    months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=20000)] | None = None
    round_to: Literal["day", "month", "quarter", "year"] = "day"


class UnitTable(Table):
    code: Code
    kind: Literal["spendable", "counter"]
    singular: Text
    plural: Text
    decimals: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0
    rounding: Literal["down", "half_up", "up"] = "down"
    expiry: ExpiryTable | None = None
    default: bool = False


class LocationTable(Table):
    code: Code
    name: Text


class PartnerTable(Table):
    code: Code
    name: Text
    location: list[LocationTable] = []


class AttributeTable(Table):
    code: AttributeCode
    name: Text
    type: Literal["integer", "decimal", "money", "text", "choice", "boolean", "date"]
    singular: str = ""
    plural: str = ""
    required: bool = True
    least: Decimal | None = None
    most: Decimal | None = None
    choices: dict[str, str] = {}


class ActivityTypeTable(Table):
    code: Code
    name: Text
    plural: Text
    attribute: list[AttributeTable] = []
    rated_by: AttributeCode | None = None
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
    return row, [f"{label} changed: {', '.join(changed)}."] if changed else []


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
    }
    return upsert(Program, {"id": 1}, values, label=f"Program {table.name}")[1]


def _apply_units(tables: list[UnitTable], blueprint: Any) -> list[str]:
    unique((table.code for table in tables), place="unit")
    if not any(table.kind == "spendable" for table in tables):
        raise BlueprintInvalid(
            "in [[unit]]: a program needs at least one unit of the kind spendable."
        )
    changes = []
    for position, table in enumerate(tables):
        existing = Unit.objects.filter(code=table.code).first()
        if existing and (existing.kind, existing.decimals) != (table.kind, table.decimals):
            raise HistoryProtected(
                f'in [[unit]] "{table.code}": kind and decimals of a unit are for life. Add a '
                "new unit instead."
            )
        values = {
            name: getattr(table, name)
            for name in ("kind", "singular", "plural", "decimals", "rounding")
        }
        values |= _expiry(table) | {"is_default": table.default, "position": position}
        changes += upsert(Unit, {"code": table.code}, values, label=f"Unit {table.plural}")[1]
    return changes


def _expiry(table: UnitTable) -> dict[str, Any]:
    expiry = table.expiry
    if expiry is None:
        return {
            "expiry": Unit.Expiry.NEVER,
            "expiry_count": None,
            "expiry_round_to": Unit.RoundTo.DAY,
        }
    if (expiry.months is None) == (expiry.days is None):
        raise BlueprintInvalid(f'in [[unit]] "{table.code}", expiry: give either months or days.')
    if table.kind == "counter":
        raise BlueprintInvalid(
            f'in [[unit]] "{table.code}", expiry: a counter never expires; its ladder has a window.'
        )
    kind = Unit.Expiry.MONTHS if expiry.months else Unit.Expiry.DAYS
    return {
        "expiry": kind,
        "expiry_count": expiry.months or expiry.days,
        "expiry_round_to": expiry.round_to,
    }


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
    unique((table.code for table in tables), place="activity_type")
    changes = []
    for position, table in enumerate(tables):
        if table.rated_by:
            dates = [one.code for one in table.attribute if one.type == "date"]
            require_code(table.rated_by, dates, place=f'[[activity_type]] "{table.code}", rated_by')
        values = {
            "name": table.name,
            "plural": table.plural,
            "claim_days": table.claim_days,
            "rated_by": table.rated_by or "",
            "position": position,
        }
        type, changed = upsert(
            ActivityType, {"code": table.code}, values, label=f"Activity {table.name}"
        )
        changes += changed + _apply_attributes(type, table)
    return changes


def _apply_attributes(type: ActivityType, table: ActivityTypeTable) -> list[str]:
    unique((one.code for one in table.attribute), place="activity_type.attribute")
    changes = []
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
    from program import exports

    register(
        Section("program", ProgramTable, _apply_program, exports.program, is_required=True),
        Section("unit", list[UnitTable], _apply_units, exports.units),
        Section("partner", list[PartnerTable], _apply_partners, exports.partners),
        Section("activity_type", list[ActivityTypeTable], _apply_types, exports.activity_types),
    )
