"""What is more than one person may move: asked for, decided on by somebody else, seen by all."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from desk import roles
from members.models import User
from points.models import AdjustmentRequest
from tests import cast
from tests.desk.counter import Counter, listing, text, verb

REPORT = "admin:points_adjustmentrequest_report"


@pytest.fixture(autouse=True)
def limited(quay: object, tmp_path: Path) -> None:
    limit = 'plural = "points"\nsecond_person_above = 100'
    cast.apply(cast.variant(tmp_path / "watched", ('plural = "points"', limit)))


def asked(clerk: Counter, amount: str = "500") -> AdjustmentRequest:
    clerk.do(verb(cast.ana(), "adjust"), unit="point", amount=amount, reason="Cold coffee")
    return AdjustmentRequest.objects.get(state="waiting")


def test_a_clerk_is_told_that_it_waits(clerk: Counter) -> None:
    ana = cast.ana()
    shown = text(clerk.preview(verb(ana, "adjust"), unit="point", amount="500", reason="Why"))
    assert "this is more than the 100 points that one person may" in shown
    shown = text(clerk.do(verb(ana, "adjust"), unit="point", amount="500", reason="Why"))
    assert "wait for a second person. Nothing was posted yet." in shown
    assert cast.balance(ana) == 0


def test_a_manager_sees_whom_it_is_about_and_agrees(clerk: Counter, manager: Counter) -> None:
    row = asked(clerk)
    shown = text(manager.get(verb(row, "approve")))
    for words in ("+500 points", "Cold coffee", "Clara", "0 points → 500 points", "Ana Lima"):
        assert words in shown.replace(" becomes ", " "), words
    shown = text(manager.do(verb(row, "approve")))
    assert "+500 points for Ana Lima were posted." in shown
    assert cast.balance(row.member) == 500


def test_a_manager_declines_with_a_reason(clerk: Counter, manager: Counter) -> None:
    row = asked(clerk)
    assert "This field is required" in text(manager.do(verb(row, "decline")))
    manager.do(verb(row, "decline"), reason="Ask the kitchen first")
    row.refresh_from_db()
    assert (row.state, row.decision) == ("declined", "Ask the kitchen first")
    assert "Ask the kitchen first" in text(clerk.get(verb(row, "change")))


def test_a_clerk_reads_the_queue_and_decides_nothing(clerk: Counter) -> None:
    row = asked(clerk)
    assert "Cold coffee" in text(clerk.get(listing(AdjustmentRequest)))
    assert clerk.get(verb(row, "approve")).status_code == 403
    assert clerk.get(reverse(REPORT)).status_code == 403


def test_a_manager_who_asked_does_not_decide(manager: Counter) -> None:
    row = asked(manager)
    assert "You asked for this yourself." in text(manager.do(verb(row, "approve")))
    assert cast.balance(row.member) == 0


def test_a_manager_decides_nothing_for_their_own_home(clerk: Counter) -> None:
    user = User.objects.create_user("max@quay.example", name="Max", is_staff=True)
    user.groups.add(roles.ensure_groups()[1])
    own = cast.ana(name="Max", user=user)
    clerk.do(verb(own, "adjust"), unit="point", amount="500", reason="A friend")
    row = AdjustmentRequest.objects.get()
    assert "These are your own points" in text(Counter(user).do(verb(row, "approve")))
    assert cast.balance(own) == 0


def test_the_first_page_says_that_something_waits(clerk: Counter, manager: Counter) -> None:
    asked(clerk)
    cache.clear()
    shown = text(manager.get(reverse("admin:index")))
    assert "Waiting for a second person 1" in shown
    assert "The books – not audited yet" in shown


def test_the_day_is_reported_as_a_page_and_as_a_file(clerk: Counter, manager: Counter) -> None:
    with time_machine.travel(cast.utc(2026, 3, 10, 12), tick=True):
        ana = cast.ana(name="=HYPERLINK(1)")
        clerk.do(verb(ana, "adjust"), unit="point", amount="90", reason="Cold coffee")
        shown = text(manager.get(reverse(REPORT)))
        assert "just below the limit" in shown
        assert "Cold coffee 1 time" in shown
        answer = manager.get(reverse(REPORT), {"on": "2026-03-10", "as": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "'=HYPERLINK(1),point,90,Cold coffee,Clara" in answer.content.decode()
