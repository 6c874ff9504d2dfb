"""The part of a blueprint that describes ladders and their tiers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import Unit
from program.sections import Code, Color, Text, positive, require_code, unique, upsert
from tiers import standing
from tiers.models import Ladder, Standing, Tier


class PennantTable(Table):
    colors: Annotated[list[Color], msgspec.Meta(min_length=2, max_length=3)]
    field: Literal[
        "solid",
        "horizontal",
        "vertical",
        "stripes",
        "cross",
        "saltire",
        "diamond",
        "disc",
        "border",
    ]
    outline: Literal["pennant", "swallowtail", "flag"]


class TierTable(Table):
    code: Code
    name: Text
    threshold: Decimal
    pennant: PennantTable
    benefits: list[Text] = []

    def __post_init__(self) -> None:
        positive(self, "threshold")


class LadderTable(Table):
    code: Code
    name: Text
    counter: Code
    window: Literal["lifetime", "year"]
    validity: Literal["life", "next_year"]
    tier: Annotated[list[TierTable], msgspec.Meta(min_length=1)]


def _apply(tables: list[LadderTable], blueprint: Any) -> list[str]:
    unique((table.code for table in tables), place="ladder")
    unique((tier.code for table in tables for tier in table.tier), place="ladder.tier")
    changes = []
    for position, table in enumerate(tables):
        counters = [unit.code for unit in blueprint.unit if unit.kind == "counter"]
        require_code(table.counter, counters, place=f'[[ladder]] "{table.code}", counter')
        values = {
            "name": table.name,
            "counter_id": table.counter,
            "window": table.window,
            "validity": table.validity,
            "position": position,
        }
        ladder, changed = upsert(Ladder, {"code": table.code}, values, label=f"Ladder {table.name}")
        changes += changed + _apply_tiers(ladder, table)
    if changes:
        standing.reassess_everyone(actor="system:program")
    return changes


def _apply_tiers(ladder: Ladder, table: LadderTable) -> list[str]:
    decimals = Unit.objects.get(pk=table.counter).decimals
    thresholds = [_smallest(tier, decimals) for tier in table.tier]
    if thresholds != sorted(set(thresholds)):
        raise BlueprintInvalid(
            f'in [[ladder]] "{table.code}": list tiers from the lowest threshold to the highest.'
        )
    codes = [tier.code for tier in table.tier]
    _remove(ladder, codes)
    changes = []
    _make_room(ladder, codes)
    for rank, (tier, threshold) in enumerate(zip(table.tier, thresholds, strict=True), start=1):
        values = {
            "name": tier.name,
            "rank": rank,
            "threshold": threshold,
            "colors": list(tier.pennant.colors),
            "field": tier.pennant.field,
            "outline": tier.pennant.outline,
            "benefits": list(tier.benefits),
        }
        changes += upsert(
            Tier, {"ladder": ladder, "code": tier.code}, values, label=f"Tier {tier.name}"
        )[1]
    return changes


def _make_room(ladder: Ladder, codes: list[str]) -> None:
    """Ranks and thresholds are unique: lift those that move out of the way before they are set
    anew.
    """
    moving = [t for t in Tier.objects.filter(ladder=ladder) if t.rank != codes.index(t.code) + 1]
    for tier in moving:
        Tier.objects.filter(pk=tier.pk).update(
            rank=tier.rank + 1000, threshold=tier.threshold + 10**15
        )


def _remove(ladder: Ladder, codes: list[str]) -> None:
    for tier in Tier.objects.filter(ladder=ladder).exclude(code__in=codes):
        if Standing.objects.filter(tier=tier).exists():
            raise HistoryProtected(
                f'in [[ladder]] "{ladder.code}": members have held tier "{tier.code}". Keep '
                "it, or rename it."
            )
        tier.delete()


def _smallest(tier: TierTable, decimals: int) -> int:
    parts = tier.threshold.scaleb(decimals)
    if parts != parts.to_integral_value():
        raise BlueprintInvalid(
            f'in tier "{tier.code}", threshold: the counter has {decimals} decimals.'
        )
    return int(parts)


def install() -> None:
    """Register the sections of this app."""
    register(Section("ladder", list[LadderTable], _apply))
