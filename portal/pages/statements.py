"""Monthly statements for members: the list of months, and one month to read, keep or print."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from django.http import Http404
from django.utils.translation import gettext as _

from members.models import Card, Member
from points import statements
from points.statements import Statement
from program.models import Program
from tiers import past
from tiers.past import Held


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One month: its sheets, the tiers held at its end, and the months beside it (None: none)."""

    statement: Statement
    held: tuple[Held, ...]
    card: str
    earlier: date | None
    later: date | None


def months(member: Member, *, program: Program) -> list[date]:
    """The first days of the months of which there is a statement, newest first."""
    return statements.months(member, program=program)


def gather(member: Member, *, month: str, program: Program) -> Page:
    """The statement of a month written as `2026-09`. Raises Http404 for any other text or month."""
    known = statements.months(member, program=program)
    first = next((one for one in known if f"{one:%Y-%m}" == month), None)
    if first is None:
        raise Http404(_("There is no statement of that month."))
    found, place = statements.of(member, month=first, program=program), known.index(first)
    card = Card.objects.filter(member=member, is_active=True).first()
    moment = found.ends_at - timedelta(microseconds=1)
    return Page(
        statement=found,
        held=tuple(past.happened(member, at=moment, program=program)),
        card=card.number if card else "",
        earlier=known[place + 1] if place + 1 < len(known) else None,
        later=known[place - 1] if place else None,
    )
