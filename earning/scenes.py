"""What scenarios can say about earning: activities, what they paid, and the sentences that explain
it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from common import clock
from common.ids import uuid7
from common.text import number, scaled
from earning import intake, occasions
from earning.intake import Recorded
from earning.models import MilestoneReached
from earning.submissions import Submission
from members.models import MemberKey
from program import catalog
from program.blueprint import Table
from program.scenarios import (
    Expectation,
    Found,
    Stage,
    Step,
    register,
    register_follow_up,
    register_tick,
)
from program.sections import Code


class ActivityTable(Table):
    """An activity of the step's member. It happens on the step's day, unless it says `on`."""

    type: Code
    attributes: dict[str, Any] = {}
    partner: Code | None = None
    location: str = ""
    reference: str = ""
    on: date | None = None


def _activity(table: ActivityTable, stage: Stage) -> Recorded:
    known = catalog.of(catalog.current())
    member = stage.who()
    submission = Submission(
        partner=table.partner or next(iter(known.partners)),
        reference=table.reference or str(uuid7()),
        type=table.type,
        occurred_at=table.on or clock.now(),
        attributes=table.attributes,
        kind=MemberKey.Kind.CARD,
        value=member.cards.get(is_active=True).number,
        location=table.location,
    )
    return intake.record(submission, actor="system:scenario")


def _earned(wanted: dict[str, Decimal], stage: Stage) -> Found:
    """What the step's activity paid, by unit; units that are expected to get nothing are named with
    0.
    """
    result: Recorded | None = stage.result
    found = dict.fromkeys(wanted, Decimal(0))
    because = []
    for award in result.awards if result else ():
        unit = award.unit
        found[unit.code] = found.get(unit.code, Decimal(0)) + scaled(award.amount, unit.decimals)
        because.append(award.sentence)
    return Found(found, tuple(because))


def _sentences(wanted: list[str], stage: Stage) -> Found:
    result: Recorded | None = stage.result
    return Found([award.sentence for award in result.awards] if result else [])


def _milestones(wanted: list[str], stage: Stage) -> Found:
    """The levels the step's activity passed, as `code level`."""
    result: Recorded | None = stage.result
    if result is None or result.activity is None:
        return Found([])
    rows = MilestoneReached.objects.filter(activity=result.activity).select_related(
        "milestone__counter"
    )
    found = [
        f"{row.milestone_id} {number(scaled(row.level, row.milestone.counter.decimals))}"
        for row in rows.order_by("milestone__position", "level")
    ]
    return Found(found)


def install() -> None:
    """Register the steps and expectations of this app."""
    register(
        Step("activity", ActivityTable, _activity),
        Expectation("earned", dict[str, Decimal], _earned),
        Expectation("milestones", list[str], _milestones),
        Expectation("sentences", list[str], _sentences),
    )
    register_tick(occasions.run)
    register_follow_up(occasions.run)
