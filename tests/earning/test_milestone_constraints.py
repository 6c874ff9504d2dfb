"""What PostgreSQL itself refuses about milestones, whoever asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from common import clock
from earning import choosing
from earning.models import (
    Milestone,
    MilestoneChoice,
    MilestoneOption,
    MilestonePick,
    MilestoneReached,
    Occasion,
    OccasionProgress,
)
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
        ("earning_milestone_last_mark_is_a_further_one", {"up_to": 3}),
        ("earning_milestone_last_mark_is_a_further_one", {"at": 4, "every": 1, "up_to": 3}),
        (
            "earning_milestone_own_year_is_each_members",
            {"window": "membership_year", "per": "household"},
        ),
        (
            "earning_milestone_does_not_feed_itself_for_ever",
            {"unit_id": "visit", "every": 2, "amount": 2},
        ),
        ("earning_milestone_pays_something", {"amount": 0}),
        ("earning_milestone_pays_something", {"amount": None, "unit_id": None}),
        ("earning_milestone_counts_one_thing", {"type_id": "visit"}),
        ("earning_milestone_counts_one_thing", {"counter_id": None}),
        ("earning_milestone_counts_one_thing", {"distinct": "day"}),
        ("earning_milestone_window_names_its_length", {"window": "days"}),
        ("earning_milestone_window_names_its_length", {"window_count": 3}),
        (
            "earning_milestone_window_names_its_length",
            {"window": "months", "window_count": 3, "every": 1},
        ),
        (
            "earning_milestone_window_names_its_length",
            {"window": "months", "window_count": 3, "per": "household"},
        ),
        ("earning_milestone_year_starts_in_a_month", {"year_starts": 13}),
        ("earning_milestone_streak_names_its_least", {"streak": "month"}),
        ("earning_milestone_streak_names_its_least", {"streak_least": 1}),
        (
            "earning_milestone_streak_names_its_least",
            {"streak": "month", "streak_least": 1, "window": "year"},
        ),
        ("earning_milestone_choice_has_one_deadline", {"choose_days": 3}),
        ("earning_milestone_choice_has_one_deadline", {"choose": 0}),
        ("earning_milestone_choice_has_one_deadline", {"choose": 1, "choose_month": 1}),
        (
            "earning_milestone_choice_has_one_deadline",
            {"choose": 1, "choose_days": 3, "choose_month": 1, "choose_day": 8},
        ),
        ("earning_milestone_choice_takes_a_day", {"choose": 1, "choose_days": 0}),
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


def option(**fields: Any) -> MilestoneOption:
    mark = Milestone.objects.filter(code="mark").first() or milestone(choose=1, at=1)
    given = {"milestone": mark, "code": "coin", "unit_id": "coin", "amount": 1}
    return MilestoneOption.objects.create(**given | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_option_code_is_unique", {}),
        ("earning_option_gives_something", {"code": "b", "amount": 0}),
        ("earning_option_default_is_within_its_limit", {"code": "b", "at_most": 0}),
        ("earning_option_default_is_within_its_limit", {"code": "b", "at_most": 1, "default": 2}),
    ],
)
def test_an_option_makes_sense(name: str, fields: dict[str, Any]) -> None:
    option()
    with refused(name):
        option(**fields)


def test_a_choice_makes_sense_and_is_offered_once() -> None:
    option()
    member = ana()
    visit(member)
    choice = MilestoneChoice.objects.get()
    again = MilestoneChoice(member=member, reached=choice.reached, many=1)
    with refused("earning_choice_once_per_level"):
        again.save(force_insert=True)
    rows = MilestoneChoice.objects.filter(pk=choice.pk)
    with refused("earning_choice_is_of_something"):
        rows.update(many=0)
    with refused("earning_choice_status_has_its_facts"):
        rows.update(status="made")
    with refused("earning_choice_status_has_its_facts"):
        rows.update(actor="somebody")
    with refused("earning_choice_reminds_before_its_end"):
        rows.update(due_at=clock.now(), reminded_at=clock.now() + timedelta(hours=1))


def test_what_was_chosen_is_final() -> None:
    chosen = option()
    visit(ana())
    choice = MilestoneChoice.objects.select_related("reached", "member").get()
    choosing.choose(choice, picks={"coin": 1}, actor="test")
    pick = MilestonePick.objects.get()
    fields = {"member": choice.member, "choice": choice, "entry": pick.entry}
    with refused("earning_pick_once_per_option"):
        MilestonePick.objects.create(**fields, option=chosen, times=1, amount=1)
    other = option(code="other")
    with refused("earning_pick_is_of_something"):
        MilestonePick.objects.create(**fields, option=other, times=0, amount=1)
    assert_append_only("earning_milestonepick")


def test_an_occasion_is_followed_by_day_or_by_event() -> None:
    till = Partner.objects.get(code="till")
    type = ActivityType.objects.get(code="visit")
    occasion = Occasion.objects.create(code="gift", on="birthday", type=type, partner=till)
    with refused("earning_occasionprogress_is_by_day_or_by_event"):
        OccasionProgress.objects.create(
            occasion=occasion, done_on=date(2026, 1, 1), last_event=occasion.after_event
        )
