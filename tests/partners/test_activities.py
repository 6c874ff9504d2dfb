from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from earning.models import Activity, UnclaimedActivity
from events.models import Event
from partners.models import ApiRequest, Scope
from points.models import Account
from program.models import Location, Partner
from tests.till import STAY, Till, card_of, code, marta, pointers


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    """All of this happens on 10 March 2026."""
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        yield


def nothing_happened() -> bool:
    return not (
        Activity.objects.exists()
        or UnclaimedActivity.objects.exists()
        or Account.objects.exists()
        or Event.objects.filter(type__startswith="activity").exists()
    )


def test_an_activity_is_answered_with_all_that_came_of_it(till: Till) -> None:
    marta()
    response = till.post()
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    answer = response.json()
    assert answer.pop("id") == Activity.objects.get().public_id
    assert answer == {
        "status": "recorded",
        "reference": "booking-1",
        "type": "stay",
        "occurred_at": "2026-03-02T00:00:00Z",
        "awards": [
            {
                "unit": "night",
                "amount": 7,
                "class": "base",
                "rule": "nights",
                "sentence": "Nights: 7 nights × 1 = 7 nights",
            },
            {
                "unit": "night",
                "amount": 7,
                "class": "base",
                "rule": "suite-nights",
                "sentence": "Suite, once more: 7 nights × 1 = 7 nights",
            },
            {
                "unit": "point",
                "amount": 11800,
                "class": "base",
                "rule": "revenue",
                "sentence": "Room revenue: EUR 1,180.00 × 10 = 11,800 points",
            },
        ],
        "balances": {"night": 14, "point": 11800},
        "tier": {"code": "skiff", "name": "Skiff"},
    }
    assert Activity.objects.get().actor == "partner:front-desk"


@pytest.mark.parametrize(
    "named",
    [
        {"email": " MARTA@example.org "},
        {"phone": "+351 912-345-678"},
        {"reference": "guest-1"},
        {"card": None, "reference": "guest-1"},
    ],
)
def test_a_member_may_be_named_by_what_they_are_known_by(
    till: Till, named: dict[str, str | None]
) -> None:
    member = marta()
    assert till.post(member=named).status_code == 201
    assert Activity.objects.get().member == member


def test_a_card_may_be_written_as_it_is_printed(till: Till) -> None:
    number = card_of(marta())
    spaced = f"{number[:4]} {number[4:8]}-{number[8:]}"
    assert till.post(member={"card": spaced}).status_code == 201


def test_the_same_again_gets_the_first_answer(till: Till) -> None:
    marta()
    first = till.post()
    till.post(reference="booking-2")
    again = till.post()
    assert again.status_code == 200
    assert again["Idempotent-Replayed"] == "true"
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first
    assert Activity.objects.count() == 2


@pytest.mark.parametrize(
    "same",
    [
        {"occurred_at": "2026-03-02T00:00:00Z"},
        {"occurred_at": "2026-03-02T01:00:00+01:00"},
        {"attributes": STAY["attributes"] | {"revenue": 1180, "nights": "7"}},
        {"attributes": STAY["attributes"] | {"revenue": 1180.0, "room_type": ""}},
        {"member": {"reference": " guest-1 "}},
    ],
    ids=["a moment", "another offset", "a number", "another number", "spaces"],
)
def test_another_spelling_is_the_same(till: Till, same: dict[str, Any]) -> None:
    marta()
    first = till.post()
    again = till.post(**same)
    assert (again.status_code, again.content) == (200, first.content)


@pytest.mark.parametrize(
    "other",
    [
        {"occurred_at": "2026-03-03"},
        {"location": "city-hotel"},
        {"member": {"reference": "guest-2"}},
        {"attributes": STAY["attributes"] | {"nights": 8}},
    ],
    ids=["date", "location", "member", "attribute"],
)
def test_other_content_under_the_same_reference_is_refused(
    till: Till, other: dict[str, Any]
) -> None:
    marta()
    first = till.post().json()
    response = till.post(**other)
    assert response.status_code == 409
    assert code(response) == "reference_reused"
    assert response.json()["activity"] == first["id"]
    assert Activity.objects.count() == 1
    assert not UnclaimedActivity.objects.exists()


def test_references_belong_to_the_partner_of_the_key(till: Till) -> None:
    marta()
    partner = Partner.objects.create(code="spa", name="Spa")
    Location.objects.create(partner=partner, code="resort-hotel", name="Spa at the resort")
    spa = Till(partner="spa")
    assert till.post().status_code == 201
    assert spa.post().status_code == 201
    assert {a.partner_id for a in Activity.objects.all()} == {"front-desk", "spa"}


