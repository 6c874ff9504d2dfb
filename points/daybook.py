"""The daybook of adjustments: who moved whose points by hand on a day, why, and what is unusual.

What must stay true: each day is reported once, however often and however late the job runs.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from common import clock
from events import outbox
from events.models import Event
from points import approvals
from points.models import AdjustmentRequest, Entry
from program import catalog
from program.models import Program, Unit

EVENT = "adjustments_reported"
LOOK_BACK_DAYS = 31  # how long the worker may have been away
OPEN_FROM, OPEN_UNTIL = 6, 22  # hours of the program's day in which staff usually work
OFTEN = 3  # adjustments of one member in a day that are worth a look
NEAR = 80  # percent of the limit: the amounts of whoever wants to stay below it


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One adjustment. `marks` say what is unusual about it, as codes; `approved_by` is the second
    person, empty where none was needed.
    """

    posting: uuid.UUID
    member: uuid.UUID
    name: str
    unit: Unit
    amount: int
    reason: str
    actor: str
    approved_by: str
    occurred_at: datetime
    marks: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Total:
    """What belongs together: how often, what was given and what was taken, in the smallest part."""

    key: str
    unit: Unit
    times: int
    given: int
    taken: int


@dataclasses.dataclass(frozen=True, slots=True)
class Daybook:
    """A day of adjustments: unusual ones first, then by size; totals by clerk and by reason."""

    day: date
    rows: tuple[Row, ...]
    by_actor: tuple[Total, ...]
    by_reason: tuple[Total, ...]


def of(day: date, *, program: Program) -> Daybook:
    """The daybook of a day in the program's zone."""
    zone = program.time_zone
    entries = list(
        Entry.objects.filter(
            kind__in=(Entry.Kind.ADJUSTMENT, Entry.Kind.REINSTATE),
            posting__kind__in=approvals.BY_HAND,
            posting__occurred_at__gte=clock.start_of_day(day, zone),
            posting__occurred_at__lt=clock.end_of_day(day, zone),
        ).select_related("posting", "account", "member")
    )
    rows = _rows(entries, program)
    return Daybook(
        day=day,
        rows=tuple(sorted(rows, key=lambda row: (-len(row.marks), -abs(row.amount)))),
        by_actor=_totals(rows, "actor"),
        by_reason=_totals(rows, "reason"),
    )


def _rows(entries: Sequence[Entry], program: Program) -> list[Row]:
    units = catalog.of(program).units
    seconds = dict(
        AdjustmentRequest.objects.filter(
            posting__in=[entry.posting_id for entry in entries]
        ).values_list("posting", "decided_by")
    )
    often = Counter(entry.member_id for entry in entries)
    return [
        Row(
            posting=entry.posting_id,
            member=entry.member_id,
            name=entry.member.name,
            unit=units[entry.account.unit_id],
            amount=entry.amount,
            reason=entry.posting.note,
            actor=entry.posting.actor,
            approved_by=seconds.get(entry.posting_id, ""),
            occurred_at=entry.posting.occurred_at,
            marks=tuple(
                _marks(
                    entry,
                    units[entry.account.unit_id],
                    is_approved=entry.posting_id in seconds,
                    times=often[entry.member_id],
                    zone=program.time_zone,
                )
            ),
        )
        for entry in entries
    ]


def _marks(entry: Entry, unit: Unit, *, is_approved: bool, times: int, zone: str) -> Iterable[str]:
    limit = unit.second_person_above
    if is_approved:
        yield "second_person"
    elif limit is not None and abs(entry.amount) * 100 >= limit * NEAR:
        yield "near_the_limit"
    if times >= OFTEN:
        yield "often"
    hour = clock.local_hour(entry.posting.occurred_at, zone)
    if not OPEN_FROM <= hour < OPEN_UNTIL:
        yield "at_night"


def _totals(rows: Iterable[Row], field: str) -> tuple[Total, ...]:
    found: dict[tuple[str, str], Total] = {}
    for row in rows:
        key = getattr(row, field)
        known = found.get((key, row.unit.code), Total(key, row.unit, 0, 0, 0))
        found[key, row.unit.code] = dataclasses.replace(
            known,
            times=known.times + 1,
            given=known.given + max(0, row.amount),
            taken=known.taken + max(0, -row.amount),
        )
    return tuple(sorted(found.values(), key=lambda total: (-total.times, total.key)))


def report() -> list[date]:
    """Announce every day that is over, had adjustments and was not announced yet. Returns them.

    Two runs at once wait for each other; a late one catches up with the last month.
    """
    program = catalog.current()
    today = clock.local_date(clock.now(), program.time_zone)
    days = [today - timedelta(days=back) for back in range(LOOK_BACK_DAYS, 0, -1)]
    with transaction.atomic():
        Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        told = set(
            Event.objects.filter(
                type=EVENT, subject__in=[day.isoformat() for day in days]
            ).values_list("subject", flat=True)
        )
        books = [of(day, program=program) for day in days if day.isoformat() not in told]
        due = [book for book in books if book.rows]
        outbox.publish_many(_event(book) for book in due)
    return [book.day for book in due]


def _event(book: Daybook) -> Event:
    payload: dict[str, Any] = {
        "day": book.day.isoformat(),
        "count": len(book.rows),
        "unusual": sum(bool(row.marks) for row in book.rows),
        "by_actor": [
            {
                "actor": total.key,
                "unit": total.unit.code,
                "times": total.times,
                "given": total.given,
                "taken": total.taken,
            }
            for total in book.by_actor
        ],
    }
    return outbox.draft(EVENT, subject=book.day.isoformat(), payload=payload)
