"""What a draft means for segments: who is in those that it names."""

from __future__ import annotations

from collections.abc import Sequence

from common.text import counted
from members.models import Segment, SegmentMember
from program.differences import Aspect, Finding, Said, register, told
from program.models import Program
from program.verbs import Progress

Sayings = dict[str, Said]


def _read(program: Program) -> Sayings:
    return {row.code: Said(row.name, "nobody is in it yet") for row in Segment.objects.all()}


def _inside(code: str) -> str:
    who = SegmentMember.objects.filter(segment=code).count()
    return f"{counted(who, 'member is', 'members are')} in it."


def _compare(before: Sayings, after: Sayings, progress: Progress) -> Sequence[Finding]:
    return told("Segments", before, after, touched=_inside)


def install() -> None:
    """Register the aspect of this app."""
    register(Aspect("segments", _read, _compare))
