"""The part of a blueprint that describes ladders and their tiers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from django.db.models import ProtectedError

from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import Unit
from program.sections import (
    Code,
    Color,
    Text,
    Title,
    positive,
    reordered,
    require_code,
    smallest,
    unique,
    upsert,
)
from tiers import route_section, standing
from tiers.models import Ladder, Standing, Tier, TierExpiry
from tiers.route_section import RouteTable, WindowName, check_window


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


class ValidityTable(Table):
    """How long a tier holds. `years = 0` is this program year, 1 the next; months come on top."""

    years: Annotated[int, msgspec.Meta(ge=0, le=50)] | None = None
    plus_months: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    half_years: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    active_months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    round_to: Literal["day", "month", "quarter", "half_year", "year"] = "day"

    def __post_init__(self) -> None:
        given = (self.years, self.half_years, self.months, self.active_months)
        if sum(value is not None for value in given) != 1:
            raise ValueError("give exactly one of years, half_years, months or active_months")
        if self.plus_months and self.years is None:
            raise ValueError("plus_months goes with years")
        if self.round_to != "day" and self.months is None and self.active_months is None:
            raise ValueError("round_to goes with months or active_months: a year has an end")


class TierExpiryTable(Table):
    """Points of a unit that are earned at this tier end otherwise: after months, days, or never;
    or none end while it is held.
    """

    unit: Code
    months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=20000)] | None = None
    never: bool = False
    while_held: bool = False
    round_to: Literal["day", "month", "quarter", "half_year", "year"] = "day"

    def __post_init__(self) -> None:
        given = (self.months is not None, self.days is not None, self.never, self.while_held)
        if sum(given) != 1:
            raise ValueError("give exactly one of months, days, never or while_held")
        if self.while_held and self.round_to != "day":
            raise ValueError("round_to goes with months or days")

    @property
    def kind(self) -> str:
        if self.never or self.while_held:
            return "never" if self.never else "held"
        return "months" if self.months else "days"


class TierTable(Table):
    code: Code
    name: Title
    pennant: PennantTable
    threshold: Decimal | None = None
    route: list[RouteTable] = []
    head_start: Decimal | None = None
    expiry: list[TierExpiryTable] = []
    benefits: list[Text] = []
    by_invitation: bool = False

    def __post_init__(self) -> None:
        if self.threshold == 0:
            raise ValueError(
                "threshold is a number above 0: everybody begins below the lowest tier. Leave out "
                "the one that everybody has on joining"
            )
        positive(self, "threshold", "head_start")
        has_way = self.threshold is not None or bool(self.route)
        if not has_way and not self.by_invitation:
            raise ValueError(
                "a tier needs a threshold or at least one route. Say by_invitation = true if only "
                "staff, or a plan, give it"
            )
        if has_way and self.by_invitation:
            raise ValueError("by_invitation goes without threshold and route: leave one out")


class LadderTable(Table):
    code: Code
    name: Title
    counter: Code
    tier: Annotated[list[TierTable], msgspec.Meta(min_length=1)]
    validity: Literal["life", "next_year"] | ValidityTable
    window: WindowName = "lifetime"
    window_months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    downgrade: Literal["to_earned", "one_step", "never"] = "to_earned"
    rolls_over: bool = False
    uses_up: bool = False
    carries_at_most: Decimal | None = None
    shared: Literal["never", "household", "after_first"] = "never"
    year_starts: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1

    def __post_init__(self) -> None:
        check_window(self.window, self.window_months)
        if self.rolls_over and self.window == "since_change":
            raise ValueError(
                "rolls_over goes with a window that is a year: after a change of tier the counter "
                "begins at zero. Say uses_up = true if the surplus stays"
            )
        if self.carries_at_most is not None and not (self.rolls_over or self.uses_up):
            raise ValueError("carries_at_most goes with rolls_over or uses_up")
        if self.carries_at_most is not None and self.carries_at_most < 0:
            raise ValueError("carries_at_most is zero or more")
        if self.uses_up:
            self._check_using_up()

    def _check_using_up(self) -> None:
        lasts = self.validity
        if self.window != "since_change" or self.rolls_over:
            raise ValueError('uses_up goes with window = "since_change", and without rolls_over')
        if lasts != "life" and (isinstance(lasts, str) or lasts.months is None):
            raise ValueError(
                "uses_up goes with a validity in months, or for life: a period begins when a tier "
                "is reached"
            )
        if any(tier.head_start for tier in self.tier):
            raise ValueError("head_start goes with a window that is a year, and not with uses_up")


def _apply(tables: list[LadderTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="ladder")
    unique((tier.code for table in tables for tier in table.tier), place="ladder.tier")
    _check_honored(tables, blueprint)
    changes = reordered(Ladder.objects.all(), codes, what="ladders")
    for position, table in enumerate(tables):
        counters = [unit.code for unit in blueprint.unit if unit.kind == "counter"]
        require_code(table.counter, counters, place=f'[[ladder]] "{table.code}", counter')
        values = {
            "name": table.name,
            "counter_id": table.counter,
            "window": table.window,
            "window_months": table.window_months,
            "downgrade": table.downgrade,
            "rolls_over": table.rolls_over,
            "uses_up": table.uses_up,
            "carries_at_most": _carries(table, blueprint),
            "shared": table.shared,
            "year_starts": table.year_starts,
            "position": position,
            **_validity(table.validity),
        }
        ladder, changed = upsert(Ladder, {"code": table.code}, values, label=f"Ladder {table.name}")
        changes += changed + _apply_tiers(ladder, table)
        changes += _apply_routes(ladder, table.tier, blueprint)
        changes += [line for tier in table.tier for line in _apply_expiry(ladder, tier, blueprint)]
    return changes + _end_missing([table.code for table in tables])


def _check_honored(tables: list[LadderTable], blueprint: Any) -> None:
    """What an activity tells as its tier is a tier."""
    tiers = [tier.code for table in tables for tier in table.tier]
    for type in blueprint.activity_type:
        place = f'[[activity_type]] "{type.code}", attribute "{type.tier_by}", choices'
        for told in (one for one in type.attribute if one.code == type.tier_by):
            for code in told.choices:
                require_code(code, tiers, place=place)


def _carries(table: LadderTable, blueprint: Any) -> int | None:
    if table.carries_at_most is None:
        return None
    decimals = next(unit.decimals for unit in blueprint.unit if unit.code == table.counter)
    place = f'[[ladder]] "{table.code}", carries_at_most'
    return smallest(table.carries_at_most, decimals, place=place)


def _end_missing(codes: list[str]) -> list[str]:
    """Ladders that are no longer in the blueprint go, unless members have held a tier."""
    changes = []
    for ladder in Ladder.objects.exclude(code__in=codes):
        if Standing.objects.filter(ladder=ladder).exists():
            raise HistoryProtected(
                f'in [[ladder]]: members have held tiers of "{ladder.code}". Keep it.'
            )
        try:
            Tier.objects.filter(ladder=ladder).delete()
            ladder.delete()
        except ProtectedError as error:
            raise HistoryProtected(
                f'in [[ladder]]: rewards still name tiers of "{ladder.code}". Take them out and '
                "apply, then remove the ladder."
            ) from error
        changes.append(f"Ladder {ladder.name} was removed.")
    return changes


def _follow() -> None:
    """Whoever the new ladder lifts, or lets down, moves with it."""
    standing.reassess_everyone(actor="system:program")


def _validity(said: str | ValidityTable) -> dict[str, Any]:
    columns = {"validity_years": 0, "validity_months": 0, "validity_round_to": Unit.RoundTo.DAY}
    if said == "life":
        return columns | {"validity": "life"}
    if isinstance(said, str):
        said = ValidityTable(years=1)
    if said.years is not None:
        counts = {"validity_years": said.years, "validity_months": said.plus_months}
        return columns | counts | {"validity": "years"}
    if said.half_years is not None:
        return columns | {"validity": "half_years", "validity_years": said.half_years}
    return columns | {
        "validity": "months" if said.months else "active",
        "validity_months": said.months or said.active_months,
        "validity_round_to": Unit.RoundTo(said.round_to),
    }


def _apply_routes(ladder: Ladder, tables: list[TierTable], blueprint: Any) -> list[str]:
    tiers = {tier.code: tier for tier in Tier.objects.filter(ladder=ladder)}
    changes = []
    for table in tables:
        place, tier = _named(table), tiers[table.code]
        changes += route_section.apply(tier, ladder, table.route, blueprint, place=place)
    return changes


def _apply_expiry(ladder: Ladder, table: TierTable, blueprint: Any) -> list[str]:
    tier = Tier.objects.get(ladder=ladder, code=table.code)
    spendable = [unit.code for unit in blueprint.unit if unit.kind == "spendable"]
    wanted = {}
    for one in table.expiry:
        require_code(one.unit, spendable, place=f"{_named(table)}, expiry, unit")
        wanted[one.unit] = (one.kind, one.months or one.days, one.round_to)
    stored = {
        row.unit_id: (row.expiry, row.expiry_count, row.expiry_round_to)
        for row in tier.expiries.all()
    }
    if wanted == stored:
        return []
    tier.expiries.all().delete()
    for unit, (kind, count, round_to) in wanted.items():
        TierExpiry.objects.create(
            tier=tier, unit_id=unit, expiry=kind, expiry_count=count, expiry_round_to=round_to
        )
    return [f"Expiry at {table.name} changed."]


def _named(tier: TierTable) -> str:
    """How a message names a tier; its code is unique among all ladders."""
    return f'[[ladder.tier]] "{tier.code}"'


def _apply_tiers(ladder: Ladder, table: LadderTable) -> list[str]:
    decimals = Unit.objects.get(pk=table.counter).decimals
    thresholds = [_smallest(tier, decimals) for tier in table.tier]
    plain = [threshold for threshold in thresholds if threshold is not None]
    if plain != sorted(set(plain)):
        raise BlueprintInvalid(
            f'in [[ladder]] "{table.code}": list tiers from the lowest threshold to the highest.'
        )
    codes = [tier.code for tier in table.tier]
    _remove(ladder, codes)
    changes = []
    _make_room(ladder, dict(zip(codes, enumerate(thresholds, start=1), strict=True)))
    for rank, (tier, threshold) in enumerate(zip(table.tier, thresholds, strict=True), start=1):
        values = {
            "name": tier.name,
            "rank": rank,
            "threshold": threshold,
            "head_start": smallest(
                tier.head_start or Decimal(0), decimals, place=f"{_named(tier)}, head_start"
            ),
            "colors": list(tier.pennant.colors),
            "field": tier.pennant.field,
            "outline": tier.pennant.outline,
            "benefits": list(tier.benefits),
        }
        changes += upsert(
            Tier, {"ladder": ladder, "code": tier.code}, values, label=f"Tier {tier.name}"
        )[1]
    return changes


def _make_room(ladder: Ladder, wanted: dict[str, tuple[int, int | None]]) -> None:
    """Ranks and thresholds are unique: lift those that move out of the way before they are set."""
    for tier in Tier.objects.filter(ladder=ladder):
        rank, threshold = wanted[tier.code]
        if tier.rank != rank:
            Tier.objects.filter(pk=tier.pk).update(rank=tier.rank + 1000)
        if tier.threshold != threshold:
            Tier.objects.filter(pk=tier.pk).update(threshold=None)


def _remove(ladder: Ladder, codes: list[str]) -> None:
    for tier in Tier.objects.filter(ladder=ladder).exclude(code__in=codes):
        if Standing.objects.filter(tier=tier).exists():
            raise HistoryProtected(
                f'in [[ladder]] "{ladder.code}": members have held tier "{tier.code}". Keep '
                "it, or rename it."
            )
        try:
            tier.delete()
        except ProtectedError as error:
            raise HistoryProtected(
                f'in [[ladder]] "{ladder.code}": rewards or prices are tied to tier '
                f'"{tier.code}". Free them first, then remove it.'
            ) from error


def _smallest(tier: TierTable, decimals: int) -> int | None:
    if tier.threshold is None:
        return None
    return smallest(tier.threshold, decimals, place=f"{_named(tier)}, threshold")


def install() -> None:
    """Register the sections of this app."""
    from tiers import exports

    register(Section("ladder", list[LadderTable], _apply, exports.ladders, follow=_follow))
