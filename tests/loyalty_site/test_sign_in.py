"""Signing in over HTTP: a code for everybody, a password for those who have one."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from members.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "harbor-lantern-tide-0042"
EMAIL = "clerk@pennant.example"


@pytest.fixture
def clerk(hotel: object) -> User:
    user = User.objects.create_user(EMAIL, PASSWORD, name="Clara", is_staff=True)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    return user


def _is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_code_from_the_mail_signs_in(client: Client, clerk: User) -> None:
    response = client.post("/account/login/", {"login": EMAIL})
    assert response.status_code == 302, response.content.decode()
    code = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", mail.outbox[0].body, re.MULTILINE)
    assert code is not None, mail.outbox[0].body
    client.post("/account/login/code/confirm/", {"code": code[1]})
    assert _is_signed_in(client)


def test_a_password_signs_in_without_a_mail(client: Client, clerk: User) -> None:
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert _is_signed_in(client)
    assert mail.outbox == []


def test_a_wrong_password_does_not(client: Client, clerk: User) -> None:
    response = client.post("/account/login/", {"login": EMAIL, "password": PASSWORD + "x"})
    assert response.status_code == 200
    assert not _is_signed_in(client)


def test_an_unknown_address_gets_the_same_answer(client: Client, clerk: User) -> None:
    known = client.post("/account/login/", {"login": EMAIL})
    unknown = Client().post("/account/login/", {"login": "nobody@pennant.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_guessing_passwords_is_stopped(client: Client, clerk: User) -> None:
    for _ in range(10):
        client.post("/account/login/", {"login": EMAIL, "password": "wrong-wrong-wrong"})
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert not _is_signed_in(client)


def test_the_session_outlives_the_browser(client: Client, clerk: User) -> None:
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert int(client.cookies["session"]["max-age"]) == 180 * 24 * 3600
    assert client.cookies["session"]["httponly"]
    assert client.cookies["session"]["samesite"] == "Lax"


def test_joining_needs_no_password(client: Client, hotel: object) -> None:
    client.post("/account/signup/", {"name": "Ana Sol", "email": "ana@pennant.example"})
    user = User.objects.get(email="ana@pennant.example")
    assert not user.has_usable_password()
    assert not _is_signed_in(client), "the address has not been proven yet"
