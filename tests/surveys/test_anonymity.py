"""Nothing that is kept leads from an anonymous answer to who gave it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from surveys import anonymity, answering, links
from surveys.models import Answer, Authorship, Line
from tests import cast
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
QUESTION = """
[[survey.question]]
code = "more"
words = "What else?"
type = "text"

[[survey.trigger]]
code = "half-yearly"
"""
# What a database remembers of itself: who wrote in the transaction that wrote the answer.
JOINED = """
    SELECT count(*) FROM surveys_answer a
    JOIN events_event e ON e.transaction = a.xmin::text::bigint WHERE a.is_anonymous
"""


@pytest.fixture(autouse=True)
def asks(transactional_db: None, tmp_path: Path) -> None:
    change = ('\n[[survey.trigger]]\ncode = "half-yearly"\n', QUESTION)
    cast.apply(world.folder(tmp_path / "asks", change))


def asked(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def test_neither_the_transaction_nor_the_place_on_disk_tells_who_answered() -> None:
    for number in range(12):
        one = world.asked(guest(number), "half-yearly")
        made = answering.answer(one.pk, score=number % 5 + 1, actor="test").answer
        answering.add(made.pk, comment=f"Comment {number}", lines={"more": f"More {number}"})
    one = world.asked(guest(12), "half-yearly")
    answering.answer(one.pk, score=3, actor="test")
    assert asked(JOINED) != [(0,)]  # else this proves nothing
    before = sorted(Answer.objects.values_list("id", "score", "comment", "lines__value"))
    assert anonymity.shuffle()
    assert asked(JOINED) == [(0,)]
    assert len(asked("SELECT DISTINCT xmin::text FROM surveys_answer")) == 1
    assert len(asked("SELECT DISTINCT xmin::text FROM surveys_line")) == 1
    places = [row[0] for row in asked("SELECT comment FROM surveys_answer ORDER BY ctid")]
    assert places != sorted(places, key=lambda text: int(str(text).partition(" ")[2] or 12))
    assert sorted(Answer.objects.values_list("id", "score", "comment", "lines__value")) == before
    assert not anonymity.shuffle()
    answering.add(made.pk, comment="Later.")
    assert anonymity.shuffle()
    assert Line.objects.count() == 12
    assert not Authorship.objects.exists()


def test_the_log_of_a_tap_names_neither_the_question_nor_the_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = world.asked(guest(), "half-yearly")
    token = links.to_score(one.pk, 4)
    with caplog.at_level(logging.DEBUG):
        Client().post(reverse("portal:ask", args=[token]), {"score": "4"}, follow=True)
    made = Answer.objects.get()
    written = " ".join(record.getMessage() for record in caplog.records)
    assert "ask/<str:token>/" in written
    names = {str(one.pk), one.public_id, token, str(made.pk), made.public_id, str(one.member_id)}
    assert not [name for name in names if name in written]
