"""What a partner reported, wherever it is by now: recorded, pending, or waiting for its owner.

A key sees its partner's activities, at the places that it acts for, and nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Prefetch, Q, QuerySet

from common.ids import public_id
from earning.changing import Changed
from earning.models import (
    Activity,
    ActivityChange,
    Award,
    Correction,
    ParkedChange,
    PendingActivity,
    UnclaimedActivity,
)
from earning.models.changes import ChangeBody
from partners import answers, calls
from partners.answers import TierNamed
from partners.models import ApiKey
from partners.shapes.changes import ActivityShown, ChangeAnswer, ChangeShown, CorrectionAnswer

Reported = Activity | PendingActivity | UnclaimedActivity
A = TypeVar("A", Activity, PendingActivity, UnclaimedActivity)
BY_REFERENCE = "ref:"


def visible(key: ApiKey) -> QuerySet[Activity]:
    """The recorded activities a key may see."""
    told = Prefetch("awards", Award.objects.select_related("rule"))
    moved = Prefetch("corrections", Correction.objects.select_related("rule").order_by("id"))
    changed = Prefetch("changes", ActivityChange.objects.prefetch_related(moved))
    rows = Activity.objects.select_related("member").prefetch_related(told, changed)
    return _owned(rows, key)


def waiting(key: ApiKey) -> QuerySet[PendingActivity]:
    """The activities a key may see that do not count yet."""
    rows = PendingActivity.objects.exclude(status=PendingActivity.Status.CONFIRMED)
    return _owned(rows.select_related("member"), key)


def unclaimed(key: ApiKey) -> QuerySet[UnclaimedActivity]:
    """The activities a key may see that nobody has claimed."""
    return _owned(UnclaimedActivity.objects.filter(claimed_at__isnull=True), key)


def _owned(rows: QuerySet[A], key: ApiKey) -> QuerySet[A]:
    mine = rows.filter(partner=key.partner_id).select_related("location")
    return mine.filter(location__code__in=key.locations) if key.locations else mine


def at(key: ApiKey, text: str) -> Reported:
    """The activity at an address: `act_…`, or `ref:` and your reference. Raises NothingThere."""
    found = _at(key, text)
    if found is None:
        raise calls.nothing("act")
    return found


def _at(key: ApiKey, text: str) -> Reported | None:
    asked = _named(text)
    kept: Iterable[QuerySet[Activity] | QuerySet[PendingActivity] | QuerySet[UnclaimedActivity]]
    kept = (visible(key), waiting(key), unclaimed(key))
    return next((row for rows in kept if (row := rows.filter(asked).first())), None)


def _named(text: str) -> Q:
    if text.startswith(BY_REFERENCE):
        return Q(reference=text.removeprefix(BY_REFERENCE).replace("\x00", ""))
    return Q(pk=calls.identified("act", text))


def reference_at(key: ApiKey, text: str) -> str:
    """Your reference of the activity of an address, also of one that has not come yet.

    Raises NothingThere for an id that is none of yours, and for a reference that is not known to a
    key that acts for some places only: nobody can tell which place it will be.
    """
    found = _at(key, text)
    if found is not None:
        return found.reference
    if key.locations or not text.startswith(BY_REFERENCE):
        raise calls.nothing("act")
    return text.removeprefix(BY_REFERENCE)


def shown(rows: Sequence[Reported]) -> list[ActivityShown]:
    """Activities as they stand; one query more where some of them do not count yet."""
    apart = [row.pk for row in rows if not isinstance(row, Activity)]
    parked: dict[uuid.UUID, list[ParkedChange]] = {}
    for change in ParkedChange.objects.filter(activity_id__in=apart) if apart else ():
        parked.setdefault(change.activity_id, []).append(change)
    return [_shown(row, parked.get(row.pk, [])) for row in rows]


def _shown(row: Reported, parked: Sequence[ParkedChange]) -> ActivityShown:
    changes: list[ChangeBody] = [*row.changes.all()] if isinstance(row, Activity) else [*parked]
    awards = list(row.awards.all()) if isinstance(row, Activity) else []
    pending = answers.of_pending(row) if isinstance(row, PendingActivity) else None
    told = [_change(change) for change in changes]
    return ActivityShown(
        id=row.public_id,
        status=_status(row, changes),
        reference=row.reference,
        type=row.type_id,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        member=_member(row),
        location=row.location.code if row.location else None,
        attributes=row.attributes,
        awards=answers.of_awards(awards),
        earned=_earned(awards, told),
        changes=told,
        expected=pending.expected if pending else [],
        due_on=pending.due_on if pending else None,
    )


def _status(row: Reported, changes: Iterable[ChangeBody]) -> str:
    if any(change.kind == ChangeBody.Kind.CANCEL for change in changes):
        return "cancelled"
    if isinstance(row, PendingActivity):
        return "cancelled" if row.status == row.Status.CANCELLED else "pending"
    return "recorded" if isinstance(row, Activity) else "unclaimed"


def _member(row: Reported) -> str | None:
    """Who it belongs to by now: somebody who was merged is the survivor."""
    if isinstance(row, UnclaimedActivity):
        return None
    return public_id("mem", row.member.merged_into_id or row.member_id)


def _earned(awards: Iterable[Award], changes: Iterable[ChangeShown]) -> dict[str, int]:
    total: dict[str, int] = {}
    for award in awards:
        total[award.unit_id] = total.get(award.unit_id, 0) + award.amount
    for one in (moved for change in changes for moved in change.corrections):
        total[one.unit] = total.get(one.unit, 0) + one.amount
    return total


def _change(row: ChangeBody) -> ChangeShown:
    is_ours = row.kind == row.Kind.REVIEW
    corrections = row.corrections.all() if isinstance(row, ActivityChange) else ()
    return ChangeShown(
        id=row.public_id,
        kind=row.kind,
        reference=None if is_ours else row.reference,
        reason=row.reason,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        corrections=_corrections(corrections),
    )


def _corrections(rows: Iterable[Correction]) -> list[CorrectionAnswer]:
    return [CorrectionAnswer(row.unit_id, row.amount, row.rule.code, row.sentence) for row in rows]


def change_answer(done: Changed) -> ChangeAnswer:
    """The answer to a change, the same for the first call and every repeat while it waits."""
    row = done.change or done.parked
    assert row is not None
    tier = done.result.get("tier")
    expected = answers.of_pending(done.pending).expected if done.pending else []
    return ChangeAnswer(
        id=row.public_id,
        activity=public_id("act", row.activity_id),
        kind=row.kind,
        status=done.status,
        reference=row.reference,
        reason=row.reason,
        occurred_at=row.occurred_at,
        corrections=_corrections(done.corrections),
        expected=expected,
        balances=dict(sorted(done.result.get("balances", {}).items())),
        tier=TierNamed(**tier) if tier else None,
    )
