"""What a draft means for plans: who has one, and what they would pay from their next period on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count

from common import clock
from common.text import counted
from plans import terms
from plans.models import Period, Subscription
from program.differences import Aspect, Finding, register
from program.models import Program
from program.verbs import Progress

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


def install() -> None:
    """Register the aspects of this app."""
    register(Aspect("plans", _read, _compare))
