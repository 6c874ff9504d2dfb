"""Vouching: a clerk lets a doubted referral count, with what the friend did meanwhile."""

from __future__ import annotations

import dataclasses

from django.db import transaction
from django.db.models import Prefetch

from earning import referring, rewarding, states, submissions
from earning.models import Activity, ActivityChange, Referral
from earning.rewarding import Identity
from earning.session import Session
from earning.submissions import Checked
from members import lineage
from program import catalog
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
    rows = Activity.objects.filter(member__in=lineage.ids(row.member), type=row.terms.type_id)
    rows = rows.exclude(changes__kind=ActivityChange.Kind.CANCEL).order_by("occurred_at", "id")
    changes = Prefetch("changes", ActivityChange.objects.order_by("number"))
    done = list(rows.select_related("location").prefetch_related(changes))
    identity = ("referral", str(row.member_id))
    sources = [_as_it_stands(one, index, identity, program) for index, one in enumerate(done)]
    members = {identity: row.member}
    with transaction.atomic():
        found = rewarding.prospects(program, members=members, checked=sources)
        if not found.checked:
            return
        session = Session.open(program, members=found.members, checked=found.checked, actor=actor)
        stored = session.record(found.taken(sources))
        known = {index: (one, ()) for index, one in enumerate(done)}
        found.settle({**known, **stored})


def _as_it_stands(row: Activity, index: int, identity: Identity, program: Program) -> Checked:
    """A recorded activity as it was checked before it was recorded, and what it says by now."""
    one = submissions.again(row, program=program, identity=identity)
    state = states.of(one.type, row.attributes, row.changes.all())
    return dataclasses.replace(one, index=index, amended=state.amended)
