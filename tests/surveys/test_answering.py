"""One tap records the score, once; the rest comes after, and nothing depends on the number."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from common import clock
from earning.models import Activity
from events.models import Event
from members.models import Member
from program.models import Partner, Program
from surveys import answering, inviting, links, opening
from surveys.errors import (
    AlreadyAnswered,
    AnswerInvalid,
    LinkInvalid,
    ScoreInvalid,
    SurveyEnded,
    TextTooLong,
)
from surveys.models import Answer, Authorship, Case, Invitation, Line, Survey, Version
from tests import cast
from tests.cast import ACTOR
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay_asks")]


def test_a_tap_records_the_score_with_its_scale() -> None:
    member = guest()
    taken = world.answered(member, score=9)
    made = taken.answer
    assert (made.score, made.least, made.most) == (9, 0, 10)
    assert made.series == "nps:0-10:up:promoters-detractors"
    assert (made.trigger, made.is_anonymous) == ("visited", False)
    assert Authorship.objects.get().member == member
    assert Invitation.objects.get().answered_at is not None


@pytest.mark.parametrize("score", [0, 6, 10])
def test_points_are_for_taking_part_and_never_for_the_number(score: int) -> None:
    member = guest()
    taken = world.answered(member, score=score)
    assert taken.recorded is not None
    assert cast.awarded(taken.recorded) == {"survey": 3}
    assert cast.balance(member, "coin") == 3
    activity = Activity.objects.get(type="survey")
    assert activity.reference == Invitation.objects.get().public_id
    assert str(score) not in str(activity.attributes)


def test_an_answer_is_kept_when_its_points_are_refused() -> None:
    member = guest()
    one = world.opened(member)
    Partner.objects.filter(pk="till").update(is_active=False)
    taken = answering.answer(one.pk, score=10, actor=ACTOR)
    assert taken.recorded is None
    assert Answer.objects.get().score == 10
    assert Event.objects.get(type="survey_points_refused").payload["code"] == "unknown_partner"


def test_a_link_that_was_used_opens_nothing_a_second_time() -> None:
    one = world.opened(guest())
    answering.answer(one.pk, score=9, actor=ACTOR)
    with pytest.raises(AlreadyAnswered):
        answering.answer(one.pk, score=1, actor=ACTOR)
    assert Answer.objects.get().score == 9
    assert Case.objects.count() == 0


def test_after_its_end_nothing_is_recorded() -> None:
    one = world.opened(guest())
    with time_machine.travel(one.ends_at), pytest.raises(SurveyEnded):
        answering.answer(one.pk, score=9, actor=ACTOR)
    assert Answer.objects.count() == 0


def test_who_is_no_longer_a_member_answers_nothing() -> None:
    member = guest()
    one = world.opened(member)
    Member.objects.filter(pk=member.pk).update(status="closed")
    with pytest.raises(SurveyEnded):
        answering.answer(one.pk, score=9, actor=ACTOR)
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("score", [-1, 11, 1_000_000])
def test_a_number_beside_the_scale_is_refused(score: int) -> None:
    one = world.opened(guest())
    with pytest.raises(ScoreInvalid, match="from 0 to 10"):
        answering.answer(one.pk, score=score, actor=ACTOR)
    assert Answer.objects.count() == 0
    assert Invitation.objects.get().answered_at is None


def test_a_link_that_nobody_made_opens_nothing() -> None:
    one = world.opened(guest())
    good = links.to_score(one.pk, 9)
    assert links.read_score(good) == (one.pk, 9)
    body, stamp, signature = good.split(":")
    other = links.to_score(one.pk, 3).split(":")[0]
    wrong = [good[:-1], f"{other}:{stamp}:{signature}", f"{body}:{stamp}:x", "", "a:b:c", "\x00"]
    wrong += [links.to_answer(one.pk), good + "A"]
    for token in wrong:
        with pytest.raises(LinkInvalid):
            links.read_score(token)
    with pytest.raises(LinkInvalid):
        answering.answer(uuid.uuid4(), score=9, actor=ACTOR)


def test_the_comment_comes_after_and_can_be_changed() -> None:
    made = world.answered(guest()).answer
    answering.add(made.pk, comment="  The view.\r\nAnd the quiet. ")
    assert Answer.objects.get().comment == "The view.\nAnd the quiet."
    answering.add(made.pk, comment="")
    assert Answer.objects.get().comment == "The view.\nAnd the quiet."


def test_a_text_of_a_megabyte_is_refused_and_the_score_stands() -> None:
    made = world.answered(guest()).answer
    with pytest.raises(TextTooLong, match="1,000,000"):
        answering.add(made.pk, comment="x" * 1_000_000)
    assert (Answer.objects.get().score, Answer.objects.get().comment) == (9, "")


def test_a_low_score_leads_to_another_question_than_a_high_one() -> None:
    low, high, mild = (world.answered(guest(n), score=s).answer for n, s in enumerate((3, 10, 7)))
    asked = [[one.code for one in answering.questions(made)] for made in (low, high, mild)]
    assert asked == [["wrong", "quiet"], ["liked", "quiet"], ["quiet"]]


def test_further_questions_take_their_own_answers_and_no_others() -> None:
    made = world.answered(guest(), score=2).answer
    answering.add(made.pk, lines={"wrong": "wait", "quiet": "4"})
    answering.add(made.pk, lines={"wrong": "food", "quiet": ""})
    assert dict(Line.objects.values_list("question__code", "value")) == {
        "wrong": "food", "quiet": "4",
    }  # fmt: skip
    for code, value in (("wrong", "the band"), ("quiet", "9"), ("quiet", "²"), ("liked", "all")):
        with pytest.raises(AnswerInvalid):
            answering.add(made.pk, lines={code: value})


def test_choices_stay_in_the_order_in_which_they_were_written() -> None:
    made = world.answered(guest(), score=2).answer
    (wrong, _quiet) = answering.questions(made)
    assert list(wrong.options) == ["wait", "food"]


def test_a_survey_that_changes_keeps_what_older_answers_were_asked(tmp_path: Path) -> None:
    made = world.answered(guest(), score=2).answer
    change = ("What went wrong?", "What was wrong?")
    cast.apply(world.folder(tmp_path / "new", change))
    assert Version.objects.filter(survey="after-a-visit").count() == 2
    old = answering.questions(Answer.objects.get(pk=made.pk))
    later = world.answered(guest(2), score=2).answer
    assert [old[0].words, answering.questions(later)[0].words] == [
        "What went wrong?",
        "What was wrong?",
    ]
    assert cast.apply(world.folder(tmp_path / "same", change))
    assert Version.objects.filter(survey="after-a-visit").count() == 2


def loyalty(member: Member) -> Answer:
    """An answer to the survey with three items."""
    survey = Survey.objects.get(code="ties")
    version = Version.objects.get(survey=survey)
    now = clock.now()
    one = Invitation.objects.create(
        member=member, survey=survey, version=version, source="test", occurred_at=now, opens_at=now,
        opened_at=now, ends_at=now + timedelta(days=1), is_made_up=True,
    )  # fmt: skip
    return answering.answer(one.pk, score=1, actor=ACTOR).answer


def test_the_loyalty_index_needs_all_three_items() -> None:
    made = loyalty(guest())
    assert (made.items, made.index) == ([1], None)
    made = answering.add(made.pk, items={"again": 2})
    assert (made.items, made.index) == ([1, 2, None], None)
    made = answering.add(made.pk, items={"other": 3, "recommend": 6})
    assert (made.items, made.index) == ([1, 2, 3], Decimal(80))
    with pytest.raises(ScoreInvalid):
        answering.add(made.pk, items={"other": 7})


def test_an_anonymous_answer_leads_to_nobody() -> None:
    """No column of the answer, its lines or its events leads to who gave it."""
    member = guest()
    one = world.asked(member, "half-yearly")
    taken = answering.answer(one.pk, score=2, actor=f"member:{member.pk}")
    made = Answer.objects.get()
    answering.add(made.pk, comment="In confidence.")
    assert taken.recorded is not None
    assert Authorship.objects.count() == 0
    assert Case.objects.count() == 0
    assert (made.answered_at, made.pk.version) == (None, 4)
    about = {one.pk.hex, member.pk.hex, str(one.pk), str(member.pk), one.public_id}
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM surveys_answer a")
        written = cursor.fetchone()[0]
        cursor.execute("SELECT row_to_json(e)::text FROM events_event e")
        told = [row[0] for row in cursor.fetchall()]
    assert not [name for name in about if name in written]
    names = {made.pk.hex, str(made.pk), made.public_id, "In confidence"}
    assert not [name for name in names for text in told if name in text]
    invitation = Invitation.objects.get()
    assert {field.name for field in Invitation._meta.fields} & {
        "score",
        "answer",
        "comment",
    } == set()
    assert invitation.answered_at is not None


def test_opening_is_told_once(quay_asks: Program) -> None:
    one = world.opened(guest())
    assert opening.run() == 0
    events = Event.objects.filter(type="survey_invited")
    assert [event.subject for event in events] == [one.public_id]
    assert inviting.drain() == 0
