"""Intake: where activities come in, one by one or by the thousand, through the same steps.

Gather, decide, write: everything is checked before the first lock; accounts are locked by id, then
the partners' references are claimed; rules are evaluated in memory, each member's activities in the
order in which they happened; then all is written in a handful of statements. The whole batch
commits or nothing does.

What must stay true: one partner reference is one activity, for ever. Reported again with the same
content it gets the first answer; with other content it is refused. What names nobody known is kept,
unclaimed, and loses nothing.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Prefetch

from common import bulk, clock
from common.errors import LoyaltyError, translate
from common.ids import public_id
from earning import submissions
from earning.errors import REFUSALS, AlreadyClaimed, ReferenceReused
from earning.models import Activity, ActivityKey, Award, UnclaimedActivity
from earning.session import Session
from earning.submissions import Checked, Submission
from events import outbox
from members import enrolment
from members.models import Member
from program import catalog


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to one submission.

    `activity` is None while it is unclaimed; amounts are in the units' smallest part.
    """

    submission: Submission
    activity: Activity | None = None
    awards: tuple[Award, ...] = ()
    unclaimed: UnclaimedActivity | None = None
    is_replay: bool = False
    error: LoyaltyError | None = None

    @property
    def result(self) -> dict[str, Any]:
        """Balances and tier right after the activity was recorded."""
        return self.activity.result if self.activity else {}


def record(submission: Submission, *, actor: str) -> Recorded:
    """Record one activity. Raises the LoyaltyError that says what is wrong with it."""
    recorded = record_batch([submission], actor=actor)[0]
    if recorded.error is not None:
        raise recorded.error
    return recorded


def record_batch(
    batch: Sequence[Submission], *, actor: str, enroll_unknown: bool = False
) -> list[Recorded]:
    """Record several activities at once, with an answer for each, in order; refusals are answers,
    not exceptions.

    With `enroll_unknown`, a member named by a reference nobody has yet is enrolled under it.
    """
    program = catalog.current()
    answers: dict[int, Recorded] = {}
    checked: list[Checked] = []
    for index, submission in enumerate(batch):
        try:
            checked.append(submissions.check(submission, index=index, program=program))
        except LoyaltyError as error:
            answers[index] = Recorded(submission, error=error)
    with transaction.atomic(), translate(REFUSALS):
        members = _members(checked, actor=actor, enroll_unknown=enroll_unknown)
        session = Session.open(program, members=members, checked=checked, actor=actor)
        fresh, repeats = _claim(checked, members)
        known = [one for one in fresh if one.identity in members]
        parked = _park([one for one in fresh if one.identity not in members], actor=actor)
        recorded = session.record(known)
        for one in fresh:
            activity, awards = recorded.get(one.index, (None, ()))
            answers[one.index] = Recorded(
                one.submission, activity=activity, awards=awards, unclaimed=parked.get(one.index)
            )
        answers |= _answer_again(repeats)
    return [answers[index] for index in range(len(batch))]


def claim(unclaimed: UnclaimedActivity, *, member: Member, actor: str) -> Recorded:
    """Record an unclaimed activity for its owner, under its own date. Raises AlreadyClaimed."""
    program = catalog.current()
    submission = Submission.of(unclaimed)
    checked = submissions.again(unclaimed, submission, program=program)
    with transaction.atomic(), translate(REFUSALS):
        session = Session.open(
            program, members={checked.identity: member}, checked=[checked], actor=actor
        )
        waiting = UnclaimedActivity.objects.select_for_update().get(pk=unclaimed.pk)
        if waiting.claimed_at is not None:
            raise AlreadyClaimed("Somebody has claimed this activity already.")
        recorded = session.record([checked])
        UnclaimedActivity.objects.filter(pk=waiting.pk).update(
            claimed_at=clock.now(), claimed_by=actor, member_id=member.pk
        )
        ActivityKey.objects.filter(pk=checked.key_id).update(member_id=member.pk)
    activity, awards = recorded[checked.index]
    return Recorded(submission, activity=activity, awards=awards)


