"""Rows of several tables, written in one statement as if each had been saved by itself."""

from __future__ import annotations

import uuid

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from common import bulk, clock
from common.bundle import Bundle
from events import outbox
from events.models import Event, Heartbeat
from members.models import Member
from points.models import Account
from program.models import Program
from tests.cast import ana, earn

pytestmark = pytest.mark.django_db


def event(**fields: object) -> Event:
    return outbox.draft("thing_happened", **{"member_id": uuid.uuid4()} | fields)  # type: ignore[arg-type]


def test_all_of_it_is_one_statement(quay: Program) -> None:
    earn(ana(), 10)
    account = Account.objects.get()
    with CaptureQueriesContext(connection) as seen, bulk.together():
        bulk.insert(Event, [event(), event()])
        bulk.insert(Heartbeat, [Heartbeat(name="one", beat_at=clock.now())])
        bulk.update([account], ("balance", "held", "version"))
        assert not Event.objects.filter(type="thing_happened").exists()
        before = len(seen)
    assert len(seen) == before + 1
    assert Event.objects.filter(type="thing_happened").count() == 2
    assert Heartbeat.objects.get().name == "one"


def test_what_was_written_is_what_was_given(db: None) -> None:
    payload = {"a": [1, "x", None, {"b": True}], "ünï": "“…”", "d": "1.50"}
    made = event(payload=payload, subject=mark_safe("act_1"))
    with bulk.together():
        bulk.insert(Event, [made])
    stored = Event.objects.get(pk=made.pk)
    assert (stored.payload, stored.subject) == (payload, "act_1")
    assert (stored.occurred_at, stored.member_id) == (made.occurred_at, made.member_id)
    assert stored.recorded_at == made.recorded_at
    assert not made._state.adding


def test_nothing_is_written_where_something_is_refused(db: None) -> None:
    bundle = Bundle()
    bundle.insert([Heartbeat(name="one", beat_at=clock.now())])
    bundle.insert([Event(type="", occurred_at=clock.now())])
    with pytest.raises(IntegrityError), transaction.atomic():
        bundle.write()
    with pytest.raises(DataError), transaction.atomic(), bulk.together():
        bulk.insert(Heartbeat, [Heartbeat(name="x" * 41, beat_at=clock.now())])
    assert not Heartbeat.objects.exists()


def test_what_breaks_off_writes_nothing(db: None) -> None:
    def break_off() -> None:
        with bulk.together():
            bulk.insert(Event, [event()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert not Event.objects.filter(type="thing_happened").exists()
    bulk.insert(Event, [event()])
    assert Event.objects.filter(type="thing_happened").exists()


def test_a_block_in_a_block_is_part_of_it(db: None) -> None:
    with CaptureQueriesContext(connection) as seen, bulk.together():
        with bulk.together():
            bulk.insert(Event, [event()])
        bulk.insert(Event, [event()])
        assert not seen.captured_queries
    assert len(seen) == 1


def test_texts_to_be_translated_are_told_and_other_things_refused(db: None) -> None:
    made = Member(name=gettext_lazy("Member"), joined_at=clock.now())
    with bulk.together():
        bulk.insert(Member, [made])
    assert Member.objects.get().name == "Member"
    bundle = Bundle()
    bundle.insert([event(payload={"amount": 1 + 2j})])
    with pytest.raises(TypeError, match="cannot hold complex"):
        bundle.write()
