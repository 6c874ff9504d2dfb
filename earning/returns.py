"""Returns: an activity is cancelled, or a part of it changes, after it was reported.

Both may come any number of times, in any order, also before the activity itself. What does not
count yet (unknown, unclaimed, pending) is only noted, and counts as it is by then. What has been
recorded is evaluated again, and the difference is posted, with everything that follows from it.

What must stay true: one reference of a partner is one change, for ever; sent again it gets the
first answer. What was cancelled is never changed again. Never more is taken back than was earned.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from common.errors import LoyaltyError, translate
from earning import changing, correcting, late, parking, states, submissions
from earning.changing import Changed, Wish
from earning.correcting import Case
from earning.errors import REFUSALS
from earning.models import Activity, ActivityChange, PendingActivity, UnclaimedActivity
from earning.session import Session
from earning.submissions import Amended, Checked
from members import lineage
from points import forwarding
from points.books import Key
from program import attributes as typing
from program import catalog

Kind = ActivityChange.Kind


def cancel(
    *,
    partner: str,
    activity: str,
    reference: str,
    reason: str,
    actor: str,
    occurred_at: datetime | date | None = None,
) -> Changed:
    """Cancel an activity whole; `activity` is its public id, or the partner's reference of it.

    Everything it earned is taken back. Raises ActivityUnknown for an id that is none,
    ActivityCancelled, ChangeReused, ChangeInvalid.
    """
    wish = changing.wish(
        Kind.CANCEL,
        partner=partner,
        activity=activity,
        reference=reference,
        reason=reason,
        actor=actor,
        occurred_at=occurred_at,
    )
    return _carry_out(wish)


def amend(
    *,
    partner: str,
    activity: str,
    reference: str,
    reason: str,
    actor: str,
    attributes: Mapping[str, Any] | None = None,
    returned: Mapping[str, Any] | None = None,
    occurred_at: datetime | date | None = None,
) -> Changed:
    """Change a part of an activity: `attributes` are new values (a null takes one away), `returned`
    amounts that came back of what was stated.

    Any split of what comes back ends the same. Raises as `cancel` does, and AttributesInvalid for
    what does not fit, or where more comes back than there was.
    """
    wish = changing.wish(
        Kind.AMEND,
        partner=partner,
        activity=activity,
        reference=reference,
        reason=reason,
        actor=actor,
        occurred_at=occurred_at,
        attributes=attributes or {},
        returned=returned or {},
    )
    return _carry_out(wish)


def _carry_out(wish: Wish) -> Changed:
    """Do it where the activity is by now; it may move on while we look (then we look again)."""
    done = changing.known(wish)
    while done is None:
        done = late.retried(lambda more: _once(wish, more))
    return done


def _once(wish: Wish, more: frozenset[Key]) -> Changed | None:
    with transaction.atomic(), translate(REFUSALS):
        return _at(changing.find(wish), wish, more)


def _at(found: changing.Found, wish: Wish, more: frozenset[Key]) -> Changed | None:
    """Carry a change out on what was found; None if that has moved on meanwhile."""
    if isinstance(found, Activity):
        return _correct(found, wish, more)
    if isinstance(found, PendingActivity):
        return parking.on_pending(found, wish)
    if isinstance(found, UnclaimedActivity):
        return parking.on_unclaimed(found, wish)
    return parking.on_unknown(wish)


def _correct(activity: Activity, wish: Wish, more: frozenset[Key]) -> Changed:
    """Change an activity that has been recorded."""
    program, member = catalog.current(), lineage.survivor(activity.member)
    identity = ("member", str(member.pk))
    one = submissions.again(activity, program=program, identity=identity)
    opening = [_foreseen(one, activity, wish)]
    session = Session.open(
        program,
        members={identity: member},
        checked=opening,
        actor=wish.actor,
        more=more | forwarding.accounts(activity.member),
    )
    Activity.objects.select_for_update(of=("self",), no_key=True).get(pk=activity.pk)
    change_id = changing.claim(wish)
    if change_id is None:
        return changing.answer(wish)
    changes = list(ActivityChange.objects.filter(activity=activity))
    before = states.of(one.type, activity.attributes, changes)
    change = ActivityChange(
        id=change_id,
        member_id=activity.member_id,
        activity=activity,
        number=len(changes) + 1,
        facts=changes[-1].facts if changes else activity.facts,
        **wish.body(),
    )
    after = before.changed(change)
    change.stated = typing.plain(after.stated)
    change.after = typing.plain(after.amended.values)
    one = dataclasses.replace(one, amended=after.amended)
    case = Case(session, member, activity, one, change, before=before.amended.values)
    with translation.override(program.language):
        corrections = correcting.carry_out(case, correcting.differences(case))
        changing.announce(change, corrections)
        changing.follow(case)
    return Changed(change=change, corrections=tuple(corrections), activity=activity)


def _foreseen(one: Checked, activity: Activity, wish: Wish) -> Checked:
    """The activity as it was and is going to be, as far as can be told before the lock: what both
    use of shared limits is locked at once.
    """
    try:
        changes = ActivityChange.objects.filter(activity=activity)
        before = states.of(one.type, activity.attributes, changes)
        after = before.changed(ActivityChange(**wish.body()))
    except LoyaltyError:  # refused, or told again, under the lock
        return one
    said = Amended(stated=before.amended.values, values=after.amended.values)
    return dataclasses.replace(one, amended=said)