def _members(
    checked: Sequence[Checked], *, actor: str, enroll_unknown: bool
) -> dict[tuple[str, str], Member]:
    wanted = {one.identity for one in checked if one.identity[1]}
    members = enrolment.find_many(wanted) if wanted else {}
    unknown = sorted(identity for identity in wanted - members.keys() if identity[0] == "reference")
    if enroll_unknown and unknown:
        first: dict[tuple[str, str], datetime] = {}
        names: dict[tuple[str, str], str] = {}
        for one in checked:
            first[one.identity] = min(first.get(one.identity, one.occurred_at), one.occurred_at)
            names.setdefault(one.identity, one.submission.member_name or one.identity[1])
        people = [
            enrolment.Newcomer(name=names[who], reference=who[1], joined_at=first[who])
            for who in unknown
        ]
        members |= dict(zip(unknown, enrolment.enroll_many(people, actor=actor), strict=True))
    return members


def _claim(
    checked: Sequence[Checked], members: dict[tuple[str, str], Member]
) -> tuple[list[Checked], list[tuple[Checked, ActivityKey]]]:
    """Claim the references.

    Returns what is ours to record, and what was known, with the key that knows it.
    """
    first: dict[uuid.UUID, Checked] = {}
    for one in checked:
        first.setdefault(one.key_id, one)
    ours = {
        key: ActivityKey(
            id=key,
            activity_id=one.activity_id,
            member_id=getattr(members.get(one.identity), "pk", None),
            request_hash=one.hash,
        )
        for key, one in sorted(first.items())
    }
    taken = ours.keys() - _insert(ours.values())
    stored = ours | (ActivityKey.objects.in_bulk(list(taken)) if taken else {})
    fresh = [one for one in checked if stored[one.key_id].activity_id == one.activity_id]
    repeats = [
        (one, stored[one.key_id])
        for one in checked
        if stored[one.key_id].activity_id != one.activity_id
    ]
    return fresh, repeats


def _insert(keys: Collection[ActivityKey]) -> set[uuid.UUID]:
    """Write the keys that nobody has yet, in one statement. Returns the ids that were written."""
    rows = [(key.pk, key.activity_id, key.member_id, key.request_hash) for key in keys]
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO earning_activitykey (id, activity_id, member_id, request_hash)
               SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[])
               ON CONFLICT (id) DO NOTHING RETURNING id""",
            [list(column) for column in zip(*rows, strict=True)],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _park(checked: Sequence[Checked], *, actor: str) -> dict[int, UnclaimedActivity]:
    rows = {
        one.index: UnclaimedActivity(
            id=one.activity_id,
            named=":".join(one.identity) if one.identity[1] else "",
            **one.body(actor),
        )
        for one in checked
    }
    bulk.insert(UnclaimedActivity, rows.values())
    outbox.publish_many(
        outbox.draft(
            "activity_unclaimed", subject=row.public_id, payload={"partner": row.partner_id}
        )
        for row in rows.values()
    )
    return rows


def _answer_again(repeats: Sequence[tuple[Checked, ActivityKey]]) -> dict[int, Recorded]:
    if not repeats:
        return {}
    ids = {key.activity_id for _, key in repeats}
    told = Prefetch("awards", Award.objects.select_related("unit", "rule"))
    activities = Activity.objects.prefetch_related(told).in_bulk(list(ids))
    parked = list(ids - activities.keys())
    unclaimed = UnclaimedActivity.objects.in_bulk(parked) if parked else {}
    answers = {}
    for one, key in repeats:
        if one.hash != key.request_hash:
            error = ReferenceReused(
                f"Reference {one.submission.reference!r} stands for another activity. Nothing "
                "was recorded. "
                "Send a new activity under a reference of its own.",
                activity=public_id("act", key.activity_id),
            )
            answers[one.index] = Recorded(one.submission, error=error)
            continue
        activity = activities.get(key.activity_id)
        answers[one.index] = Recorded(
            one.submission,
            activity=activity,
            awards=tuple(activity.awards.all()) if activity else (),
            unclaimed=None if activity else unclaimed.get(key.activity_id),
            is_replay=True,
        )
    return answers
