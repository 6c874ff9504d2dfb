"""Which tier a member held at a past moment, folded anew from the dated history.

As in `points.past` there are two pasts: what is known today about that moment, and what was known
then. Ladders are taken as they are now; their thresholds carry their own dates.
"""

from __future__ import annotations

from datetime import datetime

from members.models import Member
from program.models import Program
from tiers.ladders import climbs_under, rows, rules
from tiers.models import Ladder, Tier

Held = tuple[Ladder, Tier | None]


def happened(member: Member, *, at: datetime, program: Program) -> list[Held]:
    """The tier on every ladder at `at`, by everything that is known today."""
    return _held(member, at=at, program=program, known_at=None)


def known(member: Member, *, at: datetime, program: Program) -> list[Held]:
    """The tier on every ladder at `at`, by what had been recorded by then."""
    return _held(member, at=at, program=program, known_at=at)


def _held(
    member: Member, *, at: datetime, program: Program, known_at: datetime | None
) -> list[Held]:
    ways = climbs_under(rules(program), [member], known_at=known_at)
    found: list[Held] = []
    for ladder in rows(program):
        rung = ways[member.pk, ladder.code].rung_at(at)
        tiers: list[Tier] = ladder.rungs  # type: ignore[attr-defined]
        found.append((ladder, next((one for one in tiers if rung and one.pk == rung.id), None)))
    return found
