"""A batch asks as often for a hundred activities as for ten: a file of a million depends on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from earning import intake
from earning.submissions import Submission
from members.models import Member
from program.models import Program
from tests.cast import ACTOR, ana

pytestmark = pytest.mark.django_db


def visits(member: Member, count: int, *, since: str) -> list[Submission]:
    """Visits long ago, so that what some of them earn has ended already."""
    return [
        Submission(
            partner="till",
            reference=f"{since}-{number}",
            type="visit",
            occurred_at=clock.now() - timedelta(days=200, minutes=number),
            attributes={"paid": "12.00", "guests": 1},
            kind="card",
            value=member.cards.get(is_active=True).number,
        )
        for number in range(count)
    ]


def asked(submissions: list[Submission]) -> int:
    with CaptureQueriesContext(connection) as seen:
        recorded = intake.record_batch(submissions, actor=ACTOR)
    assert [one.error for one in recorded if one.error] == []
    return len(seen.captured_queries)


def test_more_activities_ask_no_more(quay: Program) -> None:
    member = ana()
    asked(visits(member, 3, since="first"))  # what a process keeps is read once
    few = asked(visits(member, 10, since="few"))
    assert asked(visits(member, 100, since="many")) < few + 45  # one for every second is too many
