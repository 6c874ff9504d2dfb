"""Households:

who lives together. Status may be shared by the highest; points, debts and counters never are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from common import clock
from common.errors import translate
from events import outbox
from members import presence
from members.errors import REFUSALS, AlreadyInHousehold
from members.models import Household, HouseholdMember, Member


def found(head: Member, *, name: str, actor: str) -> Household:
    """Make a household with `head` in it. Raises AlreadyInHousehold."""
    with transaction.atomic():
        household = Household.objects.create(name=name)
        join(household, head, actor=actor, is_head=True)
    return household


def join(
    household: Household, member: Member, *, actor: str, is_head: bool = False
) -> HouseholdMember:
    """Let a member move in. Raises AlreadyInHousehold for somebody who lives elsewhere."""
    with transaction.atomic(), translate(REFUSALS):
        presence.lock(member)
        if HouseholdMember.objects.filter(member=member, left_at__isnull=True).exists():
            raise AlreadyInHousehold(
                "The member lives in a household already. Let them leave it first."
            )
        row = HouseholdMember(
            member=member, household=household, is_head=is_head, joined_at=clock.now()
        )
        row.save(force_insert=True)
        outbox.publish("household_joined", member_id=member.pk, payload={"actor": actor})
    return row


def leave(member: Member, *, actor: str) -> None:
    """Let a member move out; what was shared ends at once.

    Does nothing for somebody who lives alone.
    """
    with transaction.atomic():
        rows = HouseholdMember.objects.filter(member=member, left_at__isnull=True)
        if rows.update(left_at=clock.now()):
            outbox.publish("household_left", member_id=member.pk, payload={"actor": actor})


def lock(household_ids: Iterable[uuid.UUID]) -> None:
    """Hold these households, in id order, for the rest of the transaction."""
    wanted = set(household_ids)
    if wanted:
        rows = Household.objects.filter(pk__in=wanted).order_by("pk")
        list(rows.select_for_update(no_key=True))


def homes(member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The household of each of these members who lives in one, in one query."""
    rows = HouseholdMember.objects.filter(member__in=list(member_ids), left_at__isnull=True)
    return dict(rows.values_list("member", "household"))


def peers(member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[tuple[uuid.UUID, datetime]]]:
    """Whom each of these members lives with, and since when they both do, in one query."""
    wanted = set(member_ids)
    here = HouseholdMember.objects.filter(left_at__isnull=True)
    rows = here.filter(household__in=here.filter(member__in=wanted).values("household"))
    homes_of: dict[uuid.UUID, list[HouseholdMember]] = {}
    for row in rows.order_by("joined_at", "pk"):
        homes_of.setdefault(row.household_id, []).append(row)
    return {
        me.member_id: [
            (other.member_id, max(me.joined_at, other.joined_at))
            for other in people
            if other is not me
        ]
        for people in homes_of.values()
        for me in people
        if me.member_id in wanted
    }


def mates(member_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Everybody who lives with one of these members, and they themselves if they do."""
    here = HouseholdMember.objects.filter(left_at__isnull=True)
    homes_of = here.filter(member__in=list(member_ids)).values("household")
    return set(here.filter(household__in=homes_of).values_list("member", flat=True))


def together(member_ids: Iterable[uuid.UUID], size: int) -> Iterator[list[uuid.UUID]]:
    """Members in chunks of about `size`, the people of a household always in the same one."""
    rows = HouseholdMember.objects.filter(left_at__isnull=True)
    homes_of = dict(rows.values_list("member", "household"))
    chunk: list[uuid.UUID] = []
    last: uuid.UUID | None = None
    for member in sorted(member_ids, key=lambda one: (homes_of.get(one, one), one)):
        home = homes_of.get(member, member)
        if len(chunk) >= size and home != last:
            yield chunk
            chunk = []
        chunk.append(member)
        last = home
    if chunk:
        yield chunk
