"""Refunds: whether what was paid for a plan comes back, and why, in a sentence.

All or nothing: who has used a benefit in the period gets nothing back, because no program says how
a part would be reckoned.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _

from common import clock
from plans import terms
from plans.models import Charge, Plan, RefundTerms, Subscription
from program.models import Program


@dataclasses.dataclass(frozen=True, slots=True)
class Eligibility:
    """What comes back (nothing: 0), of which charge, and the sentence that says why."""

    amount: Decimal
    sentence: str
    charge: Charge | None = None

    @property
    def is_full(self) -> bool:
        return self.amount > 0


def eligibility(subscription: Subscription, *, asked_at: datetime, program: Program) -> Eligibility:
    """What would come back if the plan were cancelled at `asked_at`."""
    charge = Charge.objects.filter(
        subscription=subscription, member=subscription.member_id, number=subscription.number
    ).first()
    if charge is None or charge.status != Charge.Status.PAID:
        return Eligibility(Decimal(0), _("Nothing was paid for this period."))
    why_not = _why_not(subscription, charge, asked_at=asked_at, program=program)
    if why_not:
        return Eligibility(Decimal(0), why_not)
    sentence = _("Nothing of it was used, so all of it comes back: %(amount)s.")
    words = {"amount": money(charge.amount, charge.currency)}
    return Eligibility(charge.amount, sentence % words, charge)


def money(amount: Decimal, currency: str) -> str:
    """`139.00 USD`, with the reader's signs."""
    return f"{formats.number_format(amount, 2, use_l10n=True)} {currency}"


def _why_not(
    subscription: Subscription, charge: Charge, *, asked_at: datetime, program: Program
) -> str:
    """Why nothing comes back; empty where all of it does."""
    plan = terms.plan(subscription.plan_id, program=program)
    today = clock.local_date(asked_at, program.time_zone)
    rule = terms.refund(plan, day=_governing(plan, charge, today))
    if rule is None or rule.policy == RefundTerms.Policy.NEVER:
        return _("What is paid for %(plan)s does not come back.") % {"plan": plan.name}
    uses = subscription.uses.filter(used_at__gte=subscription.period_starts_at)
    used = uses.select_related("benefit").order_by("used_at").first()
    if used is not None:
        day = clock.local_date(used.used_at, program.time_zone)
        return _("“%(benefit)s” was used on %(day)s, so nothing comes back.") % {
            "benefit": used.benefit.name,
            "day": _day(day),
        }
    if rule.policy == RefundTerms.Policy.ANY_TIME:
        return ""
    last = terms.business_days_after(subscription.anchor_on, rule.business_days or 0)
    if subscription.number == 1 and today <= last:
        return ""
    return _("It could be had back until %(day)s.") % {"day": _day(last)}


def _governing(plan: Plan, charge: Charge, today: date) -> date:
    """The day that decides which refund terms hold."""
    return charge.due_on if plan.refund_governed_by == Plan.Governs.START else today


def _day(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")
