"""Reminders of choices: once, before the last day, to whoever has not chosen.

What is said is an event (`milestone_choice_closing`); who is written to, and how, is for whoever
reads it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet, Value

from common import clock
from earning import choice_opening
from earning.models import MilestoneChoice
from events import outbox

BEFORE = timedelta(days=7)  # as the last of the usual notices before points end
CHUNK = 200  # choices held under lock at a time


def run() -> int:
    """Remind of every choice whose last week has come. Returns how many were reminded of.

    A choice that is open for less than two weeks is reminded of when half of its time is over. Safe
    to run twice, at once, or late: what has ended meanwhile is not reminded of.
    """
    done = 0
    while told := _remind():
        done += told
    return done


def _due() -> QuerySet[MilestoneChoice]:
    now = clock.now()
    rows = MilestoneChoice.objects.filter(
        status=MilestoneChoice.Status.OPEN,
        reminded_at__isnull=True,
        due_at__gt=now,
        due_at__lte=now + BEFORE,
    )
    timed = rows.alias(left=F("due_at") - Value(now), over=Value(now) - F("recorded_at"))
    return timed.filter(left__lte=F("over"))


def _remind() -> int:
    with transaction.atomic():
        locked = _due().select_for_update(of=("self",), skip_locked=True, no_key=True)
        rows = list(locked.select_related("reached").order_by("member", "id")[:CHUNK])
        MilestoneChoice.objects.filter(pk__in=[row.pk for row in rows]).update(
            reminded_at=clock.now()
        )
        outbox.publish_many(
            outbox.draft(
                "milestone_choice_closing",
                member_id=row.member_id,
                subject=row.public_id,
                payload=choice_opening.facts(row),
            )
            for row in rows
        )
    return len(rows)
