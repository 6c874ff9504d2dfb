"""Waves: everybody is asked every so many months, on a day of their own, so that each day the same
number goes out.

A hash gives each member a slot among the days of the cycle; the cycle's number is part of what is
decided upon, so that a job that runs late or twice asks nobody twice and misses nobody. The job
looks back a week.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from django.db import transaction

from common import clock
from members.models import Member
from program import catalog
from program.models import Program
from surveys import definitions, inviting
from surveys.models import Trigger
from surveys.occasions import Occasion

EPOCH = date(2024, 1, 1)  # the first day of every cycle; any Monday would do
DAYS_A_MONTH = 30
LOOK_BACK = timedelta(days=7)
WORKING_HOUR = 10  # letters of a wave leave in the morning
BATCH = 1000


def run() -> int:
    """Ask everybody whose day it is, or was in the last week. Returns how many decisions."""
    program = catalog.current()
    today = clock.local_date(clock.now(), program.time_zone)
    total = 0
    for trigger in definitions.of(program).on(Trigger.On.WAVE):
        days = [today - timedelta(days=back) for back in range(LOOK_BACK.days, -1, -1)]
        due = _due(trigger, days, program)
        while some := list(islice(due, BATCH)):
            with transaction.atomic():
                total += len(inviting.decide(some, program=program))
    return total


def slot_of(member_id: uuid.UUID, *, days: int) -> int:
    """A member's day in a cycle of so many days: the same for ever, spread evenly."""
    digest = hashlib.sha256(member_id.bytes).digest()
    return int.from_bytes(digest[:8], "big") % days


def cycle_of(day: date, *, months: int) -> tuple[int, int]:
    """The number of the cycle that holds a day, and the day's place in it."""
    return divmod((day - EPOCH).days, months * DAYS_A_MONTH)


def _due(trigger: Trigger, days: list[date], program: Program) -> Iterator[Occasion]:
    """Every member whose day it is, streamed."""
    months = trigger.every_months or 1
    slots = {cycle_of(day, months=months)[1]: day for day in days}
    members = Member.objects.filter(status=Member.Status.ACTIVE).order_by("pk")
    for pk in members.values_list("pk", flat=True).iterator(chunk_size=BATCH):
        day = slots.get(slot_of(pk, days=months * DAYS_A_MONTH))
        if day is not None:
            start = clock.start_of_day(day, program.time_zone)
            number = cycle_of(day, months=months)[0]
            yield Occasion(
                trigger=trigger,
                member_id=pk,
                subject=f"wave-{number}",
                occurred_at=start,
                opens_at=start + timedelta(hours=WORKING_HOUR),
            )
