from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import call_command

from common.ids import public_id
from members import enrolment
from members.models import Member
from partners import lookup
from tests.conftest import ROOT
from tests.till import ACTOR, STAY, Till, card_of, code, marta


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    """All of this happens on 10 March 2026."""
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        yield


def test_a_till_sees_what_it_needs_and_no_more(till: Till) -> None:
    card = card_of(marta())
    till.post()
    response = till.member(card)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"
    assert response.json() == {
        "id": public_id("mem", Member.objects.get().pk),
        "card": card,
        "name": "Marta S.",
        "status": "active",
        "balances": {"point": 11800, "night": 14},
        "units": {
            "point": {"kind": "spendable", "singular": "point", "plural": "points", "decimals": 0},
            "night": {"kind": "counter", "singular": "night", "plural": "nights", "decimals": 0},
        },
        "tier": {"code": "skiff", "name": "Skiff", "since": "2026-03-02", "until": None},
        "progress": {
            "next_tier": {"code": "sloop", "name": "Sloop"},
            "unit": "night",
            "value": 14,
            "missing": 16,
        },
        "next_expiry": {"unit": "point", "amount": 11800, "last_day": "2028-03-31"},
    }
    for secret in ("Silva", "marta@", "912"):
        assert secret not in response.content.decode()


def test_a_newcomer_has_nothing_yet(till: Till) -> None:
    answer = till.member(card_of(marta())).json()
    assert answer["balances"] == {"point": 0, "night": 0}
    assert answer["tier"] is None
    assert answer["progress"]["missing"] == 3
    assert answer["next_expiry"] is None


def test_on_the_highest_tier_there_is_no_next(till: Till) -> None:
    card = card_of(marta())
    till.post(attributes=STAY["attributes"] | {"nights": 350})
    answer = till.member(card).json()
    assert answer["tier"]["code"] == "clipper"
    assert answer["progress"] is None


def test_points_that_end_on_the_same_day_are_added_up(till: Till) -> None:
    card = card_of(marta())
    till.post()
    till.post(reference="booking-2", occurred_at="2026-03-05")
    till.post(reference="booking-3", occurred_at="2025-03-05")
    answer = till.member(card).json()
    assert answer["next_expiry"] == {"unit": "point", "amount": 11800, "last_day": "2027-03-31"}
    with time_machine.travel("2027-04-02T09:00:00Z", tick=False):
        answer = till.member(card).json()
    assert answer["next_expiry"] == {"unit": "point", "amount": 23600, "last_day": "2028-03-31"}


def test_a_card_may_be_typed_with_spaces(till: Till) -> None:
    number = card_of(marta())
    answer = till.member(f"{number[:4]} {number[4:8]} {number[8:]}")
    assert answer.json()["card"] == number


def test_a_card_nobody_has_is_not_found(till: Till) -> None:
    response = till.member("482109376621")
    assert response.status_code == 404
    assert code(response) == "member_not_found"


@pytest.mark.parametrize("number", ["482109376622", "4821", "abc", "482109376621%00", "٤٨٢١"])
def test_a_mistyped_card_is_told_from_one_nobody_has(till: Till, number: str) -> None:
    response = till.member(number)
    assert response.status_code == 400
    assert code(response) == "card_number_invalid"


def test_a_replaced_card_finds_nobody(till: Till) -> None:
    member = marta()
    old = card_of(member)
    enrolment.replace_card(member, actor=ACTOR, reason="lost")
    assert till.member(old).status_code == 404
    assert till.member(card_of(member)).status_code == 200


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Marta Silva", "Marta S."),
        ("Marta da Costa Silva", "Marta S."),
        ("Cher", "Cher"),
        ("Agent 9", "Agent 9"),
        ("Agent 240", "Agent 2."),
    ],
)
def test_a_name_is_shortened_for_the_till(name: str, shown: str) -> None:
    assert lookup.till_name(name) == shown


def test_a_tier_that_ends_says_its_last_day(db: None) -> None:
    call_command("program", "apply", str(ROOT / "blueprints" / "shop"), verbosity=0)
    from program.models import Partner

    shop = Till(partner=Partner.objects.get().code)
    card = card_of(marta())
    response = shop.post(
        type="purchase", location=None, attributes={"amount": "400.00", "records": 3}
    )
    assert response.status_code == 201, response.content
    answer = shop.member(card).json()
    assert answer["tier"]["since"] == "2026-03-02"
    assert answer["tier"]["until"] == "2027-12-31"
    assert answer["balances"] == {"point": 400, "spend": 40000}
    assert answer["units"]["spend"]["decimals"] == 2
    assert answer["progress"]["missing"] == 60000
