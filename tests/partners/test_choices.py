"""Choosing for a member over the API: what is open, once and for good, within the key's limit."""

from __future__ import annotations

from typing import Any

import pytest

from common.ids import public_id
from earning import choosing
from earning.models import Milestone, MilestoneChoice, MilestoneOption, MilestonePick
from members import merging
from members.models import Member
from partners import choices, happenings
from program.models import Location, Program
from tests.cast import ACTOR, ana, balance, visit
from tests.till import Till, code, pointers

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(quay: Program) -> Member:
    """Somebody who came twice, and may choose two of coins and credits within ten days."""
    mark = Milestone.objects.create(
        code="pair", name="Pair", counter_id="visit", at=2, choose=2, choose_days=10
    )
    for unit, amount, most, default in (("coin", 5, 1, 1), ("cent", 250, None, 1)):
        MilestoneOption.objects.create(
            milestone=mark, code=unit, name=f"Some {unit}", unit_id=unit, amount=amount,
            at_most=most, default=default, position=default,
        )  # fmt: skip
    found = ana(reference="guest-1")
    for number in (1, 2):
        visit(found, reference=f"till-{number}")
    return found


def listed(till: Till, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = till.get(f"members/ref:guest-1/choices{query}").json()["data"]
    return found


def choose(till: Till, options: dict[str, Any], **more: Any) -> Any:
    choice = MilestoneChoice.objects.get().public_id
    body = {"options": options, **more.pop("body", {})}
    return till.send(f"members/ref:guest-1/choices/{choice}", body, **more)


def test_what_is_open_is_told_and_chosen(member: Member) -> None:
    till = Till("till")
    (one,) = listed(till, "?status=open")
    assert (one["name"], one["reached"], one["choose"]) == ("Pair", "2 visits", 2)
    assert (one["status"], one["is_open"], one["ended_at"]) == ("open", True, None)
    options = [(o["code"], o["amount"], o["at_most"], o["default"]) for o in one["options"]]
    assert sorted(options) == [("cent", 250, None, 1), ("coin", 5, 1, 1)]
    got = choose(till, {"coin": 1, "cent": 1, "visit": 0})
    assert got.status_code == 200, got.content
    made = got.json()
    assert (made["status"], made["is_open"]) == ("made", False)
    assert {o["code"]: o["chosen"] for o in made["options"]} == {"coin": 1, "cent": 1}
    assert (balance(member, "coin"), balance(member, "cent")) == (5, 250)
    assert MilestoneChoice.objects.get().actor == "partner:till"
    assert listed(till, "?status=open") == []
    assert till.get(f"members/ref:guest-1/choices/{one['id']}").json() == made == listed(till)[0]


def test_a_choice_counts_once_however_often_it_is_sent(member: Member) -> None:
    till = Till("till")
    first = choose(till, {"cent": 2}, key="mine")
    again = choose(till, {"cent": 2}, key="mine")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert choose(till, {"cent": 2}).json() == first.json()  # a key of its own, the same choice
    assert code(choose(till, {"cent": 1, "coin": 1}, key="mine")) == "idempotency_key_reused"
    assert code(choose(till, {"cent": 1, "coin": 1})) == "choice_closed"
    assert code(choose(till, {"cent": 2}, key=None)) == "idempotency_key_missing"
    assert MilestonePick.objects.count() == 1
    assert balance(member, "cent") == 500


@pytest.mark.parametrize("options", [{"coin": 1}, {"coin": 2}, {"cent": 3}, {"gold": 2}])
def test_what_cannot_be_chosen_is_refused(member: Member, options: dict[str, int]) -> None:
    got = choose(Till("till"), options)
    assert (got.status_code, code(got), pointers(got)) == (400, "choice_invalid", ["/options"])
    assert not MilestonePick.objects.exists()


@pytest.mark.parametrize(
    "options", [{}, {"coin": -1}, {"coin": "1"}, {"coin": 1.5}, None, ["coin"]]
)
def test_nonsense_is_no_choice(member: Member, options: Any) -> None:
    assert code(choose(Till("till"), options)) == "body_invalid"


def test_what_was_decided_otherwise_is_closed(member: Member) -> None:
    row = MilestoneChoice.objects.select_related("member", "reached").get()
    choosing.choose(row, picks={"cent": 2}, actor="member:1")
    assert code(choose(Till("till"), {"cent": 1, "coin": 1})) == "choice_closed"


def test_the_choices_of_others_lead_nowhere(member: Member) -> None:
    till, other = Till("till"), ana(name="Bruno Lima", reference="guest-2")
    choice = MilestoneChoice.objects.get().public_id
    path = f"members/{public_id('mem', other.pk)}/choices"
    assert till.get(path).json() == {"data": [], "next": None}
    for name in (choice, "chc_nonsense", public_id("act", other.pk)):
        assert code(till.get(f"{path}/{name}")) == "nothing_there"
        assert code(till.send(f"{path}/{name}", {"options": {"cent": 2}})) == "nothing_there"
    assert code(till.get("members/ref:guest-1/choices?status=odd")) == "parameter_invalid"
    test = Till("till", kind="test")
    assert code(test.get("members/ref:guest-1/choices")) == "member_not_found"


def test_after_a_merge_it_is_the_survivors(member: Member) -> None:
    survivor = ana(name="Ana Lima")
    merging.merge(survivor, member, reason="Twice", actor=ACTOR)
    got = choose(Till("till"), {"cent": 2})
    assert got.json()["member"] == public_id("mem", survivor.pk)
    assert balance(survivor, "cent") == 500


def test_what_is_chosen_counts_towards_the_keys_day(member: Member) -> None:
    till = Till("till", points_per_day=499)
    refused = choose(till, {"cent": 2})
    assert code(refused) == "value_limit_reached"
    assert balance(member, "cent") == 0
    assert choose(till, {"cent": 1, "coin": 1}).status_code == 200
    assert choose(till, {"cent": 1, "coin": 1}).status_code == 200  # again: nothing more is counted


def test_what_was_chosen_meanwhile_counts_for_nobody_else(member: Member) -> None:
    waiting = MilestoneChoice.objects.select_related("member", "reached")
    stale = waiting.get()
    choosing.choose(waiting.get(), picks={"cent": 2}, actor="member:1")
    assert choices.choose(stale, {"cent": 2}, actor="partner:till")[0] == 0


def test_a_key_for_some_places_names_one(member: Member) -> None:
    Location.objects.create(partner_id="till", code="bar", name="Bar", burns=False)
    Location.objects.create(partner_id="till", code="desk", name="Desk", earns=False)
    till = Till("till", locations=["bar"])
    assert code(choose(till, {"cent": 2})) == "location_denied"
    other = Till("till")
    assert code(choose(other, {"cent": 2}, body={"location": "desk"})) == "role_missing"
    assert choose(till, {"cent": 2}, body={"location": "bar"}).status_code == 200


def test_partners_are_told_of_it(member: Member) -> None:
    choose(Till("till"), {"cent": 2})
    rows = happenings.visible("till").filter(type__startswith="milestone_ch").order_by("id")
    opened, chosen = [happenings.answer_of(row) for row in rows]
    choice = MilestoneChoice.objects.get()
    assert opened.type == "milestone_choice_opened"
    assert choice.due_at is not None
    assert opened.data == {
        "subject": choice.public_id, "milestone": "pair", "level": 2, "choose": 2,
        "last_day": listed(Till("till"))[0]["last_day"],
    }  # fmt: skip
    assert (chosen.type, chosen.data["options"]) == ("milestone_chosen", {"cent": 2})
    assert "actor" not in chosen.data
