"""Pending activities: their points are announced, and not owned before they are confirmed.

Some kinds of activities count only after a time, or when somebody says so. Until then they wait
outside the ledger; confirmed, they are recorded under their own id and date, like any other. Each
ends once.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation

from common import clock
from common.errors import translate
from common.ids import parse_public_id
from earning import late, recording, sentences, submissions
from earning.errors import REFUSALS, ActivityCancelled, ActivityUnknown, PendingEnded
from earning.models import Activity, PendingActivity
from earning.recording import Recorded
from earning.session import Session
from earning.submissions import Checked, Submission
from events import outbox
from members import lineage
from members.models import Member
from points.books import Key
from program import catalog
from program.models import ActivityType, Program

CHUNK = 100  # activities confirmed in one transaction


def due_on(one: Checked) -> date | None:
    """The day on which an activity counts by itself; None where somebody has to say so."""
    if one.type.confirm != ActivityType.Confirm.DAYS:
        return None
    return one.on + timedelta(days=one.type.confirm_days or 0)


def must_wait(one: Checked, *, program: Program) -> bool:
    """Whether an activity does not count yet."""
    if one.type.confirm == ActivityType.Confirm.AT_ONCE:
        return False
    due = due_on(one)
    return due is None or due > clock.local_date(clock.now(), program.time_zone)


def wait(session: Session, one: Checked, member: Member) -> PendingActivity:
    """Keep an activity until it is confirmed, and announce what is expected of it."""
    row = PendingActivity(
        id=one.activity_id,
        member=member,
        due_on=due_on(one),
        expected=expected(session, one, member),
        **one.body(session.actor),
    )
    row.save(force_insert=True)
    outbox.publish(
        "activity_pending",
        member_id=member.pk,
        subject=row.public_id,
        payload={
            "type": row.type_id,
            "partner": row.partner_id,
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "expected": [{"unit": e["unit"], "amount": e["amount"]} for e in row.expected],
        },
        occurred_at=row.occurred_at,
    )
    return row


def expected(session: Session, one: Checked, member: Member) -> list[dict[str, Any]]:
    """What the rules would pay as things stand, with their sentences. Nothing is counted for it."""
    units = catalog.of(session.program).units
    with translation.override(session.program.language):
        return [
            {
                "rule": out.rule.code,
                "class": "bonus" if out.rule.is_bonus else "base",
                "unit": out.rule.unit,
                "amount": out.amount,
                "sentence": sentences.explain(
                    out, unit=units[out.rule.unit], type=one.type, program=session.program
                ),
            }
            for out in session.decider.rehearse(one, member)
        ]


def confirm(*, partner: str, activity: str, actor: str) -> Recorded:
    """Let a pending activity of a partner count; `activity` is its public id or reference.

    Confirmed again, it gets the first answer. Raises ActivityUnknown, ActivityCancelled.
    """
    pending = _named(partner, activity)
    try:
        return count(pending, actor=actor)
    except PendingEnded:
        done = Activity.objects.prefetch_related("awards__unit", "awards__rule").get(pk=pending.pk)
        return Recorded(
            Submission.of(done), activity=done, awards=tuple(done.awards.all()), is_replay=True
        )


def _named(partner: str, activity: str) -> PendingActivity:
    rows = PendingActivity.objects.filter(partner=partner)
    try:
        rows = rows.filter(pk=parse_public_id("act", activity))
    except ValueError:
        rows = rows.filter(reference=activity)
    found = rows.first()
    if found is None:
        raise ActivityUnknown(
            f"No activity {activity!r} of yours has been pending. Check the id or the reference."
        )
    return found


def count(pending: PendingActivity, *, actor: str) -> Recorded:
    """Let one pending activity count.

    Raises ActivityCancelled, or PendingEnded where it has been confirmed.
    """

    def work(more: frozenset[Key]) -> list[Recorded]:
        with transaction.atomic(), translate(REFUSALS):
            return _record([pending.pk], actor=actor, more=more)

    done = late.retried(work)
    if done:
        return done[0]
    row = PendingActivity.objects.get(pk=pending.pk, member=pending.member_id)
    if row.status == row.Status.CANCELLED:
        raise ActivityCancelled("This activity was cancelled while it was pending.")
    raise PendingEnded("This activity has been confirmed already, and counts.")


def run() -> int:
    """Let everything count whose day has come, however late the run is. Returns how many did."""
    total = 0
    while ids := _due():
        total += len(late.retried(lambda more, ids=ids: _run(ids, more)))  # type: ignore[misc]
    return total


def _run(ids: Sequence[uuid.UUID], more: frozenset[Key]) -> list[Recorded]:
    with transaction.atomic(), translate(REFUSALS):
        return _record(ids, actor="system:confirming", more=more)


def _due() -> list[uuid.UUID]:
    today = clock.local_date(clock.now(), catalog.current().time_zone)
    rows = PendingActivity.objects.filter(status=PendingActivity.Status.WAITING, due_on__lte=today)
    return list(rows.order_by("due_on", "id").values_list("pk", flat=True)[:CHUNK])


def _record(ids: Sequence[uuid.UUID], *, actor: str, more: frozenset[Key]) -> list[Recorded]:
    """Record those of some pending activities that still wait."""
    program = catalog.current()
    found = PendingActivity.objects.select_related("member__merged_into", "location")
    rows = found.in_bulk(list(ids))
    members = {
        ("member", str(row.member_id)): lineage.survivor(row.member) for row in rows.values()
    }
    checked = [
        dataclasses.replace(
            submissions.again(row, program=program, identity=("member", str(row.member_id))),
            index=index,
        )
        for index, row in enumerate(rows[pk] for pk in ids)
    ]
    session = Session.open(program, members=members, checked=checked, actor=actor, more=more)
    locked = PendingActivity.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")
    waiting = {row.pk: row for row in locked if row.status == row.Status.WAITING}
    ready = [one for one in checked if one.activity_id in waiting]
    answers = recording.record(session, ready)
    for row in waiting.values():
        end(row, status=row.Status.CONFIRMED, actor=actor)
    return [answers[one.index] for one in ready]


def end(row: PendingActivity, *, status: str, actor: str, reason: str = "") -> None:
    """End the waiting of an activity that is held under lock."""
    row.status, row.ended_at, row.ended_by, row.end_reason = status, clock.now(), actor, reason
    row.save(update_fields=["status", "ended_at", "ended_by", "end_reason"])
    if status == row.Status.CONFIRMED:
        outbox.publish(
            "activity_confirmed",
            member_id=row.member_id,
            subject=row.public_id,
            payload={"type": row.type_id, "partner": row.partner_id, "actor": actor},
            occurred_at=row.occurred_at,
        )
