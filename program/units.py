"""The part of a blueprint that says what is counted: how it is called, when it ends, whom it may be
sent to.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from program.blueprint import Table
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import Unit
from program.sections import (
    Code,
    Word,
    positive,
    reordered,
    require_code,
    smallest,
    unique,
    upsert,
)


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

    months: Annotated[int, msgspec.Meta(ge=0, le=600)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=20000)] | None = None
    fixed_day: YearlyDayTable | None = None
    inactivity: InactivityTable | None = None
    round_to: Literal["day", "month", "quarter", "half_year", "year"] = "day"
    since: date | None = None
    at_least_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 0
    at_most_months: Annotated[int, msgspec.Meta(ge=2, le=1200)] | None = None

    def __post_init__(self) -> None:
        ways = (self.months, self.days, self.fixed_day, self.inactivity)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("give exactly one of months, days, fixed_day or inactivity")
        if self.at_most_months is None:
            return
        if self.inactivity is None:
            raise ValueError("at_most_months goes with inactivity: other points have a last day")
        if self.at_most_months <= self.inactivity.months:
            raise ValueError("at_most_months is more than the months of inactivity")


class TransferTable(Table):
    """Whom a unit may be sent to, how much at a time, and how much in a period."""

    to: Literal["household", "anyone"]
    least: Decimal | None = None
    step: Decimal | None = None
    sent_at_most: Decimal | None = None
    received_at_most: Decimal | None = None
    per: Literal["day", "month", "year"] = "year"

    def __post_init__(self) -> None:
        positive(self, "least", "step", "sent_at_most", "received_at_most")


class UnitTable(Table):
    code: Code
    kind: Literal["spendable", "counter"]
    singular: Word
    plural: Word
    decimals: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0
    rounding: Literal["down", "half_up", "up"] = "down"
    expiry: ExpiryTable | None = None
    transfer: TransferTable | None = None
    second_person_above: Decimal | None = None
    counts: Code | None = None
    default: bool = False


def apply(tables: list[UnitTable], blueprint: Any) -> list[str]:
    unique((table.code for table in tables), place="unit")
    if not any(table.kind == "spendable" for table in tables):
        raise BlueprintInvalid(
            "in [[unit]]: a program needs at least one unit of the kind spendable."
        )
    _check_default(tables)
    _check_counts(tables)
    changes = reordered(Unit.objects.all(), [table.code for table in tables], what="units")
    for position, table in enumerate(tables):
        existing = Unit.objects.filter(code=table.code).first()
        if existing and (existing.kind, existing.decimals) != (table.kind, table.decimals):
            raise HistoryProtected(
                f'in [[unit]] "{table.code}": kind and decimals of a unit are for life. Add a '
                "new unit instead."
            )
        if existing and existing.counts_id not in (None, table.counts):
            raise HistoryProtected(
                f'in [[unit]] "{table.code}": what a counter counts is for life. Keep counts = '
                f'"{existing.counts_id}", or add a new unit.'
            )
        values = {
            name: getattr(table, name)
            for name in ("kind", "singular", "plural", "decimals", "rounding")
        }
        values |= _expiry(table, blueprint) | _transfer(table)
        values |= {"is_default": table.default, "position": position}
        limit, place = table.second_person_above, f'[[unit]] "{table.code}", second_person_above'
        values["second_person_above"] = limit and smallest(limit, table.decimals, place=place)
        changes += upsert(Unit, {"code": table.code}, values, label=f"Unit {table.plural}")[1]
    for table in (one for one in tables if one.counts):  # it may come after what counts it
        told = {"counts_id": table.counts}
        changes += upsert(Unit, {"code": table.code}, told, label=f"Unit {table.plural}")[1]
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


def _check_counts(tables: list[UnitTable]) -> None:
    """A counter may count what is earned of a unit that can be spent, in the same parts."""
    units = {table.code: table for table in tables}
    spendable = [table.code for table in tables if table.kind == "spendable"]
    for table in tables:
        if table.counts is None:
            continue
        place = f'[[unit]] "{table.code}", counts'
        if table.kind != "counter":
            raise BlueprintInvalid(f'in {place}: only a counter counts. Write kind = "counter".')
        require_code(table.counts, spendable, place=place)
        if units[table.counts].decimals != table.decimals:
            raise BlueprintInvalid(
                f"in {place}: it counts one for one, so decimals are those of "
                f'"{table.counts}": {units[table.counts].decimals}.'
            )


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
        "expiry_most_months": expiry.at_most_months if expiry else None,
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
    if expiry.months is not None:
        return columns | {"expiry": Unit.Expiry.MONTHS, "expiry_count": expiry.months}
    return columns | {"expiry": Unit.Expiry.DAYS, "expiry_count": expiry.days}


def _transfer(table: UnitTable) -> dict[str, Any]:
    """Whom a unit may be sent to, as columns; amounts in its smallest part."""
    said, place = table.transfer, f'[[unit]] "{table.code}", transfer'
    if said is None:
        return {
            "transfers": Unit.Transfers.NEVER,
            "transfer_least": 1,
            "transfer_step": 1,
            "transfer_sent_most": None,
            "transfer_received_most": None,
            "transfer_per": Unit.Per.YEAR,
        }
    if table.kind == "counter":
        raise BlueprintInvalid(f"in {place}: a counter stays with the member who earned it.")
    given = {
        name: smallest(amount, table.decimals, place=place) if amount is not None else None
        for name in ("least", "step", "sent_at_most", "received_at_most")
        for amount in [getattr(said, name)]
    }
    least = given["least"] or 1
    for name in ("sent_at_most", "received_at_most"):
        limit = given[name]
        if limit is not None and limit < least:
            raise BlueprintInvalid(f"in {place}: {name} is below the least that can be sent.")
    return {
        "transfers": said.to,
        "transfer_least": least,
        "transfer_step": given["step"] or 1,
        "transfer_sent_most": given["sent_at_most"],
        "transfer_received_most": given["received_at_most"],
        "transfer_per": said.per,
    }


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
