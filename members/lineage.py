"""Lineage: the memberships that a member is made of, its own and those that were merged into it.

What was recorded stays with the membership under which it was recorded (such rows never change
hands); whoever asks what a member did, had or used asks for the whole lineage. What must stay
true: `Member.absorbs` counts the memberships whose `merged_into` is the member, and chains are
kept flat, so one look finds them all. Nobody pays a query for it who never merged.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from common import bulk
from members.models import Member


def ids(member: Member) -> list[uuid.UUID]:
    """The member's id, and those of the memberships merged into it. No query for most."""
    return list(spread([member]))


def spread(members: Iterable[Member]) -> dict[uuid.UUID, uuid.UUID]:
    """Each membership that these members are made of, with the member it belongs to now."""
    people = list(members)
    found = {member.pk: member.pk for member in people}
    joined = [member.pk for member in people if member.absorbs]
    if joined:
        rows = Member.objects.filter(merged_into__in=joined).values_list("pk", "merged_into")
        found |= {pk: owner for pk, owner in rows if owner is not None}
    return found


def among(member_ids: Iterable[uuid.UUID]) -> QuerySet[Member]:
    """The memberships that members are made of, for a query that must not trust what was read
    before a lock.
    """
    known = bulk.some(list(member_ids))
    return Member.objects.filter(Q(pk__in=known) | Q(merged_into__in=known)).order_by()


def survivor(member: Member) -> Member:
    """Who the membership is now: itself, or the one that it was merged into."""
    return member if member.merged_into is None else member.merged_into


def by_now(member: Member) -> Member:
    """The same, whatever was read of the member before. One query."""
    return survivor(Member.objects.select_related("merged_into").get(pk=member.pk))
