"""Reminders of choices: once, in the last week, or in the second half of a short time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail

from earning import choice_notices, choosing
from earning.models import Milestone, MilestoneChoice, MilestoneOption
from earning.tasks import remind_of_choices
from events.models import Event
from members import consent
from members.models import Member
from messaging import delivery
from messaging.models import Letter
from program.models import Program
from tests.cast import ACTOR, ana, visit

pytestmark = pytest.mark.django_db


def offered(days: int | None, **fields: int) -> MilestoneChoice:
    mark = Milestone.objects.create(
        code="mark", name="First visit", counter_id="visit", at=1, choose=1, choose_days=days
    )
    for code, amount in (("few", 5), ("more", 9)):
        MilestoneOption.objects.create(
            milestone=mark, code=code, name=f"{amount} coins", unit_id="coin", amount=amount,
            default=fields.get(code, 0),
        )  # fmt: skip
    visit(ana(email="ana@example.com"))
    return MilestoneChoice.objects.select_related("member", "reached").get()


def at(choice: MilestoneChoice, days: float) -> datetime:
    """So many days before the end."""
    assert choice.due_at is not None
    return choice.due_at - timedelta(days=days)


def reminded() -> int:
    return Event.objects.filter(type="milestone_choice_closing").count()


def test_it_is_told_once_in_the_last_week(quay: Program) -> None:
    choice = offered(60)
    for days in (40, 7.1, 6.9, 6.9, 3):
        with time_machine.travel(at(choice, days), tick=False):
            remind_of_choices()
        assert reminded() == (0 if days > 7 else 1)
    choice.refresh_from_db()
    assert choice.reminded_at == at(choice, 6.9)


def test_a_short_time_is_half_over_first(quay: Program) -> None:
    choice = offered(6)
    for days, told in ((5.5, 0), (4, 0), (2, 1)):
        with time_machine.travel(at(choice, days), tick=False):
            choice_notices.run()
        assert reminded() == told


def test_what_is_decided_or_over_or_endless_is_not_told_of(quay: Program) -> None:
    choice = offered(30)
    with time_machine.travel(at(choice, -1), tick=False):
        assert choice_notices.run() == 0
    choosing.choose(choice, picks={"few": 1}, actor=ACTOR)
    with time_machine.travel(at(choice, 3), tick=False):
        assert choice_notices.run() == 0
    MilestoneChoice.objects.all().update(due_at=None)
    assert choice_notices.run() == 0


def test_many_are_told_in_portions(quay: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    choice = offered(30)
    for number in range(4):
        visit(ana(name=f"Ana {number}"))
    monkeypatch.setattr(choice_notices, "CHUNK", 2)
    with time_machine.travel(at(choice, 3), tick=False):
        assert choice_notices.run() == 5
    assert reminded() == 5


def test_letters_say_what_can_be_chosen_and_until_when(quay: Program) -> None:
    choice = offered(30, few=1)
    assert delivery.drain() == 1
    (opened,) = mail.outbox
    assert opened.subject == "First visit: something is yours to choose"
    assert "you have reached 1 visit. Choose 1 of these:" in opened.body
    assert "– 5 coins\n– 9 coins" in opened.body
    assert "If you choose nothing, you get: 5 coins." in opened.body
    assert f"/choose/{choice.public_id}/" in opened.body
    with time_machine.travel(at(choice, 3), tick=False):
        choice_notices.run()
        assert delivery.drain() == 1
    closing = mail.outbox[1]
    assert closing.subject.startswith("First visit: choose until ")
    assert "You have until" in closing.body


def test_letters_stay_away_when_it_was_chosen_or_nobody_wants_them(quay: Program) -> None:
    choice = offered(None)
    choosing.choose(choice, picks={"few": 1}, actor=ACTOR)
    assert delivery.drain() == 0
    assert Letter.objects.get().why.startswith("It was chosen")
    member: Member = choice.member
    consent.record(member, topic="choices", is_given=False, actor=ACTOR)
    Milestone.objects.filter(code="mark").update(every=1)
    visit(member, reference="another")
    assert delivery.drain() == 0
    assert Letter.objects.filter(why__startswith="The member does not want").count() == 1
