"""Lifting: who joins a segment that a way to a tier is only for rises at once, if all else that it
takes is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from members import segments
from members.models import Member, Segment
from points.books import Books
from program.models import Program
from tiers import groups, standing
from tiers.ladders import counters, rules

ACTOR = "system:segments"


@contextmanager
def _joining(member: Member, segment: Segment) -> Iterator[None]:
    """Lock what counts for the member before they join, and look at their tiers after."""
    program = Program.objects.first()
    if program is None or not asks(groups.named(groups.SEGMENT, segment.code), program=program):
        yield
        return
    Books.open({(member.pk, unit) for unit in counters(program)})
    yield
    standing.settle(standing.climbs([member], program=program), actor=ACTOR)


def asks(group: str, *, program: Program) -> bool:
    """Whether any way to a tier is only for this group."""
    return any(group in rule.groups for rule in rules(program))


def install() -> None:
    """Follow members who join a segment."""
    segments.register(_joining)
