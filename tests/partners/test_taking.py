"""Rewards over the API: what each kind needs to be told, put aside and taken, listed, quoted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from common.ids import public_id
from members import erasure, merging
from members.models import Member
from partners import happenings
from points.models import Account
from rewards.models import (
    Fulfilment,
    Redemption,
    Reservation,
    Reward,
    RewardPart,
    RewardPrice,
)
from tests.cast import ROOT, apply, balance, earn
from tests.till import ACTOR, Till, code, marta

WHO = {"member": {"reference": "guest-1"}}


@pytest.fixture(autouse=True)
def spring() -> Iterator[time_machine.Coordinates]:
    """All of this happens on 10 March 2027."""
    with time_machine.travel("2027-03-10T09:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def counter(db: None) -> Till:
    """A till in a program with rewards of every kind; its member has 5,000 points."""
    apply(ROOT / "tests" / "programs" / "everything")
    earn(marta(), 5000)
    return Till("till")


def offered(counter: Till, reward: str) -> dict[str, Any]:
    found: dict[str, Any] = counter.get(f"rewards/{reward}?member=ref:guest-1").json()
    return found


def take(counter: Till, reward: str, **choice: Any) -> Any:
    return counter.send("redemptions", WHO | {"reward": reward} | choice)


def test_a_reward_says_what_it_needs_and_takes_it(counter: Till) -> None:
    tasting = offered(counter, "tasting")
    assert (tasting["kind"], tasting["needs"]) == ("experience", ["date"])
    days = [(one["day"], one["name"], one["left"]) for one in tasting["dates"]]
    assert days == [("2027-05-04", "", 12), ("2027-05-11", "19:00", 2)]
    got = take(counter, "tasting", date=tasting["dates"][1]["id"]).json()
    assert got["date"]["day"] == "2027-05-11"
    assert offered(counter, "tasting")["dates"][1]["left"] == 1
    for wrong in (None, "rdt_x", "2027-05-11", got["id"]):
        refused = take(counter, "tasting", **({"date": wrong} if wrong else {}))
        assert code(refused) == "date_unknown"


def test_a_product_goes_to_an_address(counter: Till) -> None:
    assert offered(counter, "mug")["needs"] == ["address"]
    assert code(take(counter, "mug")) == "address_missing"
    assert take(counter, "mug", address="1 Quay Street").status_code == 201
    assert Fulfilment.objects.get().address == "1 Quay Street"


def test_a_donation_is_as_large_as_the_donor_says(counter: Till) -> None:
    planks = offered(counter, "planks")
    assert (planks["price"], planks["step"], planks["most"]) == (100, 50, 1000)
    assert code(take(counter, "planks", amount=120)) == "amount_refused"
    assert take(counter, "planks", amount=150).json()["price"] == 150
    assert take(counter, "planks").json()["price"] == 100


def test_money_off_is_told_in_money(counter: Till) -> None:
    card = take(counter, "card").json()
    assert (card["value"], card["percent"]) == ("25.00", None)
    till = counter.get(f"vouchers/{card['code']}").json()
    assert till["value"] == "25.00"
    tenth = take(counter, "tenth-off").json()
    assert (tenth["percent"], tenth["handed_code"]) == ("10.00", "TENTH")


def test_a_quote_says_what_points_pay_of_a_basket(counter: Till) -> None:
    asked = WHO | {"basket": {"amount": "60.00"}}
    told = counter.send("quotes", asked, key=None).json()["payable"]
    paid = [(one["reward"], one["pays"], one["left_to_pay"]) for one in told]
    assert paid[:2] == [("card", "25.00", "35.00"), ("tenth-off", "6.00", "54.00")]
    assert all(pays is None for _, pays, _ in paid[2:])
    assert "planks" not in {one["reward"] for one in told}


def test_a_quote_lists_what_points_pay_with_money_beside_them(counter: Till) -> None:
    card = Reward.objects.get(code="card")
    RewardPrice.objects.filter(reward=card).update(amount=9000)
    RewardPart.objects.create(reward=card, points=2000, money="5.00", step=1500)
    RewardPart.objects.create(reward=card, points=6000, money="1.00")
    asked = WHO | {"basket": {"amount": "60.00"}}
    told = counter.send("quotes", asked, key=None).json()["payable"]
    assert told[0]["money"] is None
    assert told[-1] | {"name": "", "worth": ""} == {
        "reward": "card",
        "name": "",
        "unit": "point",
        "price": 9000,
        "points": 5000,
        "money": "15.00",
        "worth": "",
        "pays": "25.00",
        "left_to_pay": "35.00",
    }
    assert take(counter, "card", amount=5000).json()["money"] == "15.00"


def test_what_is_put_aside_is_held_and_taken_once(counter: Till) -> None:
    member = Member.objects.get()
    got = counter.send("reservations", WHO | {"reward": "card", "minutes": 5}, key="cart-1")
    assert got.status_code == 201
    held = got.json()
    assert (held["status"], held["held_until"]) == ("held", "2027-03-10T09:05:00Z")
    (point,) = [
        one
        for one in counter.get("members/ref:guest-1/balance").json()["accounts"]
        if one["unit"] == "point"
    ]
    assert (point["balance"], point["held"], point["available"]) == (5000, 250, 4750)
    again = counter.send("reservations", WHO | {"reward": "card", "minutes": 5}, key="cart-1")
    assert again.content == got.content
    taken = counter.send(f"reservations/{held['id']}/capture")
    assert taken.status_code == 201
    assert counter.send(f"reservations/{held['id']}/capture").json() == taken.json()
    shown = counter.get(f"reservations/{held['id']}").json()
    assert (shown["status"], shown["redemption"]) == ("captured", taken.json()["id"])
    assert balance(member) == 4750
    refused = counter.send(f"reservations/{held['id']}/release", {"reason": "x"})
    assert code(refused) == "hold_ended"


def test_what_is_let_go_is_free_again(counter: Till, spring: time_machine.Coordinates) -> None:
    first = counter.send("reservations", WHO | {"reward": "card"}).json()
    gone = counter.send(f"reservations/{first['id']}/release", {"reason": "Paid by card"})
    assert (gone.status_code, gone.json()["status"]) == (200, "released")
    assert code(counter.send(f"reservations/{first['id']}/capture")) == "hold_ended"
    second = counter.send("reservations", WHO | {"reward": "card", "minutes": 5}).json()
    spring.shift(301)
    assert counter.get(f"reservations/{second['id']}").json()["status"] == "released"
    assert code(counter.send(f"reservations/{second['id']}/capture")) == "hold_ended"
    assert not Redemption.objects.exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reward": "tasting"}, "reward_unavailable"),
        ({"minutes": 10_000}, "hold_too_long"),
        ({"minutes": 0}, "body_invalid"),
        ({"location": "north-pier"}, "role_missing"),
        ({"location": "nowhere"}, "unknown_location"),
        ({"amount": 3}, "amount_refused"),
        ({"amount": 0}, "body_invalid"),
    ],
)
def test_what_cannot_be_put_aside(counter: Till, changes: dict[str, Any], expected: str) -> None:
    assert code(counter.send("reservations", WHO | {"reward": "card"} | changes)) == expected
    assert not Reservation.objects.exists()


def test_what_was_taken_is_listed_by_page(counter: Till) -> None:
    ids = [take(counter, "card").json()["id"] for _ in range(3)]
    counter.send(f"redemptions/{ids[0]}/cancel", {"reason": "x"})
    page = counter.get("redemptions?limit=2").json()
    assert [one["id"] for one in page["data"]] == ids[:0:-1]
    rest = counter.get(f"redemptions?limit=2&cursor={page['next']}").json()
    assert [one["id"] for one in rest["data"]] == ids[:1]
    assert [one["id"] for one in counter.get("redemptions?status=cancelled").json()["data"]] == [
        ids[0]
    ]
    assert len(counter.get("redemptions?member=ref:guest-1").json()["data"]) == 3
    assert code(counter.get("redemptions?status=lost")) == "parameter_invalid"
    assert Till("web").get("redemptions").json()["data"] == []


def test_a_statement_adds_up(counter: Till) -> None:
    take(counter, "card")
    assert counter.get("members/ref:guest-1/statements").json()["data"] == ["2027-03"]
    month = counter.get("members/ref:guest-1/statements/2027-03").json()
    (sheet,) = [one for one in month["sheets"] if one["unit"] == "point"]
    assert month["is_open"]
    assert sheet["opening"] + sheet["received"] + sheet["given"] == sheet["closing"] == 4750
    assert [one["amount"] for one in sheet["movements"]] == [5000, -250]
    later = counter.get("members/ref:guest-1/statements/2027-04").json()
    assert all(one["opening"] == one["closing"] for one in later["sheets"])
    for wrong in ("2027-13", "2027-3", "march", "0001-01", "9999-12", "2027-03-01"):
        got = counter.get(f"members/ref:guest-1/statements/{wrong}")
        assert code(got) == "parameter_invalid"


def test_every_name_of_somebody_merged_is_the_survivor(counter: Till) -> None:
    guest = Member.objects.get()
    card = guest.cards.get().number
    taken = take(counter, "card").json()
    other = marta(reference="guest-2", email="other@example.org", phone="")
    merging.merge(other, guest, reason="The same person", actor=ACTOR)
    survivor = counter.get("members/ref:guest-2").json()
    assert survivor["balances"]["point"] == 4750
    for name in (card, f"mem_{taken['member'][4:]}", "ref:guest-1"):
        assert counter.get(f"members/{name}").json()["id"] == survivor["id"]
    assert counter.get(f"redemptions/{taken['id']}").json()["member"] == survivor["id"]
    listed = counter.get("redemptions?member=ref:guest-2").json()["data"]
    assert [one["id"] for one in listed] == [taken["id"]]
    assert take(counter, "card").json()["member"] == survivor["id"]


def test_somebody_erased_is_gone(counter: Till) -> None:
    guest = Member.objects.get()
    taken = take(counter, "card").json()
    erasure.erase(guest, reason="asked", actor=ACTOR)
    gone = counter.get(f"members/{taken['member']}")
    assert (gone.status_code, code(gone)) == (410, "member_erased")
    assert code(counter.get("members/ref:guest-1")) == "member_not_found"
    assert code(take(counter, "card")) == "member_not_found"
    assert code(counter.send(f"redemptions/{taken['id']}/cancel", {"reason": "x"})) in (
        "member_erased",
        "nothing_there",
    )
    assert not Account.objects.filter(balance__gt=0).exists()


def test_a_partner_hears_of_merging_and_erasing_without_the_reasons(counter: Till) -> None:
    guest = Member.objects.get()
    other = marta(reference="guest-2", email="other@example.org", phone="")
    merging.merge(other, guest, reason="The same person", actor=ACTOR)
    erasure.erase(Member.objects.get(pk=other.pk), reason="asked", actor=ACTOR)
    told = {
        row.type: happenings.answer_of(row)
        for row in happenings.visible("web").filter(type__in=("member_merged", "member_erased"))
    }
    merged = told["member_merged"].data
    assert (merged["absorbed"], merged["survivor"]) == (
        public_id("mem", guest.pk),
        public_id("mem", other.pk),
    )
    assert told["member_erased"].data == {"subject": ""}
    assert "reason" not in merged


def test_changes_and_reservations_are_told_to_whom_they_concern(counter: Till) -> None:
    held = counter.send("reservations", WHO | {"reward": "card"}).json()
    counter.send(f"reservations/{held['id']}/release", {"reason": "x"})
    kinds = list(happenings.visible("till").values_list("type", flat=True))
    assert {"reward_reserved", "reservation_released"} <= set(kinds)
    assert "reward_reserved" not in happenings.visible("web").values_list("type", flat=True)
