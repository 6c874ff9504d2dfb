"""The part of a blueprint that describes dividends, with its export and its words."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import msgspec

from earning import declaring
from earning.models import Declaration, Dividend
from program.blueprint import Section, Table, register
from program.describing import describe
from program.descriptions import CODE
from program.errors import BlueprintInvalid
from program.scenarios import Stage, Step
from program.scenarios import register as register_scenes
from program.sections import Code, Name, positive, reordered, require_code, unique, upsert


class DividendTable(Table):
    """A share of what a year has counted, once it is declared."""

    code: Code
    name: Name
    counter: Code
    unit: Code
    less: Code | None = None
    year_starts: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1

    def __post_init__(self) -> None:
        if self.less is not None and self.less == self.counter:
            raise ValueError("less names another counter: what is taken off")


class DeclareTable(Table):
    """A dividend declared for a year, and paid out at once."""

    dividend: Code
    year: Annotated[int, msgspec.Meta(ge=1900, le=2999)]
    percent: Decimal
    corrected: bool = False

    def __post_init__(self) -> None:
        if not self.corrected:
            positive(self, "percent")


def _apply(tables: list[DividendTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="dividend")
    changes = reordered(Dividend.objects.all(), codes, what="dividends")
    counters = {unit.code: unit for unit in blueprint.unit if unit.kind == "counter"}
    spendable = [unit.code for unit in blueprint.unit if unit.kind == "spendable"]
    for position, table in enumerate(tables):
        place = f'[[dividend]] "{table.code}"'
        require_code(table.counter, counters, place=f"{place}, counter")
        require_code(table.unit, spendable, place=f"{place}, unit")
        if table.less is not None:
            decimals = counters[table.counter].decimals
            alike = [code for code, unit in counters.items() if unit.decimals == decimals]
            require_code(table.less, alike, place=f"{place}, less")
        values = {
            "name": table.name,
            "counter_id": table.counter,
            "less_id": table.less,
            "unit_id": table.unit,
            "year_starts": table.year_starts,
            "is_active": True,
            "position": position,
        }
        match = {"code": table.code}
        changes += upsert(Dividend, match, values, label=f"Dividend {table.name}")[1]
    gone = Dividend.objects.filter(is_active=True).exclude(code__in=codes)
    changes += [f"Dividend {dividend.name} is no longer declared." for dividend in gone]
    gone.update(is_active=False)
    return changes


def _export() -> list[DividendTable]:
    return [
        DividendTable(
            code=row.code,
            name=row.name,
            counter=row.counter_id,
            unit=row.unit_id,
            less=row.less_id,
            year_starts=row.year_starts,
        )
        for row in Dividend.objects.filter(is_active=True)
    ]


def _declare(table: DeclareTable, stage: Stage) -> Declaration:
    rows = Dividend.objects.select_related("counter", "unit").filter(is_active=True)
    dividend = rows.filter(code=table.dividend).first()
    if dividend is None:
        raise BlueprintInvalid(f'there is no dividend "{table.dividend}".')
    actor = "system:scenario"
    if table.corrected:
        made = declaring.correct(
            dividend, year=table.year, percent=table.percent, reason="Scenario", actor=actor
        )
    else:
        made = declaring.declare(dividend, year=table.year, percent=table.percent, actor=actor)
    return declaring.pay(made)


def _describe() -> None:
    describe(
        DividendTable,
        "A share of what a year has counted, paid once somebody declares how much it is. It is "
        "never paid by itself. What falls below zero pays nothing, and nothing is carried.",
        {
            "code": (CODE, '"reward"'),
            "name": ("What members read.", '"Member reward"'),
            "counter": ("What is counted.", '"spend"'),
            "unit": ("What it pays, rounded down.", '"credit"'),
            "less": ("What this counter has counted is taken off.", '"returned"'),
            "year_starts": ("The month in which its year starts.", "4"),
        },
    )
    describe(
        "Step",
        "",
        {
            "declare": (
                "Staff declare a dividend, or correct one.",
                '{ dividend = "reward", year = 2026, percent = 10 }',
            )
        },
    )
    describe(
        DeclareTable,
        "A dividend that is declared.",
        {
            "dividend": ("Which one.", '"reward"'),
            "year": ("The year in which its year started.", "2026"),
            "percent": ("How much of what was counted.", "10"),
            "corrected": ("Whether an earlier declaration is put right.", "true"),
        },
    )


def install() -> None:
    """Register the section, its step and their words."""
    register(Section("dividend", list[DividendTable], _apply, _export))
    register_scenes(Step("declare", DeclareTable, _declare))
    _describe()
