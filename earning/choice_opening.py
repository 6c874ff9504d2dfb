"""Opening choices: what a member may choose for levels that were just passed, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from common import bulk, clock
from earning.models import Milestone, MilestoneChoice, MilestoneReached
from events import outbox
from points.policy import day_of_year
from program import catalog

MOMENT = timedelta(microseconds=1)  # ends are exclusive


def offer(levels: Iterable[tuple[MilestoneReached, Milestone]]) -> None:
    """Let members choose for levels they have just passed, where there is a choice."""
    zone, now = catalog.current().time_zone, clock.now()
    rows = []
    for level, milestone in levels:
        if not milestone.choose:
            continue
        last = last_day(milestone, clock.local_date(now, zone))
        rows.append(
            MilestoneChoice(
                member_id=level.member_id,
                reached=level,
                many=milestone.choose,
                due_at=clock.end_of_day(last, zone) if last else None,
            )
        )
    bulk.insert(MilestoneChoice, rows)
    outbox.publish_many(
        outbox.draft(
            "milestone_choice_opened",
            member_id=row.member_id,
            subject=row.public_id,
            payload=facts(row),
        )
        for row in rows
    )


def facts(row: MilestoneChoice) -> dict[str, Any]:
    """What is announced of a choice that waits: for what, how many, until which day."""
    zone = catalog.current().time_zone
    last = clock.local_date(row.due_at - MOMENT, zone) if row.due_at else None
    return {
        "milestone": row.reached.milestone_id,
        "level": row.reached.level,
        "choose": row.many,
        "last_day": last.isoformat() if last else None,
    }


def last_day(milestone: Milestone, reached_on: date) -> date | None:
    """The last day to choose for what is reached on a day; None where there is none."""
    if milestone.choose_days is not None:
        return reached_on + timedelta(days=milestone.choose_days)
    if milestone.choose_month is not None:
        return day_of_year(reached_on, milestone.choose_month, milestone.choose_day or 31)
    return None
