"""Who is asked, when, and why not."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine

from common import clock
from members import consent
from members.models import Member, SegmentMember
from surveys import care, inviting, opening, waves
from surveys.models import Case, Contact, Decision, Invitation, Outcome, QuotaUse, Trigger
from surveys.occasions import Occasion
from tests import cast
from tests.cast import ACTOR, utc, visit
from tests.surveys import world
from tests.surveys.world import guest, outcomes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay_asks")]


def test_a_visit_leads_to_a_question_after_its_delay() -> None:
    member = guest()
    with time_machine.travel(utc(2026, 5, 4, 12), tick=False):
        one = world.invite(member)
        assert opening.run() == 0
    assert one.opens_at == utc(2026, 5, 4, 14)
    assert (one.survey_id, one.source) == ("after-a-visit", one.source)
    assert outcomes(member) == [Outcome.ASKED]
    with time_machine.travel(utc(2026, 5, 4, 14, 1), tick=False):
        assert opening.run() == 1
        assert list(opening.open_to(member)) == [one]
    with time_machine.travel(utc(2026, 6, 4), tick=False):
        assert list(opening.open_to(member)) == []


def test_what_happened_is_decided_upon_once_however_often_it_is_told() -> None:
    member = guest()
    world.invite(member)
    one = Decision.objects.get()
    trigger = Trigger.objects.get(code="visited")
    again = Occasion(trigger, member.pk, one.source.partition(":")[2], one.occurred_at)
    assert inviting.decide([again], program=world.program()) == []
    assert inviting.drain() == 0
    assert Invitation.objects.count() == 1


def test_one_contact_rule_holds_for_every_survey() -> None:
    member = guest()
    with time_machine.travel(utc(2026, 1, 1, 12), tick=False):
        world.invite(member)
        visit(member)
        inviting.drain()
        assert outcomes(member) == [Outcome.ASKED, Outcome.ASKED_LATELY]
        assert Decision.objects.latest("id").until == date(2026, 1, 31)
    with time_machine.travel(utc(2026, 1, 30, 12), tick=False):
        visit(member)
        inviting.drain()
    with time_machine.travel(utc(2026, 1, 31, 12), tick=False):
        visit(member)
        inviting.drain()
    assert outcomes(member)[2:] == [Outcome.ASKED_LATELY, Outcome.ASKED]


def test_a_year_of_180_days_between_two_questions(tmp_path: Path) -> None:
    """Asked on 1 January with 180 days between: again from 30 June on."""
    change = ("contact_days = 30", "contact_days = 180")
    cast.apply(world.folder(tmp_path / "long", change))
    member = guest()
    with time_machine.travel(utc(2026, 1, 1, 9), tick=False):
        world.invite(member)
        visit(member)
        inviting.drain()
    assert Decision.objects.latest("id").until == date(2026, 6, 30)


def test_the_sample_is_the_same_whenever_it_is_asked(tmp_path: Path) -> None:
    change = ("delay_hours = 2", "delay_hours = 2\nrate = 25")
    cast.apply(world.folder(tmp_path / "rate", change))
    trigger = Trigger.objects.get(code="visited")
    member = guest()
    subjects = [f"act_{number}" for number in range(4000)]
    drawn = [inviting.is_sampled(trigger, member.pk, subject) for subject in subjects]
    assert 900 < sum(drawn) < 1100
    assert drawn == [inviting.is_sampled(trigger, member.pk, subject) for subject in subjects]
    trigger.rate = 50
    more = [inviting.is_sampled(trigger, member.pk, subject) for subject in subjects]
    assert all(later for first, later in zip(drawn, more, strict=True) if first)


def test_who_is_not_in_the_sample_can_be_looked_up(tmp_path: Path) -> None:
    change = ("delay_hours = 2", "delay_hours = 2\nrate = 0.01")
    cast.apply(world.folder(tmp_path / "none", change))
    member = guest()
    visit(member)
    inviting.drain()
    assert outcomes(member) == [Outcome.NOT_SAMPLED]


def test_a_quota_is_for_a_month_and_is_never_passed() -> None:
    trigger, now = Trigger.objects.get(code="used"), clock.now()
    found = [Occasion(trigger, guest(n).pk, f"red_{n}", now) for n in range(4)]
    decided = inviting.decide(found, program=world.program())
    assert [one.outcome for one in decided] == ["asked", "asked", "quota_full", "quota_full"]
    assert QuotaUse.objects.get().used == 2
    later = now + timedelta(days=31)
    with time_machine.travel(later, tick=False):
        again = [Occasion(trigger, one.member_id, "red_x", later) for one in found[2:]]
        assert [d.outcome for d in inviting.decide(again, program=world.program())] == ["asked"] * 2


def test_whom_nobody_asks() -> None:
    told, opted, gone, case, elsewhere = (guest(n) for n in range(5))
    consent.record(opted, topic="surveys", is_given=False, actor=ACTOR)
    SegmentMember.objects.create(member=elsewhere, segment_id="agency")
    world.answered(case, score=2)
    visit(gone)
    Member.objects.filter(pk=gone.pk).update(status="closed")
    for member in (told, opted, case, elsewhere):
        visit(member)
    inviting.drain()
    assert [outcomes(one)[-1] for one in (told, opted, gone, case, elsewhere)] == [
        "asked", "opted_out", "gone", "open_case", "asked_elsewhere",
    ]  # fmt: skip


def test_what_happened_long_ago_is_not_asked_about() -> None:
    member = guest(joined_at=utc(2020, 1, 1))
    visit(member, occurred_at=clock.now() - timedelta(days=15))
    inviting.drain()
    assert outcomes(member) == [Outcome.TOO_LATE]


def test_taking_part_in_a_survey_is_not_asked_about() -> None:
    member = guest()
    world.answered(member)
    assert inviting.drain() >= 1
    assert len(outcomes(member)) == 1


def test_who_changed_their_mind_meanwhile_is_not_asked_after_all() -> None:
    member = guest()
    one = world.invite(member)
    consent.record(member, topic="surveys", is_given=False, actor=ACTOR)
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        assert opening.run() == 1
    one.refresh_from_db()
    assert (one.opened_at, one.withdrawn_why) == (None, "opted_out")


def test_a_question_that_was_withdrawn_unseen_uses_up_nobodys_turn() -> None:
    member = guest()
    world.invite(member)
    consent.record(member, topic="surveys", is_given=False, actor=ACTOR)
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        opening.run()
        assert Contact.objects.get().asked_at is None
        consent.record(member, topic="surveys", is_given=True, actor=ACTOR)
        visit(member)
        inviting.drain()
    assert outcomes(member) == ["asked", "asked"]


def test_what_was_seen_before_still_counts_when_a_later_question_is_withdrawn() -> None:
    member = guest()
    with time_machine.travel(utc(2026, 1, 1, 12), tick=False):
        seen = world.opened(member)
    with time_machine.travel(utc(2026, 2, 15, 12), tick=False):
        world.invite(member)
        consent.record(member, topic="surveys", is_given=False, actor=ACTOR)
    with time_machine.travel(utc(2026, 2, 16, 12), tick=False):
        opening.run()
        assert Contact.objects.get().asked_at == seen.opens_at


def test_a_question_that_was_withdrawn_unseen_leaves_room_in_the_quota() -> None:
    trigger, now = Trigger.objects.get(code="used"), clock.now()
    found = [Occasion(trigger, guest(n).pk, f"red_{n}", now) for n in range(3)]
    inviting.decide(found[:2], program=world.program())
    Member.objects.filter(pk=found[0].member_id).update(status="closed")
    opening.run()
    assert QuotaUse.objects.get().used == 1
    (decided,) = inviting.decide(found[2:], program=world.program())
    assert decided.outcome == "asked"


def test_a_closed_case_asks_again_by_its_own_clock() -> None:
    member = guest()
    world.answered(member, score=1)
    case = Case.objects.get()
    care.close(case, result="solved", cause="service", actor=ACTOR)
    inviting.drain()
    again = Invitation.objects.latest("id")
    assert again.trigger is not None
    assert (again.trigger.code, outcomes(member)[-1]) == ("made-good", "asked")
    assert again.opens_at - again.occurred_at == timedelta(hours=48)


def test_a_wave_goes_out_evenly_and_asks_everybody_once() -> None:
    for number in range(60):
        guest(number)
    asked = []
    for day in range(0, 173, 4):  # a whole cycle of 180 days; each run looks back a week
        with time_machine.travel(utc(2025, 12, 28, 12) + timedelta(days=day), tick=False):
            before = Invitation.objects.count()
            waves.run()
            waves.run()
            asked.append(Invitation.objects.count() - before)
    assert sum(asked) == 60
    assert max(asked) <= 8


def test_slots_of_a_wave_are_spread_evenly() -> None:
    dice = random.Random(180)
    people = [uuid.UUID(int=dice.getrandbits(128)) for _ in range(18_000)]
    slots = [waves.slot_of(one, days=180) for one in people]
    counts = [slots.count(day) for day in range(180)]
    assert min(counts) > 60
    assert max(counts) < 150


def test_five_hundred_by_twenty_a_day_take_twenty_five_days() -> None:
    """A cycle of a month has thirty slots: about seventeen of five hundred each day."""
    from common.ids import uuid7

    slots = [waves.slot_of(uuid7(), days=30) for _ in range(500)]
    assert len(set(slots)) == 30
