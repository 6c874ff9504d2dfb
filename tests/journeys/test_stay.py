"""A partner posts a stay of seven nights in a suite: the first journey of the house, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import time_machine

from earning.models import Activity, Award, UnclaimedActivity
from events.models import Event
from points.models import Account, Entry, Lot
from tests.till import STAY, Till, card_of, code, marta, pointers
from tiers import standing
from tiers.models import Standing


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """The guest left on 9 March; the till posts the next morning, Lisbon time."""
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        yield


def test_a_stay_of_seven_nights_in_a_suite(till: Till) -> None:
    member = marta()
    card = card_of(member)
    stay = STAY | {"occurred_at": "2026-03-09T11:30:00+00:00", "member": {"card": card}}

    # It is recorded at once, and the answer says what it earned and why.
    first = till.post(stay)
    assert first.status_code == 201
    answer = first.json()
    assert [award["sentence"] for award in answer["awards"]] == [
        "Nights: 7 nights × 1 = 7 nights",
        "Suite, once more: 7 nights × 1 = 7 nights",
        "Room revenue: EUR 1,180.00 × 10 = 11,800 points",
    ]
    assert answer["balances"] == {"night": 14, "point": 11800}
    assert answer["tier"] == {"code": "skiff", "name": "Skiff"}

    # The books say the same: entries, a lot that lives to the end of a month, a tier with its day.
    activity = Activity.objects.get()
    assert answer["id"] == activity.public_id
    assert Entry.objects.filter(posting__source=f"activity:{activity.pk}").count() == 3
    lot = Lot.objects.get()
    assert (lot.remaining, str(lot.expires_at)) == (11800, "2028-03-31 23:00:00+00:00")
    assert standing.current(member) == Standing.objects.get().tier
    assert Standing.objects.get().starts_at == activity.occurred_at

    # It was told to whom it may concern, in the same transaction.
    told = {event.type: event for event in Event.objects.filter(member_id=member.pk)}
    assert set(told) == {"member_enrolled", "activity_recorded", "tier_changed"}
    assert told["activity_recorded"].subject == answer["id"]
    assert told["tier_changed"].payload["tier"] == "skiff"

    # The line broke, the till sends it again: the first answer, and nothing counts twice.
    events = Event.objects.count()
    again = till.post(stay)
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.content == first.content
    assert Account.objects.get(unit="point").balance == 11800
    assert (Activity.objects.count(), Award.objects.count()) == (1, 3)
    assert Event.objects.count() == events

    # Somebody corrects the booking under the same number: refused, with the id of the first.
    corrected = json.loads(json.dumps(stay))
    corrected["attributes"]["nights"] = 8
    conflict = till.post(corrected)
    assert (conflict.status_code, code(conflict)) == (409, "reference_reused")
    assert conflict.json()["activity"] == answer["id"]

    # What the till shows at the next visit.
    shown = till.member(card).json()
    assert shown["name"] == "Marta S."
    assert shown["tier"]["since"] == "2026-03-09"
    assert shown["progress"]["missing"] == 16
    assert shown["next_expiry"] == {"unit": "point", "amount": 11800, "last_day": "2028-03-31"}


def test_the_next_stay_pays_the_bonus_of_the_tier_it_found(till: Till) -> None:
    member = marta()
    till.post(attributes=STAY["attributes"] | {"nights": 15})
    answer = till.post(reference="booking-2", occurred_at="2026-03-09").json()
    assert answer["awards"][-1] == {
        "unit": "point",
        "amount": 590,
        "class": "bonus",
        "rule": "sloop-bonus",
        "sentence": "Sloop bonus: 5% of 11,800 points = 590 points",
    }
    assert answer["balances"] == {"night": 44, "point": 11800 + 11800 + 590}
    current = standing.current(member)
    assert current is not None
    assert current.code == "sloop"


def test_a_guest_without_a_card_loses_nothing(till: Till) -> None:
    from earning import intake

    kept = till.post(member=None)
    assert (kept.status_code, kept.json()["status"]) == (202, "unclaimed")
    member = marta()
    intake.claim(UnclaimedActivity.objects.get(), member=member, actor="staff:1")
    assert Activity.objects.get().public_id == kept.json()["id"]
    assert till.member(card_of(member)).json()["balances"] == {"night": 14, "point": 11800}
    assert Standing.objects.get().starts_at.isoformat() == "2026-03-02T00:00:00+00:00"

    # The till asks again: by now it has been recorded, with all it earned.
    later = till.post(member=None)
    assert (later.status_code, later.json()["status"]) == (200, "recorded")
    assert later.json()["balances"] == {"night": 14, "point": 11800}


def test_what_is_wrong_changes_nothing_and_says_where(till: Till) -> None:
    card = card_of(marta())
    mistyped = card[:-1] + str((int(card[-1]) + 1) % 10)
    for changes, expected, place in (
        ({"member": {"card": mistyped}}, "card_number_invalid", "/member/card"),
        ({"type": "cruise"}, "unknown_activity_type", "/type"),
        ({"occurred_at": "2026-03-12"}, "occurred_in_future", "/occurred_at"),
        (
            {"attributes": STAY["attributes"] | {"pets": 2}},
            "attributes_invalid",
            "/attributes/pets",
        ),
    ):
        response = till.post(**changes)
        assert (response.status_code, code(response)) == (400, expected)
        assert pointers(response) == [place]
    assert not Activity.objects.exists()
    assert not UnclaimedActivity.objects.exists()
    assert till.post().status_code == 201
