"""Benefits: what a plan gives, used one by one. A use is final, and ends the right to a refund."""

from __future__ import annotations

from django.db import transaction

from common import clock
from common.errors import translate
from members.models import Member
from plans import periods, subscribing
from plans.errors import REFUSALS, BenefitUnknown, NotSubscribed
from plans.models import BenefitUse, PlanBenefit
from program import catalog


def use(member: Member, *, plan: str, benefit: str, actor: str, reference: str = "") -> BenefitUse:
    """Write down that a member used a benefit of a plan they have, now.

    The same `reference` again gets the first answer. Raises NotSubscribed, BenefitUnknown.
    """
    program = catalog.current()
    with transaction.atomic(), translate(REFUSALS):
        row = periods.locked(subscribing.of(member, plan), program=program)
        now = clock.now()
        if not row.is_live or (row.period_ends_at is not None and row.period_ends_at <= now):
            raise NotSubscribed("The plan has ended. Nothing was used.", plan=plan)
        found = PlanBenefit.objects.filter(plan=plan, code=benefit, is_active=True).first()
        if found is None:
            raise BenefitUnknown(f"The plan has no benefit {benefit!r}.", pointer="/benefit")
        uses = BenefitUse.objects.filter(subscription=row, member=member, benefit=found)
        known = uses.filter(reference=reference).first() if reference else None
        if known is not None:
            return known
        made = BenefitUse.objects.create(
            member=member,
            subscription=row,
            benefit=found,
            used_at=now,
            reference=reference,
            actor=actor,
        )
        payload = {"plan": plan, "benefit": benefit, "actor": actor}
        periods.publish("benefit_used", row, dict(payload), at=now)
    return made
