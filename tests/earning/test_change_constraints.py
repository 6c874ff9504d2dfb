"""What PostgreSQL itself refuses about changes, corrections and what is pending, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from common import clock
from common.ids import uuid7
from earning import returns
from earning.models import (
    Activity,
    ActivityChange,
    Correction,
    Milestone,
    MilestoneReached,
    MilestoneVoid,
    ParkedChange,
    PendingActivity,
)
from tests.cast import ACTOR, ana, visit
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books, pytest.mark.usefixtures("quay")]
WORDS: dict[str, Any] = {"partner_id": "till", "reason": "Back", "actor": ACTOR}


def a_visit() -> Activity:
    activity = visit(ana()).activity
    assert activity is not None
    return activity


def change(activity: Activity | None = None, **fields: Any) -> ActivityChange:
    activity = activity or a_visit()
    given = {
        "member_id": activity.member_id,
        "activity": activity,
        "number": 1,
        "kind": "cancel",
        "reference": "c1",
        "occurred_at": clock.now(),
    }
    return ActivityChange.objects.create(**given | WORDS | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_change_counts_from_one", {"number": 0}),
        ("earning_change_says_why_and_who", {"reason": ""}),
        ("earning_change_says_why_and_who", {"reference": ""}),
        ("earning_change_amends_something", {"kind": "amend"}),
        ("earning_change_amends_something", {"returned": {"paid": "1"}}),
    ],
)
def test_a_change_makes_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        change(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (
            "earning_change_number_is_unique",
            {"number": 1, "kind": "amend", "returned": {"paid": "1"}},
        ),
        ("earning_change_cancels_once", {"number": 2}),
    ],
)
def test_changes_do_not_repeat(name: str, fields: dict[str, Any]) -> None:
    first = change()
    with refused(name):
        change(first.activity, **fields)


def correction(made: ActivityChange, **fields: Any) -> Correction:
    award = made.activity.awards.filter(unit="point").get()
    given = {
        "member_id": made.member_id,
        "change": made,
        "activity": made.activity,
        "rule": award.rule,
        "unit_id": "point",
        "entry": award.entry,
        "amount": -10,
        "sentence": "Taken back",
    }
    return Correction.objects.create(**given | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_correction_changes_something", {"amount": 0}),
        ("earning_correction_lapsed_is_a_part", {"lapsed": -1}),
        ("earning_correction_lapsed_is_a_part", {"lapsed": 11}),
        ("earning_correction_lapsed_is_a_part", {"amount": 5, "lapsed": 5}),
        ("earning_correction_has_its_entry", {"entry": None}),
        ("earning_correction_has_its_entry", {"lapsed": 10}),
        ("earning_correction_explains_itself", {"sentence": ""}),
    ],
)
def test_a_correction_makes_sense(name: str, fields: dict[str, Any]) -> None:
    made = change()
    with refused(name):
        correction(made, **fields)


def test_a_rule_is_corrected_once_by_a_change() -> None:
    made = change()
    correction(made)
    with refused("earning_correction_once_per_rule"):
        correction(made)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_parked_problem_is_settled", {"problem": "It does not fit."}),
        ("earning_parked_says_why_and_who", {"actor": ""}),
    ],
)
def test_a_parked_change_makes_sense(name: str, fields: dict[str, Any]) -> None:
    given = {"kind": "cancel", "reference": "c1", "activity_reference": "till-1"}
    given |= {"activity_id": uuid7(), "occurred_at": clock.now()}
    with refused(name):
        ParkedChange.objects.create(**given | WORDS | fields)


def pending(**fields: Any) -> PendingActivity:
    given = {"member": ana(), "partner_id": "till", "reference": "p1", "type_id": "visit"}
    given |= {"occurred_at": clock.now(), "actor": ACTOR}
    return PendingActivity.objects.create(**given | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_pending_end_is_complete", {"status": "confirmed"}),
        ("earning_pending_end_is_complete", {"ended_at": clock.now(), "ended_by": ACTOR}),
        (
            "earning_pending_cancel_has_a_reason",
            {"status": "cancelled", "ended_at": clock.now(), "ended_by": ACTOR},
        ),
    ],
)
def test_what_is_pending_ends_completely(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        pending(**fields)


def test_one_reference_is_pending_once() -> None:
    first = pending()
    with refused("earning_pending_reference_is_unique"):
        pending(member=first.member)


def void(**fields: Any) -> MilestoneVoid:
    reached = MilestoneReached.objects.first() or _reached()
    given = {"member_id": reached.member_id, "reached": reached, "owner": "member:1"}
    given |= {"change_id": uuid7(), "sentence": "No longer reached"}
    return MilestoneVoid.objects.create(**given | fields)


def _reached() -> MilestoneReached:
    Milestone.objects.create(
        code="mark", name="Mark", counter_id="visit", at=1, unit_id="coin", amount=5
    )
    a_visit()
    return MilestoneReached.objects.get()


@pytest.mark.parametrize("fields", [{"owner": ""}, {"sentence": ""}])
def test_a_void_level_explains_itself(fields: dict[str, Any]) -> None:
    _reached()
    with refused("earning_void_explains_itself"):
        void(**fields)


def test_a_level_is_made_void_once() -> None:
    void()
    with refused("earning_void_once_per_level"):
        void()


def test_what_was_changed_is_final() -> None:
    _reached()
    done = Activity.objects.get()
    returns.cancel(
        partner="till", activity=done.public_id, reference="c1", reason="Back", actor=ACTOR
    )
    for table in ("earning_activitychange", "earning_correction", "earning_milestonevoid"):
        assert_append_only(table)
