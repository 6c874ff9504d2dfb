"""The lists of surveys and letters with rows in them: quick, and what they say is true."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from members import consent
from messaging import delivery
from messaging.models import Template
from surveys import answering, care, tallies
from surveys.models import Branch, Case, Invitation, Line, Question, Survey, Tally, Version
from tests import cast
from tests.cast import ACTOR
from tests.desk.counter import Counter, listing, page, text
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = pytest.mark.django_db
QUERIES_MAX = 13


@pytest.fixture(autouse=True)
def asks(owner: Counter, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))
    Template.objects.create(event="survey_invited", subject="How?", text="{question}\n\n{scale}")


def season(first: int) -> None:
    """A bit of everything that surveys and letters list."""
    made = world.answered(guest(first), score=2).answer
    answering.add(made.pk, comment="Cold soup.", lines={"wrong": "food", "quiet": "2"})
    case = Case.objects.get(answer=made)
    care.note(case, text="Asked the kitchen.", actor=ACTOR)
    care.reply(case, text="We are sorry.", actor=ACTOR)
    care.make_good(case, amount=5, actor=ACTOR, attempt=uuid.uuid4())
    answering.answer(world.asked(guest(first + 1), "half-yearly").pk, score=4, actor=ACTOR)
    world.opened(guest(first + 2))
    no = guest(first + 3)
    consent.record(no, topic="surveys", is_given=False, actor=ACTOR)
    cast.visit(no)
    delivery.drain()
    tallies.count()


def models() -> list[type]:
    return [m for app in ("surveys", "messaging") for m in apps.get_app_config(app).get_models()]


def test_no_list_asks_a_question_for_each_row_and_every_row_has_a_page(owner: Counter) -> None:
    season(1)

    def queries() -> dict[type, int]:
        found = {}
        for model in models():
            with CaptureQueriesContext(connection) as seen:
                assert owner.get(listing(model), follow=True).status_code == 200, model
            found[model] = len(seen.captured_queries)
        return found

    few = queries()
    season(11)
    season(21)
    assert {model: n for model, n in queries().items() if n > max(few[model], 1)} == {}
    assert {model: n for model, n in few.items() if n > QUERIES_MAX} == {}
    for model in models():
        row = model._default_manager.first()  # type: ignore[attr-defined]
        if row is not None and not getattr(row, "is_anonymous", False):
            assert owner.get(page(row)).status_code == 200, model


def test_who_did_not_answer_can_be_listed(owner: Counter) -> None:
    silent, waits = world.opened(guest(1)), world.opened(guest(2))
    world.answered(guest(3))
    Invitation.objects.filter(pk=silent.pk).update(
        opens_at=clock.now() - timedelta(days=60), ends_at=clock.now() - timedelta(days=1)
    )
    for state, names in {
        "silent": ["Guest 1"], "open": ["Guest 2"], "answered": ["Guest 3"], "withdrawn": [],
        "waiting": [], "nonsense": ["Guest 1", "Guest 2", "Guest 3"],
    }.items():  # fmt: skip
        shown = text(owner.get(listing(Invitation), {"state": state}))
        assert [name for name in ("Guest 1", "Guest 2", "Guest 3") if name in shown] == names, state
    assert waits.answered_at is None


def test_anonymous_answers_are_in_no_list_where_they_could_be_counted_out(owner: Counter) -> None:
    one = world.asked(guest(), "half-yearly")
    made = answering.answer(one.pk, score=1, actor=ACTOR).answer
    answering.add(made.pk, comment="In confidence.")
    shown = text(owner.get(reverse("admin:surveys_answer_changelist")))
    assert "In confidence." not in shown
    assert "Nobody has answered yet." in shown
    assert owner.get(page(made), follow=True).redirect_chain


def test_a_branch_to_another_surveys_question_is_refused_in_words(owner: Counter) -> None:
    version = Version.objects.get(survey="effort")
    other = Question.objects.get(code="wrong")
    form = {
        "why_words": "", "questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0",
        "branches-TOTAL_FORMS": "1", "branches-INITIAL_FORMS": "0",
        "branches-0-question": str(other.pk), "branches-0-least": "1", "branches-0-most": "3",
        "survey": "effort", "number": "1",
    }  # fmt: skip
    said = text(owner.post(page(version), form))
    assert "A branch leads to a question of this very version." in said
    assert not Branch.objects.filter(version=version).exists()


def test_questions_of_ones_own_are_written_a_choice_a_line(owner: Counter) -> None:
    version = Version.objects.get(survey="effort")
    form = {
        "why_words": "", "questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "0",
        "questions-0-code": "where", "questions-0-words": "Where?", "questions-0-kind": "choice",
        "questions-0-choices": "zoo = In the zoo\nbar = At the bar", "questions-0-position": "0",
        "branches-TOTAL_FORMS": "0", "branches-INITIAL_FORMS": "0", "survey": "effort",
        "number": "1",
    }  # fmt: skip
    owner.post(page(version), form)
    made = Question.objects.get(version=version)
    assert made.choices == [["zoo", "In the zoo"], ["bar", "At the bar"]]
    assert "zoo = In the zoo" in owner.get(page(version)).content.decode()
    assert Survey.objects.get(pk="effort").versions.count() == 1


ASKED = """partner = "till"

[[survey.question]]
code = "why"
words = "Why?"
type = "text"

[[survey.trigger]]
code = "half-yearly"
"""


def test_anonymous_lines_are_in_no_list_either(
    owner: Counter, manager: Counter, tmp_path: Path
) -> None:
    plain = 'partner = "till"\n\n[[survey.trigger]]\ncode = "half-yearly"\n'
    cast.apply(world.folder(tmp_path / "why", (plain, ASKED)))
    said = {"named": world.answered(guest(1)).answer}
    one = world.asked(guest(2), "half-yearly")
    said["secret"] = answering.answer(one.pk, score=1, actor=ACTOR).answer
    answering.add(said["named"].pk, lines={"liked": "The named view"})
    answering.add(said["secret"].pk, lines={"why": "The secret view"})
    for reader in (owner, manager):
        shown = text(reader.get(listing(Line)))
        assert "The named view" in shown
        assert "The secret view" not in shown
    secret = Line.objects.get(value="The secret view")
    assert "The secret view" not in text(owner.get(page(secret), follow=True))


def test_the_cells_that_scores_are_added_from_are_read_by_no_manager(
    owner: Counter, manager: Counter
) -> None:
    world.answered(guest())
    tallies.count()
    cell = Tally.objects.order_by("id")[0]
    for address in (listing(Tally), page(cell)):
        assert manager.get(address).status_code == 403
        assert owner.get(address).status_code == 200
    assert manager.get(reverse("admin:surveys_survey_scores")).status_code == 200
