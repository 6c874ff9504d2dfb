"""Segments: who is in which group of members.

What must stay true: a member is in a segment once; joining twice, or leaving what one is not in,
changes nothing.
"""

from __future__ import annotations

from members.models import Member, Segment, SegmentMember


def join(member: Member, *, segment: Segment) -> bool:
    """Put a member into a segment. Returns whether they were not in it."""
    _, is_new = SegmentMember.objects.get_or_create(member=member, segment=segment)
    return is_new


def leave(member: Member, *, segment: Segment) -> bool:
    """Take a member out of a segment. Returns whether they were in it."""
    rows = SegmentMember.objects.filter(member=member, segment=segment)
    return bool(rows.delete()[0])
