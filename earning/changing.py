"""Changes as they are asked for: what they say, whether they came before, what they are about."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from common import clock
from common.ids import parse_public_id, public_id, uuid7
from earning import late, submissions
from earning.correcting import Case
from earning.errors import ActivityUnknown, ChangeInvalid, ChangeReused
from earning.models import (
    Activity,
    ActivityChange,
    ActivityKey,
    ChangeKey,
    Correction,
    ParkedChange,
    PendingActivity,
    UnclaimedActivity,
)
from events import outbox
from program import catalog
from tiers import standing

DIGITS = 40  # more than any amount has
Found = Activity | PendingActivity | UnclaimedActivity | None


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """A change as it is asked for; `activity` is the partner's reference of what it is about."""

    kind: str
    partner: str
    activity: str
    reference: str
    reason: str
    actor: str
    occurred_at: datetime
    attributes: Mapping[str, Any]
    returned: Mapping[str, Any]
    hash: str

    def body(self) -> dict[str, Any]:
        """The columns a change has, parked or not."""
        return {
            "kind": self.kind,
            "partner_id": self.partner,
            "reference": self.reference,
            "attributes": _plain(self.attributes),
            "returned": _plain(self.returned),
            "occurred_at": self.occurred_at,
            "reason": self.reason,
            "actor": self.actor,
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Changed:
    """The answer to one change: what it did (`change`), or that it waits (`parked`) for the
    activity to count; `pending` is the activity that waits, as it is expected now.
    """

    change: ActivityChange | None = None
    corrections: tuple[Correction, ...] = ()
    activity: Activity | None = None
    parked: ParkedChange | None = None
    pending: PendingActivity | None = None
    is_replay: bool = False

    @property
    def status(self) -> str:
        """`recorded`, `pending`, or `parked` while the activity is unknown or unclaimed."""
        if self.change is not None:
            return "recorded"
        return "pending" if self.pending is not None else "parked"

    @property
    def result(self) -> dict[str, Any]:
        """Balances and tier right after it."""
        return self.change.result if self.change else {}


def wish(
    kind: str,
    *,
    partner: str,
    activity: str,
    reference: str,
    reason: str,
    actor: str,
    occurred_at: datetime | date | None = None,
    attributes: Mapping[str, Any] | None = None,
    returned: Mapping[str, Any] | None = None,
) -> Wish:
    """A change as it is asked for, checked as far as it can be without looking for its activity.

    Raises ChangeInvalid, ReferenceInvalid, OccurredInFuture, ActivityUnknown.
    """
    program = catalog.current()
    submissions.check_reference(reference)
    if not reason.strip():
        raise ChangeInvalid("Write down why. The member will read it.", pointer="/reason")
    new, back = dict(attributes or {}), dict(returned or {})
    if kind == ActivityChange.Kind.AMEND and not new and not back:
        raise ChangeInvalid(
            "Say what changed: new values in attributes, or amounts that came back in returned.",
            pointer="/attributes",
        )
    if both := sorted(new.keys() & back.keys()):
        raise ChangeInvalid(
            f"{', '.join(both)}: give the new value or what came back, not both.",
            pointer="/returned",
        )
    moment = submissions.moment(occurred_at or clock.now(), program)
    submissions.check_past(moment)
    named = _reference_of(partner, activity)
    said = [kind, named, occurred_at.isoformat() if occurred_at else "", _plain(new), _plain(back)]
    return Wish(
        kind=kind,
        partner=partner,
        activity=named,
        reference=reference,
        reason=reason.strip()[:240],
        actor=actor,
        occurred_at=moment,
        attributes=new,
        returned=back,
        hash=hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest(),
    )


def _reference_of(partner: str, activity: str) -> str:
    """The partner's reference of an activity, whichever way it was named."""
    try:
        pk = parse_public_id("act", activity)
    except ValueError:
        submissions.check_reference(activity)
        return activity
    for kind in (Activity, PendingActivity, UnclaimedActivity):
        row = kind.objects.filter(pk=pk, partner=partner).first()
        if row is not None:
            return str(row.reference)
    raise ActivityUnknown(f"There is no activity {activity} of yours. Check the id.")


def find(wish: Wish) -> Found:
    """The activity that a change is about, wherever it is by now; None while it is unknown."""
    key = ActivityKey.objects.filter(pk=ActivityKey.id_for(wish.partner, wish.activity)).first()
    if key is None or not key.request_hash:
        return None
    for kind in (Activity, PendingActivity):
        rows: Any = kind.objects.select_related("member__merged_into", "location")
        row = rows.filter(pk=key.activity_id).first()
        if isinstance(row, Activity) or (row is not None and row.status != row.Status.CONFIRMED):
            return row
    return UnclaimedActivity.objects.select_related("location").filter(pk=key.activity_id).first()


def known(wish: Wish) -> Changed | None:
    """The first answer, if this very change came before. Raises ChangeReused for another one."""
    key = ChangeKey.objects.filter(pk=ChangeKey.id_for(wish.partner, wish.reference)).first()
    if key is None:
        return None
    if key.request_hash != wish.hash:
        raise ChangeReused(
            f"Reference {wish.reference!r} stands for another change. Nothing was changed. Send a "
            "new change under a reference of its own.",
            change=public_id("chg", key.change_id),
        )
    return _told(key.change_id)


def answer(wish: Wish) -> Changed:
    """The first answer to a change that came twice at once."""
    told = known(wish)
    assert told is not None
    return told


def _told(pk: uuid.UUID) -> Changed:
    change = ActivityChange.objects.select_related("activity").filter(pk=pk).first()
    if change is not None:
        rows = Correction.objects.filter(change=change)
        corrections = tuple(rows.select_related("unit", "rule"))
        return Changed(change, corrections, change.activity, is_replay=True)
    parked = ParkedChange.objects.get(pk=pk)
    pending = PendingActivity.objects.filter(pk=parked.activity_id).first()
    return Changed(parked=parked, pending=pending, is_replay=True)


def claim(wish: Wish) -> uuid.UUID | None:
    """Claim the reference of a change. Returns the change's id; None if it came before."""
    pk, change = ChangeKey.id_for(wish.partner, wish.reference), uuid7()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO earning_changekey (id, change_id, request_hash) VALUES (%s, %s, %s)
               ON CONFLICT (id) DO NOTHING RETURNING id""",
            [pk, change, wish.hash],
        )
        return change if cursor.fetchone() else None


def announce(change: ActivityChange, corrections: Sequence[Correction]) -> None:
    """Tell that an activity was cancelled or amended, and what that took back or gave."""
    moved = [{"unit": row.unit_id, "amount": row.amount} for row in corrections]
    cancels = change.kind == ActivityChange.Kind.CANCEL
    outbox.publish(
        "activity_cancelled" if cancels else "activity_amended",
        member_id=change.member_id,
        subject=public_id("act", change.activity_id),
        payload={
            "change": change.public_id,
            "partner": change.partner_id,
            "reason": change.reason,
            "actor": change.actor,
            "corrections": moved,
        },
        occurred_at=change.occurred_at,
    )


def follow(case: Case) -> None:
    """Look again at later activities, where a change has lifted the member for an earlier time.

    Raises MoreAccounts.
    """
    after = standing.climbs([case.member], program=case.session.program)
    for key, way in case.session.climbs.items():
        since = late.risen(way.spans(), after[key].spans())
        if since is not None and since <= clock.now():
            late.review(
                late.Rise(case.member, since, case.activity),
                program=case.session.program,
                actor=case.change.actor,
                held=case.session.books.accounts,
            )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them, the same for every way of writing a number."""
    return {code: _said(value) for code, value in values.items()}


def _said(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | Decimal):
        number = Decimal(value).normalize()
        is_plain = number.is_finite() and abs(number.adjusted()) <= DIGITS
        return format(number, "f") if is_plain else str(number)  # 1E+999999 stays short
    if isinstance(value, Mapping):
        return {str(name): _said(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_said(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
