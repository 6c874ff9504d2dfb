"""Opening: an invitation's hour has come, and the member is told; or it is withdrawn after all.

Opening and the event that becomes the letter are one transaction, so no invitation is lost and none
is announced twice.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL

from common import bulk, clock
from events import outbox
from events.models import Event
from members import consent
from members.models import Member
from surveys import contacts, inviting
from surveys.models import Case, Invitation, Outcome, Survey

BATCH = 1000


def run() -> int:
    """Open everything whose hour has come. Returns how many were opened or withdrawn."""
    total = 0
    while done := step():
        total += done
    return total


@transaction.atomic
def step(*, limit: int = BATCH) -> int:
    """Open the next invitations that are due."""
    now = clock.now()
    rows = Invitation.objects.select_for_update(skip_locked=True, of=("self",))
    rows = rows.filter(opened_at__isnull=True, withdrawn_at__isnull=True, opens_at__lte=now)
    due = list(rows.order_by("opens_at", "id")[:limit])
    reasons = _reasons(due)
    opened: list[Invitation] = []
    withdrawn: dict[Outcome, list[Invitation]] = {}
    for one in due:
        why = reasons.get(one.member_id)
        if why is None and one.ends_at <= now:
            why = Outcome.TOO_LATE
        (opened if why is None else withdrawn.setdefault(why, [])).append(one)
    Invitation.objects.filter(pk__in=_ids(opened)).update(opened_at=now)
    for why, some in withdrawn.items():
        _withdraw(some, why=why, now=now)
    kinds = dict(Survey.objects.values_list("code", "kind")) if opened else {}
    outbox.publish_many(_event(one, kinds[one.survey_id]) for one in opened)
    return len(due)


def _ids(some: list[Invitation]) -> RawSQL:
    return bulk.these(one.pk for one in some)


def _withdraw(some: list[Invitation], *, why: Outcome, now: datetime) -> None:
    """Nobody has seen these: they use up nobody's turn, and no part of a month's quota."""
    prefetch_related_objects(some, "trigger")
    rows = Invitation.objects.filter(pk__in=_ids(some))
    rows.update(withdrawn_at=now, withdrawn_why=why)
    contacts.recount({one.member_id for one in some})
    inviting.give_back(some)


def _event(one: Invitation, kind: str) -> Event:
    return outbox.draft(
        "survey_invited",
        member_id=one.member_id,
        subject=one.public_id,
        payload={"survey": one.survey_id, "kind": kind},
    )


def _reasons(due: list[Invitation]) -> dict[uuid.UUID, Outcome]:
    """Why somebody is not asked after all: what changed since it was decided."""
    ids = [one.member_id for one in due]
    these = bulk.these(ids)
    cases = Case.objects.filter(member__in=these).exclude(status=Case.Status.CLOSED)
    found: dict[uuid.UUID, Outcome] = dict.fromkeys(
        cases.values_list("member_id", flat=True), Outcome.OPEN_CASE
    )
    found |= dict.fromkeys(consent.refused(ids, topic=consent.SURVEYS), Outcome.OPTED_OUT)
    gone = Member.objects.filter(pk__in=these).exclude(status=Member.Status.ACTIVE)
    return found | dict.fromkeys(gone.values_list("pk", flat=True), Outcome.GONE)


def open_to(member: Member, *, at: datetime | None = None) -> QuerySet[Invitation]:
    """What the member could answer now, the newest first."""
    moment = at or clock.now()
    rows = Invitation.objects.filter(member=member, opened_at__isnull=False, ends_at__gt=moment)
    rows = rows.filter(answered_at__isnull=True, withdrawn_at__isnull=True)
    return rows.select_related("survey", "version", "location").order_by("-opened_at")


def shown(one: Invitation) -> None:
    """Home has shown it; it asks there once."""
    Invitation.objects.filter(pk=one.pk, shown_at__isnull=True).update(shown_at=clock.now())
