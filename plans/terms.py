"""The terms of plans: what a period costs on a day, how long it lasts, and the days of business.

Read from memory, by the program's version. Later periods are counted from the first paid day, so
that 31 January is followed by 28 February and then by 31 March.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from common import clock
from plans.errors import PlanUnavailable
from plans.models import Period, Plan, PlanPrice, RefundTerms
from program.catalog import versioned
from program.models import Program

MONTHS = {Period.MONTH: 1, Period.YEAR: 12}
SATURDAY = 6


@versioned
def plans(program: Program) -> dict[str, Plan]:
    """Every plan by its code, also what is no longer offered, with its terms at hand."""
    rows = Plan.objects.select_related("tier__ladder").prefetch_related(
        "prices__segment", "refunds", "credits__unit", "benefits"
    )
    return {plan.code: plan for plan in rows}


def plan(code: str, *, program: Program) -> Plan:
    """The plan of a code. Raises PlanUnavailable for one that is not there."""
    found = plans(program).get(code)
    if found is None:
        raise PlanUnavailable(f"There is no plan {code!r}. Use the code of one that there is.")
    return found


def price(plan: Plan, *, period: str, segments: Collection[str], day: date) -> PlanPrice | None:
    """The lowest price of a period on `day` for somebody in `segments`; None when it has none."""
    rows = [
        row
        for row in plan.prices.all()
        if row.period == period
        and row.is_in_force(day)
        and (row.segment_id is None or row.segment_id in segments)
    ]
    return min(rows, key=lambda row: row.amount, default=None)


def refund(plan: Plan, *, day: date) -> RefundTerms | None:
    """The refund terms in force on `day`; None where nothing was ever promised."""
    return next((row for row in plan.refunds.all() if row.is_in_force(day)), None)


def bounds(anchor: date, *, period: str, number: int) -> tuple[date, date | None]:
    """The first day of paid period `number` (1 is the first), and the day after its last; None for
    life.
    """
    months = MONTHS.get(Period(period))
    if months is None:
        return anchor, None
    first = clock.add_months(anchor, months * (number - 1))
    return first, clock.add_months(anchor, months * number)


def business_days_after(day: date, count: int) -> date:
    """The last of `count` business days (Monday to Friday), the first of them after `day`."""
    while count:
        day += timedelta(days=1)
        count -= day.isoweekday() < SATURDAY
    return day
