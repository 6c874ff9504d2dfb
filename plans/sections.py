"""The part of a blueprint that describes paid plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec

from plans.models import Plan, PlanBenefit, PlanCredit, PlanPrice, RefundTerms
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid
from program.sections import (
    Code,
    Name,
    Text,
    positive,
    reordered,
    require_code,
    smallest,
    unique,
    upsert,
)
from tiers.models import Tier

CENTS = 2  # digits after the point of a price
Days = Annotated[int, msgspec.Meta(ge=1, le=366)]


class PlanPriceTable(Table):
    """What a period costs, in the program's currency, from one day to another."""

    period: Literal["month", "year", "lifetime"]
    amount: Decimal
    segment: Code | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    def __post_init__(self) -> None:
        positive(self, "amount")
        if self.amount != round(self.amount, CENTS):
            raise ValueError(f"amount has at most {CENTS} digits after the point")


class RefundTable(Table):
    """Whether who has used nothing gets everything back, from one day to another."""

    policy: Literal["any_time", "within", "never"]
    business_days: Days | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    def __post_init__(self) -> None:
        if (self.policy == "within") != (self.business_days is not None):
            raise ValueError("business_days goes with the policy within, and only with it")


class PlanCreditTable(Table):
    """What each paid period begins with: an amount of a counter."""

    unit: Code
    amount: Decimal

    def __post_init__(self) -> None:
        positive(self, "amount")


class PlanBenefitTable(Table):
    code: Code
    name: Name
    at_most: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    per: Literal["paid", "day", "week", "month", "year"] | None = None
    minutes_apart: Annotated[int, msgspec.Meta(ge=1, le=44640)] | None = None

    def __post_init__(self) -> None:
        if (self.at_most is None) != (self.per is None):
            raise ValueError("at_most and per go together: how often, and in what")


class PlanTable(Table):
    code: Code
    name: Name
    summary: Text
    price: Annotated[list[PlanPriceTable], msgspec.Meta(min_length=1)]
    trial_days: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0
    attempts: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    retry_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
    refund: list[RefundTable] = []
    refund_governed_by: Literal["request", "start"] = "request"
    members_start: bool = False
    tier: Code | None = None
    credit: list[PlanCreditTable] = []
    benefit: list[PlanBenefitTable] = []


