"""The part of a blueprint that describes the ways to a tier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.sections import Code, positive, require_code, smallest
from tiers.models import Ladder, Tier, TierNeed, TierRoute

WindowName = Literal[
    "lifetime",
    "year",
    "half_year",
    "quarter",
    "month",
    "months",
    "membership_year",
    "membership_half_year",
    "since_change",
]


class NeedTable(Table):
    """One requirement: at least so much of a counter, so many activities, or years at a tier."""

    at_least: Decimal
    counter: Code | None = None
    less: Code | None = None
    activity: Code | None = None
    distinct: Literal["day", "partner", "location"] | None = None
    years_at: Code | None = None
    window: WindowName | None = None
    window_months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None

    def __post_init__(self) -> None:
        positive(self, "at_least")
        if sum(one is not None for one in (self.counter, self.activity, self.years_at)) != 1:
            raise ValueError("give exactly one of counter, activity or years_at")
        if self.distinct is not None and self.activity is None:
            raise ValueError("distinct goes with activity")
        if self.less is not None and (self.counter is None or self.less == self.counter):
            raise ValueError("less goes with counter, and names another one")
        check_window(self.window, self.window_months)


class RouteTable(Table):
    """One way to a tier: all its needs must hold, on days from `from` up to but not on `until`."""

    need: Annotated[list[NeedTable], msgspec.Meta(min_length=1)]
    keeps: bool = False
    for_life: bool = False
    segment: Code | None = None
    plan: Code | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    def __post_init__(self) -> None:
        if self.keeps and self.for_life:
            raise ValueError("give either keeps or for_life: what is for life need not be kept")
        if self.segment is not None and self.plan is not None:
            raise ValueError("give either segment or plan; for two groups write two routes")


def check_window(window: str | None, months: int | None) -> None:
    if (window == "months") != (months is not None):
        raise ValueError("window_months goes with the window months, and only with it")


def apply(
    tier: Tier, ladder: Ladder, tables: Sequence[RouteTable], blueprint: Any, *, place: str
) -> list[str]:
    """Routes are small and derived from nowhere else: they are written anew when they differ."""
    wanted = [_route(route, ladder, blueprint, f"{place}, route") for route in tables]
    stored = [
        (_terms(route), [_stored(need) for need in route.needs.all()])
        for route in tier.routes.prefetch_related("needs")
    ]
    if wanted == stored:
        return []
    tier.routes.all().delete()
    for position, (terms, needs) in enumerate(wanted):
        route = TierRoute.objects.create(tier=tier, position=position, **terms)
        TierNeed.objects.bulk_create(TierNeed(route=route, **need) for need in needs)
    return [f"Routes to {tier.name} changed."]


def _route(
    route: RouteTable, ladder: Ladder, blueprint: Any, place: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    counters = {unit.code: unit for unit in blueprint.unit if unit.kind == "counter"}
    tiers = {tier.code: tier for tier in Tier.objects.filter(ladder=ladder)}
    if route.segment is not None:
        known = [one.code for one in blueprint.segment]
        require_code(route.segment, known, place=f"{place}, segment")
    if route.plan is not None:
        require_code(route.plan, [one.code for one in blueprint.plan], place=f"{place}, plan")
    needs, place = [], f"{place}, need"
    for need in route.need:
        if need.counter is not None:
            require_code(need.counter, counters, place=place)
        if need.less is not None:
            require_code(need.less, _alike(need.counter, counters), place=f"{place}, less")
        if need.activity is not None:
            types = [one.code for one in blueprint.activity_type]
            require_code(need.activity, types, place=f"{place}, activity")
        if need.years_at is not None:
            _require_own(need.years_at, tiers, place=place)
        decimals = counters[need.counter].decimals if need.counter else 0
        window = need.window or ("lifetime" if need.years_at else ladder.window)
        months = need.window_months if need.window else ladder.window_months
        needs.append(
            {
                "unit_id": need.counter,
                "less_id": need.less,
                "type_id": need.activity,
                "distinct": need.distinct or "",
                "held_id": tiers[need.years_at].pk if need.years_at else None,
                "at_least": smallest(need.at_least, decimals, place=f"{place}, at_least"),
                "window": window,
                "window_months": months if window == "months" else None,
            }
        )
    terms: dict[str, Any] = {"starts_on": route.from_, "ends_on": route.until}
    terms |= {"segment_id": route.segment, "plan": route.plan or ""}
    return terms | {"keeps": route.keeps, "for_life": route.for_life}, needs


def _terms(route: TierRoute) -> dict[str, Any]:
    names = ("starts_on", "ends_on", "keeps", "for_life", "segment_id", "plan")
    return {name: getattr(route, name) for name in names}


def _require_own(code: str, tiers: dict[str, Tier], *, place: str) -> None:
    """Years are those at tiers of this ladder; say so to whoever means those of another."""
    if code not in tiers and Tier.objects.filter(code=code).exists():
        raise BlueprintInvalid(
            f"in {place}, years_at: years are those at tiers of the same ladder, and "
            f'"{code}" is on another. A status for life that years at "{code}" lead to is a route '
            f"with for_life = true, of a tier on that ladder."
        )
    require_code(code, tiers, place=place)


def _alike(counter: str | None, counters: dict[str, Any]) -> list[str]:
    """The counters that can be taken off another: those with as many decimals."""
    own = counters[counter].decimals if counter else 0
    return [code for code, unit in counters.items() if unit.decimals == own]


def _stored(need: TierNeed) -> dict[str, Any]:
    counted = ("unit_id", "less_id", "type_id", "distinct", "held_id")
    names = (*counted, "at_least", "window", "window_months")
    return {name: getattr(need, name) for name in names}
