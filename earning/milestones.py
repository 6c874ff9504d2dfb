"""Milestones: marks that pay when they are passed, once for each level, period and owner; or let
the member choose.

What a milestone pays counts like anything else: first the activity itself passes levels, in the
order of the milestones, then what these pay does, and so on. Milestones that would pay each other
in a circle are refused when a program is read, so that this ends.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models.functions import Coalesce

from earning import choice_opening, milestone_words, tracking
from earning.models import Activity, MilestoneReached, MilestoneVoid
from earning.tracking import Claim, Passed
from events import outbox
from events.models import Event
from members import lineage
from members.models import Member
from points.ledger import Credit, Earning
from points.models import Entry
from program.models import Program


def offers_choices(program: Program) -> bool:
    """Whether any milestone lets members choose."""
    return any(milestone.choose for milestone in tracking.active(program))


def claim_for(activity: Activity) -> Claim:
    """Claims levels that an activity leads to: those that nobody had passed before."""
    return lambda levels: [one for one, _ in claim([(level, activity) for level in levels])]


def claim(
    passed: Sequence[tuple[Passed, Activity]],
) -> list[tuple[Passed, Activity]]:
    """Write down the levels passed; returns those nobody of the same owner had passed before."""
    passed = _with_turns(_without_own(passed))
    rows = {one.id: one.row(activity) for one, activity in reversed(passed)}
    MilestoneReached.objects.bulk_create([rows[key] for key in sorted(rows)], ignore_conflicts=True)
    stored = MilestoneReached.objects.in_bulk(list(rows))
    mine: dict[uuid.UUID, tuple[Passed, Activity]] = {}
    for one, activity in passed:
        if stored[one.id].activity_id == activity.pk and one.id not in mine:
            mine[one.id] = (one, activity)
    choice_opening.offer([(stored[pk], one.milestone) for pk, (one, _activity) in mine.items()])
    return list(mine.values())


def _without_own(passed: Sequence[tuple[Passed, Activity]]) -> list[tuple[Passed, Activity]]:
    """Leave out levels the same member passed before under another owner, or before a merge."""
    if not passed:
        return []
    members = {one.member.pk for one, _ in passed}
    stand = MilestoneReached.objects.filter(member__in=lineage.among(members), voids__isnull=True)
    whose = Coalesce("member__merged_into", "member")
    own = set(stand.values_list(whose, "milestone", "level", "period"))
    return [
        (one, activity)
        for one, activity in passed
        if (one.member.pk, one.milestone.code, one.level, one.period) not in own
    ]


def _with_turns(passed: Sequence[tuple[Passed, Activity]]) -> list[tuple[Passed, Activity]]:
    """The same, each with how often its level was made void before: then it is passed anew."""
    owners = {one.owner for one, _ in passed}
    if not owners:
        return []
    turns = Counter(
        MilestoneVoid.objects.filter(owner__in=owners).values_list(
            "owner", "reached__milestone", "reached__level", "reached__period"
        )
    )
    return [
        (
            dataclasses.replace(
                one, turn=turns[one.owner, one.milestone.code, one.level, one.period]
            ),
            activity,
        )
        for one, activity in passed
    ]


def earning_of(one: Passed, activity: Activity) -> Earning | None:
    """What a passed level pays; None where it only lets the member choose."""
    reason = milestone_words.reached(one.milestone, one.level)
    credits = [
        Credit(unit=unit, amount=amount, reason=reason, kind=Entry.Kind.BONUS)
        for unit, amount in one.pays.items()
    ]
    if not credits:
        return None
    return Earning(one.member.pk, one.row(activity).source, activity.occurred_at, credits)


def reached(one: Passed, activity: Activity) -> Event:
    """The announcement of a passed level; `choose` says how many options there are to choose."""
    payload: dict[str, object] = {"milestone": one.milestone.code, "level": one.level}
    if one.milestone.choose:
        payload["choose"] = one.milestone.choose
    return outbox.draft(
        "milestone_reached",
        member_id=one.member.pk,
        subject=activity.public_id,
        payload=payload,
        occurred_at=activity.occurred_at,
    )


def keys(program: Program, members: Mapping[tuple[str, str], Member]) -> set[tuple[uuid.UUID, str]]:
    """The accounts that milestones, and what is chosen for them, may pay into."""
    return {(member.pk, unit) for unit in tracking.paid_in(program) for member in members.values()}
