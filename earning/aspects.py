"""What a draft means for earning: which rules end or are succeeded, and what those have paid."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum

from common import clock
from common.text import counted, number, scaled
from earning.models import Award, Rule
from program import catalog
from program.differences import Aspect, Finding, register
from program.models import Program
from program.verbs import Progress

YEAR = timedelta(days=365)


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A revision of a rule, and when it ends."""

    code: str
    name: str
    ends_on: date | None


def _read(program: Program) -> dict[uuid.UUID, Line]:
    return {row.pk: Line(row.code, row.name, row.ends_on) for row in Rule.objects.all()}


def _compare(
    before: dict[uuid.UUID, Line], after: dict[uuid.UUID, Line], progress: Progress
) -> Sequence[Finding]:
    following = {line.code for pk, line in after.items() if pk not in before}
    sentences = []
    for pk, line in before.items():
        left = after.get(pk)
        if left is not None and left.ends_on == line.ends_on:
            continue
        if left is None:
            what = "is written anew" if line.code in following else "goes"
        elif line.code in following:
            what = f"is succeeded from {left.ends_on}"
        else:
            what = f"ends on {left.ends_on}" if left.ends_on else "goes on"
        sentences.append(f"{line.name} {what}. {_paid(pk)}")
    if not sentences:
        sentences = ["No rule that pays today changes or ends."]
    return [Finding("Earning", tuple(sentences))]


def _paid(rule: uuid.UUID) -> str:
    """What a revision has paid in a year, and to how many."""
    since: datetime = clock.now() - YEAR
    rows = Award.objects.filter(rule=rule, activity__occurred_at__gte=since)
    sums = rows.aggregate(
        amount=Sum("amount"), times=Count("id"), who=Count("member", distinct=True)
    )
    if not sums["times"]:
        return "It has paid nothing in the last twelve months."
    unit = catalog.of(catalog.current()).units[Rule.objects.get(pk=rule).unit_id]
    amount = number(scaled(sums["amount"], unit.decimals))
    return (
        f"In the last twelve months it paid {amount} {unit.plural} to "
        f"{counted(sums['who'], 'member', 'members')}, "
        f"{counted(sums['times'], 'time', 'times')}."
    )


def install() -> None:
    """Register the aspects of this app."""
    register(Aspect("earning", _read, _compare))
