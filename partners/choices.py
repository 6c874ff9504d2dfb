"""Choices of members in the shapes of the API."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from common import clock
from common.ids import public_id
from earning import choosing, milestone_words
from earning.models import MilestoneChoice, MilestoneOption
from members import lineage
from members.models import Member
from partners import lookup
from partners.shapes.members import ChoiceAnswer, OptionAnswer
from program import catalog
from program.models import Unit


def of(member: Member) -> QuerySet[MilestoneChoice]:
    """All that a member may choose, or could. Of one page, three queries."""
    rows = MilestoneChoice.objects.filter(member__in=lineage.ids(member))
    named = rows.select_related("reached__milestone__counter", "reached__milestone__type")
    return named.prefetch_related("picks__option", "reached__milestone__options")


def answers(rows: Iterable[MilestoneChoice], member: Member) -> list[ChoiceAnswer]:
    """Choices as they stand."""
    return [answer(row, member) for row in rows]


def answer(row: MilestoneChoice, member: Member) -> ChoiceAnswer:
    """A choice as it stands, with options that were chosen though they are offered no more."""
    milestone, level = row.reached.milestone, row.reached.level
    taken = {pick.option_id: pick.times for pick in row.picks.all()}
    program = catalog.current()
    is_running = row.due_at is None or row.due_at > clock.now()
    return ChoiceAnswer(
        id=row.public_id,
        member=public_id("mem", member.pk),
        milestone=milestone.code,
        name=milestone.name,
        level=level,
        reached=milestone_words.level(milestone, level),
        status=row.status,
        is_open=row.status == MilestoneChoice.Status.OPEN and is_running,
        choose=row.many,
        last_day=lookup.last_day(row.due_at, program) if row.due_at else None,
        ended_at=row.ended_at,
        options=[
            _option(option, taken.get(option.pk, 0))
            for option in milestone.options.all()
            if option.is_active or option.pk in taken
        ],
    )


def _option(option: MilestoneOption, chosen: int) -> OptionAnswer:
    return OptionAnswer(
        code=option.code,
        name=option.name,
        unit=option.unit_id,
        amount=option.amount,
        at_most=option.at_most,
        default=option.default,
        chosen=chosen,
    )


def credited(row: MilestoneChoice) -> int:
    """What was chosen gave in units to spend, in smallest parts."""
    units = catalog.of(catalog.current()).units
    picks = row.picks.select_related("option")
    spendable = (p.amount for p in picks if units[p.option.unit_id].kind == Unit.Kind.SPENDABLE)
    return sum(spendable)


def choose(row: MilestoneChoice, options: dict[str, int], *, actor: str) -> tuple[int, Member]:
    """Choose for a member. Returns what that credited just now, and whose it is by now.

    The same choice again credits nothing. Raises as `choosing.choose` does.
    """
    made, is_new = choosing.choose_once(row, picks=options, actor=actor)
    return credited(made) if is_new else 0, lineage.survivor(made.member)
