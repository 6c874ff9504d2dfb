"""What scenarios can say about milestones: marks that were passed, and what is chosen for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from common import clock
from common.text import number, scaled
from earning import choosing
from earning.changing import Changed
from earning.choice_opening import MOMENT
from earning.errors import ChoiceUnknown
from earning.models import Milestone, MilestoneChoice, MilestoneReached
from earning.recording import Recorded
from members import lineage
from points.scenes import history
from program import catalog
from program.blueprint import Table
from program.describing import describe
from program.scenarios import Expectation, Found, Stage, Step, register, register_tick
from program.sections import Code


class ChoiceTable(Table):
    """The step's member chooses for a milestone, or staff do it for them."""

    milestone: Code
    options: dict[str, int]


class OfferedTable(Table):
    """What there is, or was, to choose."""

    milestone: Code
    level: Decimal
    status: Literal["open", "made", "defaulted", "lapsed", "void"] = "open"
    until: date | None = None


def _choose(table: ChoiceTable, stage: Stage) -> MilestoneChoice:
    """The newest choice for the milestone that is still open, else the newest of all."""
    rows = MilestoneChoice.objects.filter(
        member__in=lineage.ids(stage.who()), reached__milestone=table.milestone
    ).order_by("id")
    found = [row for row in rows if row.status == MilestoneChoice.Status.OPEN] or list(rows)
    if not found:
        raise ChoiceUnknown(f'There is nothing to choose for "{table.milestone}" yet.')
    return choosing.choose(found[-1], picks=table.options, actor="system:scenario")


def _milestones(wanted: list[str], stage: Stage) -> Found:
    """The levels the step's activity passed, as `code level`, with or without separators."""
    result: Recorded | Changed | None = stage.result
    if result is None or result.activity is None:
        return Found([], ("Nothing was recorded in this step.",))
    rows = MilestoneReached.objects.filter(activity=result.activity).select_related(
        "milestone__counter"
    )
    found = [
        f"{row.milestone_id} {number(scaled(row.level, row.milestone.decimals))}"
        for row in rows.order_by("milestone__position", "level")
    ]
    said = {one.replace(",", ""): one for one in wanted}
    codes = {one.partition(" ")[0] for one in (*wanted, *found)}
    marks = Milestone.objects.filter(code__in=codes, counter__isnull=False)
    because = [
        line
        for mark in marks.select_related("counter")
        for line in (
            f"{mark}: at {number(scaled(mark.at, mark.decimals))} {mark.counter.plural}",  # type: ignore[union-attr]
            *history(stage.who(), mark.counter),  # type: ignore[arg-type]
        )
    ]
    return Found([said.get(one.replace(",", ""), one) for one in found], tuple(because))


def _choices(wanted: list[OfferedTable], stage: Stage) -> Found:
    """Everything the member could ever choose, the first one first."""
    zone = catalog.current().time_zone
    rows = MilestoneChoice.objects.filter(member__in=lineage.ids(stage.who())).order_by("id")
    found = [
        OfferedTable(
            milestone=row.reached.milestone_id,
            level=scaled(row.reached.level, row.reached.milestone.decimals),
            status=row.status,  # type: ignore[arg-type]
            until=clock.local_date(row.due_at - MOMENT, zone) if row.due_at else None,
        )
        for row in rows.select_related("reached__milestone__counter")
    ]
    return Found(found, tuple(str(pick) for row in rows for pick in row.picks.all()))


def install() -> None:
    """Register the step and the expectations, and say what they mean; called once."""
    register(
        Step("choose", ChoiceTable, _choose),
        Expectation("milestones", list[str], _milestones),
        Expectation("choices", list[OfferedTable], _choices),
    )
    register_tick(choosing.run)
    describe(
        "Step",
        "",
        {
            "choose": (
                "The member chooses for a milestone.",
                '{ milestone = "fifty", options = { points = 1 } }',
            )
        },
    )
    describe(
        ChoiceTable,
        "A choice, made once and for good: the newest one for that milestone.",
        {
            "milestone": ("For which milestone.", '"fifty"'),
            "options": ("Which options, and how often each.", "{ points = 1, suite-nights = 1 }"),
        },
    )
    describe(
        "Expect",
        "",
        {
            "milestones": (
                "The marks that the step's activity passed: code and level.",
                '["crystal 140"]',
            ),
            "choices": (
                "What the member can choose, or could, the first one first.",
                '[{ milestone = "fifty", level = 50, until = 2027-01-08 }]',
            ),
        },
    )
    describe(
        OfferedTable,
        "A choice.",
        {
            "milestone": ("For which milestone.", '"fifty"'),
            "level": ("For which mark.", "50"),
            "status": ("open, made, defaulted (made by the program), lapsed or void.", '"made"'),
            "until": ("The last day to choose; left out: there is none.", "2027-01-08"),
        },
    )
