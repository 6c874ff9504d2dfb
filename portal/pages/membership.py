"""The card, the profile, and the calendar of points that end."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from common import clock
from earning import offering
from members.models import Card, Member
from plans import terms
from points import expiry as endings
from points.expiry import End
from points.models import Extension
from portal.pages import expiry
from portal.pages import standing as places
from portal.pages.standing import Place
from program import catalog
from program.models import Program, Unit

MOVED = 20  # ends that were moved by hand, the latest


@dataclasses.dataclass(frozen=True, slots=True)
class Membership:
    """The card and whose it is, as of a moment, which an offline copy names."""

    member: Member
    number: str
    standing: Place | None
    as_of: datetime
    has_plans: bool = False
    has_offers: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Chapter:
    """When the points of one unit end: the rule in words, and every end, soonest first."""

    unit: Unit
    rule: str
    ends: list[End]


@dataclasses.dataclass(frozen=True, slots=True)
class Calendar:
    """When points end, unit by unit, and which ends were moved by hand."""

    chapters: list[Chapter]
    moved: list[Extension]


def gather(member: Member, *, program: Program) -> Membership:
    """Card number and standing. Three queries."""
    number = Card.objects.filter(member=member, is_active=True).values_list("number", flat=True)
    return Membership(
        member=member,
        number=number.first() or "",
        standing=places.of(member, program=program),
        as_of=clock.now(),
        has_plans=bool(terms.plans(program)),
        has_offers=bool(offering.offers(program)),
    )


def calendar(member: Member, *, program: Program) -> Calendar:
    """The live lots of every unit to spend, summed by their end. Two queries."""
    with catalog.reading(program):
        known, ends = catalog.of(program), endings.calendar(member)
    first = known.default_unit
    has = {end.unit for end in ends}
    units = [first, *(one for one in known.units.values() if one.code in has and one != first)]
    moved = Extension.objects.filter(member=member, lot__isnull=False)
    return Calendar(
        chapters=[
            Chapter(
                unit=unit,
                rule=expiry.rule(unit, catalog=known),
                ends=[end for end in ends if end.unit == unit.code],
            )
            for unit in units
        ],
        moved=list(moved.select_related("lot__account__unit")[:MOVED]),
    )
