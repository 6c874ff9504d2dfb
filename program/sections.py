"""The lowest part of a blueprint: the program itself, its units, partners and activity types."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from program.applying import reordered as reordered  # noqa: PLC0414
from program.applying import upsert as upsert  # noqa: PLC0414
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import HOLD_CEILING, Location, Partner, Program, notice_days

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
AttributeCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Roles = Annotated[list[Literal["earn", "burn"]], msgspec.Meta(min_length=1)]
Color = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
UNIT_COLUMNS = ("kind", "singular", "plural", "decimals", "rounding")
DIGITS = 8  # before the point: rates, prices and thresholds of any program that was ever published
FRACTION = 4  # digits after the point that a rate is kept with


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


CONTACT = r"^([^@\s]+@[^@\s]+)?$"


class LocationTable(Table):
    code: Code
    name: Name
    roles: Roles = msgspec.field(default_factory=lambda: ["earn", "burn"])


class PartnerTable(Table):
    code: Code
    name: Name
    contact: Annotated[str, msgspec.Meta(max_length=254, pattern=CONTACT)] = ""
    location: list[LocationTable] = []


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
    if parts < 0:
        raise BlueprintInvalid(f"in {place}: {amount} is below zero.")
    if parts != parts.to_integral_value():
        raise BlueprintInvalid(
            f"in {place}: {amount} has more than the unit's {decimals} decimals."
        )
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
            f'in program, code: this deployment runs "{existing.code}". One deployment is one '
            f'program: apply "{table.code}" to a deployment of its own.'
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
        code = {"code": table.code}
        named = {"name": table.name, "contact": table.contact, "is_active": True}
        partner, changed = upsert(Partner, code, named, label=f"Partner {table.name}")
        changes += changed
        unique((place.code for place in table.location), place="partner.location")
        for place in table.location:
            match = {"partner": partner, "code": place.code}
            values: dict[str, Any] = {f"{role}s": role in place.roles for role in ("earn", "burn")}
            values = {"name": place.name, **values}
            changes += upsert(Location, match, values, label=f"Location {place.name}")[1]
    gone = Partner.objects.filter(is_active=True).exclude(code__in=[table.code for table in tables])
    changes += [f"Partner {partner.name} is no longer active." for partner in gone]
    gone.update(is_active=False)
    return changes


def quoted(codes: Iterable[str]) -> str:
    """Codes as a list a person can read: "a", "b"."""
    return ", ".join(f'"{code}"' for code in codes)


def require_code(code: str, known: Iterable[str], *, place: str) -> None:
    """Refuse a reference to something the blueprint does not define."""
    options = list(known)
    if code not in options:
        remedy = f"Use one of {quoted(options)}." if options else "Add one first."
        raise BlueprintInvalid(f'in {place}: there is no "{code}" that fits. {remedy}')


def install() -> None:
    """Register the sections of this app."""
    from program import activity_types, exports, units

    register(
        Section("program", ProgramTable, _apply_program, exports.program, is_required=True),
        Section("unit", list[units.UnitTable], units.apply, exports.units),
        Section("partner", list[PartnerTable], _apply_partners, exports.partners),
        Section(
            "activity_type",
            list[activity_types.ActivityTypeTable],
            activity_types.apply,
            exports.activity_types,
        ),
    )
