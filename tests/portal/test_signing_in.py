"""Joining and signing in: a code by e-mail, no password, and words that say what to do."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client

from members import claiming, enrolment
from members.models import Member
from program.models import Program
from tests.portal.cast import text


def code_in_mail() -> str:
    """The code alone on its line in the last letter."""
    found = re.search(r"^ {4}(\S+)$", mail.outbox[-1].body, flags=re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def joined(client: Client, **more: str) -> None:
    """Join as Eva up to the question for the code."""
    form = {"name": "Eva Reis", "email": "eva@guest.example"} | more
    response = client.post("/account/signup/", form, follow=True)
    assert "Enter the code" in text(response), text(response)


def test_joining_takes_a_name_an_address_and_a_code(hotel: Program) -> None:
    client = Client()
    joined(client)
    letter = mail.outbox[-1]
    assert letter.subject == "Your code for Maré Circle"
    assert letter.body.startswith("Welcome to Maré Circle. Here is the code")
    assert "Maré Circle, Maré Hotels\ncircle@mare.example" in letter.body
    response = client.post(_confirm(client), {"code": code_in_mail()}, follow=True)
    assert "Hello, Eva Reis" in text(response)
    assert Member.objects.get(email="eva@guest.example").cards.count() == 1


def test_joining_with_a_card_from_the_desk_brings_what_it_holds(hotel: Program) -> None:
    member = enrolment.enroll(name="Eva Reis", actor="test")
    code = claiming.issue_code(member, actor="test")
    client = Client()
    joined(client, card_number=member.cards.get().number, claim_code=code)
    client.post(_confirm(client), {"code": code_in_mail()}, follow=True)
    member.refresh_from_db()
    assert member.email == "eva@guest.example"


def test_a_wrong_claim_code_is_refused_before_anything_is_made(hotel: Program) -> None:
    member = enrolment.enroll(name="Eva Reis", actor="test")
    form = {"name": "Eva Reis", "email": "eva@guest.example", "claim_code": "WRONG"}
    response = Client().post("/account/signup/", form | {"card_number": member.cards.get().number})
    assert "This card cannot be claimed with that code." in text(response)
    assert not mail.outbox


def test_signing_in_takes_the_address_and_the_code(ana: Member) -> None:
    client = Client()
    _prove(ana)
    form = {"login": "ana@guest.example", "next": "/card/"}
    response = client.post("/account/login/", form, follow=True)
    assert "We have sent it to ana@guest.example" in text(response)
    assert mail.outbox[-1].body.startswith("Here is the code to sign in:")
    form = {"code": code_in_mail(), "next": "/card/"}
    response = client.post(_confirm(client), form, follow=True)
    assert "Show it before you pay." in text(response)


def test_a_wrong_code_says_so_and_asks_again(ana: Member) -> None:
    client = Client()
    client.post("/account/login/", {"login": "ana@guest.example"})
    response = client.post(_confirm(client), {"code": "AAAAAA"}, follow=True)
    assert "Please look at this once more" in text(response)


def test_an_address_nobody_has_gets_the_same_page_and_a_letter(hotel: Program) -> None:
    client = Client()
    response = client.post("/account/login/", {"login": "who@guest.example"}, follow=True)
    assert "We have sent it to who@guest.example" in text(response)
    letter = mail.outbox[-1]
    assert letter.subject == "Signing in to Maré Circle"
    assert "No member is known by this address." in letter.body
    assert "/account/signup/" in letter.body


def test_joining_twice_sends_a_letter_and_tells_nobody(ana: Member) -> None:
    _prove(ana)
    client = Client()
    form = {"name": "Ana Lima", "email": "ana@guest.example"}
    response = client.post("/account/signup/", form, follow=True)
    assert "Enter the code" in text(response)
    letter = mail.outbox[-1]
    assert letter.subject == "You are a member of Maré Circle already"
    assert "/account/login/" in letter.body


def test_a_mistyped_address_is_refused(hotel: Program) -> None:
    response = Client().post("/account/login/", {"login": "ana at guest"})
    assert "Please look at this once more" in text(response)


def test_a_password_is_taken_where_there_is_one(ana: Member) -> None:
    _prove(ana)
    assert ana.user
    ana.user.set_password("correct horse battery")
    ana.user.save()
    form = {"login": "ana@guest.example", "password": "correct horse battery", "next": "/card/"}
    response = Client().post("/account/login/", form, follow=True)
    assert "Show it before you pay." in text(response)
    assert not mail.outbox


def test_a_wrong_password_signs_nobody_in(ana: Member) -> None:
    _prove(ana)
    client = Client()
    form = {"login": "ana@guest.example", "password": "a guess"}
    assert "Please look at this once more" in text(client.post("/account/login/", form))
    assert client.get("/card/").status_code == 302


def _confirm(client: Client) -> str:
    """Where the code is to be sent."""
    for path in ("/account/login/code/confirm/", "/account/confirm-email/"):
        if client.get(path).status_code == 200:
            return path
    raise AssertionError("No code is being waited for.")


def _prove(member: Member) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=member.user, email=member.email, verified=True, primary=True)
