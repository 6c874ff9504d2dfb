"""Presence: whether somebody takes part, asked under the lock of their row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from members.errors import MemberErased, MemberInactive, MemberMerged
from members.models import Member


def lock(member: Member) -> Member:
    """The member's row, locked, of somebody who takes part.

    Raises MemberMerged, MemberErased or MemberInactive.
    """
    locked = lock_all([member.pk])[member.pk]
    require(locked)
    return locked


def lock_all(member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Member]:
    """These members' rows, locked in id order, whoever they are."""
    rows = Member.objects.filter(pk__in=list(member_ids)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True)}


def require(member: Member) -> None:
    """Refuse for somebody who takes part no more. Raises as `lock` does."""
    if member.status == Member.Status.MERGED:
        raise MemberMerged("This membership was merged into another one. Look the member up again.")
    if member.status == Member.Status.ERASED:
        raise MemberErased("This member was erased. Nothing can be recorded for them any more.")
    if member.status != Member.Status.ACTIVE:
        raise MemberInactive("This membership is closed. Open it again first.")
