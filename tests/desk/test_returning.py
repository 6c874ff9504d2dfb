"""Clerks cancel activities, take parts back, and let pending ones count: with a reason, once."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from earning.models import Activity, ActivityChange, PendingActivity
from program.models import ActivityType, Program
from tests import cast
from tests.desk.counter import Counter, page, text, verb

pytestmark = pytest.mark.django_db


def visited(**fields: object) -> Activity:
    done = cast.visit(cast.ana(), attributes={"paid": "70", "guests": 2}, **fields).activity
    assert done is not None
    return done


def at(row: Activity | PendingActivity, name: str) -> str:
    model = row._meta.model_name
    return reverse(f"admin:earning_{model}_{name}", args=[row.pk])


def test_the_page_of_an_activity_offers_both_verbs(quay: Program, clerk: Counter) -> None:
    done = visited()
    shown = text(clerk.get(page(done)))
    assert "Cancel the activity" in shown
    assert "Take a part of it back" in shown


def test_a_cancellation_is_rehearsed_and_then_done_once(quay: Program, clerk: Counter) -> None:
    done = visited()
    assert "-70" in text(clerk.get(at(done, "cancel"))).replace("\u2212", "-")
    assert not ActivityChange.objects.exists()
    typed = {"reason": "Never arrived", "attempt": uuid.uuid4()}
    for _turn in range(2):
        clerk.post(at(done, "cancel"), typed)
    change = ActivityChange.objects.get()
    assert (change.kind, change.reason) == ("cancel", "Never arrived")
    assert change.actor.startswith("staff:")
    assert cast.balance(done.member) == 0
    shown = text(clerk.get(page(done)))
    assert "Cancel the activity" not in shown
    assert "Amount paid: cancelled, 70 points taken back" in shown
    assert "Cancelled" in text(clerk.get(page(done.member)))


def test_a_part_is_taken_back(quay: Program, clerk: Counter) -> None:
    done = visited()
    clerk.do(at(done, "amend"), back_paid="20", reason="One plate was cold")
    assert cast.balance(done.member) == 50
    said = text(clerk.do(at(done, "amend"), reason="Nothing"))
    assert "Say how much of what came back." in said
    assert "less than or equal to 50" in text(
        clerk.do(at(done, "amend"), back_paid="51", reason="Too much")
    )
    assert cast.balance(done.member) == 50


def test_without_a_reason_nothing_is_cancelled(quay: Program, clerk: Counter) -> None:
    done = visited()
    assert "This field is required" in text(clerk.do(at(done, "cancel"), reason=""))
    assert cast.balance(done.member) == 70


def test_a_pending_activity_is_confirmed_or_cancelled(quay: Program, clerk: Counter) -> None:
    ActivityType.objects.filter(code="visit").update(confirm="call")
    ana = cast.ana()
    first, second = (cast.visit(ana).pending for _turn in range(2))
    assert first is not None
    assert second is not None
    assert "Counts when it is confirmed" in text(clerk.get(page(ana)))
    clerk.do(at(first, "confirm"))
    clerk.do(at(second, "cancel"), reason="A mistake")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("confirmed", "cancelled")
    assert cast.balance(ana) == 10
    assert "Confirm the activity" not in text(clerk.get(page(first)))


def test_an_entry_explains_itself(quay: Program, clerk: Counter, owner: Counter) -> None:
    done = visited()
    clerk.do(at(done, "amend"), back_paid="20", reason="One plate was cold")
    award = done.awards.get(rule__code="paid")
    shown = text(owner.get(page(award.entry)))
    assert "Rule paid, revision 1" in shown
    assert "Since then: Amount paid: EUR 70.00 became EUR 50.00, 20 points taken back" in shown
    correction = done.corrections.get()
    assert correction.entry is not None
    assert "One plate was cold" in text(owner.get(page(correction.entry)))


def test_nobody_changes_an_activity_of_their_own(quay: Program, clerk: Counter) -> None:
    done = visited()
    done.member.user = clerk.user
    done.member.save(update_fields=["user"])
    assert "your own points" in text(clerk.do(at(done, "cancel"), reason="Mine"))
    assert cast.balance(done.member) == 70
    assert verb(done.member, "adjust")
