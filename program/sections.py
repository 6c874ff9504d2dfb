"""The lowest part of a blueprint: the program itself, its units, partners and activity types."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from program.applying import reordered as reordered  # noqa: PLC0414
from program.applying import upsert as upsert  # noqa: PLC0414
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import Location, Partner, Program, Unit

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


class YearlyDayTable(Table):
    """A day of every year. `years = 0` is the next such day, 1 the one after."""

    month: Annotated[int, msgspec.Meta(ge=1, le=12)]
    day: Annotated[int, msgspec.Meta(ge=1, le=31)]
    years: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0


class InactivityTable(Table):
    """Points end after so many months without anything that counts."""

    months: Annotated[int, msgspec.Meta(ge=1, le=600)]
    counts: Literal["earning", "any"] | list[Code] = "any"


class ExpiryTable(Table):
    """When points end: exactly one of months, days, fixed_day or inactivity."""

    months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=20000)] | None = None
    fixed_day: YearlyDayTable | None = None
    inactivity: InactivityTable | None = None
    round_to: Literal["day", "month", "quarter", "year"] = "day"
    since: date | None = None
    at_least_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 0

    def __post_init__(self) -> None:
        ways = (self.months, self.days, self.fixed_day, self.inactivity)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("give exactly one of months, days, fixed_day or inactivity")


class UnitTable(Table):
    code: Code
    kind: Literal["spendable", "counter"]
    singular: Word
    plural: Word
    decimals: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0
    rounding: Literal["down", "half_up", "up"] = "down"
    expiry: ExpiryTable | None = None
    second_person_above: Decimal | None = None
    default: bool = False


class LocationTable(Table):
    code: Code
    name: Name
    roles: Roles = msgspec.field(default_factory=lambda: ["earn", "burn"])


class PartnerTable(Table):
    code: Code
    name: Name
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
    }
    return upsert(Program, {"id": 1}, values, label=f"Program {table.name}")[1]


def _apply_units(tables: list[UnitTable], blueprint: Any) -> list[str]:
    unique((table.code for table in tables), place="unit")
    if not any(table.kind == "spendable" for table in tables):
        raise BlueprintInvalid(
            "in [[unit]]: a program needs at least one unit of the kind spendable."
        )
    _check_default(tables)
    changes = reordered(Unit.objects.all(), [table.code for table in tables], what="units")
    for position, table in enumerate(tables):
        existing = Unit.objects.filter(code=table.code).first()
        if existing and (existing.kind, existing.decimals) != (table.kind, table.decimals):
            raise HistoryProtected(
                f'in [[unit]] "{table.code}": kind and decimals of a unit are for life. Add a '
                "new unit instead."
            )
        values = {name: getattr(table, name) for name in UNIT_COLUMNS}
        values |= _expiry(table, blueprint) | {"is_default": table.default, "position": position}
        limit, place = table.second_person_above, f'[[unit]] "{table.code}", second_person_above'
        values["second_person_above"] = limit and smallest(limit, table.decimals, place=place)
        changes += upsert(Unit, {"code": table.code}, values, label=f"Unit {table.plural}")[1]
    return changes


def _check_default(tables: list[UnitTable]) -> None:
    """One unit at most is shown first, and it can be spent; who was before makes room."""
    first = [table for table in tables if table.default]
    if len(first) > 1:
        raise BlueprintInvalid("in [[unit]]: only one unit can be the default. Leave one.")
    if first and first[0].kind != "spendable":
        raise BlueprintInvalid(
            f'in [[unit]] "{first[0].code}", default: only a spendable unit can be the default.'
        )
    former = Unit.objects.filter(is_default=True).exclude(code__in=[one.code for one in first])
    if former.exists():
        former.update(is_default=False)


def _expiry(table: UnitTable, blueprint: Any) -> dict[str, Any]:
    """The expiry policy of a unit as columns."""
    expiry = table.expiry
    columns: dict[str, Any] = {
        "expiry": Unit.Expiry.NEVER,
        "expiry_count": None,
        "expiry_round_to": Unit.RoundTo.DAY,
        "expiry_month": None,
        "expiry_day": None,
        "expiry_counts": Unit.Counts.ANY,
        "expiry_types": [],
        "expiry_since": expiry.since if expiry else None,
        "expiry_min_days": expiry.at_least_days if expiry else 0,
    }
    if expiry is None:
        return columns
    if table.kind == "counter":
        raise BlueprintInvalid(
            f'in [[unit]] "{table.code}", expiry: a counter never expires; its ladder has a window.'
        )
    columns["expiry_round_to"] = expiry.round_to
    if expiry.fixed_day is not None:
        day = expiry.fixed_day
        names = ("expiry", "expiry_count", "expiry_month", "expiry_day")
        return columns | dict(zip(names, ("fixed_day", day.years, day.month, day.day), strict=True))
    if expiry.inactivity is not None:
        return columns | _inactivity(expiry.inactivity, table, blueprint)
    kind = Unit.Expiry.MONTHS if expiry.months else Unit.Expiry.DAYS
    return columns | {"expiry": kind, "expiry_count": expiry.months or expiry.days}


def _inactivity(said: InactivityTable, table: UnitTable, blueprint: Any) -> dict[str, Any]:
    types = said.counts if isinstance(said.counts, list) else []
    for code in types:
        known = [one.code for one in blueprint.activity_type]
        require_code(code, known, place=f'[[unit]] "{table.code}", expiry, inactivity, counts')
    counts = "types" if types else said.counts
    return {
        "expiry": Unit.Expiry.INACTIVITY,
        "expiry_count": said.months,
        "expiry_counts": counts,
        "expiry_types": list(types),
    }


def _apply_partners(tables: list[PartnerTable], blueprint: Any) -> list[str]:
    unique((table.code for table in tables), place="partner")
    changes = []
    for table in tables:
        code, named = {"code": table.code}, {"name": table.name, "is_active": True}
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
        raise BlueprintInvalid(f'in {place}: there is no "{code}". Use one of {quoted(options)}.')


def install() -> None:
    """Register the sections of this app."""
    from program import activity_types, exports

    register(
        Section("program", ProgramTable, _apply_program, exports.program, is_required=True),
        Section("unit", list[UnitTable], _apply_units, exports.units),
        Section("partner", list[PartnerTable], _apply_partners, exports.partners),
        Section(
            "activity_type",
            list[activity_types.ActivityTypeTable],
            activity_types.apply,
            exports.activity_types,
        ),
    )
