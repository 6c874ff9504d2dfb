"""Households: who lives together.

Status may be shared by the highest; points, debts and counters stay each one's own, and never move.
One of them is the head, who invites and may ask others to leave. With each one's own consent the
others may redeem with their points: a mandate (`points.pool`), which ends with it. Everything that
changes who lives where, and who agreed to what, does so under the household's lock.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import translate
from events import outbox
from members import presence
from members.errors import (
    REFUSALS,
    AlreadyInHousehold,
    HouseholdFull,
    InvitationClosed,
    NotInHousehold,
    PoolingOff,
)
from members.models import Household, HouseholdMember, Invitation, Member
from program import catalog
from program.errors import ProgramMissing


def found(head: Member, *, name: str, actor: str) -> Household:
    """Make a household with `head` in it. Raises AlreadyInHousehold."""
    with transaction.atomic():
        household = Household.objects.create(name=name.strip()[:120])
        join(household, head, actor=actor, is_head=True)
    return household


def join(
    household: Household, member: Member, *, actor: str, is_head: bool = False
) -> HouseholdMember:
    """Let a member move in; who comes into an empty house is its head.

    Raises AlreadyInHousehold for somebody who lives in one, HouseholdFull.
    """
    with transaction.atomic(), translate(REFUSALS):
        lock([household.pk])
        presence.lock(member)
        if living(member) is not None:
            raise AlreadyInHousehold(
                _("The member lives in a household already. Let them leave it first.")
            )
        others = people(household)
        if len(others) >= _most():
            raise HouseholdFull(
                _("This household has %(count)s people, and that is the most there can be.")
                % {"count": len(others)}
            )
        row = HouseholdMember(
            member=member,
            household=household,
            is_head=is_head or not others,
            joined_at=clock.now(),
        )
        row.save(force_insert=True)
        outbox.publish("household_joined", member_id=member.pk, payload={"actor": actor})
    return row


def _most() -> int:
    """How many people a household has at most; before a program was applied, any number."""
    try:
        return catalog.current().household_size
    except ProgramMissing:
        return 32767


def invite(head: Member, member: Member, *, actor: str) -> Invitation:
    """Ask a member to move in with `head`; it is theirs to accept or to decline.

    Inviting again while it is open returns the first. Raises NotInHousehold for who is not the head
    of one, AlreadyInHousehold for who lives there already, HouseholdFull.
    """
    with transaction.atomic(), translate(REFUSALS):
        row = _as_head(head)
        others = {one.member_id for one in people(row.household)}
        if member.pk in others:
            raise AlreadyInHousehold(_("They live in your household already."))
        known = Invitation.objects.filter(
            member=member, household=row.household, status=Invitation.Status.OPEN
        ).first()
        if known is not None:
            return known
        if len(others) >= _most():
            raise HouseholdFull(
                _("Your household has %(count)s people, and that is the most there can be.")
                % {"count": len(others)}
            )
        made = Invitation(
            member=member, household=row.household, invited_by=head, invited_at=clock.now()
        )
        made.save(force_insert=True)
        outbox.publish("household_invited", member_id=member.pk, payload={"actor": actor})
    return made


def accept(invitation: Invitation, *, actor: str) -> HouseholdMember:
    """Move in where one was invited to; other invitations are declined by it.

    Accepting again while one lives there returns the same row. Raises InvitationClosed,
    AlreadyInHousehold, HouseholdFull.
    """
    with transaction.atomic():
        lock([invitation.household_id])
        row = Invitation.objects.select_related("member", "household").get(
            pk=invitation.pk, member=invitation.member_id
        )
        home = living(row.member)
        is_in = home is not None and home.household_id == row.household_id
        if row.status == Invitation.Status.ACCEPTED and home is not None and is_in:
            return home
        _answer(row, Invitation.Status.ACCEPTED)
        moved = join(row.household, row.member, actor=actor)
        Invitation.objects.filter(member=row.member, status=Invitation.Status.OPEN).update(
            status=Invitation.Status.DECLINED, answered_at=clock.now()
        )
    return moved


def decline(invitation: Invitation, *, actor: str) -> Invitation:
    """Say no to an invitation. Raises InvitationClosed."""
    return _close(invitation, Invitation.Status.DECLINED, actor=actor)


def withdraw(invitation: Invitation, *, actor: str) -> Invitation:
    """Take an invitation back. Raises InvitationClosed."""
    return _close(invitation, Invitation.Status.WITHDRAWN, actor=actor)


def _close(invitation: Invitation, status: str, *, actor: str) -> Invitation:
    with transaction.atomic():
        lock([invitation.household_id])
        row = Invitation.objects.get(pk=invitation.pk, member=invitation.member_id)
        if row.status == status:
            return row
        _answer(row, status)
        payload = {"actor": actor}
        outbox.publish(f"household_{status}", member_id=row.member_id, payload=payload)
    return row


def _answer(row: Invitation, status: str) -> None:
    if row.status != Invitation.Status.OPEN:
        raise InvitationClosed(_("This invitation is not open any more. Ask for another."))
    row.status, row.answered_at = status, clock.now()
    row.save(update_fields=["status", "answered_at"])


def leave(member: Member, *, actor: str) -> None:
    """Let a member move out; what was shared ends at once, and nobody's points move.

    The next head is who has lived there longest. Does nothing for somebody who lives alone.
    """
    home = living(member)
    if home is None:
        return
    with transaction.atomic():
        lock([home.household_id])
        rows = HouseholdMember.objects.filter(pk=home.pk, member=member, left_at__isnull=True)
        if not rows.update(left_at=clock.now(), pooled_at=None):
            return
        rest = people(home.household)
        if rest and not any(one.is_head for one in rest):
            _make_head(rest[0])
        outbox.publish("household_left", member_id=member.pk, payload={"actor": actor})


def remove(head: Member, member: Member, *, actor: str) -> None:
    """Let the head of a household ask somebody to leave it. Raises NotInHousehold."""
    with transaction.atomic():
        home = _as_head(head)
        if member.pk not in {one.member_id for one in people(home.household)}:
            raise NotInHousehold(_("They do not live in your household."))
        leave(member, actor=actor)


def make_head(member: Member, *, actor: str) -> None:
    """Make a member the head of the household in which they live. Raises NotInHousehold."""
    home = _home(member)
    with transaction.atomic():
        lock([home.household_id])
        rest = people(home.household)
        row = next((one for one in rest if one.member_id == member.pk), None)
        if row is None:
            raise NotInHousehold(_("They do not live in this household any more."))
        for one in rest:
            if one.is_head and one.pk != row.pk:
                one.is_head = False
                one.save(update_fields=["is_head"])
        _make_head(row)
        outbox.publish("household_head_changed", member_id=member.pk, payload={"actor": actor})


def _make_head(row: HouseholdMember) -> None:
    row.is_head = True
    row.save(update_fields=["is_head"])


def consent(member: Member, *, is_given: bool, actor: str) -> HouseholdMember:
    """Agree, or agree no longer, that the people one lives with redeem with one's points.

    Nobody can do it for another. Raises PoolingOff where the program has no pool, NotInHousehold.
    """
    if is_given and not catalog.current().is_pooling:
        raise PoolingOff(_("In this program everybody spends their own points."))
    home = _home(member)
    with transaction.atomic():
        lock([home.household_id])
        row = living(member)
        if row is None or row.household_id != home.household_id:
            raise NotInHousehold(_("You do not live in this household any more."))
        if (row.pooled_at is not None) == is_given:
            return row
        row.pooled_at = clock.now() if is_given else None
        row.save(update_fields=["pooled_at"])
        kind = "pool_joined" if is_given else "pool_left"
        outbox.publish(kind, member_id=member.pk, payload={"actor": actor})
    return row


def living(member: Member) -> HouseholdMember | None:
    """Where a member lives now, with the household; None for somebody who lives alone."""
    rows = HouseholdMember.objects.select_related("household")
    return rows.filter(member=member, left_at__isnull=True).first()


def people(household: Household) -> list[HouseholdMember]:
    """Who lives there now, who came first before the others."""
    rows = HouseholdMember.objects.select_related("member").order_by("joined_at", "id")
    return list(rows.filter(household=household, left_at__isnull=True))


def poolers(household_id: uuid.UUID) -> list[uuid.UUID]:
    """Those of a household who agreed that the others redeem with their points."""
    rows = HouseholdMember.objects.filter(
        household=household_id, left_at__isnull=True, pooled_at__isnull=False
    )
    return list(rows.order_by("member_id").values_list("member_id", flat=True))


def _home(member: Member) -> HouseholdMember:
    home = living(member)
    if home is None:
        raise NotInHousehold(_("They live in no household. Found one, or accept an invitation."))
    return home


def _as_head(head: Member) -> HouseholdMember:
    """The head's place in the household, which is locked from here on."""
    home = _home(head)
    lock([home.household_id])
    row = living(head)
    if row is None or not row.is_head:
        raise NotInHousehold(_("Only the head of a household can do this. Ask them."))
    return row


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
