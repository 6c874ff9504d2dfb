"""What a draft means for plans: what they are in words, who has one, and what they would pay from
their next period on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count

from common import clock
from common.text import counted
from plans import benefits, terms
from plans.models import (
    BenefitUse,
    Period,
    Plan,
    PlanBenefit,
    PlanPrice,
    RefundTerms,
    Subscription,
)
from points.wording import in_units
from program.differences import Aspect, Finding, Said, register, told
from program.models import Program
from program.verbs import Progress

LATELY = timedelta(days=30)
Prices = dict[tuple[str, str], tuple[str, Decimal | None]]  # plan and period: name, price today


def _read(program: Program) -> Prices:
    """What everybody pays today; None where a plan is not offered, or not by that period."""
    today = clock.local_date(clock.now(), program.time_zone)
    found: Prices = {}
    for code, plan in terms.plans(program).items():
        for period in Period.values:
            price = terms.price(plan, period=period, segments=(), day=today)
            amount = price.amount if price and plan.is_active else None
            found[code, period] = (plan.name, amount)
    return found


def _compare(before: Prices, after: Prices, progress: Progress) -> Sequence[Finding]:
    live = Subscription.objects.live().order_by().values("plan", "period")
    sentences = []
    for row in live.annotate(members=Count("pk")):
        key = (row["plan"], row["period"])
        name, old = before[key]
        new = after.get(key, (name, None))[1]
        who = counted(row["members"], "member has", "members have")
        words = f"{who} {name} by the {row['period']}"
        if old == new:
            sentences.append(f"{words}: nothing changes for them.")
        elif new is None:
            sentences.append(f"{words}: it would end with their period.")
        else:
            sentences.append(f"{words}: from their next period on it costs {new} instead of {old}.")
    return [Finding("Plans", tuple(sentences))] if sentences else []


def _plans(program: Program) -> dict[str, Said]:
    return {
        code: Said(plan.name, _plan(plan))
        for code, plan in terms.plans(program).items()
        if plan.is_active
    }


def _plan(row: Plan) -> str:
    """`10.00 a month; 30 days on trial; at least Blue; 2 visits each paid period; A berth (4 in a
    week, 2 hours apart)`.
    """
    words = [_price(price) for price in row.prices.all()]
    if row.trial_days:
        words.append(f"{counted(row.trial_days, 'day', 'days')} on trial")
    words += [_refund(one, row) for one in row.refunds.all()]
    words.append(
        f"tried {counted(row.attempts, 'time', 'times')}, "
        f"{counted(row.retry_days, 'day', 'days')} apart"
    )
    if row.tier is not None:
        words.append(f"at least {row.tier.name}")
    words += [f"{in_units(one.amount, one.unit)} each paid period" for one in row.credits.all()]
    words += [_benefit(one) for one in row.benefits.all() if one.is_active]
    words.append("members start it" if row.members_start else "the desk starts it")
    return "; ".join(words)


def _price(row: PlanPrice) -> str:
    words = f"{row.amount} {row.get_period_display()}"
    words += f" for {row.segment.name}" if row.segment else ""
    return words + _days(row.starts_on, row.ends_on)


def _refund(row: RefundTerms, plan: Plan) -> str:
    words = f"paid back: {row.get_policy_display()}"
    if row.business_days:
        words += f" ({counted(row.business_days, 'business day', 'business days')})"
    return f"{words}{_days(row.starts_on, row.ends_on)} by {plan.get_refund_governed_by_display()}"


def _days(first: date | None, after: date | None) -> str:
    return (f" from {first}" if first else "") + (f" before {after}" if after else "")


def _benefit(row: PlanBenefit) -> str:
    limits = []
    if row.at_most is not None:
        limits.append(f"{row.at_most} in {row.get_per_display()}")
    if row.minutes_apart is not None:
        limits.append(f"{benefits.pause(row.minutes_apart)} apart")
    return row.name + (f" ({', '.join(limits)})" if limits else "")


def _who_has(code: str) -> str:
    live = Subscription.objects.live().filter(plan=code).count()
    uses = BenefitUse.objects.filter(benefit__plan=code, used_at__gt=clock.now() - LATELY).count()
    return (
        f"{counted(live, 'member has', 'members have')} it; "
        f"{counted(uses, 'benefit was', 'benefits were')} used in the last 30 days."
    )


def _compare_plans(
    before: dict[str, Said], after: dict[str, Said], progress: Progress
) -> Sequence[Finding]:
    return told("What plans are", before, after, touched=_who_has)


def install() -> None:
    """Register the aspects of this app."""
    register(Aspect("plans", _read, _compare), Aspect("what plans are", _plans, _compare_plans))
