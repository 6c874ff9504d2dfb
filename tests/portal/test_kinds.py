"""Every kind of reward on the phone: what it is, what is asked, and what one holds afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from members.models import Member
from rewards import contests, delivery, stock
from rewards.models import Fulfilment, FundTotal, Redemption, Reward
from tests import cast
from tests.cast import ACTOR, ROOT, utc
from tests.portal.cast import person, signed_in, text

pytestmark = pytest.mark.django_db
NOW = utc(2027, 4, 1, 12)


@pytest.fixture
def nora(db: None) -> Iterator[Member]:
    """Somebody with 1,000 points in a program that has every kind."""
    with time_machine.travel(NOW, tick=False):
        cast.apply(ROOT / "tests" / "programs" / "everything")
        member = person("Nora", "nora@example.com")
        cast.earn(member, 1000)
        stock.upload(Reward.objects.get(code="twenty-off"), ["SHOP-77"])
        yield member


def take(client: Client, code: str, **chosen: str) -> str:
    """Read the reward, answer the question, and read what came of it."""
    assert client.get(f"/rewards/{code}/").status_code == 200
    asked = client.get(f"/rewards/{code}/have/").content.decode()
    attempt = re.search(r'name="attempt" value="([0-9a-f-]{36})"', asked)
    assert attempt
    date = re.search(r'name="date" value="([0-9a-f-]{36})"', asked)
    form = {"attempt": attempt[1], "date": date[1] if date else ""} | chosen
    return text(client.post(f"/rewards/{code}/have/", form, follow=True))


def test_each_kind_reads_well(nora: Member) -> None:
    client = signed_in(nora)
    said = {
        "larger": ["A small cup → A large cup", "Good until"],
        "tenth-off": ["10 % off", "TENTH"],
        "twenty-off": ["EUR 20 off", "From a purchase of EUR 75.50.", "SHOP-77"],
        "card": ["Worth EUR 25"],
        "tasting": ["4 May", "You can give it back until"],
        "raffle": ["Entered, drawn on 24 Dec"],
    }
    for code, words in said.items():
        shown = take(client, code)
        assert [one for one in words if one not in shown] == [], (code, shown[150:])
    assert client.get("/vouchers/").status_code == 200
    assert client.get("/rewards/").status_code == 200


def test_a_donor_chooses_how_much(nora: Member) -> None:
    client = signed_in(nora)
    shown = take(client, "planks", amount="250")
    assert "You gave 250 points to The old pier. Thank you." in shown
    assert FundTotal.objects.get().amount == 250
    assert "Given so far 250 points" in text(client.get("/rewards/planks/"))


def test_a_parcel_is_followed(nora: Member) -> None:
    client = signed_in(nora)
    assert "Write down where it should be sent." in take(client, "mug", address=" ")
    assert "Ordered" in take(client, "mug", address="4 Harbour Street")
    parcel = delivery.ship(Fulfilment.objects.get(), tracking="DE-77", actor=ACTOR)
    page = f"/vouchers/{Redemption.objects.get().public_id}/"
    assert "On its way" in text(client.get(page))
    assert "Parcel number DE-77" in text(client.get(page))
    delivery.deliver(parcel, actor=ACTOR)
    assert "Arrived on 1 April 2027" in text(client.get(page))


def test_a_winner_reads_of_it(nora: Member) -> None:
    client = signed_in(nora)
    take(client, "raffle")
    with time_machine.travel(utc(2027, 12, 24, 12), tick=False):
        contests.draw(Reward.objects.get(code="raffle"), actor=ACTOR)
        page = text(signed_in(nora).get(f"/vouchers/{Redemption.objects.get().public_id}/"))
    assert "You won!" in page


def test_nonsense_is_no_choice(nora: Member) -> None:
    client = signed_in(nora)
    assert "Choose one of the dates" in take(client, "tasting", date="tomorrow")
    assert "You gave 100 points" in take(client, "planks", amount="-5")
