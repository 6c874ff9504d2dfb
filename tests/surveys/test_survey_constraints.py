"""What PostgreSQL itself refuses about surveys, whoever asks."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from common import clock
from points.models import Posting
from program.models import Location
from surveys import care
from surveys.models import (
    Answer,
    Authorship,
    Branch,
    Care,
    Case,
    CaseRule,
    CaseStep,
    Contact,
    Decision,
    Invitation,
    Line,
    Question,
    Survey,
    Trigger,
    Version,
)
from tests.cast import ACTOR
from tests.refusals import assert_append_only, refused
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay_asks")]


@pytest.mark.parametrize(
    ("name", "rows", "values"),
    [
        ("surveys_care_closes_after_it_opens", Care, {"opens_hour": 18}),
        ("surveys_survey_kind_is_known", Survey, {"kind": "moon"}),
        ("surveys_survey_is_open_a_day", Survey, {"open_days": 0}),
        ("surveys_survey_activity_names_its_partner", Survey, {"partner": None}),
        ("surveys_question_has_its_answers", Question, {"kind": "choice", "choices": []}),
        ("surveys_question_has_its_answers", Question, {"kind": "choice", "choices": {}}),
        ("surveys_branch_least_not_above_most", Branch, {"least": 11}),
        ("surveys_trigger_rate_is_a_percentage", Trigger, {"rate": 0}),
        ("surveys_trigger_wave_names_its_months", Trigger, {"every_months": None}),
        ("surveys_rule_least_not_above_most", CaseRule, {"least": 11}),
        ("surveys_rule_contacts_before_it_closes", CaseRule, {"contact_hours": 0}),
    ],
)
def test_program_data(name: str, rows: Any, values: dict[str, Any]) -> None:
    with refused(name):
        rows.objects.update(**values)


def test_there_is_one_way_of_asking() -> None:
    with refused("surveys_care_is_the_only_one"):
        Care.objects.create(id=2)


def test_what_is_unique_in_the_program() -> None:
    version, survey = Version.objects.first(), Survey.objects.get(code="after-a-visit")
    assert version is not None
    with refused("surveys_version_number_is_unique"):
        Version.objects.create(survey=version.survey, number=version.number)
    question = Question.objects.first()
    assert question is not None
    with refused("surveys_question_code_is_unique"):
        Question.objects.create(
            version=question.version, code=question.code, kind="text", words="?"
        )
    with refused("surveys_trigger_code_is_unique"):
        Trigger.objects.create(survey=survey, code="visited", on="voucher")
    with refused("surveys_trigger_only_activities_have_a_type"):
        Trigger.objects.create(survey=survey, code="x", on="voucher", activity_type_id="visit")
    with refused("surveys_rule_code_is_unique"):
        CaseRule.objects.create(survey=survey, code="unhappy", most=3)


def test_a_member_has_one_contact_row() -> None:
    member = guest()
    world.invite(member)
    with refused("surveys_contact_once_a_member"):
        Contact.objects.create(member=member)


def test_a_decision_is_made_once_and_for_ever() -> None:
    member = guest()
    world.invite(member)
    one = Decision.objects.get()
    with refused("surveys_decision_is_made_once"):
        Decision.objects.create(
            member=member, trigger=one.trigger, source=one.source, outcome="asked",
            occurred_at=clock.now(),
        )  # fmt: skip
    assert_append_only("surveys_decision")


def test_an_invitation_ends_in_one_way() -> None:
    one, now = world.opened(guest()), clock.now()
    rows = Invitation.objects.filter(pk=one.pk)
    with refused("surveys_invitation_once_for_each_source"):
        Invitation.objects.create(
            member=one.member, survey=one.survey, version=one.version, source=one.source,
            occurred_at=now, opens_at=now, ends_at=now + timedelta(days=1),
        )  # fmt: skip
    with refused("surveys_invitation_ends_after_it_opens"):
        rows.update(ends_at=one.opens_at)
    with refused("surveys_invitation_answered_was_open"):
        rows.update(answered_at=now, opened_at=None)
    with refused("surveys_invitation_ends_in_one_way"):
        rows.update(answered_at=now, withdrawn_at=now, withdrawn_why="gone")
    with refused("surveys_invitation_withdrawn_says_why"):
        rows.update(withdrawn_at=now)


def test_an_answer_stays_on_its_scale() -> None:
    made = world.answered(guest()).answer
    rows = Answer.objects.filter(pk=made.pk)
    with refused("surveys_answer_score_is_on_the_scale"):
        rows.update(score=11)
    with refused("surveys_answer_index_is_on_its_scale"):
        rows.update(index=101)


def test_an_anonymous_answer_has_no_moment_no_telling_id_and_no_author() -> None:
    member = guest()
    made = world.answered(member).answer
    with refused("surveys_answer_anonymous_has_no_moment"):
        Answer.objects.filter(pk=made.pk).update(answered_at=None)
    with refused("surveys_answer_anonymous_has_a_random_id"):
        Answer.objects.filter(pk=made.pk).update(is_anonymous=True, answered_at=None)
    hidden = Answer.objects.create(
        id=uuid.uuid4(), survey=made.survey, version=made.version, series=made.series,
        is_anonymous=True, score=1, least=0, most=10, answered_on=made.answered_on.replace(day=1),
    )  # fmt: skip
    with refused("surveys_authorship_anonymous_has_none"):
        Authorship.objects.create(member=member, invitation=Invitation.objects.get(), answer=hidden)


def test_an_answer_has_one_author_and_an_author_one_answer() -> None:
    member = guest()
    made = world.answered(member).answer
    written = Authorship.objects.get()
    other = world.opened(guest(2))
    with refused("surveys_authorship_one_author"):
        Authorship.objects.create(member=member, invitation=other, answer=made)
    second = world.answered(guest(3)).answer
    with refused("surveys_authorship_one_answer"):
        Authorship.objects.create(member=member, invitation=written.invitation, answer=second)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Authorship.objects.update(answer=made)


def test_a_question_is_answered_once_and_with_something() -> None:
    made = world.answered(guest(), score=2).answer
    question = Question.objects.get(code="wrong")
    Line.objects.create(answer=made, question=question, value="wait")
    with refused("surveys_line_question_is_answered_once"):
        Line.objects.create(answer=made, question=question, value="food")
    with refused("surveys_line_says_something"):
        Line.objects.update(value="")


def test_a_case_is_whole() -> None:
    member = guest()
    world.answered(member, score=1)
    case, now = Case.objects.get(), clock.now()
    with refused("surveys_case_once_for_each_answer"):
        Case.objects.create(
            member=member, survey=case.survey, answer=case.answer, rule=case.rule, opened_at=now,
            contact_due_at=now, close_due_at=now,
        )  # fmt: skip
    with refused("surveys_case_closed_has_its_result"):
        Case.objects.update(status="closed", closed_at=now)
    with refused("surveys_case_replied_is_not_open"):
        Case.objects.update(replied_at=now)
    with refused("surveys_case_replied_has_its_moment"):
        Case.objects.update(status="replied")
    with refused("surveys_case_contact_comes_first"):
        Case.objects.update(contact_due_at=case.close_due_at + timedelta(days=1))


def test_a_step_of_a_case_says_something_and_stays() -> None:
    member = guest()
    world.answered(member, score=1)
    case = Case.objects.get()
    given = {"member": member, "case": case, "actor": ACTOR, "happened_at": clock.now()}
    with refused("surveys_step_says_something"):
        CaseStep.objects.create(kind="reply", **given)
    with refused("surveys_step_goodwill_has_its_posting"):
        CaseStep.objects.create(kind="goodwill", **given)
    posting = care.make_good(case, amount=1, actor=ACTOR, attempt=uuid.uuid4()).posting
    assert posting is not None
    with refused("surveys_step_goodwill_has_its_posting"):
        CaseStep.objects.create(kind="note", text="x", posting=posting, **given)
    assert Posting.objects.filter(pk=posting.pk).exists()
    assert_append_only("surveys_casestep")


@pytest.mark.broken_books
def test_the_audit_finds_what_should_not_be() -> None:
    from points import audit

    world.answered(guest())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM surveys_authorship")
        cursor.execute("UPDATE surveys_contact SET asked_at = NULL")
    found = {fault.invariant for fault in audit.check()}
    assert found == {
        "an answered invitation of a survey with names has its answer",
        "who was asked has a contact row that says so",
    }


def test_a_branch_leads_to_a_question_of_its_own_version() -> None:
    question = Question.objects.get(code="wrong")
    other = Version.objects.get(survey="effort")
    with refused("surveys_branch_question_is_its_own"):
        Branch.objects.create(version=other, question=question, least=1, most=2)


def test_what_was_answered_is_not_rewritten() -> None:
    version = Version.objects.get(survey="after-a-visit")
    Version.objects.filter(pk=version.pk).update(why_words="Before anybody has answered")
    world.answered(guest())
    with refused("surveys_version_is_final_once_answered"):
        Version.objects.filter(pk=version.pk).update(why_words="Why?")
    with refused("surveys_version_is_final_once_answered"):
        Question.objects.filter(version=version).update(words="What?")
    with refused("surveys_version_is_final_once_answered"):
        Branch.objects.filter(version=version).delete()
    with refused("surveys_version_is_final_once_answered"):
        Question.objects.create(version=version, code="more", kind="text", words="More?")


def test_an_anonymous_answer_has_no_tier_no_place_and_only_its_month() -> None:
    world.answered(guest())
    rows, place = Answer.objects.all(), Location.objects.first()
    month = clock.now().date().replace(day=1)
    anonymous = {
        "id": uuid.uuid4(), "is_anonymous": True, "answered_at": None, "answered_on": month,
        "tier": "",
    }  # fmt: skip
    made = Answer.objects.get()
    for name, value in anonymous.items():
        setattr(made, name, value)
    made.save(force_insert=True)
    rows = rows.filter(pk=made.pk)
    for change in ({"tier": "white"}, {"location": place}):
        with refused("surveys_answer_anonymous_has_no_tier_or_place"):
            rows.update(**change)
    with refused("surveys_answer_anonymous_has_only_its_month"):
        rows.update(answered_on=month.replace(day=2))
