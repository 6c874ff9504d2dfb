"""Pending activities: announced, never owned before they are confirmed, and confirmed once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine

from earning import confirmations, intake, returns
from earning.errors import ActivityCancelled, ActivityUnknown, PendingEnded
from earning.models import Activity, ActivityChange, PendingActivity
from earning.recording import Recorded
from events.models import Event
from program.models import ActivityType, Program
from tests.cast import ACTOR, ana, awarded, balance, utc, visit

pytestmark = pytest.mark.django_db
WORDS: dict[str, Any] = {"partner": "till", "reason": "Brought back", "actor": ACTOR}


@pytest.fixture
def may(quay: Program) -> Iterator[time_machine.Coordinates]:
    """The quay on 10 May 2026, where a visit counts after 14 days."""
    ActivityType.objects.filter(code="visit").update(confirm="days", confirm_days=14)
    with time_machine.travel(utc(2026, 5, 10, 12), tick=False) as clock:
        yield clock


def pending(done: Recorded) -> PendingActivity:
    assert done.pending is not None
    assert done.activity is None
    return done.pending


def moved(clock: time_machine.Coordinates, to: datetime) -> int:
    clock.move_to(to)
    return confirmations.run()


def test_what_is_pending_is_announced_and_not_there(may: time_machine.Coordinates) -> None:
    member = ana()
    row = pending(visit(member, attributes={"paid": "70", "table": "terrace"}))
    assert row.due_on == date(2026, 5, 24)
    assert [(e["rule"], e["amount"], e["sentence"]) for e in row.expected] == [
        ("paid", 70, "Amount paid: EUR 70.00 × 1 = 70 points"),
        ("visit", 1, "Visit: 1 visit"),
        ("terrace", 5, "On the terrace: 5 points"),
    ]
    assert balance(member) == 0
    assert not Activity.objects.exists()
    assert not member.entries.exists()
    assert Event.objects.get(type="activity_pending").payload["due_on"] == "2026-05-24"


def test_it_counts_on_its_day_under_its_own_date_and_id(may: time_machine.Coordinates) -> None:
    member = ana()
    row = pending(visit(member))
    assert moved(may, utc(2026, 5, 23, 21, 59)) == 0  # 23:59 in Berlin, the day before
    assert moved(may, utc(2026, 5, 23, 22)) == 1
    assert moved(may, utc(2026, 6, 30, 12)) == 0
    done = Activity.objects.get()
    assert (done.pk, done.occurred_at) == (row.pk, utc(2026, 5, 10, 12))
    assert balance(member, "visit") == 1
    row.refresh_from_db()
    assert (row.status, row.ended_by) == ("confirmed", "system:confirming")
    assert Event.objects.filter(type="activity_confirmed").count() == 1
    assert Event.objects.filter(type="activity_recorded").count() == 1


def test_a_late_run_catches_up(may: time_machine.Coordinates) -> None:
    people = [ana(name=f"Ana {number}") for number in range(3)]
    for member in people * 2:
        visit(member)
    assert moved(may, utc(2026, 9, 1, 12)) == 6
    assert Activity.objects.count() == 6


def test_what_is_reported_after_its_day_counts_at_once(may: time_machine.Coordinates) -> None:
    member = ana()
    assert visit(member, occurred_at=utc(2026, 4, 20, 12)).activity is not None
    assert balance(member) == 10


def test_by_call_it_waits_for_the_partner(quay: Program) -> None:
    ActivityType.objects.filter(code="visit").update(confirm="call")
    member = ana()
    row = pending(visit(member, reference="till-1"))
    assert row.due_on is None
    assert confirmations.run() == 0
    done = confirmations.confirm(partner="till", activity=row.public_id, actor=ACTOR)
    assert awarded(done) == {"paid": 10, "visit": 1}
    again = confirmations.confirm(partner="till", activity="till-1", actor=ACTOR)
    assert again.is_replay
    assert awarded(again) == awarded(done)
    assert balance(member) == 10
    with pytest.raises(PendingEnded):
        confirmations.count(row, actor=ACTOR)
    with pytest.raises(ActivityUnknown):
        confirmations.confirm(partner="web", activity="till-1", actor=ACTOR)


def test_the_same_again_is_pending_again(may: time_machine.Coordinates) -> None:
    member = ana()
    first = visit(member, reference="till-1")
    again = visit(member, reference="till-1")
    assert again.is_replay
    assert again.pending == first.pending


def test_amended_while_pending_it_counts_as_it_is_then(may: time_machine.Coordinates) -> None:
    member = ana()
    row = pending(visit(member, attributes={"paid": "100"}))
    done = returns.amend(activity=row.public_id, reference="c1", returned={"paid": "30"}, **WORDS)
    assert done.status == "pending"
    assert done.pending is not None
    assert done.pending.expected[0]["amount"] == 70
    moved(may, utc(2026, 6, 1, 12))
    change = ActivityChange.objects.get()
    assert change.after == {"paid": "70.00"}
    assert not change.corrections.exists()
    assert not member.entries.filter(amount__lt=0, kind="clawback").exists()


def test_cancelled_while_pending_it_never_counts(may: time_machine.Coordinates) -> None:
    member = ana()
    row = pending(visit(member, reference="till-1"))
    returns.cancel(activity="till-1", reference="c1", **WORDS)
    assert moved(may, utc(2026, 6, 1, 12)) == 0
    row.refresh_from_db()
    assert (row.status, row.end_reason) == ("cancelled", "Brought back")
    with pytest.raises(ActivityCancelled):
        confirmations.confirm(partner="till", activity="till-1", actor=ACTOR)
    with pytest.raises(ActivityCancelled):
        returns.amend(activity="till-1", reference="c2", returned={"paid": "1"}, **WORDS)
    assert returns.cancel(activity="till-1", reference="c1", **WORDS).is_replay


def test_an_unclaimed_activity_is_pending_once_it_is_claimed(may: time_machine.Coordinates) -> None:
    member = ana()
    waiting = visit()
    assert waiting.unclaimed is not None
    row = pending(intake.claim(waiting.unclaimed, member=member, actor=ACTOR))
    assert row.pk == waiting.unclaimed.pk
    assert moved(may, utc(2026, 6, 1, 12)) == 1
    assert balance(member, "visit") == 1


def test_cancelled_before_it_came_it_does_not_even_wait(may: time_machine.Coordinates) -> None:
    member = ana()
    returns.cancel(activity="till-1", reference="c1", **WORDS)
    row = pending(visit(member, reference="till-1"))
    assert row.status == "cancelled"
    assert moved(may, utc(2026, 6, 1, 12)) == 0
