"""Members at the desk: enrolling, correcting, claim codes, cards."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from events.models import Event
from members import claiming, enrolment
from members.models import Card, ClaimCode, Member
from tests import cast
from tests.desk.counter import ATTEMPT, Counter, member_named, page, text, verb

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def enrol_url() -> str:
    return reverse("admin:members_member_add")


def code_on(response: Any) -> str:
    found = CODE.search(text(response))
    assert found is not None
    return found[0]


def test_enrolling_hands_over_a_card_and_a_claim_code(clerk: Counter) -> None:
    response = clerk.do(enrol_url(), name="Rui Reis", email="rui@example.com", phone="+351 912 1")
    rui = member_named("Rui Reis")
    assert (rui.email, rui.phone, rui.user) == ("rui@example.com", "+351 912 1", None)
    assert str(rui.cards.get()) in text(response)
    assert "no-store" in response["Cache-Control"]
    login = get_user_model().objects.create_user("rui@example.com")
    number = rui.cards.get().number
    assert claiming.claim(login, number=number, code=code_on(response)) == rui


def test_a_name_is_enough(clerk: Counter) -> None:
    clerk.do(enrol_url(), name="Rui Reis", email="", phone="")
    assert member_named("Rui Reis").cards.count() == 1


def test_who_enrolled_is_written_down(clerk: Counter) -> None:
    clerk.do(enrol_url(), name="Rui Reis")
    event = Event.objects.get(type="member_enrolled")
    assert event.payload["actor"] == clerk.actor


def test_an_enrolment_that_is_sent_twice_enrols_once(clerk: Counter) -> None:
    attempt = ATTEMPT.search(clerk.get(enrol_url()).content.decode())
    assert attempt is not None
    typed = {"name": "Rui Reis", "attempt": attempt[1]}
    clerk.post(enrol_url(), typed)
    response = clerk.post(enrol_url(), typed, follow=True)
    assert "done already" in text(response)
    assert Member.objects.count() == 1


def test_what_was_refused_may_be_sent_again(clerk: Counter) -> None:
    cast.ana(email="ana@example.com")
    attempt = ATTEMPT.search(clerk.get(enrol_url()).content.decode())
    assert attempt is not None
    typed = {"name": "Rui Reis", "email": "ana@example.com", "attempt": attempt[1]}
    refused = clerk.post(enrol_url(), typed)
    assert "Another member is already known by that" in text(refused)
    assert b"Rui Reis" in refused.content
    assert b"ana@example.com" in refused.content
    clerk.post(enrol_url(), typed | {"email": "rui@example.com"})
    assert member_named("Rui Reis").email == "rui@example.com"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"email": "rui at example"}, "Enter a valid email address"),
        ({"name": "Rui\0Reis"}, "Null characters are not allowed"),
    ],
)
def test_an_enrolment_that_cannot_be_says_why(
    clerk: Counter, typed: dict[str, str], said: str
) -> None:
    response = clerk.do(enrol_url(), **{"name": "Rui Reis", "email": ""} | typed)
    assert said in text(response)
    assert not Member.objects.exists()


def test_a_new_claim_code_ends_the_old_one(clerk: Counter) -> None:
    ana = cast.ana()
    old = code_on(clerk.do(verb(ana, "code")))
    new = code_on(clerk.do(verb(ana, "code")))
    assert old != new
    assert ClaimCode.objects.get(member=ana).issued_by == clerk.actor
    login = get_user_model().objects.create_user("ana@example.com")
    assert claiming.claim(login, number=ana.cards.get().number, code=new) == ana


def test_a_member_with_a_login_needs_no_code(clerk: Counter) -> None:
    ana = cast.ana(user=cast.login())
    assert "Issue a claim code" not in text(clerk.get(page(ana)))
    assert "needs no claim code" in text(clerk.do(verb(ana, "code")))


def test_a_lost_card_is_replaced(clerk: Counter) -> None:
    ana = cast.ana()
    old = ana.cards.get()
    response = clerk.do(verb(ana, "card"), reason="Lost on the beach")
    new = Card.objects.get(member=ana, is_active=True)
    assert str(new) in text(response)
    assert enrolment.find(card=new.number) == ana
    assert old.number != new.number
    payload = Event.objects.get(type="card_replaced").payload
    assert payload == {"actor": clerk.actor, "reason": "Lost on the beach"}


def test_a_replacement_that_is_sent_twice_replaces_once(clerk: Counter) -> None:
    ana = cast.ana()
    attempt = ATTEMPT.search(clerk.get(verb(ana, "card")).content.decode())
    assert attempt is not None
    for _turn in range(2):
        clerk.post(verb(ana, "card"), {"reason": "Lost", "attempt": attempt[1]})
    assert Card.objects.filter(member=ana).count() == 2


def test_a_card_is_not_replaced_without_a_reason(clerk: Counter) -> None:
    ana = cast.ana()
    assert "This field is required" in text(clerk.do(verb(ana, "card"), reason=" "))
    assert Card.objects.filter(member=ana).count() == 1


def test_details_are_corrected(clerk: Counter) -> None:
    ana = cast.ana(phone="+351 912 000 001")
    clerk.do(verb(ana, "correct"), name="Ana  Lima Reis", phone="+351 912 000 002")
    ana.refresh_from_db()
    assert (ana.name, ana.phone) == ("Ana Lima Reis", "+351 912 000 002")
    assert enrolment.find(phone="+351912000002") == ana


def test_a_phone_that_is_somebody_elses_is_refused_and_kept_in_the_form(clerk: Counter) -> None:
    cast.ana(name="Rui Reis", phone="+351 912 000 001")
    ana = cast.ana()
    response = clerk.do(verb(ana, "correct"), name="Ana Lima", phone="+351 912 000 001")
    assert "Another member is already known by that" in text(response)
    assert b"+351 912 000 001" in response.content
    ana.refresh_from_db()
    assert ana.phone == ""
