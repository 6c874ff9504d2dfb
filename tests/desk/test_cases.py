"""Staff answer for it: the board, the verbs of a case, the page of scores."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from surveys import answering, care, tallies
from surveys.models import Answer, Case, ReplyText, Survey
from tests import cast
from tests.cast import ACTOR
from tests.desk.counter import Counter, page, text, verb
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = pytest.mark.django_db
BOARD, SCORES = "admin:surveys_case_board", "admin:surveys_survey_scores"


def unhappy(tmp_path: Path, number: int = 1, comment: str = "Cold soup.") -> Case:
    cast.apply(world.folder(tmp_path / "asks"))
    made = world.answered(guest(number), score=2).answer
    answering.add(made.pk, comment=comment)
    return Case.objects.get(answer=made)


def test_the_board_shows_who_waits_and_how_quick_we_are(clerk: Counter, tmp_path: Path) -> None:
    first = unhappy(tmp_path)
    second = unhappy(tmp_path, 2, "Slow.")
    care.reply(second, text="Sorry.", actor=ACTOR)
    Case.objects.filter(pk=first.pk).update(opened_at=clock.now() - timedelta(days=3))
    shown = text(clerk.get(reverse(BOARD)))
    assert "Nobody has replied 1 Guest 1 2 Cold soup." in shown
    assert "Replied 1 Guest 2 2 Slow." in shown
    assert "Answered within 48 hours 50 %" in shown
    assert "Closed within a week –" in shown
    assert "Cold soup." in text(clerk.get(reverse(BOARD), {"mine": "1"}))
    care.assign(first, owner=cast.login("somebody@quay.example"), actor=ACTOR)
    assert "Cold soup." not in text(clerk.get(reverse(BOARD), {"mine": "1"}))


def test_a_clerk_replies_makes_good_and_closes(clerk: Counter, tmp_path: Path) -> None:
    case = unhappy(tmp_path)
    assert "Cold soup." in text(clerk.get(page(case)))
    clerk.do(verb(case, "note"), text="Asked the kitchen.")
    clerk.do(verb(case, "reply"), text="We are sorry.")
    before = cast.balance(case.member)
    clerk.do(verb(case, "goodwill"), amount="150")
    assert cast.balance(case.member) - before == 150
    refused = clerk.do(verb(case, "goodwill"), amount="100")
    assert "200 points at most, and 150" in text(refused)
    clerk.do(verb(case, "close"), result="made_good", cause="product", text="")
    case.refresh_from_db()
    assert (case.status, case.result, case.cause) == ("closed", "made_good", "product")
    shown = text(clerk.get(page(case)))
    assert "Reply to the member" in shown
    assert "Close the case" not in shown
    assert "Clara" in shown


def test_a_reply_begins_with_any_of_the_texts(clerk: Counter, tmp_path: Path) -> None:
    case = unhappy(tmp_path)
    assert "Start from" not in text(clerk.get(verb(case, "reply")))
    ReplyText.objects.create(
        code="thanks", name="Thanks", text="Thank you for telling us.", position=9
    )
    shown = clerk.get(verb(case, "reply"))
    assert "We are sorry to hear that." in shown.content.decode()
    assert "Start from We are sorry Thanks" in text(shown)
    other = clerk.get(verb(case, "reply"), {"begin": "thanks"}).content.decode()
    assert "Thank you for telling us." in other
    assert "We are sorry to hear that.</textarea>" not in other


def test_nobody_answers_their_own_complaint(clerk: Counter, tmp_path: Path) -> None:
    case = unhappy(tmp_path)
    type(case.member).objects.filter(pk=case.member_id).update(user=clerk.user)
    said = text(clerk.do(verb(case, "goodwill"), amount="10"))
    assert "your own points" in said


def test_scores_are_for_managers(clerk: Counter, manager: Counter, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))
    for name in (SCORES, "admin:surveys_survey_csv", "admin:surveys_survey_json"):
        assert clerk.get(reverse(name)).status_code == 403
        assert manager.get(reverse(name)).status_code == 200


def made(
    survey: str, scores: list[int], *, months_ago: int = 0, comment: str = "", tier: str = "gold"
) -> None:
    """Answers that were given some months ago."""
    kind = Survey.objects.get(pk=survey).of_kind
    version = Survey.objects.get(pk=survey).versions.get()
    day = clock.add_months(clock.now().date().replace(day=1), -months_ago)
    Answer.objects.bulk_create(
        Answer(
            survey_id=survey, version=version, series=kind.series, score=score, least=kind.least,
            most=kind.most, answered_on=day, answered_at=clock.now(), tier=tier, comment=comment,
            is_made_up=True,
        )
        for score in scores
    )  # fmt: skip
    tallies.count()


def test_a_score_comes_with_its_interval_and_a_comparison(manager: Counter, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))
    made("after-a-visit", [10] * 100 + [8] * 60 + [3] * 40, months_ago=4)
    made("after-a-visit", [10] * 110 + [8] * 60 + [3] * 30, comment="The view.")
    shown = text(manager.get(reverse(SCORES), {"survey": "after-a-visit"}))
    assert "35" in shown
    assert "up 10, not yet more than chance." in shown
    assert "The view." in shown
    assert "Made up, for the demo 400" in shown
    whole = manager.get(reverse("admin:surveys_survey_json"), {"survey": "after-a-visit"}).json()
    assert whole["change"]["z"] == "1.3188"
    now = whole["groups"][-1]
    assert (now["value"], now["low"], now["high"]) == ("40.0000", "29.8155", "50.1845")
    made("after-a-visit", [10] * 400)
    better = text(manager.get(reverse(SCORES), {"survey": "after-a-visit"}))
    assert "more than chance." in better
    assert "not yet" not in better


def test_groups_of_fewer_than_five_are_hidden_everywhere(manager: Counter, tmp_path: Path) -> None:
    """And so is a bigger one, from which theirs could be subtracted."""
    cast.apply(world.folder(tmp_path / "asks"))
    made("effort", [1, 1, 1, 1], comment="Four of us.", tier="blue")
    made("effort", [5] * 6, tier="gold")
    made("effort", [7] * 9, tier="white")
    query = {"survey": "effort", "by": "tier"}
    shown = text(manager.get(reverse(SCORES), query))
    assert "hidden, fewer than 5" in shown
    assert "hidden, so that others stay unknown" in shown
    rows = manager.get(reverse("admin:surveys_survey_csv"), query).content.decode().splitlines()
    assert sum(row.endswith(",,0,,,,,yes") for row in rows) == 2
    groups = manager.get(reverse("admin:surveys_survey_json"), query).json()["groups"]
    assert {g["group"]: (g["answers"], g["value"]) for g in groups} == {
        "white": (9, "7.0000"), "gold": (None, None), "blue": (None, None),
    }  # fmt: skip


def test_a_month_of_few_is_told_with_its_neighbour(manager: Counter, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))
    made("secret", [1, 1, 1, 1], comment="Four of us.")
    made("secret", [5] * 6, months_ago=1)
    query = {"survey": "secret", "by": "month"}
    (group,) = manager.get(reverse("admin:surveys_survey_json"), query).json()["groups"]
    assert (group["answers"], group["value"]) == (10, "60.0000")
    assert "/" in group["group"]


def test_comments_stay_hidden_while_too_few_answered(manager: Counter, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))
    made("secret", [1, 1], comment="Two of us.")
    shown = text(manager.get(reverse(SCORES), {"survey": "secret"}))
    assert "Two of us." not in shown
    assert "Shown from 5 answers on." in shown


def test_comments_are_found_by_word_and_by_tag(manager: Counter, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))
    made("effort", [6] * 5, comment="Quick desk.")
    made("effort", [2], comment="Slow lift.")
    query = {"survey": "effort"}
    assert "Slow lift." not in text(manager.get(reverse(SCORES), query | {"q": "desk"}))
    for words in ("lift", "SLOW li", "' lift! & :* \\"):
        shown = text(manager.get(reverse(SCORES), query | {"q": words}))
        assert "Slow lift." in shown
        assert "Quick desk." not in shown
    lift = Answer.objects.get(comment="Slow lift.")
    url = reverse("admin:surveys_survey_tag", args=[lift.pk])
    manager.post(url, {"tags": " Lift, lift,, House ", "survey": "effort"})
    assert Answer.objects.get(pk=lift.pk).tags == ["house", "lift"]
    tagged = text(manager.get(reverse(SCORES), query | {"tag": "lift"}))
    assert "Slow lift." in tagged
    assert "Quick desk." not in tagged


def test_the_page_reads_tallies_and_not_answers(manager: Counter, tmp_path: Path) -> None:
    cast.apply(world.folder(tmp_path / "asks"))
    made("effort", [6] * 20)
    with CaptureQueriesContext(connection) as few:
        manager.get(reverse(SCORES), {"survey": "effort"})
    made("effort", [5] * 300)
    with CaptureQueriesContext(connection) as many:
        manager.get(reverse(SCORES), {"survey": "effort"})
    assert len(many.captured_queries) == len(few.captured_queries)
    counting = [q["sql"] for q in many.captured_queries if "surveys_answer" in q["sql"]]
    assert all("comment" in sql for sql in counting)
