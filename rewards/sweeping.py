"""Sweeping: what is exchanged by itself as a month ends, every one or some of the year.

What must stay true: what is there at the end of the month is exchanged once, in whole steps; the
rest is carried to the next. A run that comes late takes no more than was there at the end.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.db import connection

from common import clock
from common.ids import named
from members.models import Member
from program import catalog
from program.errors import ProgramMissing
from program.models import Program
from rewards import exchange
from rewards.models import Conversion

SWEEPS = uuid.UUID("0f2b6a4e-9a0d-4d0c-8a7e-5b1c7d3e9f42")
LATE = timedelta(days=7)  # how long the worker may have been away; later the next month takes it


def run() -> int:
    """Exchange what was there as the last month ended. Returns how many members it moved.

    Safe to run twice, at once, or late.
    """
    try:
        program = catalog.current()
    except ProgramMissing:
        return 0
    first = clock.local_date(clock.now(), program.time_zone).replace(day=1)
    ended = (first - timedelta(days=1)).month
    ended_at = clock.start_of_day(first, program.time_zone)
    if clock.now() >= ended_at + LATE:
        return 0
    return sum(
        _sweep(conversion, ended_at=ended_at, month=first, program=program)
        for conversion in Conversion.objects.filter(is_active=True, is_monthly=True)
        if not conversion.months or ended in conversion.months
    )


def _sweep(conversion: Conversion, *, ended_at: datetime, month: date, program: Program) -> int:
    moved = 0
    least = max(conversion.least, conversion.step)
    found = dict(_there(conversion, ended_at=ended_at, least=least))
    people = Member.objects.in_bulk(list(found))
    for pk, there in found.items():
        attempt = named(SWEEPS, conversion.code, month.isoformat(), str(pk))
        moved += exchange.by_itself(
            people[pk], conversion=conversion, amount=there, attempt=attempt, program=program
        )
    return moved


def _there(
    conversion: Conversion, *, ended_at: datetime, least: int
) -> list[tuple[uuid.UUID, int]]:
    """Members with enough at the end of the month that is still there, and how much."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.member_id, least(a.balance, sum(e.amount))::bigint
               FROM points_account a JOIN points_entry e ON e.account_id = a.id
               WHERE a.unit_id = %s AND a.balance >= %s AND e.occurred_at < %s
               GROUP BY a.id, a.member_id, a.balance HAVING sum(e.amount) >= %s
               ORDER BY a.member_id""",
            [conversion.takes_id, least, ended_at, least],
        )
        return list(cursor.fetchall())
