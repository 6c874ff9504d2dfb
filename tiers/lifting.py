"""Lifting: who joins a segment that a way to a tier is only for rises at once, if all else that it
takes is there.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from members import segments
from members.models import Member, PastSegment, Segment, SegmentMember
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


def _segments(
    ids: Collection[uuid.UUID], codes: Collection[str], known_at: datetime | None
) -> Iterator[tuple[uuid.UUID, groups.Stay]]:
    """Two queries: who is in them, and who was."""
    rows = SegmentMember.objects.filter(member__in=ids, segment__in=codes)
    for member, code, since in rows.values_list("member", "segment", "added_at"):
        if known_at is None or since <= known_at:
            yield member, groups.Stay(groups.named(groups.SEGMENT, code), since)
    past = PastSegment.objects.filter(member__in=ids, segment__in=codes)
    for member, code, since, until in past.values_list("member", "segment", "starts_at", "ends_at"):
        if known_at is None or until <= known_at:
            yield member, groups.Stay(groups.named(groups.SEGMENT, code), since, until)
        elif since <= known_at:
            yield member, groups.Stay(groups.named(groups.SEGMENT, code), since)


def _segment(code: str) -> str:
    row = Segment.objects.filter(code=code).first()
    return row.name if row else code


def install() -> None:
    """Follow members who join a segment, and tell ladders who was in which."""
    segments.register(_joining)
    groups.register(groups.SEGMENT, _segments, name=_segment)
