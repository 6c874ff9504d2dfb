"""The outbox: what is published leaves with its transaction, and is never changed."""

from __future__ import annotations

import pytest
import time_machine
from django.db import transaction

from events import heartbeat, outbox
from events.models import Event
from events.tasks import heartbeat as heartbeat_task
from tests.cast import utc
from tests.refusals import assert_append_only

pytestmark = pytest.mark.django_db


def test_an_event_is_kept_with_its_moment() -> None:
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        event = outbox.publish("tier_changed", subject="act_1", payload={"tier": "gold"})
    stored = Event.objects.get(pk=event.pk)
    assert (stored.type, stored.subject, stored.payload) == (
        "tier_changed",
        "act_1",
        {"tier": "gold"},
    )
    assert stored.occurred_at == utc(2026, 3, 1, 12)


def test_an_event_of_a_failed_transaction_never_was() -> None:
    with transaction.atomic():
        outbox.publish("tier_changed")
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_many_events_keep_their_order() -> None:
    outbox.publish_many(outbox.draft("activity_recorded", subject=str(n)) for n in range(250))
    subjects = Event.objects.order_by("id").values_list("subject", flat=True)
    assert list(subjects) == [str(n) for n in range(250)]


def test_events_are_written_once() -> None:
    outbox.publish("tier_changed")
    assert_append_only("events_event")


def test_a_worker_gives_signs_of_life() -> None:
    assert heartbeat.age("worker") is None
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        heartbeat_task()
    with time_machine.travel(utc(2026, 3, 1, 12, 1), tick=False):
        age = heartbeat.age("worker")
        assert age is not None
        assert age.total_seconds() == 60
        heartbeat.beat("worker")
        assert heartbeat.age("worker") is not None
