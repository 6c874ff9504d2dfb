"""Offers in the portal: a line on home, one tap to activate, what it brought, and undoing it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client

from common import clock
from earning import activating
from earning.models import Milestone, Offer, OfferActivation, Rule, RuleCondition, RuleLimit
from members.models import Member
from messaging import delivery
from program.models import Program
from tests import cast as house
from tests.portal import cast
from tiers.models import Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(quay: Program) -> Member:
    """Marta may activate "Double", whose rule pays five coins, twice, and counts to a mark."""
    Offer.objects.create(code="double", name="Double", summary="Five coins a visit.", days=14)
    for unit in ("coin", "visit"):
        rule = Rule.objects.create(
            code=f"double-{unit}", name="Double", type_id="visit", unit_id=unit, effect="fixed",
            amount=5 if unit == "coin" else 1, published_at=clock.now() - timedelta(days=1),
        )  # fmt: skip
        RuleCondition.objects.create(rule=rule, kind="offer", operator="in", values=["double"])
        RuleLimit.objects.create(rule=rule, code=f"twice-{unit}", per="member", times=2)
    Milestone.objects.create(
        code="ten", name="Ten visits", counter_id="visit", at=10, unit_id="coin", amount=1
    )
    return cast.person("Marta Reis", "marta@guest.example")


def words(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_home_says_so_and_one_tap_activates(member: Member) -> None:
    client = cast.signed_in(member)
    assert "1 offer to activate" in words(client, "/")
    assert "To activate Double Five coins a visit." in words(client, "/offers/")
    done = client.post("/offers/double/activate/", follow=True)
    assert b"Double is yours." in done.content
    client.post("/offers/double/activate/")
    assert OfferActivation.objects.count() == 1
    assert "to activate" not in words(client, "/")
    page = words(client, "/offers/")
    assert "Used 0 of 2" in page
    assert "To activate" not in page
    house.visit(member)
    page = words(client, "/offers/")
    assert "Used 1 of 2 Brought 5 coins" in page
    assert "Ten visits 2 visits of 10 visits" in page
    assert "Undo" not in page


def test_what_was_not_used_is_undone_by_a_tap(member: Member) -> None:
    client = cast.signed_in(member)
    client.post("/offers/double/activate/")
    row = OfferActivation.objects.get()
    assert "Undo, as it was not used" in words(client, "/offers/")
    other = cast.signed_in(cast.person("Bruno Lima", "bruno@guest.example"))
    assert other.post(f"/offers/{row.public_id}/undo/").status_code == 404
    client.post(f"/offers/{row.public_id}/undo/")
    row.refresh_from_db()
    assert row.undone_by == f"member:{member.pk}"
    assert "1 offer to activate" in words(client, "/")


def test_a_day_is_picked_from_those_there_are(member: Member) -> None:
    Offer.objects.filter(code="double").update(picks_day=True, days=None, per="year", times=1)
    client = cast.signed_in(member)
    today = clock.local_date(clock.now(), "Europe/Berlin")
    assert f'min="{today}"' in client.get("/offers/").content.decode()
    for nonsense in ("", "soon", "2020-01-01"):
        wrong = client.post("/offers/double/activate/", {"day": nonsense})
        assert wrong.status_code == 400
        assert b'role="alert"' in wrong.content
    client.post("/offers/double/activate/", {"day": today.isoformat()})
    assert OfferActivation.objects.get().picked_on == today
    assert "Your day" in words(client, "/offers/")


def test_what_is_for_others_is_not_shown_and_a_tier_is_named(member: Member) -> None:
    client, offer = cast.signed_in(member), Offer.objects.filter(code="double")
    offer.update(lowest_tier=Tier.objects.get(code="gold"))
    assert "to activate" not in words(client, "/")
    assert "This offer is for Gold and above." in words(client, "/offers/")
    offer.update(lowest_tier=None, ends_on=date(2020, 1, 1))
    assert "There are no offers for you now" in words(client, "/offers/")
    refused = client.post("/offers/double/activate/")
    assert refused.status_code == 409
    assert client.post("/offers/nothing/activate/").status_code == 404
    assert client.get("/offers/double/activate/").status_code == 405


def test_what_is_over_stays_to_be_read(member: Member) -> None:
    client = cast.signed_in(member)
    client.post("/offers/double/activate/")
    day = timedelta(days=30)
    row = OfferActivation.objects.get()
    OfferActivation.objects.update(starts_at=row.starts_at - day, ends_at=clock.now())
    page = words(client, "/offers/")
    assert "Past Double Until" in page
    assert "not used" in page


def test_a_letter_says_what_was_activated_and_for_how_long(member: Member) -> None:
    client = cast.signed_in(member)
    client.post("/offers/double/activate/")
    assert delivery.drain() == 1
    (letter,) = mail.outbox
    assert letter.subject == "Double: activated"
    last = clock.local_date(clock.now(), "Europe/Berlin") + timedelta(days=14)
    assert "Five coins a visit." in letter.body
    assert f"It holds to the end of {last.day} {last:%B %Y}." in letter.body


def test_no_letter_about_what_was_undone(member: Member) -> None:
    activating.activate(member, offer="double", actor="till")
    activating.undo(OfferActivation.objects.get(), actor="till")
    assert delivery.drain() == 0
    assert mail.outbox == []
