"""The plans of a blueprint, from what is stored: `plans.sections` backwards."""

from __future__ import annotations

from datetime import date

from plans.models import Plan, PlanPrice, RefundTerms
from plans.sections import (
    PlanBenefitTable,
    PlanCreditTable,
    PlanPriceTable,
    PlanTable,
    RefundTable,
)
from program.exports import literal, plain, whole


def plans() -> list[PlanTable]:
    """Every plan on offer."""
    rows = Plan.objects.filter(is_active=True).select_related("tier")
    return [_plan(row) for row in rows.prefetch_related("prices", "refunds", "credits__unit")]


def _plan(row: Plan) -> PlanTable:
    prices = sorted(row.prices.all(), key=lambda one: one.pk)
    refunds = sorted(row.refunds.all(), key=lambda one: one.starts_on or date.min)
    return PlanTable(
        code=row.code,
        name=row.name,
        summary=row.summary,
        price=[_price(one) for one in prices],
        trial_days=row.trial_days,
        attempts=row.attempts,
        retry_days=row.retry_days,
        refund=[_refund(one) for one in refunds],
        refund_governed_by=literal(row.refund_governed_by),
        members_start=row.members_start,
        tier=row.tier.code if row.tier else None,
        credit=[
            PlanCreditTable(unit=one.unit_id, amount=whole(one.amount, one.unit))
            for one in row.credits.all()
        ],
        benefit=[
            PlanBenefitTable(
                code=one.code,
                name=one.name,
                at_most=one.at_most,
                per=literal(one.per) if one.per else None,
                minutes_apart=one.minutes_apart,
            )
            for one in row.benefits.filter(is_active=True)
        ],
    )


def _price(row: PlanPrice) -> PlanPriceTable:
    return PlanPriceTable(
        period=literal(row.period),
        amount=plain(row.amount) or row.amount,
        segment=row.segment_id,
        from_=row.starts_on,
        until=row.ends_on,
    )


def _refund(row: RefundTerms) -> RefundTable:
    return RefundTable(
        policy=literal(row.policy),
        business_days=row.business_days,
        from_=row.starts_on,
        until=row.ends_on,
    )
