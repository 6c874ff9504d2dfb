"""The part of a blueprint that describes occasions, and back."""

from __future__ import annotations

from typing import Any, Literal

from earning.models import Occasion
from program.blueprint import Section, Table, register
from program.describing import describe
from program.descriptions import CODE
from program.errors import BlueprintInvalid
from program.exports import literal
from program.sections import Code, reordered, require_code, unique, upsert

TOLD = {"anniversary": {"years": "integer"}, "tier": {"tier": "text"}}


class OccasionTable(Table):
    """Something for which the house itself records an activity."""

    code: Code
    on: Literal["enrolment", "birthday", "anniversary", "tier"]
    activity: Code
    partner: Code


def _apply(tables: list[OccasionTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="occasion")
    changes = reordered(Occasion.objects.all(), codes, what="occasions")
    for position, table in enumerate(tables):
        _check(table, blueprint)
        values = {
            "on": table.on,
            "type_id": table.activity,
            "partner_id": table.partner,
            "is_active": True,
            "position": position,
        }
        changes += upsert(Occasion, {"code": table.code}, values, label=f"Occasion {table.code}")[1]
    gone = Occasion.objects.filter(is_active=True).exclude(code__in=codes)
    changes += [f"Occasion {occasion.code} is no longer followed." for occasion in gone]
    gone.update(is_active=False)
    return changes


def _check(table: OccasionTable, blueprint: Any) -> None:
    """Refuse an activity type that asks for more than the house can tell."""
    place = f'[[occasion]] "{table.code}"'
    types = {one.code: one for one in blueprint.activity_type}
    require_code(table.activity, types, place=f"{place}, activity")
    partners = [one.code for one in blueprint.partner]
    require_code(table.partner, partners, place=f"{place}, partner")
    told = TOLD.get(table.on, {})
    for attribute in types[table.activity].attribute:
        if attribute.required and attribute.code not in told:
            raise BlueprintInvalid(
                f'in {place}: nobody can tell "{attribute.code}" then. Name an activity type '
                "without it, or with required = false."
            )
        if attribute.type != told.get(attribute.code, attribute.type):
            raise BlueprintInvalid(
                f'in {place}: "{attribute.code}" is told as {told[attribute.code]}. '
                f'Write type = "{told[attribute.code]}".'
            )


def _export() -> list[OccasionTable]:
    return [
        OccasionTable(
            code=row.code, on=literal(row.on), activity=row.type_id, partner=row.partner_id
        )
        for row in Occasion.objects.filter(is_active=True)
    ]


def install() -> None:
    """Register the section and say what its keys mean; called once, when the app is ready."""
    register(Section("occasion", list[OccasionTable], _apply, _export))
    describe(
        OccasionTable,
        "Something that happens to a member without anybody's report. An activity is recorded for "
        "it within minutes, once, and rules say what it pays. What happened before the occasion "
        "was written is left alone.",
        {
            "code": (CODE, '"birthday"'),
            "on": ("What it is. The last two tell `years` and `tier`.", '"birthday"'),
            "activity": ("The activity type that is recorded.", '"birthday"'),
            "partner": ("Under whose name.", '"front-desk"'),
        },
    )