def _apply(tables: list[PlanTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="plan")
    changes = reordered(Plan.objects.all(), codes, what="plans")
    for position, table in enumerate(tables):
        _check(table, blueprint)
        values = {
            name: getattr(table, name)
            for name in (
                "name",
                "summary",
                "trial_days",
                "attempts",
                "retry_days",
                "refund_governed_by",
                "members_start",
            )
        }
        tier = Tier.objects.get(code=table.tier).pk if table.tier else None
        values |= {"tier_id": tier, "is_active": True, "position": position}
        plan, changed = upsert(Plan, {"code": table.code}, values, label=f"Plan {table.name}")
        changes += changed + _apply_prices(plan, table) + _apply_refunds(plan, table)
        changes += _apply_credits(plan, table, blueprint) + _apply_benefits(plan, table)
    gone = Plan.objects.filter(is_active=True).exclude(code__in=codes)
    changes += [f"Plan {plan.name} is no longer on offer." for plan in gone]
    gone.update(is_active=False)
    return changes


def _check(table: PlanTable, blueprint: Any) -> None:
    place = f'[[plan]] "{table.code}"'
    if table.tier is not None:
        tiers = [tier.code for ladder in blueprint.ladder for tier in ladder.tier]
        require_code(table.tier, tiers, place=f"{place}, tier")
    segments = [one.code for one in blueprint.segment]
    for price in table.price:
        if price.segment is not None:
            require_code(price.segment, segments, place=f"{place}, price, segment")
    counters = [unit.code for unit in blueprint.unit if unit.kind == "counter"]
    for credit in table.credit:
        require_code(credit.unit, counters, place=f"{place}, credit, unit")
    for what in ("credit", "benefit"):
        names = [getattr(one, "code", None) or one.unit for one in getattr(table, what)]
        unique(names, place=f"plan.{what}")
    by_kind: dict[tuple[str, str], list[PlanPriceTable]] = {}
    for price in table.price:
        by_kind.setdefault((price.period, price.segment or ""), []).append(price)
    for prices in by_kind.values():
        _check_days(prices, f"{place}, price")
    _check_days(table.refund, f"{place}, refund")


def _check_days(rows: Sequence[PlanPriceTable | RefundTable], place: str) -> None:
    """On every day one of them holds at most."""
    for row in rows:
        if row.from_ and row.until and row.until <= row.from_:
            raise BlueprintInvalid(
                f"in {place}: until is the first day after it, so later than from."
            )
    for one, following in pairwise(sorted(rows, key=lambda row: row.from_ or date.min)):
        if one.until is None or following.from_ is None or one.until > following.from_:
            raise BlueprintInvalid(
                f'in {place}: two of them hold on the same days. Give the first an "until" that '
                'is the "from" of the second.'
            )


def _apply_prices(plan: Plan, table: PlanTable) -> list[str]:
    """What was charged keeps its amount: prices only say what will be."""
    wanted = [(p.period, p.segment, p.amount, p.from_, p.until) for p in table.price]
    stored = {
        (row.period, row.segment_id, row.amount, row.starts_on, row.ends_on)
        for row in plan.prices.all()
    }
    if set(wanted) == stored:
        return []
    plan.prices.all().delete()
    PlanPrice.objects.bulk_create(
        PlanPrice(
            plan=plan,
            period=period,
            segment_id=segment,
            amount=amount,
            starts_on=start,
            ends_on=end,
        )
        for period, segment, amount, start, end in wanted
    )
    return [f"Prices of {plan.name} changed."] if stored else []


def _apply_refunds(plan: Plan, table: PlanTable) -> list[str]:
    wanted = {(r.policy, r.business_days, r.from_, r.until) for r in table.refund}
    stored = {
        (row.policy, row.business_days, row.starts_on, row.ends_on) for row in plan.refunds.all()
    }
    if wanted == stored:
        return []
    plan.refunds.all().delete()
    RefundTerms.objects.bulk_create(
        RefundTerms(plan=plan, policy=policy, business_days=days, starts_on=start, ends_on=end)
        for policy, days, start, end in wanted
    )
    return [f"Refund terms of {plan.name} changed."]


def _apply_credits(plan: Plan, table: PlanTable, blueprint: Any) -> list[str]:
    decimals = {unit.code: unit.decimals for unit in blueprint.unit}
    place = f'[[plan]] "{table.code}", credit, amount'
    wanted = {
        one.unit: smallest(one.amount, decimals[one.unit], place=place) for one in table.credit
    }
    stored = {row.unit_id: row.amount for row in plan.credits.all()}
    if wanted == stored:
        return []
    plan.credits.all().delete()
    PlanCredit.objects.bulk_create(
        PlanCredit(plan=plan, unit_id=unit, amount=amount) for unit, amount in wanted.items()
    )
    return [f"Credits of {plan.name} changed."]


def _apply_benefits(plan: Plan, table: PlanTable) -> list[str]:
    codes = [one.code for one in table.benefit]
    changes = reordered(plan.benefits.all(), codes, what=f"the benefits of {plan.name}")
    for position, one in enumerate(table.benefit):
        allowed: dict[str, Any] = {"at_most": one.at_most, "per": one.per or ""}
        allowed["minutes_apart"] = one.minutes_apart
        values = {"name": one.name, "is_active": True, "position": position, **allowed}
        match = {"plan": plan, "code": one.code}
        changes += upsert(PlanBenefit, match, values, label=f"Benefit {one.name}")[1]
    gone = plan.benefits.filter(is_active=True).exclude(code__in=codes)
    changes += [f"Benefit {benefit.name} is no longer given." for benefit in gone]
    gone.update(is_active=False)
    return changes


def install() -> None:
    """Register the sections of this app."""
    from plans import exports

    register(Section("plan", list[PlanTable], _apply, exports.plans))
