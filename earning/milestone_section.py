"""The part of a blueprint that describes milestones and their options, and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from common import circles
from earning.models import Milestone, MilestoneOption
from earning.tracking import PLAIN
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid
from program.exports import literal, whole
from program.sections import (
    AttributeCode,
    Code,
    Name,
    positive,
    reordered,
    require_code,
    smallest,
    unique,
    upsert,
)

Times = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class PaysTable(Table):
    unit: Code
    amount: Decimal

    def __post_init__(self) -> None:
        positive(self, "amount")


class LastDayTable(Table):
    """The next such day of a year."""

    month: Annotated[int, msgspec.Meta(ge=1, le=12)]
    day: Annotated[int, msgspec.Meta(ge=1, le=31)]


class ChooseTable(Table):
    """How many of the options are chosen, and until when."""

    many: Times = 1
    within_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None
    by: LastDayTable | None = None

    def __post_init__(self) -> None:
        if self.within_days is not None and self.by is not None:
            raise ValueError("give within_days or by, not both")


class OptionTable(Table):
    code: Code
    name: Name
    gives: PaysTable
    at_most: Times | None = None
    default: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0

    def __post_init__(self) -> None:
        if self.at_most is not None and self.default > self.at_most:
            raise ValueError("default is at_most or less")


class MilestoneTable(Table):
    """A mark that pays when it is passed, or lets the member choose.

    What it pays may be spent on rewards of its own.
    """

    code: Code
    name: Name
    at: Decimal
    counter: Code | None = None
    activity: Code | None = None
    distinct: AttributeCode | None = None
    pays: PaysTable | None = None
    choose: ChooseTable | None = None
    option: list[OptionTable] = []
    every: Decimal | None = None
    up_to: Decimal | None = None
    window: Literal[
        "lifetime",
        "year",
        "half_year",
        "quarter",
        "month",
        "week",
        "months",
        "days",
        "membership_year",
        "membership_half_year",
    ] = "lifetime"
    window_months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    window_days: Annotated[int, msgspec.Meta(ge=1, le=20000)] | None = None
    year_starts: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1
    in_a_row: Literal["day", "week", "month", "quarter", "year"] | None = None
    each: Decimal | None = None
    per: Literal["member", "household"] = "member"

    def __post_init__(self) -> None:
        positive(self, "at", "every", "up_to", "each")
        if (self.counter is None) == (self.activity is None):
            raise ValueError("give either counter or activity: what is counted")
        if self.distinct is not None and self.activity is None:
            raise ValueError("distinct goes with activity")
        if self.pays is None and self.choose is None:
            raise ValueError("give pays, or choose with options, or both")
        if self.up_to is not None and (self.every is None or self.up_to < self.at):
            raise ValueError("up_to is the last mark of every: give every too, and no less than at")
        self._check_window()
        self._check_choice()

    def _check_window(self) -> None:
        for name in ("months", "days"):
            if (self.window == name) != (getattr(self, f"window_{name}") is not None):
                raise ValueError(f'window_{name} goes with window = "{name}", and only with it')
        if self.window in ("months", "days") and (self.every or self.per == "household"):
            raise ValueError(
                "in a window that moves with the days a mark is passed again whenever enough has "
                "come together anew, by each member: leave out every and per"
            )
        if self.window.startswith("membership") and self.per == "household":
            raise ValueError(
                "a year of membership is each member's own: leave out per, or take another window"
            )
        if self.in_a_row is None and self.each is not None:
            raise ValueError("each goes with in_a_row: how much in each of them")
        if self.in_a_row and (self.window != "lifetime" or self.per == "household"):
            raise ValueError("what goes on in a row has no window, and is each member's own")

    def _check_choice(self) -> None:
        if (self.choose is None) == bool(self.option):
            raise ValueError("choose goes with options, and options with choose")
        if self.choose is None:
            return
        most = [one.at_most for one in self.option]
        if None not in most and sum(m for m in most if m) < self.choose.many:
            raise ValueError("so many cannot be chosen: raise at_most, or choose fewer")
        given = sum(one.default for one in self.option)
        if given and given != self.choose.many:
            raise ValueError("the defaults of all options are as many as are chosen, or none")
        if given and self.choose.within_days is None and self.choose.by is None:
            raise ValueError("a default comes after the last day: give within_days or by")


def _apply(tables: list[MilestoneTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="milestone")
    _check_circles(tables, blueprint)
    changes = reordered(Milestone.objects.all(), codes, what="milestones")
    for position, table in enumerate(tables):
        place = f'[[milestone]] "{table.code}"'
        values = _columns(table, blueprint, place) | {"is_active": True, "position": position}
        label = f"Milestone {table.name}"
        milestone, changed = upsert(Milestone, {"code": table.code}, values, label=label)
        changes += changed + _apply_options(milestone, table, blueprint, place)
    gone = Milestone.objects.filter(is_active=True).exclude(code__in=codes)
    changes += [f"Milestone {milestone.name} no longer pays." for milestone in gone]
    gone.update(is_active=False)
    return changes


def _check_circles(tables: list[MilestoneTable], blueprint: Any) -> None:
    """Refuse milestones that would pay each other, or themselves, without an end; a counter may
    count what they pay.
    """
    counted = {unit.code: unit.counts for unit in blueprint.unit}
    feeds = {
        one.code: (
            {code for code, of in counted.items() if one.pays and one.pays.unit in (code, of)},
            one.counter,
        )
        for one in tables
    }
    for table in tables:
        pays, counts = feeds[table.code]
        if table.pays is None or table.every is None or counts not in pays:
            continue
        if table.pays.amount >= table.every:
            raise BlueprintInvalid(
                f'in [[milestone]] "{table.code}": it pays {table.pays.amount} of what it '
                f"counts, and each {table.every} pay again, so it would never end. Pay less "
                "than every, or pay another unit."
            )
    if circle := circles.find(feeds):
        raise BlueprintInvalid(
            "milestones pay each other in a circle: "
            + " -> ".join(f'"{code}"' for code in circle)
            + ". Let one of them pay a unit that none of the others counts."
        )


def _columns(table: MilestoneTable, blueprint: Any, place: str) -> dict[str, Any]:
    units = {unit.code: unit for unit in blueprint.unit}
    counted = 0
    if table.counter is not None:
        counters = [code for code, unit in units.items() if unit.kind == "counter"]
        require_code(table.counter, counters, place=f"{place}, counter")
        counted = units[table.counter].decimals
    if table.activity is not None:
        types = [one.code for one in blueprint.activity_type]
        require_code(table.activity, types, place=f"{place}, activity")
        if table.distinct is not None and table.distinct not in PLAIN:
            type = next(one for one in blueprint.activity_type if one.code == table.activity)
            known = [one.code for one in type.attribute if one.type not in ("decimal", "money")]
            require_code(table.distinct, [*PLAIN[1:], *known], place=f"{place}, distinct")
    marks = 0 if table.in_a_row else counted
    each = table.each or Decimal(1)
    choose, by = table.choose, table.choose.by if table.choose else None
    return {
        "name": table.name,
        "counter_id": table.counter,
        "type_id": table.activity,
        "distinct": table.distinct or "",
        "at": smallest(table.at, marks, place=f"{place}, at"),
        "every": smallest(table.every, marks, place=f"{place}, every") if table.every else None,
        "up_to": smallest(table.up_to, marks, place=f"{place}, up_to") if table.up_to else None,
        "window": table.window,
        "window_count": table.window_months or table.window_days,
        "year_starts": table.year_starts,
        "streak": table.in_a_row or "",
        "streak_least": smallest(each, counted, place=f"{place}, each") if table.in_a_row else None,
        "per": table.per,
        "unit_id": table.pays.unit if table.pays else None,
        "amount": _amount(table.pays, units, f"{place}, pays") if table.pays else None,
        "choose": choose.many if choose else None,
        "choose_days": choose.within_days if choose else None,
        "choose_month": by.month if by else None,
        "choose_day": by.day if by else None,
    }


def _amount(pays: PaysTable, units: dict[str, Any], place: str) -> int:
    require_code(pays.unit, units, place=f"{place}, unit")
    return smallest(pays.amount, units[pays.unit].decimals, place=place)


def _apply_options(
    milestone: Milestone, table: MilestoneTable, blueprint: Any, place: str
) -> list[str]:
    """Options that are no longer listed cannot be chosen any more; what was chosen stays."""
    codes = [option.code for option in table.option]
    unique(codes, place="milestone.option")
    units = {unit.code: unit for unit in blueprint.unit}
    changes = []
    for position, option in enumerate(table.option):
        at = f'{place}, option "{option.code}", gives'
        values = {
            "name": option.name,
            "unit_id": option.gives.unit,
            "amount": _amount(option.gives, units, at),
            "at_most": option.at_most,
            "default": option.default,
            "is_active": True,
            "position": position,
        }
        match = {"milestone": milestone, "code": option.code}
        label = f"Option {option.name} of {table.name}"
        changes += upsert(MilestoneOption, match, values, label=label)[1]
    gone = MilestoneOption.objects.filter(milestone=milestone, is_active=True)
    gone = gone.exclude(code__in=codes)
    changes += [f"Option {option.name} of {table.name} is no longer offered." for option in gone]
    gone.update(is_active=False, default=0)
    return changes


def _export() -> list[MilestoneTable]:
    rows = Milestone.objects.filter(is_active=True).select_related("counter", "unit")
    return [_exported(row) for row in rows.prefetch_related("options__unit")]


def _exported(row: Milestone) -> MilestoneTable:
    def said(amount: int | None, *, is_mark: bool = True) -> Decimal:
        if row.counter is None or (is_mark and row.streak):
            return Decimal(amount or 0)
        return whole(amount or 0, row.counter)

    rolls = row.window_count if row.is_rolling else None
    return MilestoneTable(
        code=row.code,
        name=row.name,
        counter=row.counter_id,
        activity=row.type_id,
        distinct=row.distinct or None,
        at=said(row.at),
        every=None if row.every is None else said(row.every),
        up_to=None if row.up_to is None else said(row.up_to),
        window=literal(row.window),
        window_months=rolls if row.window == Milestone.Window.MONTHS else None,
        window_days=rolls if row.window == Milestone.Window.DAYS else None,
        year_starts=row.year_starts,
        in_a_row=literal(row.streak) if row.streak else None,
        each=said(row.streak_least, is_mark=False) if (row.streak_least or 1) != 1 else None,
        per=literal(row.per),
        pays=PaysTable(unit=row.unit.code, amount=whole(row.amount or 0, row.unit))
        if row.unit is not None
        else None,
        choose=_choose(row),
        option=[_option(one) for one in row.options.all() if one.is_active],
    )


def _choose(row: Milestone) -> ChooseTable | None:
    if row.choose is None:
        return None
    by = (
        LastDayTable(month=row.choose_month, day=row.choose_day or 31) if row.choose_month else None
    )
    return ChooseTable(many=row.choose, within_days=row.choose_days, by=by)


def _option(row: MilestoneOption) -> OptionTable:
    return OptionTable(
        code=row.code,
        name=row.name,
        gives=PaysTable(unit=row.unit_id, amount=whole(row.amount, row.unit)),
        at_most=row.at_most,
        default=row.default,
    )


def install() -> None:
    """Register the section; called once, when the app is ready."""
    register(Section("milestone", list[MilestoneTable], _apply, _export))
