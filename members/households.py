"""Households:

who lives together. Status may be shared by the highest; points, debts and counters never are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from common import clock
from common.errors import translate
from events import outbox
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
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
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
