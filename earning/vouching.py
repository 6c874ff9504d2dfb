"""Vouching: a clerk lets a doubted referral count, with what the friend did meanwhile."""

from __future__ import annotations

from django.db import transaction

from common import clock
from earning import referring, rewarding
from earning.models import Activity, ActivityKey, Referral
from earning.session import Session
from earning.submissions import Checked, Submission
from program import attributes, catalog
from program.models import Program


def approve(referral: Referral, *, actor: str) -> Referral:
    """Let a doubted referral count; it is paid at once where the friend has done their part.

    Raises ReferralClosed unless it waits for a clerk.
    """
    with transaction.atomic():
        row = referring.lock(referral, actor=actor)
        row.status, row.reason = Referral.Status.OPEN, ""
        row.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    _catch_up(row, actor=actor)
    return Referral.objects.get(pk=row.pk, member=row.member_id)


def _catch_up(row: Referral, *, actor: str) -> None:
    """Record for both sides what the friend's recorded activities would have set off."""
    program = catalog.current()
    rows = Activity.objects.filter(member=row.member_id, type=row.terms.type_id)
    done = list(rows.select_related("location").order_by("occurred_at", "id"))
    sources = [_again(one, index, program) for index, one in enumerate(done)]
    members = {one.identity: row.member for one in sources}
    with transaction.atomic():
        found = rewarding.prospects(program, members=members, checked=sources)
        if not found.checked:
            return
        session = Session.open(program, members=found.members, checked=found.checked, actor=actor)
        stored = session.record(found.taken(sources))
        known = {index: (one, ()) for index, one in enumerate(done)}
        found.settle({**known, **stored})


def _again(row: Activity, index: int, program: Program) -> Checked:
    """A recorded activity as it was checked before it was recorded."""
    type = catalog.of(program).type(row.type_id)
    submission = Submission(
        partner=row.partner_id,
        reference=row.reference,
        type=row.type_id,
        occurred_at=row.occurred_at,
        attributes={},
        location=row.location.code if row.location else "",
    )
    return Checked(
        index=index,
        submission=submission,
        type=type,
        location=row.location,
        occurred_at=row.occurred_at,
        on=clock.local_date(row.occurred_at, program.time_zone),
        values=attributes.typed(type, row.attributes),
        identity=("referral", str(row.member_id)),
        activity_id=row.pk,
        key_id=ActivityKey.id_for(row.partner_id, row.reference),
        hash="",
    )
