"""Merges among other things that happen at once: nothing is lost, no deadlock is told."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from common import clock
from members import enrolment, erasure, merging
from members.merges import MemberMerge
from members.models import Member
from tests.cast import ACTOR, QUAY, ana, apply, balance, earn, spend, submission, visit
from tests.faults.threads import at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROUNDS = 5


@pytest.fixture(autouse=True)
def quay_for_all(transactional_db: None) -> None:
    apply(QUAY)


def join(survivor: Member, absorbed: Member) -> MemberMerge:
    return merging.merge(survivor, absorbed, reason="One person", actor=ACTOR)


def two() -> tuple[Member, Member]:
    first, second = ana(), ana(name="Bea Lima")
    earn(first, 50)
    earn(second, 50)
    return first, second


def counted(results: Any) -> int:
    return outcomes(results).get("ok", 0)


def test_a_merge_against_spending() -> None:
    for turn in range(ROUNDS):
        first, second = two()
        works: list[Any] = [
            partial(spend, second, 10, source=f"{turn}:{number}") for number in range(6)
        ]
        results = at_once([*works, partial(join, first, second)])
        assert set(outcomes(results)) <= {"ok", "InsufficientPoints"}
        assert not isinstance(results[-1], Exception)
        spent = 10 * (counted(results) - 1)
        assert (balance(first), balance(second)) == (100 - spent, 0)


def test_a_merge_against_visits_with_the_old_card() -> None:
    for _ in range(ROUNDS):
        first, second = two()
        said = [submission(second, attributes={"paid": "10.00"}) for _number in range(6)]
        fields = [(one.value, one.reference) for one in said]
        works: list[Any] = [
            partial(visit, kind="card", value=card, reference=reference)
            for card, reference in fields
        ]
        results = at_once([*works, partial(join, first, second)])
        assert outcomes(results) == {"ok": 7}
        assert balance(second) == balance(second, "visit") == 0
        assert balance(first) >= 160
        assert balance(first, "visit") == 6


def test_two_merges_crossing() -> None:
    for _ in range(ROUNDS):
        first, second = two()
        results = at_once([partial(join, first, second), partial(join, second, first)])
        assert outcomes(results) == {"ok": 1, "MergeRefused": 1}
        assert sorted((balance(first), balance(second))) == [0, 100]


def test_one_member_is_absorbed_by_one() -> None:
    absorbed, others = ana(), [ana(name=f"Bea {number}") for number in range(4)]
    earn(absorbed, 30)
    results = at_once([partial(join, other, absorbed) for other in others])
    assert outcomes(results) == {"ok": 1, "MergeRefused": 3}
    assert sum(balance(other) for other in others) == 30


def test_undoing_against_spending() -> None:
    for turn in range(ROUNDS):
        first, second = two()
        row = join(first, second)
        undo = partial(merging.undo, row, reason="Two", actor=ACTOR)
        works: list[Any] = [partial(spend, first, 30, source=f"{turn}:{n}") for n in range(3)]
        results = at_once([*works, undo])
        assert set(outcomes(results)) <= {"ok", "InsufficientPoints"}
        spent = 30 * (counted(results) - 1)
        assert balance(first) + balance(second) == 100 - spent
        assert min(balance(first), balance(second)) >= 0


def test_an_erasure_against_earning() -> None:
    for turn in range(ROUNDS):
        member = ana()
        works: list[Any] = [
            partial(earn, member, 10, source=f"{turn}:{number}", at=clock.now())
            for number in range(5)
        ]
        forget = partial(erasure.erase, member, reason="asked", actor=ACTOR)
        results = at_once([*works, forget])
        assert set(outcomes(results)) <= {"ok", "MemberErased"}
        assert not isinstance(results[-1], Exception)
        assert balance(member) == 0


def test_a_merge_against_a_new_card() -> None:
    first, second = two()
    renew = partial(enrolment.replace_card, second, actor=ACTOR, reason="Lost")
    results = at_once([partial(join, first, second), renew])
    assert set(outcomes(results)) <= {"ok", "MemberMerged"}
    assert {key.member_id for key in second.keys.all()} == set()
