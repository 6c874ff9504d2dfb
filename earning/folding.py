"""Changes that waited for an activity, folded into what it says once it is recorded."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence

from common import bulk, clock
from common.errors import LoyaltyError
from common.ids import public_id
from earning.models import Activity, ActivityChange, ParkedChange
from earning.states import State
from earning.submissions import Checked
from events import outbox
from program import attributes


@dataclasses.dataclass(frozen=True, slots=True)
class Folded:
    """Changes that waited for one activity, each with the state it leads to, or why it cannot."""

    one: Checked
    taken: tuple[tuple[ParkedChange, State], ...] = ()
    refused: tuple[tuple[ParkedChange, str], ...] = ()


def waiting(ids: Iterable[uuid.UUID]) -> list[ParkedChange]:
    """The changes that wait for some activities, in the order in which they came."""
    rows = ParkedChange.objects.filter(activity_id__in=list(ids), settled_at__isnull=True)
    return list(rows.order_by("id"))


def fold(checked: Sequence[Checked]) -> dict[int, Folded]:
    """Activities about to be recorded as the changes that waited for them leave them; by index.

    A change that does not fit is left out, and says why.
    """
    by_activity: dict[uuid.UUID, list[ParkedChange]] = {}
    for row in waiting(one.activity_id for one in checked):
        by_activity.setdefault(row.activity_id, []).append(row)
    return {
        one.index: _folded(one, by_activity[one.activity_id])
        for one in checked
        if one.activity_id in by_activity
    }


def _folded(one: Checked, rows: Sequence[ParkedChange]) -> Folded:
    state = State(one.type, one.values)
    taken, refused = [], []
    for row in rows:
        try:
            state = state.changed(row)
            taken.append((row, state))
        except LoyaltyError as error:
            refused.append((row, error.message))
    return Folded(dataclasses.replace(one, amended=state.amended), tuple(taken), tuple(refused))


def settle(folded: Folded, activity: Activity) -> None:
    """Store what changes that waited came to, once their activity has been recorded."""
    bulk.insert(
        ActivityChange,
        [
            _change(row, state, activity, number)
            for number, (row, state) in enumerate(folded.taken, start=1)
        ],
    )
    now = clock.now()
    for row, problem in (*((row, "") for row, _ in folded.taken), *folded.refused):
        ParkedChange.objects.filter(pk=row.pk).update(settled_at=now, problem=problem[:400])
    for row, _state in folded.taken:
        announce(row, member_id=activity.member_id)


def _change(row: ParkedChange, state: State, activity: Activity, number: int) -> ActivityChange:
    return ActivityChange(
        id=row.pk,
        member_id=activity.member_id,
        activity=activity,
        number=number,
        stated=attributes.plain(state.stated),
        after=attributes.plain(state.amended.values),
        facts=activity.facts,
        result=activity.result,
        **{
            name: getattr(row, name)
            for name in ("kind", "partner_id", "reference", "attributes", "returned")
        },
        occurred_at=row.occurred_at,
        reason=row.reason,
        actor=row.actor,
    )


def announce(row: ParkedChange, *, member_id: uuid.UUID) -> None:
    """Tell that an activity was changed that had earned nothing yet."""
    cancels = row.kind == ActivityChange.Kind.CANCEL
    outbox.publish(
        "activity_cancelled" if cancels else "activity_amended",
        member_id=member_id,
        subject=public_id("act", row.activity_id),
        payload={
            "change": row.public_id,
            "partner": row.partner_id,
            "reason": row.reason,
            "actor": row.actor,
            "corrections": [],
        },
        occurred_at=row.occurred_at,
    )
