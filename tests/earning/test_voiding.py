"""Levels of milestones after a return: void while untouched, kept once used, then passed anew."""

from __future__ import annotations

from typing import Any

import pytest

from earning import explaining, returns
from earning.models import Milestone, MilestoneReached, MilestoneVoid
from events.models import Event
from program.models import Program
from tests.cast import ACTOR, ana, balance, spend, visit

pytestmark = pytest.mark.django_db
WORDS: dict[str, Any] = {"partner": "till", "reason": "Back", "actor": ACTOR}


@pytest.fixture
def mark(quay: Program) -> Milestone:
    """Two visits give 50 coins."""
    return Milestone.objects.create(
        code="pair", name="Pair", counter_id="visit", at=2, unit_id="coin", amount=50
    )


def two(member: Any) -> None:
    for number in (1, 2):
        visit(member, reference=f"till-{number}")


def test_a_level_that_is_no_longer_reached_is_void(mark: Milestone) -> None:
    member = ana()
    two(member)
    assert balance(member, "coin") == 50
    returns.cancel(activity="till-1", reference="c1", **WORDS)  # the other one crossed it
    assert balance(member, "coin") == 0
    void = MilestoneVoid.objects.get()
    assert void.sentence == "Pair: 2 visits no longer reached"
    assert Event.objects.filter(type="milestone_voided").count() == 1
    entry = member.entries.get(kind="clawback", account__unit="coin")
    assert explaining.explain(entry).milestone == void.reached


def test_a_void_level_may_be_passed_again(mark: Milestone) -> None:
    member = ana()
    two(member)
    for turn in (3, 4):
        returns.cancel(activity=f"till-{turn - 2}", reference=f"c{turn}", **WORDS)
        visit(member, reference=f"till-{turn}")
    assert balance(member, "coin") == 50
    assert [row.turn for row in MilestoneReached.objects.order_by("recorded_at")] == [0, 1, 2]
    assert MilestoneVoid.objects.count() == 2


def test_a_level_whose_gift_was_used_is_kept_and_not_paid_again(mark: Milestone) -> None:
    member = ana()
    two(member)
    spend(member, 1, unit="coin")
    returns.cancel(activity="till-2", reference="c1", **WORDS)
    assert balance(member, "coin") == 49
    assert not MilestoneVoid.objects.exists()
    visit(member)
    assert balance(member, "coin") == 49


def test_an_amendment_may_pass_a_level(mark: Milestone) -> None:
    Milestone.objects.update(counter="point", at=100)
    member = ana()
    visit(member, reference="till-1", attributes={"paid": "90"})
    returns.amend(activity="till-1", reference="c1", attributes={"paid": "100"}, **WORDS)
    assert balance(member, "coin") == 50
    paid = member.entries.get(account__unit="coin")
    assert explaining.explain(paid).milestone == MilestoneReached.objects.get()
    returns.amend(activity="till-1", reference="c2", returned={"paid": "1"}, **WORDS)
    assert balance(member, "coin") == 0
