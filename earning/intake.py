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
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Prefetch

from common import bulk, clock
from common.errors import LoyaltyError, translate
from common.ids import public_id
from earning import confirmations, express, folding, late, recording, submissions
from earning.errors import REFUSALS, AlreadyClaimed, ReferenceReused
from earning.express import Beside, Repeat
from earning.models import Activity, ActivityKey, Award, PendingActivity, UnclaimedActivity
from earning.recording import Recorded
from earning.session import Session
from earning.submissions import Checked, Submission
from events import outbox
from members import enrolment
from members.models import Member
from points.books import Key
from program import catalog
from program.models import Program


def record(submission: Submission, *, actor: str, beside: Beside | None = None) -> Recorded:
    """Record one activity. Raises the LoyaltyError that says what is wrong with it.

    `beside` is told what came of it inside the transaction, and may refuse it or write more.
    """
    program = catalog.current()
    one = submissions.check(submission, index=0, program=program)
    return late.retried(lambda more: _record_one(one, program, actor, more, beside))


def record_at_once(
    submission: Submission, *, actor: str, turn: str, beside: Beside
) -> Recorded | None:
    """Record one activity in a transaction of its own, under the advisory lock named `turn` (if it
    has a name), if that is free and the short way can be gone.

    None, with nothing done, if not, and for whatever would be refused: `record` says why.
    """
    program = catalog.current()
    try:
        one = submissions.check(submission, index=0, program=program)
        with transaction.atomic():
            done = express.record(one, program=program, actor=actor, beside=beside, turn=turn)
            return done if isinstance(done, Recorded) else _repeated(one, done, beside)
    except (LoyaltyError, IntegrityError, late.MoreAccounts):
        return None


def _repeated(one: Checked, known: Repeat | None, beside: Beside) -> Recorded | None:
    """The first answer again, where the reference stands for the very same."""
    if known is None or known.key is None:
        return None
    recorded = _answer_again([(one, known.key)])[0]
    if recorded.error is not None:
        return None
    beside(recorded)
    return recorded


def _record_one(
    one: Checked, program: Program, actor: str, more: frozenset[Key], beside: Beside | None
) -> Recorded:
    """One try, the short way if it can be gone. Raises late.MoreAccounts."""
    with transaction.atomic(), translate(REFUSALS):
        done = None
        if not more:
            done = express.record(one, program=program, actor=actor, beside=beside)
        if isinstance(done, Recorded):
            return done
        if done is not None and done.key is not None:
            recorded = _answer_again([(one, done.key)])[0]
        else:
            recorded = _record([one], actor, enroll_unknown=False, more=more)[0]
        if recorded.error is not None:
            raise recorded.error
        if beside is not None:
            beside(recorded)
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
    with bulk.unswept():
        answers |= late.retried(
            lambda more: _record(checked, actor, enroll_unknown=enroll_unknown, more=more)
        )
    return [answers[index] for index in range(len(batch))]


def _record(
    checked: Sequence[Checked], actor: str, *, enroll_unknown: bool, more: frozenset[Key]
) -> dict[int, Recorded]:
    """One try at recording a batch. Raises late.MoreAccounts."""
    program = catalog.current()
    with transaction.atomic(), translate(REFUSALS):
        members = _members(checked, actor=actor, enroll_unknown=enroll_unknown)
        session = Session.open(program, members=members, checked=checked, actor=actor, more=more)
        fresh, repeats = _claim(checked, members)
        foreign = _park([one for one in fresh if one.identity not in members], actor=actor)
        known = [one for one in fresh if one.identity in members]
        ready = [one for one in known if not confirmations.must_wait(one, program=program)]
        ids = {one.activity_id for one in checked}
        is_awaited = any(one.activity_id not in ids for one in fresh)  # by a change of it
        answers = recording.record(session, ready, may_wait=is_awaited)
        for one in known:
            if one.index not in answers:
                answers[one.index] = _wait(session, one, is_awaited=is_awaited)
        for one in fresh:
            if one.index in foreign:
                answers[one.index] = Recorded(one.submission, unclaimed=foreign[one.index])
        return answers | _answer_again(repeats)


