"""What PostgreSQL itself refuses about requests and audits, whoever asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from points.models import AdjustmentRequest, AuditRun, Posting
from tests.cast import ana, earn
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def request(**fields: Any) -> AdjustmentRequest:
    given = {
        "unit_id": "point",
        "amount": 500,
        "reason": "Cold coffee",
        "source": "adjustment:1",
        "asked_by": "staff:clara",
        "asked_at": clock.now(),
    }
    member = fields.pop("member", None) or ana()
    return AdjustmentRequest.objects.create(member=member, **given | fields)


def test_a_source_is_asked_for_once() -> None:
    member = ana()
    request(member=member)
    with refused("points_request_source_is_unique"):
        request(member=member)


def test_nothing_is_not_asked_for() -> None:
    with refused("points_request_amount_is_not_zero"):
        request(amount=0)


@pytest.mark.parametrize("missing", ["reason", "asked_by", "source"])
def test_a_request_says_who_and_why(missing: str) -> None:
    decided = {"decided_by": "staff:mona"} if missing == "asked_by" else {}
    state = {"state": "declined", "decision": "No", "decided_at": clock.now()} if decided else {}
    with refused("points_request_says_who_and_why"):
        request(**{missing: ""}, **decided, **state)


def test_who_asked_does_not_decide() -> None:
    with refused("points_request_is_decided_by_somebody_else"):
        request(state="declined", decided_by="staff:clara", decided_at=clock.now(), decision="Mine")


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "waiting", "decided_by": "staff:mona"},
        {"state": "approved", "decided_by": "staff:mona", "decided_at": clock.now()},
        {"state": "declined", "decided_by": "staff:mona", "decided_at": clock.now()},
        {"state": "declined", "decision": "No", "decided_at": clock.now()},
        {"state": "waiting", "decided_at": clock.now()},
    ],
)
def test_the_state_implies_its_columns(columns: dict[str, Any]) -> None:
    with refused("points_request_state_implies_its_columns"):
        request(**columns)


def test_what_was_declined_was_not_posted() -> None:
    member = ana()
    earn(member, 500, source="adjustment:1")
    with refused("points_request_state_implies_its_columns"):
        request(
            member=member,
            state="declined",
            decided_by="staff:mona",
            decided_at=clock.now(),
            decision="No",
            posting=Posting.objects.get(source="adjustment:1"),
        )


def test_an_audit_ends_after_it_starts() -> None:
    now = clock.now()
    with refused("points_audit_ends_after_it_starts"):
        AuditRun.objects.create(
            started_at=now, finished_at=now - timedelta(seconds=1), actor="system:audit"
        )


@pytest.mark.parametrize("fields", [{"faults": 1}, {"faults": 0, "first_invariant": "x"}])
def test_a_fault_that_was_found_is_named(fields: dict[str, Any]) -> None:
    with refused("points_audit_fault_is_named"):
        AuditRun.objects.create(started_at=clock.now(), actor="system:audit", **fields)
