"""Signing up and in over HTTP: an address is somebody's once a code from the mail has proven it."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from members import claiming, enrolment
from members.models import ClaimCode, Member, User
from program.models import Program
from tests.cast import ACTOR, ana, earn

pytestmark = pytest.mark.django_db
EVA = {"name": "Eva Reis", "email": "eva@example.com"}


def card_of(member: Member) -> dict[str, str]:
    """What somebody types who was given this member's card at a desk."""
    number = member.cards.get(is_active=True).number
    return {"card_number": number, "claim_code": claiming.issue_code(member, actor=ACTOR)}


def sign_up(client: Client, **more: str) -> HttpResponse:
    return client.post("/account/signup/", EVA | more, follow=True)


def code_in_mail() -> str:
    found = re.search(r"^\s*([A-Z0-9]{4,5}-?[A-Z0-9]{4,5})\s*$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def confirm(client: Client, code: str = "") -> HttpResponse:
    return client.post("/account/confirm-email/", {"code": code or code_in_mail()}, follow=True)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_code_from_the_mail_enrols(quay: Program) -> None:
    client = Client()
    sign_up(client)
    assert not Member.objects.exists()
    assert not is_signed_in(client)
    confirm(client)
    assert is_signed_in(client)
    member = Member.objects.get()
    assert (member.name, member.email, member.cards.count()) == ("Eva Reis", "eva@example.com", 1)
    assert member.user == User.objects.get()


def test_a_wrong_code_enrols_nobody(quay: Program) -> None:
    client = Client()
    sign_up(client)
    confirm(client, "AAAA-AAAA")
    assert not Member.objects.exists()
    assert not is_signed_in(client)


def test_a_card_from_a_desk_comes_with_all_it_holds(quay: Program) -> None:
    member = ana(name="Eva Reis")
    earn(member, 70)
    client = Client()
    sign_up(client, **card_of(member))
    member.refresh_from_db()
    assert member.user is None
    confirm(client)
    assert Member.objects.get() == member
    member.refresh_from_db()
    assert member.user == User.objects.get(email="eva@example.com")
    assert enrolment.find(email="eva@example.com") == member
    assert ClaimCode.objects.get().used_at is not None


def test_an_address_that_is_only_typed_is_nobodys(quay: Program) -> None:
    """Whoever claims a card under another's address gets nothing, and takes nothing from them."""
    member = ana(name="Mallory")
    sign_up(Client(), **card_of(member))
    member.refresh_from_db()
    assert (member.user, member.email) == (None, "")
    assert not member.keys.filter(kind="email").exists()
    assert ClaimCode.objects.get().used_at is None
    assert enrolment.enroll(name="Eva Reis", email="eva@example.com", actor=ACTOR)


def test_who_was_enrolled_under_the_address_becomes_the_member(quay: Program) -> None:
    member = ana(name="Eva at the desk", email="EVA@example.com")
    client = Client()
    sign_up(client)
    confirm(client)
    assert Member.objects.get() == member
    member.refresh_from_db()
    assert member.user == User.objects.get()


def test_a_card_cannot_bring_another_members_address_with_it(quay: Program) -> None:
    known, carded = ana(name="Eva", email="eva@example.com"), ana(name="Card")
    client = Client()
    sign_up(client, **card_of(carded))
    assert confirm(client).status_code == 200
    for member in (known, carded):
        member.refresh_from_db()
    assert known.user == User.objects.get()
    assert carded.user is None


def test_a_card_claimed_by_somebody_else_meanwhile_stays_theirs(quay: Program) -> None:
    member, client = ana(name="Card"), Client()
    typed = card_of(member)
    sign_up(client, **typed)
    other = User.objects.create_user("first@example.com")
    claiming.claim(other, number=typed["card_number"], code=typed["claim_code"])
    assert confirm(client).status_code == 200
    member.refresh_from_db()
    assert member.user == other
    assert Member.objects.get(email="eva@example.com").user == User.objects.get(
        email="eva@example.com"
    )


@pytest.mark.parametrize(
    ("number", "code"), [("right", "AAAA-AAAA"), ("right", ""), ("", "AAAA-AAAA"), ("1234", "A")]
)
def test_a_wrong_claim_makes_no_login(quay: Program, number: str, code: str) -> None:
    member = ana()
    right = card_of(member)["card_number"]
    sign_up(Client(), card_number=right if number == "right" else number, claim_code=code)
    assert not User.objects.exists()
    assert mail.outbox == []
    left = ClaimCode.objects.get().attempts_left
    assert left == (4 if (number, code) == ("right", "AAAA-AAAA") else 5)


def test_signing_in_takes_a_code(quay: Program) -> None:
    client = Client()
    sign_up(client)
    confirm(client)
    again = Client()
    again.post("/account/login/", {"login": "Eva@Example.com"}, follow=True)
    again.post("/account/login/code/confirm/", {"code": code_in_mail()}, follow=True)
    assert is_signed_in(again)
    assert Member.objects.count() == 1


def test_staff_do_not_become_members_by_signing_in(quay: Program) -> None:
    from allauth.account.models import EmailAddress

    user = User.objects.create_user("clerk@example.com", is_staff=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = Client()
    client.post("/account/login/", {"login": user.email}, follow=True)
    client.post("/account/login/code/confirm/", {"code": code_in_mail()}, follow=True)
    assert is_signed_in(client)
    assert not Member.objects.exists()
