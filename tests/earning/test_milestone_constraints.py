"""What PostgreSQL itself refuses about milestones, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from earning.models import Milestone, MilestoneReached, Occasion, OccasionProgress
from program.models import ActivityType, Partner
from tests.cast import ana, visit
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def milestone(**fields: Any) -> Milestone:
    given = {"code": "mark", "name": "Mark", "counter_id": "visit", "at": 1, "unit_id": "coin"}
    return Milestone.objects.create(**given | {"amount": 1} | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_milestone_lies_above_zero", {"at": 0}),
        ("earning_milestone_repeats_by_something", {"every": 0}),
        ("earning_milestone_pays_something", {"amount": 0}),
    ],
)
def test_a_milestone_makes_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        milestone(**fields)


def test_what_was_reached_is_final() -> None:
    milestone()
    visit(ana())
    assert MilestoneReached.objects.exists()
    assert_append_only("earning_milestonereached")


def test_an_occasion_is_followed_by_day_or_by_event() -> None:
    till = Partner.objects.get(code="till")
    type = ActivityType.objects.get(code="visit")
    occasion = Occasion.objects.create(code="gift", on="birthday", type=type, partner=till)
    with refused("earning_occasionprogress_is_by_day_or_by_event"):
        OccasionProgress.objects.create(
            occasion=occasion, done_on=date(2026, 1, 1), last_event=occasion.after_event
        )
