"""Offers over the API: listed, activated once for each key, counted, undone while not used."""

from __future__ import annotations

from datetime import date

import pytest

from earning.models import Offer, OfferActivation
from tests.till import Till, code, marta

pytestmark = pytest.mark.django_db
PLACE = "members/ref:guest-1/offers"


def test_an_offer_is_activated_used_and_told(till: Till) -> None:
    marta()
    before = till.get(PLACE).json()["data"][0]
    assert (before["code"], before["can_be_activated"]) == ("long-summer", True)
    made = till.send(f"{PLACE}/long-summer/activate", {})
    assert (made.status_code, made.json()["state"]) == (201, "holds")
    again = till.send(f"{PLACE}/long-summer/activate", {})
    assert again.json()["id"] == made.json()["id"]
    today = made.json()["starts_at"]
    assert till.post(occurred_at=today).status_code == 201
    (shown,) = till.get(PLACE).json()["data"][0]["activations"]
    assert (shown["used"], shown["paid"]) == (1, {"point": 500})
    used = till.send(f"{PLACE}/long-summer/undo", {"activation": made.json()["id"]})
    assert (used.status_code, code(used)) == (409, "activation_closed")


def test_what_was_not_used_is_undone(till: Till) -> None:
    marta()
    made = till.send(f"{PLACE}/long-summer/activate", {}).json()
    undone = till.send(f"{PLACE}/long-summer/undo", {"activation": made["id"]})
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    assert till.get(PLACE).json()["data"][0]["activations"] == []
    again = till.send(f"{PLACE}/long-summer/activate", {}).json()
    Offer.objects.create(code="other", name="Other", summary="Another.")
    wrong = till.send(f"{PLACE}/other/undo", {"activation": again["id"]})
    assert code(wrong) == "activation_unknown"


def test_every_refusal_has_its_code(till: Till) -> None:
    marta()
    assert code(till.send(f"{PLACE}/nothing/activate", {})) == "offer_unknown"
    dated = till.send(f"{PLACE}/long-summer/activate", {"day": "2026-03-03"})
    assert code(dated) == "offer_day_invalid"
    offer = Offer.objects.filter(code="long-summer")
    offer.update(ends_on=date(2020, 1, 1))
    assert code(till.send(f"{PLACE}/long-summer/activate", {})) == "offer_unavailable"
    offer.update(ends_on=None)
    made = till.send(f"{PLACE}/long-summer/activate", {}).json()
    OfferActivation.objects.update(ends_at=made["starts_at"].replace("2026", "2027"))
    offer.update(places=1)
    marta(reference="guest-2", email="two@example.com", phone="")
    other = till.send("members/ref:guest-2/offers/long-summer/activate", {})
    assert code(other) == "offer_used_up"
    unknown = till.send(f"{PLACE}/long-summer/undo", {"activation": "off_x"})
    assert code(unknown) == "activation_unknown"


def test_a_test_key_activates_in_the_sandbox_only(till: Till) -> None:
    test = Till(kind="test")
    test.send("members", {"name": "Nobody Real", "reference": "guest-1"})
    assert test.send(f"{PLACE}/long-summer/activate", {}).status_code == 201
    assert not OfferActivation.objects.exists()
