"""An unhappy answer has an owner, a clock, a reply and an end."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine

from common import clock
from events.models import Event
from members.models import User
from points import approvals
from points.errors import SourceUsed
from points.models import Posting
from program import catalog
from program.models import Unit
from surveys import care, definitions
from surveys.errors import CaseClosed, GoodwillRefused
from surveys.models import Case, CaseStep
from tests import cast
from tests.cast import ACTOR, utc
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay_asks")]


def staff(name: str) -> User:
    return User.objects.create_user(f"{name}@quay.example", is_staff=True)


def steps(case: Case) -> list[str]:
    return list(case.steps.values_list("kind", flat=True))


def test_a_low_score_opens_a_case_with_an_owner_and_a_clock() -> None:
    clara, member = staff("clara"), guest()
    with time_machine.travel(utc(2026, 5, 4, 10), tick=False):  # a Monday, noon in Berlin
        world.answered(member, score=6)
    case = Case.objects.get()
    assert (case.owner, case.member, case.status) == (clara, member, "open")
    assert case.contact_due_at == utc(2026, 5, 5, 9)  # six hours on Monday, two on Tuesday
    assert steps(case) == ["opened"]
    assert Event.objects.filter(type="survey_case_opened", member_id=member.pk).count() == 1


@pytest.mark.parametrize("score", [7, 10])
def test_a_good_score_opens_none(score: int) -> None:
    world.answered(guest(), score=score)
    assert Case.objects.count() == 0


def test_without_the_owners_login_a_case_waits_for_a_manager() -> None:
    world.answered(guest(), score=0)
    case = Case.objects.get()
    assert case.owner is None
    assert care.assign(case, owner=staff("olga"), actor=ACTOR).owner is not None
    assert steps(case) == ["opened", "assigned"]


def test_a_reply_reaches_the_member_and_stops_the_clock() -> None:
    world.answered(guest(), score=0)
    case = Case.objects.get()
    care.note(case, text="Called the kitchen.", actor=ACTOR)
    care.reply(case, text="We are sorry.", actor=ACTOR)
    first = Case.objects.get().replied_at
    care.reply(case, text="And again.", actor=ACTOR)
    case.refresh_from_db()
    assert (case.status, case.replied_at) == ("replied", first)
    told = Event.objects.filter(type="survey_case_replied").order_by("id")
    assert [event.payload["text"] for event in told] == ["We are sorry.", "And again."]
    assert care.escalate_overdue(now=clock.now() + timedelta(days=30)) == 0


def test_nobody_in_time_makes_it_somebody_elses_once() -> None:
    olga = staff("olga")
    world.answered(guest(), score=0)
    case = Case.objects.get()
    assert care.escalate_overdue(now=case.contact_due_at - timedelta(seconds=1)) == 0
    assert care.escalate_overdue(now=case.contact_due_at) == 1
    assert care.escalate_overdue(now=case.contact_due_at + timedelta(days=1)) == 0
    case.refresh_from_db()
    assert (case.owner, steps(case)) == (olga, ["opened", "escalated"])


def test_points_to_make_good_go_through_the_ledger_within_the_limit() -> None:
    member = guest()
    world.answered(member, score=0)
    case, attempt = Case.objects.get(), uuid.uuid4()
    before = cast.balance(member)
    posting = care.make_good(case, amount=150, actor=ACTOR, attempt=attempt).posting
    assert posting is not None
    assert cast.balance(member) - before == 150
    assert case.public_id in posting.entries.get().reason
    with pytest.raises(SourceUsed):
        care.make_good(case, amount=50, actor=ACTOR, attempt=attempt)
    with pytest.raises(GoodwillRefused, match="200 points at most, and 150"):
        care.make_good(case, amount=51, actor=ACTOR, attempt=uuid.uuid4())
    for amount in (0, -5):
        with pytest.raises(GoodwillRefused):
            care.make_good(case, amount=amount, actor=ACTOR, attempt=uuid.uuid4())
    care.make_good(case, amount=50, actor=ACTOR, attempt=uuid.uuid4())
    assert cast.balance(member) - before == 200
    assert Posting.objects.filter(source__startswith="goodwill:").count() == 2


def test_a_closed_case_stays_as_it_was() -> None:
    world.answered(guest(), score=0)
    case = care.close(Case.objects.get(), result="solved", cause="price", actor=ACTOR)
    assert (case.status, case.result, case.cause) == ("closed", "solved", "price")
    for act in (
        lambda: care.reply(case, text="Still", actor=ACTOR),
        lambda: care.note(case, text="Still", actor=ACTOR),
        lambda: care.close(case, result="solved", cause="price", actor=ACTOR),
        lambda: care.make_good(case, amount=1, actor=ACTOR, attempt=uuid.uuid4()),
    ):
        with pytest.raises(CaseClosed):
            act()
    assert CaseStep.objects.filter(kind="closed").count() == 1


def test_more_than_one_person_may_give_waits_for_a_second_one() -> None:
    Unit.objects.filter(pk="point").update(second_person_above=50)
    clara, olga, member = staff("clara"), staff("olga"), guest()
    world.answered(member, score=0)
    case, before = Case.objects.get(), cast.balance(member)
    outcome = care.make_good(case, amount=80, actor=f"staff:{clara.pk}", attempt=uuid.uuid4())
    assert outcome.request is not None
    assert (cast.balance(member), steps(case)) == (before, ["opened", "note"])
    approvals.approve(outcome.request, actor=f"staff:{olga.pk}")
    assert (cast.balance(member) - before, care.goodwill(case)) == (80, 80)
    assert steps(case) == ["opened", "note", "goodwill"]


def test_what_waits_for_a_second_person_is_within_what_a_case_may_cost_when_it_is_posted() -> None:
    Unit.objects.filter(pk="point").update(second_person_above=1)
    clara, olga, member = staff("clara"), staff("olga"), guest()
    world.answered(member, score=0)
    case, most = Case.objects.get(), definitions.of(catalog.current()).care.goodwill_max
    first, second = (
        care.make_good(case, amount=most, actor=f"staff:{clara.pk}", attempt=uuid.uuid4()).request
        for _ in range(2)
    )
    assert first is not None
    assert second is not None
    approvals.approve(first, actor=f"staff:{olga.pk}")
    with pytest.raises(GoodwillRefused):
        approvals.approve(second, actor=f"staff:{olga.pk}")
    assert care.goodwill(case) == most
