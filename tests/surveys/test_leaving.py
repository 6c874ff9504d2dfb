"""Who is erased leaves no word behind; who is merged is not asked twice."""

from __future__ import annotations

import pytest

from members import erasure, merging
from messaging import delivery
from messaging.models import Letter
from surveys import answering, care
from surveys.errors import SurveyEnded
from surveys.models import Answer, Case, CaseStep, Contact, Invitation
from tests.cast import ACTOR
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay_asks")]


def test_what_an_erased_member_said_and_was_told_is_gone_and_the_score_stays() -> None:
    member = guest(1, name="Zelda Fitzgerald", email="zelda.fitz@example.com")
    made = world.answered(member, score=2).answer
    answering.add(made.pk, comment="Zelda Fitzgerald was not amused.", lines={"wrong": "food"})
    case = Case.objects.get()
    care.reply(case, text="Dear Zelda Fitzgerald, we are sorry.", actor=ACTOR)
    delivery.drain()
    erased = erasure.erase(member, reason="asked", actor=ACTOR)
    assert erased.traces == ()
    kept = Answer.objects.get()
    assert (kept.score, kept.comment, kept.tags) == (2, "", [])
    assert "Zelda" not in str(list(CaseStep.objects.values()))
    assert "zelda" not in str(list(Letter.objects.values())).lower()


def test_a_link_of_an_erased_member_records_nothing() -> None:
    member = guest()
    one = world.opened(member)
    erasure.erase(member, reason="asked", actor=ACTOR)
    assert Invitation.objects.get().withdrawn_why == "gone"
    with pytest.raises(SurveyEnded):
        answering.answer(one.pk, score=9, actor=ACTOR)
    assert Answer.objects.count() == 0
    assert delivery.drain() == 0


def test_two_memberships_of_one_person_are_asked_as_one() -> None:
    kept, gone = guest(1), guest(2)
    one = world.opened(gone)
    merging.merge(kept, gone, reason="The same person", actor=ACTOR)
    assert Contact.objects.get(member=kept).asked_at is not None
    assert Invitation.objects.get(pk=one.pk).withdrawn_why == "gone"


def test_a_question_that_the_absorbed_never_saw_takes_no_turn_from_the_survivor() -> None:
    kept, gone = guest(1), guest(2)
    world.invite(gone)
    merging.merge(kept, gone, reason="The same person", actor=ACTOR)
    assert Contact.objects.get(member=kept).asked_at is None
