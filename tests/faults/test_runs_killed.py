"""The nightly runs are killed, really, between any two of their statements: run again, they leave
the books, the notices and the day's report as if nothing had happened.

A step is a statement to the database (`tests.faults.killing`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from earning import confirmations
from earning.models import PendingActivity
from events.models import Event
from members.models import Member
from points import daybook, expiry, holds, notices
from points.models import ExpiryNotice, Hold
from program.models import ActivityType
from tests import cast
from tests.cast import ana, balance, earn, hold, utc, visit
from tests.faults.killing import lived

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
START = utc(2026, 3, 10, 12)
JOBS: list[tuple[timedelta, Callable[[], object]]] = [
    (timedelta(hours=1), holds.time_out),
    (timedelta(days=1), daybook.report),
    (timedelta(days=14), confirmations.run),
    (timedelta(days=27), notices.run),
    (timedelta(days=60), expiry.run),
]
STRIDE = 29  # statements from one death to the next; the nightly profile dies before each


@pytest.fixture(autouse=True)
def small_portions(transactional_db: None) -> Iterator[None]:
    """The quay, where each run holds two accounts at a time, and visits count after 14 days."""
    cast.apply(cast.QUAY)
    ActivityType.objects.filter(code="visit").update(confirm="days", confirm_days=14)
    chunks = [(module, module.CHUNK) for module in (expiry, holds, notices, confirmations)]
    for module, _ in chunks:
        module.CHUNK = 2
    yield
    for module, chunk in chunks:
        module.CHUNK = chunk


def people(since: datetime) -> list[Member]:
    """Three who each have points, some of them held, some by hand, and a visit that waits."""
    found = []
    with time_machine.travel(since, tick=False):
        for number in range(3):
            member = ana(name=f"Ana {since:%j} {number}")
            earn(member, 30)
            hold(member, 10, minutes=5)
            cast.adjust(member, 5)
            visit(member, attributes={"paid": "20"})
            found.append(member)
    return found


def work(*, since: datetime, kill_before: int) -> bool:
    """All runs, in a process of its own. Returns whether it lived."""

    def runs() -> None:
        for late, job in JOBS:
            with time_machine.travel(since + late, tick=False):
                job()

    return lived(runs, kill_before=kill_before)


def check(member: Member, *, since: datetime) -> None:
    """Everything happened, under its own moment, and once."""
    assert balance(member) == 0
    held = Hold.objects.get(member=member)
    assert (held.status, held.ended_at) == ("timed_out", since + timedelta(minutes=5))
    ended = member.entries.filter(kind="expiry", account__unit="point")
    assert sorted(ended.values_list("amount", flat=True)) == [-55]
    assert PendingActivity.objects.get(member=member).status == "confirmed"
    told = ExpiryNotice.objects.filter(member=member).values_list("days", flat=True)
    assert len(told) == len(set(told)) > 0
    types = list(Event.objects.filter(member_id=member.pk).values_list("type", flat=True))
    for type in ("hold_timed_out", "points_expired", "activity_confirmed", "activity_recorded"):
        assert types.count(type) == 1, type
    assert types.count("points_expiring") == len(told)


def test_killed_before_any_statement_the_runs_end_the_same() -> None:
    is_nightly = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
    step, since = 1, START
    while True:
        members = people(since)
        has_lived = work(since=since, kill_before=step)
        assert work(since=since, kill_before=0)
        for member in members:
            check(member, since=since)
        day = since.date().isoformat()
        assert Event.objects.filter(type="adjustments_reported", subject=day).count() == 1
        if has_lived:
            break
        step, since = step + (1 if is_nightly else STRIDE), since + timedelta(days=90)
    assert step > 100