def test_what_names_nobody_known_is_kept(till: Till) -> None:
    for named in ({"reference": "guest-9"}, {"card": "482109376621"}, {"email": "x@example.org"}):
        response = till.post(reference=str(named), member=named)
        assert response.status_code == 202
        assert response.json()["status"] == "unclaimed"
        assert "do not know" in response.json()["message"]
    response = till.post(reference="nobody", member=None)
    assert response.status_code == 202
    assert "names nobody" in response.json()["message"]
    assert UnclaimedActivity.objects.count() == 4
    assert not Activity.objects.exists()


def test_what_was_kept_is_answered_the_same_again(till: Till) -> None:
    first = till.post(member=None)
    again = till.post(member=None)
    assert (again.status_code, again.content) == (202, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert UnclaimedActivity.objects.count() == 1


def test_what_earns_nothing_is_recorded_with_the_balances_as_they_are(till: Till) -> None:
    marta()
    till.post()
    attributes = STAY["attributes"] | {"outcome": "cancelled"}
    answer = till.post(reference="booking-2", attributes=attributes)
    assert answer.status_code == 201
    assert answer.json()["awards"] == []
    assert answer.json()["balances"] == {"night": 14, "point": 11800}


def test_points_that_ended_before_they_were_posted_are_in_no_balance(till: Till) -> None:
    marta()
    answer = till.post(occurred_at="2023-06-01").json()
    assert [award["amount"] for award in answer["awards"]] == [7, 7, 11800]
    assert answer["balances"] == {"night": 14, "point": 0}


def test_the_tier_is_the_one_held_now_however_old_the_stay(till: Till) -> None:
    marta()
    till.post(attributes=STAY["attributes"] | {"nights": 20})
    answer = till.post(reference="booking-2", occurred_at="2025-05-01").json()
    assert answer["tier"] == {"code": "sloop", "name": "Sloop"}


REFUSED: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "mistyped card": (
        {"member": {"card": "482109376622"}},
        "card_number_invalid",
        ["/member/card"],
    ),
    "short card": ({"member": {"card": "4821"}}, "card_number_invalid", ["/member/card"]),
    "no e-mail": ({"member": {"email": "marta"}}, "member_name_invalid", ["/member/email"]),
    "no phone": ({"member": {"phone": "none"}}, "member_name_invalid", ["/member/phone"]),
    "two names": (
        {"member": {"card": "482109376621", "email": "a@b.example"}},
        "body_invalid",
        ["/member"],
    ),
    "no name": ({"member": {}}, "body_invalid", ["/member"]),
    "blank name": ({"member": {"card": " "}}, "body_invalid", ["/member"]),
    "another name": ({"member": {"iban": "1"}}, "body_invalid", ["/member/iban"]),
    "unknown type": ({"type": "flight"}, "unknown_activity_type", ["/type"]),
    "unknown place": ({"location": "moon"}, "unknown_location", ["/location"]),
    "future": ({"occurred_at": "2026-03-11"}, "occurred_in_future", ["/occurred_at"]),
    "far future": ({"occurred_at": "9999-12-31"}, "occurred_in_future", ["/occurred_at"]),
    "far past": ({"occurred_at": "0001-01-01"}, "reported_too_late", ["/occurred_at"]),
    "no offset": ({"occurred_at": "2026-03-02T10:00:00"}, "date_invalid", ["/occurred_at"]),
    "no date": ({"occurred_at": "yesterday"}, "date_invalid", ["/occurred_at"]),
    "no such day": ({"occurred_at": "2026-02-30"}, "date_invalid", ["/occurred_at"]),
    "week date": ({"occurred_at": "2026-W10-1"}, "date_invalid", ["/occurred_at"]),
    "date as number": ({"occurred_at": 20260302}, "body_invalid", ["/occurred_at"]),
    "no reference": ({"reference": None}, "body_invalid", ["/reference"]),
    "blank reference": ({"reference": "  "}, "reference_invalid", ["/reference"]),
    "long reference": ({"reference": "x" * 101}, "body_invalid", ["/reference"]),
    "unprintable": ({"reference": "a\nb"}, "reference_invalid", ["/reference"]),
    "unknown field": ({"points": 1000}, "body_invalid", ["/points"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_refused_with_its_place(till: Till, case: str) -> None:
    marta()
    changes, expected, places = REFUSED[case]
    response = till.post(**changes)
    assert response.status_code == 400
    assert code(response) == expected
    assert pointers(response) == places
    assert nothing_happened()


ATTRIBUTES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown": ({"nigths": 7}, ["/attributes/nigths"]),
    "escaped": ({"a/b~c": 7}, ["/attributes/a~1b~0c"]),
    "missing": ({"nights": None}, ["/attributes/nights"]),
    "several": ({"nights": "x", "suite": "y"}, ["/attributes/nights", "/attributes/suite"]),
    "fraction": ({"nights": 1.5}, ["/attributes/nights"]),
    "negative": ({"nights": -1}, ["/attributes/nights"]),
    "too many": ({"nights": 366}, ["/attributes/nights"]),
    "a third digit": ({"revenue": "10.005"}, ["/attributes/revenue"]),
    "a list": ({"revenue": [1]}, ["/attributes/revenue"]),
    "an object": ({"revenue": {"amount": 1}}, ["/attributes/revenue"]),
    "not a number": ({"revenue": "NaN"}, ["/attributes/revenue"]),
    "no choice": ({"outcome": "left"}, ["/attributes/outcome"]),
    "long": ({"room_type": "x" * 300}, ["/attributes/room_type"]),
}


@pytest.mark.parametrize("case", ATTRIBUTES)
def test_every_wrong_attribute_is_named(till: Till, case: str) -> None:
    marta()
    changes, places = ATTRIBUTES[case]
    response = till.stay(**changes)
    assert code(response) == "attributes_invalid"
    assert sorted(pointers(response)) == places
    assert "Decimal(" not in response.content.decode()
    assert nothing_happened()


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e99999", "9" * 4000, "0.1e-900"])
def test_a_number_without_measure_is_refused_in_few_words(till: Till, number: str) -> None:
    marta()
    body = json.dumps(STAY).replace('"1180.00"', number)
    response = till.post(body)
    assert code(response) == "attributes_invalid"
    assert pointers(response) == ["/attributes/revenue"]
    assert len(response.content) < 1000
    assert nothing_happened()


def test_money_is_read_exactly(till: Till) -> None:
    marta()
    body = json.dumps(STAY).replace('"1180.00"', "1180.01")
    answer = till.post(body).json()
    assert answer["awards"][2]["sentence"] == "Room revenue: EUR 1,180.01 × 10 = 11,800 points"


# Statements of one post, all told: the key with its minute and the program; the accounts, locked,
# with their member, the reference, claimed, and all that counts; all rows; the line of the log,
# which a server writes together with others. A new tier ends the one before, and looks for what it
# came too late for. A repeat reads the activity and its awards.
POST, NEW_TIER, REPLAY, LOOKUP = 4, 3, 5, 6


def statements(queries: CaptureQueriesContext) -> int:
    brackets = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not q["sql"].startswith(brackets) for q in queries.captured_queries)


def test_a_post_is_lean(till: Till) -> None:
    card = card_of(marta())
    till.post(reference="first", occurred_at="2026-03-01")
    till.member(card)
    second, third = {"reference": "second"}, {"reference": "third", "occurred_at": "2026-03-03"}
    for post, expected in ((second, POST), (second, REPLAY), (third, POST + NEW_TIER)):
        with CaptureQueriesContext(connection) as queries:
            till.post(**post)
        assert statements(queries) == expected, "\n".join(
            q["sql"][:90] for q in queries.captured_queries
        )
    with CaptureQueriesContext(connection) as queries:
        till.member(card)
    assert statements(queries) == LOOKUP


def test_a_post_under_a_key_is_as_lean(till: Till) -> None:
    marta()
    till.post()
    sent = STAY | {"reference": "second"}
    with CaptureQueriesContext(connection) as queries:
        first = till.send("activities", sent, key="k1")
    assert (first.status_code, statements(queries)) == (201, POST)
    again = till.send("activities", sent, key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true"
    other = till.send("activities", STAY | {"reference": "third"}, key="k1")
    assert (other.status_code, code(other)) == (422, "idempotency_key_reused")
    assert {row.reference for row in Activity.objects.all()} == {"booking-1", "second"}
    assert ApiRequest.objects.filter(idempotency_key="k1").count() == 3


def test_a_key_that_may_only_read_posts_nothing(till: Till) -> None:
    marta()
    assert Till(scopes=[Scope.MEMBERS_READ]).post().status_code == 403
    assert nothing_happened()
