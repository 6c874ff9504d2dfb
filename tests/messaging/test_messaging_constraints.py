"""What PostgreSQL itself refuses about letters."""

from __future__ import annotations

import pytest

from common import clock
from events import outbox
from messaging import delivery
from messaging.models import Letter, Template
from tests.cast import ana
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def letter() -> Letter:
    member = ana(email="ana@example.com")
    outbox.publish("survey_case_replied", member_id=member.pk, payload={"text": "Hello."})
    delivery.prepare()
    return Letter.objects.get()


def test_words_are_there_once_a_language_and_say_something() -> None:
    Template.objects.create(event="x", subject="s", text="t")
    with refused("messaging_template_once_a_language"):
        Template.objects.create(event="x", subject="s", text="t")
    with refused("messaging_template_says_something"):
        Template.objects.create(event="y", subject="s", text="")


def test_an_event_makes_one_letter_to_a_member() -> None:
    one = letter()
    with refused("messaging_letter_once_for_each_event"):
        Letter.objects.create(
            member=one.member, event_id=one.event_id, event_type="x", due_at=clock.now()
        )


def test_a_letters_state_has_what_it_implies() -> None:
    letter()
    with refused("messaging_letter_sent_has_its_moment"):
        Letter.objects.update(status="sent")
    with refused("messaging_letter_in_hand_has_its_moment"):
        Letter.objects.update(status="sending")
    with refused("messaging_letter_unsent_says_why"):
        Letter.objects.update(status="failed")
    with refused("messaging_letter_is_doubted_twice_at_most"):
        Letter.objects.update(doubts=3)
