"""The ladders of a blueprint, from what is stored: `tiers.sections` backwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from program.exports import literal, whole
from tiers.models import Ladder, Tier, TierExpiry, TierNeed, TierRoute
from tiers.route_section import NeedTable, RouteTable
from tiers.sections import (
    LadderTable,
    PennantTable,
    TierExpiryTable,
    TierTable,
    ValidityTable,
)


def ladders() -> list[LadderTable]:
    """Every ladder with its tiers and the ways to them."""
    rows = Ladder.objects.select_related("counter").prefetch_related(
        "tiers__routes__needs__unit", "tiers__routes__needs__held", "tiers__expiries"
    )
    return [
        LadderTable(
            code=row.code,
            name=row.name,
            counter=row.counter_id,
            tier=[_tier(tier, row) for tier in sorted(row.tiers.all(), key=lambda one: one.rank)],
            validity=_validity(row),
            window=literal(row.window),
            window_months=row.window_months,
            downgrade=literal(row.downgrade),
            rolls_over=row.rolls_over,
            uses_up=row.uses_up,
            carries_at_most=None
            if row.carries_at_most is None
            else whole(row.carries_at_most, row.counter),
            shared=literal(row.shared),
            year_starts=row.year_starts,
        )
        for row in rows
    ]


def _validity(ladder: Ladder) -> Any:
    if ladder.validity == Ladder.Validity.LIFE:
        return "life"
    if ladder.validity == Ladder.Validity.YEARS:
        if (ladder.validity_years, ladder.validity_months) == (1, 0):
            return "next_year"
        return ValidityTable(years=ladder.validity_years, plus_months=ladder.validity_months)
    if ladder.validity == Ladder.Validity.HALF_YEARS:
        return ValidityTable(half_years=ladder.validity_years)
    if ladder.validity == Ladder.Validity.MONTHS:
        return ValidityTable(
            months=ladder.validity_months, round_to=literal(ladder.validity_round_to)
        )
    return ValidityTable(
        active_months=ladder.validity_months, round_to=literal(ladder.validity_round_to)
    )


def _tier(row: Tier, ladder: Ladder) -> TierTable:
    return TierTable(
        code=row.code,
        name=row.name,
        pennant=PennantTable(
            colors=list(row.colors), field=literal(row.field), outline=literal(row.outline)
        ),
        threshold=None if row.threshold is None else whole(row.threshold, ladder.counter),
        route=[_route(route, ladder) for route in row.routes.all()],
        head_start=whole(row.head_start, ladder.counter) if row.head_start else None,
        expiry=[_expiry(one) for one in row.expiries.all()],
        benefits=list(row.benefits),
        by_invitation=row.threshold is None and not row.routes.all(),
    )


def _expiry(row: TierExpiry) -> TierExpiryTable:
    count = {row.expiry: row.expiry_count}
    return TierExpiryTable(
        unit=row.unit_id,
        months=count.get(TierExpiry.Kind.MONTHS),
        days=count.get(TierExpiry.Kind.DAYS),
        never=row.expiry == TierExpiry.Kind.NEVER,
        while_held=row.expiry == TierExpiry.Kind.HELD,
        round_to=literal(row.expiry_round_to),
    )


def _route(row: TierRoute, ladder: Ladder) -> RouteTable:
    needs = [_need(need, ladder) for need in row.needs.all()]
    return RouteTable(
        need=needs,
        keeps=row.keeps,
        for_life=row.for_life,
        segment=row.segment_id,
        plan=row.plan or None,
        from_=row.starts_on,
        until=row.ends_on,
    )


def _need(row: TierNeed, ladder: Ladder) -> NeedTable:
    """A need names its window only where it is not the one it has anyway."""
    usual = ("lifetime", None) if row.held else (ladder.window, ladder.window_months)
    is_usual = (row.window, row.window_months) == usual
    return NeedTable(
        at_least=whole(row.at_least, row.unit) if row.unit else Decimal(row.at_least),
        counter=row.unit_id,
        less=row.less_id,
        activity=row.type_id,
        distinct=literal(row.distinct) if row.distinct else None,
        years_at=row.held.code if row.held else None,
        window=None if is_usual else literal(row.window),
        window_months=None if is_usual else row.window_months,
    )