def _wait(session: Session, one: Checked, *, is_awaited: bool = True) -> Recorded:
    """Keep an activity that does not count yet, as changes that came before it leave it."""
    waited = folding.fold([one]) if is_awaited else {}
    now = waited[one.index].one if one.index in waited else one
    row = confirmations.wait(session, now, session.members[one.identity])
    if now.is_cancelled:
        reason = waited[one.index].taken[-1][0].reason
        confirmations.end(row, status=row.Status.CANCELLED, actor=session.actor, reason=reason)
    return Recorded(one.submission, pending=row)


def claim(unclaimed: UnclaimedActivity, *, member: Member, actor: str) -> Recorded:
    """Record an unclaimed activity for its owner, under its own date. Raises AlreadyClaimed."""
    return late.retried(lambda more: _claim_for(unclaimed, member, actor, more))


def _claim_for(
    unclaimed: UnclaimedActivity, member: Member, actor: str, more: frozenset[Key]
) -> Recorded:
    program, identity = catalog.current(), ("member", str(member.pk))
    one = submissions.again(unclaimed, program=program, identity=identity)
    with transaction.atomic(), translate(REFUSALS):
        session = Session.open(
            program, members={identity: member}, checked=[one], actor=actor, more=more
        )
        waiting = UnclaimedActivity.objects.select_for_update().get(pk=unclaimed.pk)
        if waiting.claimed_at is not None:
            raise AlreadyClaimed("Somebody has claimed this activity already.")
        if confirmations.must_wait(one, program=program):
            done = _wait(session, one)
        else:
            done = recording.record(session, [one])[one.index]
        UnclaimedActivity.objects.filter(pk=waiting.pk).update(
            claimed_at=clock.now(), claimed_by=actor, member_id=member.pk
        )
        ActivityKey.objects.filter(pk=one.key_id).update(member_id=member.pk)
    return done


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
        key: bulk.new(
            ActivityKey,
            id=key,
            activity_id=one.activity_id,
            member_id=getattr(members.get(one.identity), "pk", None),
            request_hash=one.hash,
        )
        for key, one in sorted(first.items())
    }
    taken = ours.keys() - _insert(ours.values())
    stored = ours | (ActivityKey.objects.in_bulk(list(taken)) if taken else {})
    if kept := [pk for pk in taken if not stored[pk].request_hash]:
        stored |= _take_over(kept, ours)
        checked = [
            dataclasses.replace(one, activity_id=stored[one.key_id].activity_id)
            if one is first[one.key_id] and stored[one.key_id].request_hash == one.hash
            else one
            for one in checked
        ]
    fresh = [one for one in checked if stored[one.key_id].activity_id == one.activity_id]
    repeats = [
        (one, stored[one.key_id])
        for one in checked
        if stored[one.key_id].activity_id != one.activity_id
    ]
    return fresh, repeats


def _take_over(
    kept: Collection[uuid.UUID], ours: Mapping[uuid.UUID, ActivityKey]
) -> dict[uuid.UUID, ActivityKey]:
    """Fill in keys that a change has kept for its activity, those that nobody else filled in."""
    rows = ActivityKey.objects.select_for_update().filter(pk__in=list(kept)).order_by("pk")
    found = {row.pk: row for row in rows}
    for pk, row in found.items():
        if not row.request_hash:
            row.request_hash, row.member_id = ours[pk].request_hash, ours[pk].member_id
            row.save(update_fields=["request_hash", "member_id"])
            ours[pk].activity_id = row.activity_id
    return {
        pk: ours[pk] if ours[pk].activity_id == row.activity_id else row
        for pk, row in found.items()
    }


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
    rest = list(ids - activities.keys())
    pending = PendingActivity.objects.in_bulk(rest) if rest else {}
    unclaimed = UnclaimedActivity.objects.in_bulk(rest) if rest else {}
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
            pending=pending.get(key.activity_id),
            unclaimed=None if key.activity_id in pending else unclaimed.get(key.activity_id),
            is_replay=True,
        )
    return answers


__all__ = ["Recorded", "claim", "record", "record_batch"]
