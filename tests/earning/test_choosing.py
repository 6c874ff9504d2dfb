"""Choosing for a milestone: once, by whoever comes first, and by the program after the last day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from structlog.testing import capture_logs

from common import clock
from earning import choice_opening, choosing, explaining, returns
from earning.errors import ChoiceClosed, ChoiceInvalid, ChoiceUnknown
from earning.models import (
    Milestone,
    MilestoneChoice,
    MilestoneOption,
    MilestonePick,
    MilestoneVoid,
)
from events.models import Event
from members import erasure, merging
from members.models import Member
from points.models import LIMIT
from program.models import Program
from tests.cast import ACTOR, ana, balance, spend, visit

pytestmark = pytest.mark.django_db
BACK: dict[str, Any] = {"partner": "till", "reason": "Back", "actor": ACTOR}


@pytest.fixture
def mark(quay: Program) -> Milestone:
    """Two visits let one choose two of coins, credits and visits, within ten days."""
    mark = Milestone.objects.create(
        code="pair", name="Pair", counter_id="visit", at=2, choose=2, choose_days=10
    )
    for position, (unit, amount, most, default) in enumerate(
        [("coin", 5, 1, 1), ("cent", 250, None, 1), ("visit", 3, 1, 0)]
    ):
        MilestoneOption.objects.create(
            milestone=mark, code=unit, name=f"Some {unit}", unit_id=unit, amount=amount,
            at_most=most, default=default, position=position,
        )  # fmt: skip
    return mark


def offered(member: Member | None = None) -> MilestoneChoice:
    """What somebody may choose who came by twice."""
    member = member or ana()
    for number in (1, 2):
        visit(member, reference=f"till-{number}")
    return MilestoneChoice.objects.select_related("member", "reached").get(member=member)


def choose(choice: MilestoneChoice, **picks: int) -> MilestoneChoice:
    return choosing.choose(choice, picks=picks, actor="member:1")


def test_what_is_chosen_is_given_and_explained(mark: Milestone) -> None:
    choice = offered()
    assert choosing.open_to(choice.member) == [choice]
    choose(choice, coin=1, cent=1, visit=0)
    member = choice.member
    assert (balance(member, "coin"), balance(member, "cent")) == (5, 250)
    assert choosing.open_to(member) == []
    entry = member.entries.get(account__unit="coin")
    assert entry.reason == "Pair: Some coin chosen"
    assert explaining.explain(entry).milestone == choice.reached
    event = Event.objects.get(type="milestone_chosen")
    assert event.payload["options"] == {"coin": 1, "cent": 1}


def test_the_same_again_is_answered_and_anything_else_refused(mark: Milestone) -> None:
    choice = offered()
    choose(choice, cent=2)
    choose(choice, cent=2)
    assert balance(choice.member, "cent") == 500
    with pytest.raises(ChoiceClosed):
        choose(choice, coin=1, cent=1)


@pytest.mark.parametrize(
    "picks", [{}, {"coin": 1}, {"coin": 2}, {"cent": 3}, {"gold": 2}, {"cent": 3, "coin": -1}]
)
def test_what_cannot_be_chosen_is_refused(mark: Milestone, picks: dict[str, int]) -> None:
    choice = offered()
    with pytest.raises(ChoiceInvalid):
        choosing.choose(choice, picks=picks, actor=ACTOR)
    assert not MilestonePick.objects.exists()


def test_a_choice_that_feeds_a_counter_moves_status(mark: Milestone) -> None:
    MilestoneOption.objects.filter(code="visit").update(amount=100)
    choice = offered()
    choose(choice, visit=1, coin=1)
    assert choice.member.standings.filter(source="earned").exists()


def test_after_the_last_day_the_program_chooses_once(mark: Milestone) -> None:
    choice = offered()
    assert choice.due_at is not None
    with time_machine.travel(choice.due_at - timedelta(seconds=1), tick=False):
        assert choosing.run() == 0
    with time_machine.travel(choice.due_at + timedelta(days=40), tick=False):
        with pytest.raises(ChoiceClosed):
            choose(choice, cent=2)
        assert [choosing.run(), choosing.run()] == [1, 0]
        choice.refresh_from_db()
        assert choice.status == "defaulted"
        assert balance(choice.member, "cent") == 250
        entry = choice.member.entries.get(account__unit="coin")
        assert entry.posting.occurred_at < choice.due_at
        assert entry.reason == "Pair: Some coin, as nothing was chosen"


def test_a_choice_that_cannot_be_made_holds_nobody_up(
    mark: Milestone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "CHUNK", 1)
    heap = Milestone.objects.create(
        code="heap", name="Heap", counter_id="visit", at=2, choose=2, choose_days=10
    )
    MilestoneOption.objects.create(
        milestone=heap, code="much", name="Much", unit_id="coin", amount=LIMIT, default=2
    )
    member = ana()
    for number in (1, 2):
        visit(member, reference=f"till-{number}")
    stuck, fine = MilestoneChoice.objects.order_by("reached__milestone")
    assert stuck.due_at is not None
    with time_machine.travel(stuck.due_at + timedelta(days=1), tick=False):
        with capture_logs() as told:
            assert choosing.run() == 1
        stuck.refresh_from_db()
        fine.refresh_from_db()
    assert (stuck.status, fine.status) == ("open", "defaulted")
    told_of = [(one["event"], one["choice"]) for one in told if "choice" in one]
    assert told_of == [("choice_not_made", stuck.public_id)]


def test_without_defaults_it_lapses(mark: Milestone) -> None:
    MilestoneOption.objects.update(default=0)
    choice = offered()
    assert choice.due_at is not None
    with time_machine.travel(choice.due_at, tick=False):
        assert choosing.run() == 1
    choice.refresh_from_db()
    assert choice.status == "lapsed"
    assert Event.objects.filter(type="milestone_choice_lapsed").count() == 1


def test_the_last_day_may_be_a_day_of_the_year(mark: Milestone) -> None:
    mark.choose_days, mark.choose_month, mark.choose_day = None, 1, 8
    reached = clock.local_date(clock.now(), "Europe/Berlin")
    last = choice_opening.last_day(mark, reached)
    assert last is not None
    assert (last.month, last.day) == (1, 8)
    assert reached <= last <= reached + timedelta(days=366)


def test_a_level_that_is_lost_takes_its_choice_along(mark: Milestone) -> None:
    choice = offered()
    returns.cancel(activity="till-1", reference="c1", **BACK)
    choice.refresh_from_db()
    assert choice.status == "void"
    with pytest.raises(ChoiceClosed):
        choose(choice, cent=2)


def test_what_was_chosen_goes_back_while_it_is_untouched(mark: Milestone) -> None:
    choice = offered()
    choose(choice, coin=1, cent=1)
    returns.cancel(activity="till-1", reference="c1", **BACK)
    member = choice.member
    assert (balance(member, "coin"), balance(member, "cent")) == (0, 0)
    assert MilestoneVoid.objects.count() == 1
    for entry in member.entries.filter(kind="clawback", account__unit__in=["coin", "cent"]):
        assert explaining.explain(entry).milestone == choice.reached
    visit(member)
    assert [row.status for row in MilestoneChoice.objects.order_by("id")] == ["void", "open"]


def test_a_counter_that_was_chosen_counts_for_the_mark(mark: Milestone) -> None:
    choice = offered()
    choose(choice, coin=1, visit=1)
    returns.cancel(activity="till-1", reference="c1", **BACK)
    assert balance(choice.member, "visit") == 4  # two are asked for
    assert not MilestoneVoid.objects.exists()


def test_what_was_used_is_kept(mark: Milestone) -> None:
    choice = offered()
    choose(choice, coin=1, cent=1)
    spend(choice.member, 1, unit="coin")
    returns.cancel(activity="till-1", reference="c1", **BACK)
    choice.refresh_from_db()
    assert choice.status == "made"
    assert balance(choice.member, "cent") == 250


def test_a_choice_of_a_merged_membership_is_the_survivors(mark: Milestone) -> None:
    choice = offered()
    survivor = ana(name="Ana Lima")
    merging.merge(survivor, choice.member, reason="Twice", actor=ACTOR)
    survivor.refresh_from_db()
    assert choosing.open_to(survivor) == [choice]
    choosing.choose(choosing.one(survivor, choice.pk), picks={"cent": 2}, actor=ACTOR)
    assert balance(survivor, "cent") == 500


def test_nobody_chooses_for_others(mark: Milestone) -> None:
    choice = offered()
    with pytest.raises(ChoiceUnknown):
        choosing.one(ana(name="Bruno"), choice.pk)


def test_who_is_erased_gets_nothing_more(mark: Milestone) -> None:
    choice = offered()
    assert choice.due_at is not None
    erasure.erase(choice.member, reason="asked", actor=ACTOR)
    with time_machine.travel(choice.due_at, tick=False):
        assert choosing.run() == 1
    choice.refresh_from_db()
    assert choice.status == "lapsed"


def test_what_is_chosen_passes_marks_that_are_lost_with_what_led_to_them(mark: Milestone) -> None:
    Milestone.objects.create(
        code="five", name="Five", counter_id="visit", at=5, unit_id="coin", amount=9, choose=1
    )
    other = Milestone.objects.get(code="five")
    MilestoneOption.objects.create(milestone=other, code="more", unit_id="coin", amount=1)
    choice = offered()
    member = choice.member
    choose(choice, cent=1, visit=1)
    assert (balance(member, "visit"), balance(member, "coin")) == (5, 9)
    (opened,) = choosing.open_to(member)
    assert opened.reached.milestone_id == "five"
    assert Event.objects.filter(type="milestone_reached").count() == 2
    returns.cancel(activity="till-1", reference="c1", **BACK)
    assert (balance(member, "visit"), balance(member, "coin")) == (4, 0)
    assert MilestoneVoid.objects.get().reached.milestone_id == "five"
