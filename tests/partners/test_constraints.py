"""Each constraint of the app, violated round the code, and refused by PostgreSQL under its name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from events import outbox
from partners.models import (
    ApiKey,
    Attempt,
    Delivery,
    Endpoint,
    Import,
    ImportChunk,
    ImportLine,
    ImportPart,
    ImportProblem,
    KeyDay,
    Notice,
    RememberedCall,
)
from tests.refusals import assert_append_only, refused
from tests.till import Till


def change(key: ApiKey, **columns: Any) -> None:
    ApiKey.objects.filter(pk=key.pk).update(**columns)


def test_a_hash_belongs_to_one_key(till: Till) -> None:
    other = Till().key
    with refused("partners_key_hash_is_unique"):
        change(other, key_hash=till.key.key_hash)


@pytest.mark.parametrize("kept", ["", "pn_live_abc", "A" * 64])
def test_a_key_keeps_a_hash_and_never_its_text(till: Till, kept: str) -> None:
    with refused("partners_key_keeps_a_hash"):
        change(till.key, key_hash=kept)


def test_a_key_has_a_name(till: Till) -> None:
    with refused("partners_key_has_a_name"):
        change(till.key, name="")


@pytest.mark.parametrize("scopes", [[], ["members:read", "everything"]])
def test_a_key_has_scopes_that_there_are(till: Till, scopes: list[str]) -> None:
    with refused("partners_key_has_scopes"):
        change(till.key, scopes=scopes)


def test_a_key_expires_after_it_starts(till: Till) -> None:
    with refused("partners_key_expires_after_it_starts"):
        change(till.key, expires_at=till.key.created_at - timedelta(seconds=1))


@pytest.mark.parametrize(
    "columns", [{"revoked_at": clock.now()}, {"revoked_by": "staff:1"}], ids=["who", "when"]
)
def test_a_key_is_revoked_by_somebody(till: Till, columns: dict[str, Any]) -> None:
    with refused("partners_key_revoked_by_somebody"):
        change(till.key, **columns)


def test_of_one_name_two_keys_work(till: Till) -> None:
    with refused("partners_key_slot_is_free"):
        change(Till().key, name=till.key.name)
    with refused("partners_key_two_work_at_once"):
        change(till.key, slot=3)


def test_a_key_may_call_at_least_once(till: Till) -> None:
    with refused("partners_key_may_call_once_a_minute"):
        change(till.key, per_minute=0)


def call(till: Till, **columns: Any) -> None:
    fields = {"partner": till.key.partner, "kind": "live", "key": "k", "fingerprint": "f" * 64}
    fields |= {"status": 201, "content_type": "application/json", "created_at": clock.now()}
    RememberedCall.objects.create(**fields | columns)


def test_a_call_is_remembered_once_and_as_it_was_answered(till: Till) -> None:
    call(till)
    with refused("partners_call_is_remembered_once"):
        call(till)
    with refused("partners_call_has_a_key"):
        call(till, key="")
    with refused("partners_call_was_answered"):
        call(till, key="other", status=500)


def test_a_day_is_counted_once(till: Till) -> None:
    KeyDay.objects.create(key=till.key, day="2026-03-10")
    with refused("partners_day_refused_was_alerted"):
        KeyDay.objects.update(refused_at=clock.now())
    with refused("partners_day_is_counted_once"):
        KeyDay.objects.create(key=till.key, day="2026-03-10")


def endpoint(till: Till, **columns: Any) -> Endpoint:
    now = clock.now()
    fields = {"partner": till.key.partner, "url": "https://till.example.com", "types": ["x"]}
    fields |= {"contact": "it@example.com", "subscribed_at": now, "created_at": now}
    return Endpoint.objects.create(**fields | columns)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("partners_endpoint_has_an_address", {"url": "ftp://till.example.com"}),
        ("partners_endpoint_wants_something", {"types": []}),
        ("partners_endpoint_has_a_secret", {"generation": 0}),
    ],
)
def test_an_endpoint_makes_sense(till: Till, name: str, columns: dict[str, Any]) -> None:
    with refused(name):
        endpoint(till, **columns)


def notice(till: Till, **columns: Any) -> Notice:
    now = clock.now()
    fields = {"endpoint": endpoint(till), "due_at": now, "made_at": now}
    return Notice.objects.create(**fields | columns)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("partners_notice_is_about_one_thing", {"endpoint": None}),
        ("partners_notice_sent_has_its_moment", {"status": "sent"}),
        ("partners_notice_in_hand_has_its_moment", {"status": "sending"}),
        ("partners_notice_unsent_says_why", {"status": "failed"}),
        ("partners_notice_is_doubted_twice_at_most", {"doubts": 3}),
    ],
)
def test_a_notice_says_what_became_of_it(till: Till, name: str, columns: dict[str, Any]) -> None:
    with refused(name):
        notice(till, **columns)


def test_a_limit_is_told_once_a_day(till: Till) -> None:
    day = KeyDay.objects.create(key=till.key, day="2026-03-10")
    with refused("partners_notice_is_about_one_thing"):
        notice(till, key_day=day)
    notice(till, endpoint=None, key_day=day)
    with refused("partners_notice_once_a_day"):
        notice(till, endpoint=None, key_day=day)


def test_a_delivery_waits_or_has_ended_and_is_the_only_one_of_its_event(till: Till) -> None:
    now, event = clock.now(), outbox.publish("x")
    fields: dict[str, Any] = {"endpoint": endpoint(till, types=["y"]), "event_id": event.pk}
    fields |= {"type": "x", "body": {}, "created_at": now, "due_at": now}
    row = Delivery.objects.create(**fields)
    with refused("partners_delivery_once_per_event"):
        Delivery.objects.create(**fields)
    with refused("partners_delivery_waits_or_ended"):
        Delivery.objects.filter(pk=row.pk).update(state="delivered")
    with refused("partners_delivery_waits_or_ended"):
        Delivery.objects.filter(pk=row.pk).update(due_at=None)
    with refused("partners_attempt_had_an_outcome"):
        Attempt.objects.create(delivery=row, at=now, ms=1)
    Attempt.objects.create(delivery=row, at=now, ms=1, status=500)
    assert_append_only("partners_attempt")


def file(till: Till, **columns: Any) -> Import:
    fields = {"partner": till.key.partner, "key": till.key, "file_name": "f", "form": "csv"}
    fields |= {"size": 1, "digest": "d" * 64, "created_by": "x", "created_at": clock.now()}
    return Import.objects.create(**fields | columns)


def test_an_import_waits_once_and_its_state_says_what_is_known(till: Till) -> None:
    run, now = file(till), clock.now()
    with refused("partners_import_waits_once"):
        file(till)
    for columns in (
        {"state": "checked"},
        {"state": "applying", "staged_at": now},
        {"state": "applied", "staged_at": now, "applied_by": "x"},
        {"state": "cancelled", "finished_at": now},
        {"state": "refused", "problem": "why"},
        {"applied_by": "x"},
    ):
        with refused("partners_import_state_implies_its_columns"):
            Import.objects.filter(pk=run.pk).update(**columns)
    with refused("partners_import_of_the_desk_is_live"):
        file(till, key=None, kind="test", digest="e" * 64)


def test_parts_chunks_lines_and_problems_have_their_places(till: Till) -> None:
    run = file(till)
    ImportPart.objects.create(run=run, number=1, body=b"x")
    with refused("partners_importpart_number_is_unique"):
        ImportPart.objects.create(run=run, number=1, body=b"x")
    ImportChunk.objects.create(run=run, number=1, lines=1)
    with refused("partners_importchunk_number_is_unique"):
        ImportChunk.objects.create(run=run, number=1, lines=1)
    with refused("partners_importchunk_has_lines"):
        ImportChunk.objects.create(run=run, number=2, lines=0)
    with refused("partners_importchunk_sequel_has_one_before"):
        ImportChunk.objects.filter(run=run).update(is_sequel=True)
    with refused("partners_importchunk_counts_once_done"):
        ImportChunk.objects.create(run=run, number=2, lines=1, counts={"recorded": 1})
    with refused("partners_importline_has_its_place"):
        ImportLine.objects.create(run=run, chunk=0, line=1, body="[]")
    ImportProblem.objects.create(run=run, line=1, code="x", message="y")
    with refused("partners_importproblem_line_is_refused_once"):
        ImportProblem.objects.create(run=run, line=1, code="x", message="y")
    with refused("partners_importproblem_says_why"):
        ImportProblem.objects.create(run=run, line=2, code="x", message="")
