"""Grouping: who had which plan when, told to ladders whose tiers have ways only for who has one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from members.models import Member
from plans import terms
from plans.models import Subscription
from program import catalog
from program.models import Program
from tiers import groups, lifting, standing
from tiers.groups import Stay


def _stays(
    ids: Collection[uuid.UUID], codes: Collection[str], known_at: datetime | None
) -> Iterator[tuple[uuid.UUID, Stay]]:
    """One query. What ended counts to its end; one that was cancelled, to that of its period."""
    for row in Subscription.objects.filter(member__in=ids, plan__in=codes):
        if known_at is not None and row.started_at > known_at:
            continue
        ends_at = row.held_until
        said_at = row.cancelled_at or row.ended_at
        if known_at is not None and said_at is not None and said_at > known_at:
            ends_at = None
        if ends_at is None or ends_at > row.started_at:
            group = groups.named(groups.PLAN, row.plan_id)
            yield row.member_id, Stay(group, row.started_at, ends_at)


def _name(code: str) -> str:
    plan = terms.plans(catalog.current()).get(code)
    return plan.name if plan else code


def lift(member: Member, *, plan: str, program: Program, actor: str) -> None:
    """Look at the tiers of who takes a plan that a way to one of them is only for.

    The caller holds the member's accounts locked.
    """
    if lifting.asks(groups.named(groups.PLAN, plan), program=program):
        standing.settle(standing.climbs([member], program=program), actor=actor)


def install() -> None:
    """Let ladders ask for plans."""
    groups.register(groups.PLAN, _stays, name=_name)
