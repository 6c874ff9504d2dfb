"""Monthly statements of one member: opening balance, every movement, closing balance.

A movement stands in the month in which it happened; what was reported later stands there too, and
says when it was written down. What must stay true: opening + movements = closing, and a month opens
where the one before it closed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Min, Sum

from common import clock
from members.models import Member
from points import past
from points.models import Account, Entry
from program import catalog
from program.models import Program, Unit

LATE = timedelta(days=1)  # what is written down the next day is no news to anybody
ENDINGS = 6  # as many next endings as fit under a sheet; the portal's calendar has them all


@dataclasses.dataclass(frozen=True, slots=True)
class Movement:
    """One entry as a line: when it happened, its sentence, the signed amount, the balance then.

    `recorded_at` is empty where it was written down when it happened.
    """

    occurred_at: datetime
    sentence: str
    amount: int
    balance: int
    recorded_at: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """A month in one unit. Amounts are in its smallest part; `endings` are the next moments at
    which something of the closing balance ends (exclusive), with amounts.
    """

    unit: Unit
    opening: int
    movements: tuple[Movement, ...]
    closing: int
    endings: tuple[tuple[datetime, int], ...]

    @property
    def received(self) -> int:
        return sum(one.amount for one in self.movements if one.amount > 0)

    @property
    def given(self) -> int:
        return sum(one.amount for one in self.movements if one.amount < 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """A month of one member from `starts_at` to `ends_at` (exclusive), open while it runs."""

    month: date
    starts_at: datetime
    ends_at: datetime
    is_open: bool
    sheets: tuple[Sheet, ...]


def months(member: Member, *, program: Program) -> list[date]:
    """The first days of every month from the member's first movement to now, newest first."""
    zone, today = program.time_zone, clock.local_date(clock.now(), program.time_zone)
    first = Entry.objects.filter(member=member).aggregate(at=Min("occurred_at"))["at"]
    if first is None:
        return []
    oldest, month, found = clock.local_date(first, zone).replace(day=1), today.replace(day=1), []
    while month >= oldest:
        found.append(month)
        month = clock.add_months(month, -1)
    return found


def of(member: Member, *, month: date, program: Program) -> Statement:
    """The statement of the month that begins on `month`."""
    zone, now = program.time_zone, clock.now()
    starts = clock.start_of_day(month, zone)
    ends = clock.start_of_day(clock.add_months(month, 1), zone)
    units = catalog.of(program).units
    held = Account.objects.filter(member=member, version__gt=0).order_by("unit__position", "unit")
    return Statement(
        month=month,
        starts_at=starts,
        ends_at=ends,
        is_open=now < ends,
        sheets=tuple(
            _sheet(member, account, units[account.unit_id], starts, ends, min(now, ends))
            for account in held
        ),
    )


def _sheet(
    member: Member, account: Account, unit: Unit, starts: datetime, ends: datetime, until: datetime
) -> Sheet:
    entries = Entry.objects.filter(member=member, account=account)
    before = entries.filter(occurred_at__lt=starts).aggregate(total=Sum("amount"))["total"] or 0
    rows = entries.filter(occurred_at__gte=starts, occurred_at__lt=ends)
    movements = tuple(_movements(rows.order_by("occurred_at", "version"), before))
    state = past.happened(member, unit=unit.code, at=until - timedelta(microseconds=1))
    return Sheet(
        unit=unit,
        opening=before,
        movements=movements,
        closing=movements[-1].balance if movements else before,
        endings=tuple(state.calendar[:ENDINGS]),
    )


def _movements(entries: Iterable[Entry], balance: int) -> Iterator[Movement]:
    for entry in entries:
        balance += entry.amount
        is_late = entry.recorded_at - entry.occurred_at > LATE
        yield Movement(
            entry.occurred_at,
            entry.reason,
            entry.amount,
            balance,
            entry.recorded_at if is_late else None,
        )
