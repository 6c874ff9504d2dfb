"""Who holds which plan when: what rules and rewards ask."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from common import clock
from members.models import Member
from plans.models import Subscription


@dataclasses.dataclass(frozen=True, slots=True)
class Holding:
    """A plan held from `starts_at` to `ends_at` (exclusive; None: it runs on)."""

    plan: str
    starts_at: datetime
    ends_at: datetime | None

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


def of(members: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Holding, ...]]:
    """Everything that members hold and have held. One query."""
    found: dict[uuid.UUID, tuple[Holding, ...]] = {}
    for row in Subscription.objects.filter(member__in=members).order_by("started_at"):
        one = Holding(row.plan_id, row.started_at, row.held_until)
        found[row.member_id] = (*found.get(row.member_id, ()), one)
    return found


def at(holdings: Iterable[Holding], moment: datetime) -> frozenset[str]:
    """The codes of the plans held at a moment."""
    return frozenset(one.plan for one in holdings if one.covers(moment))


def now(member: Member) -> frozenset[str]:
    """The codes of the plans that a member holds now."""
    return at(of([member.pk]).get(member.pk, ()), clock.now())
