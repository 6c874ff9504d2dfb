"""Redeeming for a member who stands at the desk."""

from __future__ import annotations

import uuid

import pytest

from rewards import codes
from rewards.models import Redemption
from tests import cast
from tests.desk.counter import Counter, text, verb


def test_a_redemption_leads_to_its_voucher(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    response = clerk.do(verb(ana, "redeem"), reward="coffee")
    voucher = Redemption.objects.get(member=ana)
    assert codes.format(voucher.code) in text(response)
    assert voucher.actor == clerk.actor
    assert cast.balance(ana) == 90


def test_the_preview_shows_what_it_costs_and_takes_nothing(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    before = cast.state(ana)
    assert "100 points → 90 points" in text(clerk.preview(verb(ana, "redeem"), reward="coffee"))
    assert cast.state(ana) == before


def test_a_form_that_is_sent_twice_redeems_once(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    typed = {"reward": "coffee", "attempt": uuid.uuid4()}
    for _turn in range(2):
        clerk.post(verb(ana, "redeem"), typed)
    assert Redemption.objects.count() == 1
    assert cast.balance(ana) == 90


@pytest.mark.parametrize(
    ("points", "reward", "said"),
    [
        (9, "coffee", "This needs 10 points, and the balance is 9 points. Nothing was taken."),
        (500, "boat-trip", "for Gold and above"),
        (500, "acorn", "Select a valid choice"),
        (500, "", "This field is required"),
    ],
)
def test_a_refusal_says_why_and_takes_nothing(
    clerk: Counter, points: int, reward: str, said: str
) -> None:
    ana = cast.ana()
    cast.earn(ana, points)
    before = cast.state(ana)
    assert said in text(clerk.do(verb(ana, "redeem"), reward=reward))
    assert cast.state(ana) == before


def test_the_choices_say_what_is_missing(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 4)
    page = text(clerk.get(verb(ana, "redeem")))
    assert "Coffee, 10 points: 6 points to go" in page
    assert "Boat trip, 100 points: for Gold and above" in page


def test_the_last_one_is_gone(clerk: Counter) -> None:
    ana, rui = cast.ana(), cast.ana(name="Rui Reis")
    for member in (ana, rui):
        cast.earn(member, 100)
    clerk.do(verb(ana, "redeem"), reward="print")
    assert "sold out" in text(clerk.get(verb(rui, "redeem")))
    assert "The last one has just gone" in text(clerk.do(verb(rui, "redeem"), reward="print"))
    assert cast.balance(rui) == 100
