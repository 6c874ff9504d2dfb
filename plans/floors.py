"""Floors: the tier that a plan gives while it runs, as a standing that was bought.

The periods follow from the subscriptions, so writing them again changes nothing.
"""

from __future__ import annotations

from datetime import datetime

from members.models import Member
from plans import terms
from plans.models import Subscription
from program.models import Program
from tiers import bought, ladders
from tiers.terms import Span

State = Subscription.State


def settle(member: Member, *, program: Program, actor: str) -> None:
    """Make the standings a member has bought follow from their subscriptions.

    The caller holds the member's accounts locked.
    """
    plans = terms.plans(program)
    if not any(plan.tier_id for plan in plans.values()):
        return
    rungs = {rung.id: (rule, rung) for rule in ladders.rules(program) for rung in rule.rungs}
    spans: dict[str, list[Span]] = {rule.code: [] for rule in ladders.rules(program)}
    for row in Subscription.objects.filter(member=member):
        tier, ends_at = plans[row.plan_id].tier_id, _ends_at(row)
        if tier is not None and (ends_at is None or ends_at > row.started_at):
            rule, rung = rungs[tier]
            spans[rule.code].append(Span(rung, row.started_at, ends_at))
    bought.settle(member, spans=spans, program=program, actor=actor)


def _ends_at(row: Subscription) -> datetime | None:
    """Until when a subscription gives its tier, as far as it is known now."""
    if row.state == State.ENDED:
        return row.ended_at
    if row.state == State.CANCELLED or row.next_at is None:
        return row.period_ends_at
    return max(row.next_at, row.period_ends_at or row.next_at)
