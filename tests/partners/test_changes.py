"""Activities after they were reported: cancelled, amended, confirmed, and shown as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import time_machine

from earning.models import Activity, ActivityChange, ParkedChange
from partners.models import KeyDay
from program.models import ActivityType
from tests.cast import balance
from tests.till import STAY, Till, code, marta

AT = "activities/ref:booking-1"
NO_SHOW = {"reference": "no-show-1", "reason": "The guest never arrived"}
REFUND = {"reference": "refund-1", "reason": "The minibar", "attributes": {"revenue": "1062.00"}}


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    """All of this happens on 10 March 2026."""
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        yield


@pytest.fixture
def by_call(till: Till) -> Till:
    """A till whose stays count once they are confirmed."""
    ActivityType.objects.filter(code="stay").update(confirm="call")
    return till


def test_what_is_cancelled_is_taken_back_once(till: Till) -> None:
    member = marta()
    made = till.post().json()
    got = till.send(f"{AT}/cancel", NO_SHOW, key=None)
    assert got.status_code == 200
    answer = got.json()
    assert (answer["kind"], answer["status"], answer["activity"]) == (
        "cancel",
        "recorded",
        made["id"],
    )
    assert {one["unit"]: one["amount"] for one in answer["corrections"] if one["unit"] == "point"}
    assert answer["balances"] == {"night": 0, "point": 0}
    assert balance(member) == 0
    again = till.send(f"activities/{made['id']}/cancel", NO_SHOW, key=None)
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == answer
    assert ActivityChange.objects.count() == 1


def test_what_is_cancelled_stays_so(till: Till) -> None:
    marta()
    till.post()
    till.send(f"{AT}/cancel", NO_SHOW)
    other = NO_SHOW | {"reference": "no-show-2"}
    assert code(till.send(f"{AT}/cancel", other)) == "activity_cancelled"
    assert code(till.send(f"{AT}/amend", REFUND)) == "activity_cancelled"


def test_a_change_posts_the_difference_with_its_sentence(till: Till) -> None:
    member = marta()
    till.post()
    answer = till.send(f"{AT}/amend", REFUND).json()
    assert [(one["unit"], one["amount"]) for one in answer["corrections"]] == [("point", -1180)]
    assert answer["corrections"][0]["sentence"]
    assert balance(member) == 10620
    shown = till.get(AT).json()
    assert shown["earned"] == {"night": 14, "point": 10620}
    assert shown["attributes"] == STAY["attributes"]
    assert [one["reference"] for one in shown["changes"]] == ["refund-1"]


def test_what_came_back_in_steps_adds_up(till: Till) -> None:
    member = marta()
    till.post()
    for number, part in enumerate(["118.00", "118.00"]):
        back = {"reference": f"r{number}", "reason": "Refund", "returned": {"revenue": part}}
        assert till.send(f"{AT}/amend", back).status_code == 200
    assert balance(member) == 9440
    back = {"reference": "r3", "reason": "Refund", "returned": {"revenue": "2000"}}
    assert code(till.send(f"{AT}/amend", back)) == "attributes_invalid"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"attributes": {}}, "change_invalid"),
        ({"attributes": {"nigths": 3}}, "attributes_invalid"),
        ({"returned": {"revenue": "1"}}, "change_invalid"),
        ({"reason": "   "}, "change_invalid"),
        ({"reason": ""}, "body_invalid"),
        ({"points": 3}, "body_invalid"),
        ({"attributes": {"revenue": {"a": [1.5, {"b": 2.5}]}}}, "attributes_invalid"),
        ({"attributes": {"revenue": 1e300}}, "attributes_invalid"),
        ({"occurred_at": "tomorrow"}, "date_invalid"),
        ({"occurred_at": "2027-01-01"}, "occurred_in_future"),
    ],
)
def test_a_change_that_says_nothing_is_refused(
    till: Till, changes: dict[str, object], expected: str
) -> None:
    marta()
    till.post()
    assert code(till.send(f"{AT}/amend", REFUND | changes)) == expected
    assert not ActivityChange.objects.exists()


def test_one_reference_is_one_change(till: Till) -> None:
    marta()
    till.post()
    till.send(f"{AT}/amend", REFUND)
    other = REFUND | {"attributes": {"revenue": "1.00"}}
    assert code(till.send(f"{AT}/amend", other)) == "change_reused"


def test_a_change_may_come_before_its_activity(till: Till) -> None:
    member = marta()
    got = till.send(f"{AT}/cancel", NO_SHOW)
    assert (got.status_code, got.json()["status"]) == (202, "parked")
    assert code(till.get(AT)) == "nothing_there"
    made = till.post()
    assert made.status_code == 201
    assert made.json()["id"] == got.json()["activity"]
    assert balance(member) == 0
    assert till.get(AT).json()["status"] == "cancelled"


def test_an_activity_of_nobody_is_shown_and_changed(till: Till) -> None:
    posted = till.post(member=None).json()
    shown = till.get(f"activities/{posted['id']}").json()
    assert (shown["status"], shown["member"], shown["awards"]) == ("unclaimed", None, [])
    got = till.send(f"{AT}/amend", REFUND)
    assert (got.status_code, got.json()["status"]) == (202, "parked")
    assert [one["kind"] for one in till.get(AT).json()["changes"]] == ["amend"]
    (listed,) = till.get("activities?status=unclaimed").json()["data"]
    assert listed["id"] == posted["id"]
    assert till.get("activities").json()["data"] == []


def test_a_pending_activity_counts_once_it_is_confirmed(by_call: Till) -> None:
    member = marta()
    posted = by_call.post()
    assert (posted.status_code, posted.json()["status"]) == (202, "pending")
    (unit,) = [
        one
        for one in by_call.get("members/ref:guest-1/balance").json()["accounts"]
        if one["unit"] == "point"
    ]
    assert (unit["balance"], unit["pending"]) == (0, 11800)
    assert by_call.get(AT).json()["expected"]
    (listed,) = by_call.get("activities?status=pending&member=ref:guest-1").json()["data"]
    assert listed["status"] == "pending"
    done = by_call.send(f"{AT}/confirm", key=None)
    assert (done.status_code, done.json()["status"]) == (200, "recorded")
    assert done.json()["id"] == posted.json()["id"] == Activity.objects.get().public_id
    assert balance(member) == 11800
    again = by_call.send(f"{AT}/confirm", key=None)
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == done.json()


def test_a_pending_activity_is_changed_and_cancelled(by_call: Till) -> None:
    marta()
    by_call.post()
    got = by_call.send(f"{AT}/amend", REFUND)
    assert (got.status_code, got.json()["status"]) == (200, "pending")
    assert {one["unit"]: one["amount"] for one in got.json()["expected"]}["point"] == 10620
    assert by_call.send(f"{AT}/cancel", NO_SHOW).json()["status"] == "pending"
    assert by_call.get(AT).json()["status"] == "cancelled"
    assert code(by_call.send(f"{AT}/confirm")) == "activity_cancelled"


def test_what_counts_already_has_nothing_to_confirm(till: Till) -> None:
    marta()
    till.post()
    assert code(till.send(f"{AT}/confirm")) == "activity_unknown"
    assert code(till.send("activities/ref:nothing/confirm")) == "nothing_there"


def test_a_key_for_one_place_changes_nothing_of_another(till: Till) -> None:
    marta()
    till.post()
    city = Till(locations=["city-hotel"])
    assert code(city.get(AT)) == "nothing_there"
    assert code(city.send(f"{AT}/cancel", NO_SHOW)) == "nothing_there"
    assert code(city.send("activities/ref:to-come/cancel", NO_SHOW)) == "nothing_there"
    assert not ActivityChange.objects.exists()


def test_what_a_change_gives_on_top_counts_towards_the_keys_limit(till: Till) -> None:
    marta()
    limited = Till(points_per_day=12_000)
    limited.post()
    more = {"reference": "m1", "reason": "Late bill", "attributes": {"revenue": "1190.00"}}
    assert limited.send(f"{AT}/amend", more).status_code == 200
    assert KeyDay.objects.get().points == 11_900
    much = {"reference": "m2", "reason": "Late bill", "attributes": {"revenue": "2000.00"}}
    assert code(limited.send(f"{AT}/amend", much)) == "value_limit_reached"
    assert KeyDay.objects.get().points == 11_900


def test_a_change_before_its_activity_may_say_anything_and_stays_short(till: Till) -> None:
    odd = {"revenue": {"a": [1.5]}, "nights": 3}
    raw = json.dumps(NO_SHOW | {"attributes": odd}).replace("3}", "1e999}")
    got = till.client.post(f"/api/v1/{AT}/amend", raw, content_type="application/json")
    assert got.status_code == 202
    assert ParkedChange.objects.get().attributes["nights"] == "1E+999"
    marta()
    assert till.post().status_code == 201
    assert ParkedChange.objects.get().problem


def test_an_unknown_status_is_refused(till: Till) -> None:
    assert code(till.get("activities?status=late")) == "parameter_invalid"
