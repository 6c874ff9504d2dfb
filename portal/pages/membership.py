"""The card, the profile, and the calendar of points that end."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from django.db.models import F, Sum

from common import clock
from members.models import Card, Member
from plans import terms
from points.models import Lot
from portal.pages import expiry
from portal.pages import standing as places
from portal.pages.standing import Place
from program import catalog
from program.models import Program, Unit


@dataclasses.dataclass(frozen=True, slots=True)
class Membership:
    """The card and whose it is, as of a moment, which an offline copy names."""

    member: Member
    number: str
    standing: Place | None
    as_of: datetime
    has_plans: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Portion:
    """Points that end together; `expires_at` is exclusive, None for those that never do."""

    amount: int
    expires_at: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class Calendar:
    """When points end: the rule in words and what is left, soonest first."""

    unit: Unit
    rule: str
    portions: list[Portion]


def gather(member: Member, *, program: Program) -> Membership:
    """Card number and standing. Three queries."""
    number = Card.objects.filter(member=member, is_active=True).values_list("number", flat=True)
    return Membership(
        member=member,
        number=number.first() or "",
        standing=places.of(member, program=program),
        as_of=clock.now(),
        has_plans=bool(terms.plans(program)),
    )


def calendar(member: Member, *, program: Program) -> Calendar:
    """The live lots of the unit to spend, summed by their end. One query."""
    known = catalog.of(program)
    unit = known.default_unit
    rows = (
        Lot.objects.live()
        .filter(member=member, account__unit=unit)
        .order_by(F("expires_at").asc(nulls_last=True))
        .values("expires_at")
        .annotate(amount=Sum("remaining"))
    )
    portions = [Portion(amount=row["amount"], expires_at=row["expires_at"]) for row in rows]
    return Calendar(unit=unit, rule=expiry.rule(unit, catalog=known), portions=portions)
