"""What is pending: announced to the member, with the day on which it counts, and not theirs yet."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from earning.models import PendingActivity
from members import lineage
from members.models import Member
from program.catalog import Catalog
from program.models import Unit


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A pending activity in words; `due_on` is None where somebody has to confirm it."""

    title: str
    place: str
    occurred_at: datetime
    due_on: date | None
    expected: tuple[tuple[int, Unit], ...]


def rows(member: Member) -> QuerySet[PendingActivity, Any]:
    """All that waits for a member as JSON values, the first to count first."""
    waiting = PendingActivity.objects.filter(
        member__in=lineage.ids(member), status=PendingActivity.Status.WAITING
    )
    return waiting.order_by("due_on", "id").values(
        row=JSONObject(
            type="type_id",
            place="location__name",
            partner="partner__name",
            at="occurred_at",
            due="due_on",
            expected="expected",
        )
    )


def gather(member: Member, *, catalog: Catalog) -> list[Waiting]:
    """All that waits for the member. One query."""
    return told((row["row"] for row in rows(member)), catalog=catalog)


def told(found: Iterable[Mapping[str, Any]], *, catalog: Catalog) -> list[Waiting]:
    """The same in words, from JSON values."""
    return [
        Waiting(
            title=catalog.types[row["type"]].name,
            place=row["place"] or row["partner"],
            occurred_at=datetime.fromisoformat(row["at"]),
            due_on=date.fromisoformat(row["due"]) if row["due"] else None,
            expected=_totals(row["expected"], catalog),
        )
        for row in found
    ]


def _totals(
    expected: Iterable[Mapping[str, Any]], catalog: Catalog
) -> tuple[tuple[int, Unit], ...]:
    """What is expected in all, by unit, the unit to spend first."""
    totals: dict[str, int] = {}
    for one in expected:
        totals[one["unit"]] = totals.get(one["unit"], 0) + one["amount"]
    units = sorted(totals, key=lambda unit: catalog.units[unit].kind != Unit.Kind.SPENDABLE)
    return tuple((totals[unit], catalog.units[unit]) for unit in units)
