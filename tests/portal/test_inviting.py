"""Inviting a friend: a link, who came by it, and how somebody who follows it is remembered."""

from __future__ import annotations

import pytest
from django.test import Client

from earning import referring
from earning.models import Referral
from members.models import Member
from tests.cast import ROOT, apply
from tests.portal.cast import person, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(db: None) -> Member:
    apply(ROOT / "blueprints" / "toms")
    return person("Nora Silva", "nora@example.com")


def test_a_member_has_a_link_and_sees_who_came(nora: Member) -> None:
    page = text(signed_in(nora).get("/invite/"))
    assert "$20 for both of you" in page
    assert referring.code_of(nora) in page
    assert "Nobody has come by your link yet." in page
    assert "Invite a friend" in text(signed_in(nora).get("/profile/"))


def test_who_follows_the_link_is_remembered_once(nora: Member) -> None:
    client = Client()
    shown = text(client.get(f"/join/{referring.code_of(nora)}/"))
    assert "Nora invites you" in shown
    assert "Silva" not in shown
    kept = dict(client.session)
    friend = person("Bruno Reis", "bruno@example.com")
    browser = signed_in(friend)
    session = browser.session
    session.update({"invited_by": kept["invited_by"]})
    session.save()
    Member.objects.filter(pk=friend.pk).update(joined_at=nora.joined_at.now(nora.joined_at.tzinfo))
    for _ in range(2):
        assert browser.get("/").status_code == 200
    assert Referral.objects.get().referrer == nora
    page = text(signed_in(nora).get("/invite/"))
    assert "Bruno" in page
    assert "Reis" not in page


def test_a_wrong_link_leads_nowhere_but_in(nora: Member) -> None:
    response = Client().get("/join/nonsense/")
    assert response.status_code == 404
    assert "not known" in text(response)


def test_without_terms_nobody_is_invited(db: None) -> None:
    apply(ROOT / "tests" / "programs" / "quay")
    member = person("Nora", "nora@example.com")
    assert signed_in(member).get("/invite/").status_code == 404
