"""Enrolment: a person, a card, and what they are known by; finding them again."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from common.errors import InvalidInput
from events.models import Event
from members import enrolment
from members.enrolment import Newcomer
from members.errors import CardNumberInvalid, IdentifierTaken, MemberNotFound
from members.models import Card, Member, MemberKey
from tests.cast import ACTOR, ana, utc

pytestmark = pytest.mark.django_db


def test_a_member_gets_a_card_and_is_announced() -> None:
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        member = ana(name="  Ana   Lima ", email=" Ana@Example.com", phone="+351 912 345 678")
    assert (member.name, member.email) == ("Ana Lima", "ana@example.com")
    assert member.joined_at == utc(2026, 3, 1, 12)
    assert member.cards.get().is_active
    assert {key.kind for key in member.keys.all()} == {"card", "email", "phone"}
    event = Event.objects.get()
    assert (event.type, event.member_id) == ("member_enrolled", member.pk)
    assert event.payload == {"actor": ACTOR}


@pytest.mark.parametrize(
    "known",
    [
        {"email": "ANA@example.COM "},
        {"phone": "+351 (912) 345-678"},
        {"reference": "agent-9"},
    ],
)
def test_a_member_is_found_by_whatever_they_are_known_by(known: dict[str, str]) -> None:
    member = ana(email="ana@example.com", phone="+351912345678", reference="agent-9")
    ana(name="Bruno", email="bruno@example.com", phone="+351912345679", reference="agent-8")
    assert enrolment.find(**known) == member


def test_a_member_is_found_by_card_however_it_is_typed() -> None:
    member = ana()
    number = member.cards.get().number
    assert enrolment.find(card=f"{number[:4]} {number[4:8]}-{number[8:]}") == member


def test_a_mistyped_card_is_told_from_an_unknown_one() -> None:
    number = ana().cards.get().number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    with pytest.raises(CardNumberInvalid):
        enrolment.find(card=wrong)
    with pytest.raises(MemberNotFound, match="typing error"):
        enrolment.find(email="nobody@example.com")


@pytest.mark.parametrize("named", [{}, {"email": "a@example.com", "phone": "1"}])
def test_exactly_one_thing_names_a_member(named: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="exactly one"):
        enrolment.find(**named)


@pytest.mark.parametrize(
    "taken",
    [
        {"email": "Ana@Example.com"},
        {"phone": "+351 912 345 678"},
        {"reference": "agent-9"},
    ],
)
def test_what_is_somebody_elses_is_refused_and_nobody_is_made(taken: dict[str, str]) -> None:
    ana(email="ana@example.com", phone="+351912345678", reference="agent-9")
    with pytest.raises(IdentifierTaken):
        enrolment.enroll(name="Carla", actor=ACTOR, **taken)
    assert Member.objects.count() == Card.objects.count() == 1


def test_what_is_not_named_stays_as_it_is_by_then() -> None:
    """Two who change different things at once: neither writes back what it read before."""
    early = ana(phone="+351 912 345 678")
    enrolment.update(Member.objects.get(), actor=ACTOR, name="Ana Reis", phone="")
    enrolment.update(early, actor=ACTOR, language="pt")
    member = Member.objects.get()
    assert (member.name, member.phone, member.language) == ("Ana Reis", "", "pt")


@pytest.mark.parametrize(
    "email", ["a@b@example.com", "ana@", "ana@example.com\nBcc: all@example.com", "@example.com"]
)
def test_what_is_no_address_enrols_nobody(email: str) -> None:
    with pytest.raises(InvalidInput, match=r"ana@example\.com") as refused:
        ana(email=email)
    assert refused.value.data["pointer"] == "/email"
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": "   "}, "/name"),
        ({"name": "x" * 121}, "/name"),
        ({"phone": "none"}, "/phone"),
        ({"phone": "1" * 33}, "/phone"),
    ],
)
def test_what_nobody_can_be_called_is_refused(fields: dict[str, str], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ana(**fields)
    assert refused.value.data["pointer"] == pointer
    member = ana()
    with pytest.raises(InvalidInput):
        enrolment.update(
            member, actor=ACTOR, **{"name": "Ana", "phone": "", "language": "en"} | fields
        )


def test_several_are_enrolled_all_or_none() -> None:
    people = [Newcomer(name=f"Guest {n}", reference=f"guest-{n}") for n in range(150)]
    members = enrolment.enroll_many(people, actor=ACTOR)
    assert [member.name for member in members] == [person.name for person in people]
    assert MemberKey.objects.count() == 300
    with pytest.raises(IdentifierTaken):
        enrolment.enroll_many([Newcomer(name="New"), people[0]], actor=ACTOR)
    assert Member.objects.count() == 150


def test_many_are_found_at_once() -> None:
    member, other = ana(reference="guest-1"), ana(name="Bruno", email="bruno@example.com")
    wanted = [("reference", "guest-1"), ("email", "Bruno@example.com"), ("reference", "guest-2")]
    assert enrolment.find_many(wanted) == {wanted[0]: member, wanted[1]: other}


def test_members_change_what_is_theirs_to_change() -> None:
    member = ana(phone="+351912345678")
    enrolment.update(
        member, actor="member:1", name=" Ana  Reis", phone="+351 999 999 999", language="pt"
    )
    assert enrolment.find(phone="+351999999999").name == "Ana Reis"
    with pytest.raises(MemberNotFound):
        enrolment.find(phone="+351912345678")
    enrolment.update(member, actor="member:1", name="Ana Reis", phone="", language="pt")
    assert not member.keys.filter(kind="phone").exists()


def test_a_phone_of_somebody_else_is_refused_and_the_old_one_stays() -> None:
    ana(name="Bruno", phone="+351999999999")
    member = ana(phone="+351912345678")
    with pytest.raises(IdentifierTaken):
        enrolment.update(
            member, actor="member:1", name="Ana", phone="+351 999999999", language="en"
        )
    assert enrolment.find(phone="+351912345678") == member


def test_a_replaced_card_finds_nobody_any_more() -> None:
    member = ana()
    old = member.cards.get()
    new = enrolment.replace_card(member, actor="staff:1", reason="Lost")
    assert enrolment.find(card=new.number) == member
    with pytest.raises(MemberNotFound):
        enrolment.find(card=old.number)
    old.refresh_from_db()
    assert not old.is_active
    assert old.revoked_at is not None
    assert Event.objects.filter(type="card_replaced", payload__reason="Lost").exists()


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("ana", True),
        ("LIMA", True),
        ("na  li", True),
        ("ana@", True),
        ("ANA@EXAMPLE.COM", True),
        ("agent-9", True),
        ("+351 912-345-678", True),
        ("agent", False),
        ("100%", False),
        ("_", False),
        ("912345678", False),
        ("bruno", False),
    ],
)
def test_a_clerk_finds_members_by_what_they_say(typed: str, is_found: bool) -> None:
    member = ana(email="ana@example.com", phone="+351912345678", reference="agent-9")
    assert (member in Member.objects.search(typed)) is is_found


def test_a_clerk_finds_a_card_however_it_is_typed() -> None:
    member, other = ana(), ana(name="Bruno")
    number = member.cards.get().number
    for typed in (
        number,
        f" {number[:4]} {number[4:8]} {number[8:]}",
        f"{number[:6]}-{number[6:]}",
    ):
        assert list(Member.objects.search(typed)) == [member]
    assert other in Member.objects.search("")


def test_members_come_with_the_number_of_their_card() -> None:
    member = ana()
    enrolment.replace_card(member, actor=ACTOR, reason="Lost")
    found: Any = Member.objects.with_card().get()
    assert found.card_number == member.cards.get(is_active=True).number
