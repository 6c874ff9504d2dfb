"""Changes that wait: of activities that are unknown yet, unclaimed, or pending.

A change is never guessed on to anything. It is kept under the id that the activity has, or will
have, and takes part in its very first evaluation, in the transaction that records it.
"""

from __future__ import annotations

import dataclasses
import uuid

from django.db import connection

from common.ids import uuid7
from earning import changing, confirmations, folding, states, submissions
from earning.changing import Changed, Wish
from earning.errors import ActivityCancelled
from earning.models import (
    ActivityChange,
    ActivityKey,
    ParkedChange,
    PendingActivity,
    UnclaimedActivity,
)
from earning.session import Session
from members import lineage
from program import catalog


def on_unknown(wish: Wish) -> Changed | None:
    """Keep a change of an activity that has not come yet, and its reference for it."""
    key = _reserve(wish)
    if key.request_hash:
        return None
    pk = changing.claim(wish)
    if pk is None:
        return changing.answer(wish)
    if any(row.kind == ActivityChange.Kind.CANCEL for row in folding.waiting([key.activity_id])):
        raise ActivityCancelled(
            "This activity has been cancelled before it came, and nothing of it can be changed."
        )
    return Changed(parked=_park(wish, pk, key.activity_id))


def _reserve(wish: Wish) -> ActivityKey:
    """The key of the activity, made if nobody has it, locked either way: whoever brings the
    activity waits for us, or we for them.
    """
    pk = ActivityKey.id_for(wish.partner, wish.activity)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO earning_activitykey (id, activity_id, request_hash) VALUES (%s, %s, '')
               ON CONFLICT (id) DO NOTHING""",
            [pk, uuid7()],
        )
    return ActivityKey.objects.select_for_update().get(pk=pk)


def on_unclaimed(unclaimed: UnclaimedActivity, wish: Wish) -> Changed | None:
    """Keep a change of an activity that waits for its owner."""
    row = UnclaimedActivity.objects.select_for_update().get(pk=unclaimed.pk)
    if row.claimed_at is not None:
        return None
    pk = changing.claim(wish)
    if pk is None:
        return changing.answer(wish)
    type = catalog.of(catalog.current()).type(row.type_id)
    state = states.of(type, row.attributes, folding.waiting([row.pk]))
    parked = _park(wish, pk, row.pk)
    state.changed(parked)
    return Changed(parked=parked)


def on_pending(pending: PendingActivity, wish: Wish) -> Changed | None:
    """Change an activity while it is pending: what is expected of it follows; cancelled it ends."""
    program, member = catalog.current(), lineage.survivor(pending.member)
    identity = ("member", str(member.pk))
    one = submissions.again(pending, program=program, identity=identity)
    session = Session.open(program, members={identity: member}, checked=[one], actor=wish.actor)
    row = PendingActivity.objects.select_for_update().get(pk=pending.pk)
    if row.status == row.Status.CONFIRMED:
        return None
    pk = changing.claim(wish)
    if pk is None:
        return changing.answer(wish)
    if row.status == row.Status.CANCELLED:
        raise ActivityCancelled("This activity was cancelled while it was pending.")
    state = states.of(one.type, row.attributes, folding.waiting([row.pk]))
    parked = _park(wish, pk, row.pk)
    state = state.changed(parked)
    if state.is_cancelled:
        confirmations.end(row, status=row.Status.CANCELLED, actor=wish.actor, reason=wish.reason)
    else:
        one = dataclasses.replace(one, amended=state.amended)
        row.expected = confirmations.expected(session, one, member)
        row.save(update_fields=["expected"])
    folding.announce(parked, member_id=member.pk)
    return Changed(parked=parked, pending=row)


def _park(wish: Wish, pk: uuid.UUID, activity_id: uuid.UUID) -> ParkedChange:
    row = ParkedChange(
        id=pk, activity_id=activity_id, activity_reference=wish.activity, **wish.body()
    )
    row.save(force_insert=True)
    return row
