"""Segments: who is in which group of members, and who was.

What must stay true: a member is in a segment once; joining twice, or leaving what one is not in,
changes nothing; when somebody was in a segment stays known.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from django.db import transaction

from common import clock
from members.models import Member, PastSegment, Segment, SegmentMember

Follower = Callable[[Member, Segment], AbstractContextManager[None]]

_followers: list[Follower] = []


def register(follower: Follower) -> None:
    """Say what follows when a member joins a segment: it locks what it needs on entering, and does
    it on leaving. Called once, when the app is ready.
    """
    if follower not in _followers:
        _followers.append(follower)


def join(member: Member, *, segment: Segment) -> bool:
    """Put a member into a segment. Returns whether they were not in it."""
    with transaction.atomic(), ExitStack() as stack:
        for follower in _followers:
            stack.enter_context(follower(member, segment))
        _, is_new = SegmentMember.objects.get_or_create(
            member=member, segment=segment, defaults={"added_at": clock.now()}
        )
    return is_new


def leave(member: Member, *, segment: Segment) -> bool:
    """Take a member out of a segment; when they were in it stays known. Returns whether they were.

    What they hold because of it they keep to its end.
    """
    with transaction.atomic():
        rows = SegmentMember.objects.filter(member=member, segment=segment)
        row = rows.select_for_update(of=("self",)).first()
        if row is None:
            return False
        now = clock.now()
        if row.added_at < now:
            PastSegment.objects.create(
                member=member, segment=segment, starts_at=row.added_at, ends_at=now
            )
        rows.delete()
    return True
