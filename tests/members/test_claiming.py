"""Claiming: a code works once, for ninety days and five tries; no answer tells why."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from events.models import Event
from members import claiming, enrolment
from members.errors import AlreadyMember, ClaimRefused, IdentifierTaken, MemberNotFound
from members.models import ClaimCode, Member
from tests.cast import ACTOR, ana, login, utc

pytestmark = pytest.mark.django_db


def card_of(member: Member) -> str:
    return member.cards.get(is_active=True).number


def test_a_code_hands_the_card_over() -> None:
    member, user = ana(email="old@example.com"), login("ana@example.com")
    code = claiming.issue_code(member, actor="staff:1")
    claimed = claiming.claim(user, number=card_of(member), code=code)
    assert claimed == member
    assert (claimed.user, claimed.email) == (user, "ana@example.com")
    assert enrolment.find(email="ana@example.com") == member
    with pytest.raises(MemberNotFound):
        enrolment.find(email="old@example.com")
    assert Event.objects.filter(type="member_claimed", member_id=member.pk).exists()


@pytest.mark.parametrize(
    "spelling", [str.lower, lambda code: code.replace("-", " "), lambda c: f" {c} "]
)
def test_a_code_may_be_typed_as_people_do(spelling: object) -> None:
    member = ana()
    code = claiming.issue_code(member, actor=ACTOR)
    assert claiming.claim(login(), number=card_of(member), code=spelling(code))  # type: ignore[operator]


def test_only_a_hash_is_kept() -> None:
    code = claiming.issue_code(ana(), actor=ACTOR)
    row = ClaimCode.objects.get()
    assert code not in row.code_hash
    assert len(row.code_hash) == 64


def refusal(number: str, code: str, email: str = "ana@example.com") -> str:
    with pytest.raises(ClaimRefused) as refused:
        claiming.claim(login(email), number=number, code=code)
    return (
        f"{refused.value.status} {refused.value.code} {refused.value.message} {refused.value.data}"
    )


def test_every_refusal_is_the_same() -> None:
    member, used, old = ana(), ana(name="Used"), ana(name="Old")
    wrong_card = card_of(member)[:-1] + str((int(card_of(member)[-1]) + 1) % 10)
    right = claiming.issue_code(member, actor=ACTOR)
    used_code = claiming.issue_code(used, actor=ACTOR)
    claiming.claim(login("used@example.com"), number=card_of(used), code=used_code)
    with time_machine.travel(utc(2020, 1, 1), tick=False):
        old_code = claiming.issue_code(old, actor=ACTOR)
    answers = {
        refusal(card_of(member), "AAAA-AAAA", "a@example.com"),
        refusal(wrong_card, right, "b@example.com"),
        refusal("000000000000", right, "c@example.com"),
        refusal(card_of(used), used_code, "d@example.com"),
        refusal(card_of(old), old_code, "e@example.com"),
        refusal(card_of(ana(name="None")), right, "f@example.com"),
        refusal("", "", "g@example.com"),
    }
    assert len(answers) == 1


def test_five_wrong_tries_end_a_code() -> None:
    member = ana()
    code = claiming.issue_code(member, actor=ACTOR)
    for number in range(5):
        refusal(card_of(member), "AAAA-AAAA", f"{number}@example.com")
    assert ClaimCode.objects.get().attempts_left == 0
    refusal(card_of(member), code)
    fresh = claiming.issue_code(member, actor=ACTOR)
    assert claiming.claim(login("new@example.com"), number=card_of(member), code=fresh)


def test_four_wrong_tries_do_not() -> None:
    member = ana()
    code = claiming.issue_code(member, actor=ACTOR)
    for number in range(4):
        refusal(card_of(member), "AAAA-AAAA", f"{number}@example.com")
    assert claiming.claim(login(), number=card_of(member), code=code)


def test_a_code_lives_for_ninety_days() -> None:
    member, start = ana(), utc(2026, 1, 1)
    with time_machine.travel(start, tick=False):
        code = claiming.issue_code(member, actor=ACTOR)
    with time_machine.travel(start + timedelta(days=90), tick=False):
        refusal(card_of(member), code)
    with time_machine.travel(start + timedelta(days=90, seconds=-1), tick=False):
        assert claiming.claim(login("new@example.com"), number=card_of(member), code=code)


def test_a_new_code_ends_the_one_before() -> None:
    member = ana()
    first, second = (claiming.issue_code(member, actor=ACTOR) for _ in range(2))
    refusal(card_of(member), first)
    assert claiming.claim(login("new@example.com"), number=card_of(member), code=second)


def test_who_is_a_member_cannot_claim_another_card() -> None:
    user = login()
    ana(user=user)
    other = ana(name="Bruno")
    code = claiming.issue_code(other, actor=ACTOR)
    with pytest.raises(AlreadyMember):
        claiming.claim(user, number=card_of(other), code=code)
    assert ClaimCode.objects.get(member=other).attempts_left == 5


def test_who_has_a_login_needs_no_code() -> None:
    with pytest.raises(AlreadyMember):
        claiming.issue_code(ana(user=login()), actor=ACTOR)


def test_a_closed_member_cannot_be_claimed() -> None:
    member = ana()
    code = claiming.issue_code(member, actor=ACTOR)
    Member.objects.filter(pk=member.pk).update(status="closed")
    refusal(card_of(member), code)


def test_an_address_of_another_member_is_refused_and_nothing_changes() -> None:
    ana(name="Bruno", email="bruno@example.com")
    member = ana(email="ana@example.com")
    code = claiming.issue_code(member, actor=ACTOR)
    with pytest.raises(IdentifierTaken):
        claiming.claim(login("bruno@example.com"), number=card_of(member), code=code)
    member.refresh_from_db()
    assert member.user is None
    assert enrolment.find(email="ana@example.com") == member
