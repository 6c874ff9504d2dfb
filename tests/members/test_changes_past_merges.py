"""An activity that changes before, while, and after two memberships are one: nothing is lost on the
way, nothing is taken twice, and everybody's lots say what their balance says.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from earning import returns
from earning.changing import Changed
from earning.models import Correction
from members import merging
from members.models import Member
from points import audit
from points.models import Account
from program.models import Program
from tests.cast import ACTOR, ana, balance, lots, spend, utc, visit

pytestmark = pytest.mark.django_db
_turn = itertools.count(1)
OWN = 30  # what the survivor has beside


@pytest.fixture(autouse=True)
def march(quay: Program) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False) as clock:
        yield clock


def two() -> tuple[Member, Member]:
    """One with 30 points of a visit, and another who had a visit of 40."""
    one, other = ana(), ana(name="Bea Lima")
    visit(one, attributes={"paid": str(OWN)})
    visit(other, attributes={"paid": "40"}, reference="theirs")
    return one, other


def told(**said: Any) -> Changed:
    words = {
        "partner": "till", "activity": "theirs", "reference": f"told-{next(_turn)}",
        "reason": "Put right", "actor": ACTOR,
    }  # fmt: skip
    return returns.amend(**words, **said) if said else returns.cancel(**words)


def worth(euros: int) -> Changed:
    return told(attributes={"paid": str(euros)})


def merge(one: Member, other: Member) -> merging.MemberMerge:
    return merging.merge(one, other, reason="One person", actor=ACTOR)


def part(row: merging.MemberMerge) -> None:
    merging.undo(row, reason="Two people", actor=ACTOR)


def books() -> None:
    """The books are right, and live lots are what can be spent."""
    assert list(audit.check()) == []
    for row in Account.objects.filter(unit="point"):
        live = sum(left for _awarded, left in lots(row.member))
        assert live == max(row.balance, 0)


def test_upwards_while_merged_then_parted_then_cancelled() -> None:
    one, other = two()
    row = merge(one, other)
    worth(100)
    assert (balance(one), balance(other)) == (OWN + 100, 0)
    books()
    part(row)
    assert balance(one) + balance(other) == OWN + 100
    books()
    told()
    assert (balance(one), balance(other)) == (OWN, 0)
    assert (balance(one, "visit"), balance(other, "visit")) == (1, 0)
    assert sum(Correction.objects.filter(unit="point").values_list("amount", flat=True)) == -40
    books()


@pytest.mark.parametrize("spent", [20, 60, 125])
def test_what_the_survivor_spent_meanwhile_is_owed_by_somebody_once(spent: int) -> None:
    one, other = two()
    row = merge(one, other)
    worth(100)
    spend(one, spent)
    part(row)
    books()
    told()
    assert balance(one) + balance(other) == OWN - spent
    books()


@pytest.mark.parametrize("steps", list(itertools.product([10, 100], repeat=3)))
def test_whatever_it_is_worth_on_the_way_the_last_word_counts(steps: tuple[int, ...]) -> None:
    """Changed before, while merged, and after; then cancelled."""
    one, other = two()
    worth(steps[0])
    row = merge(one, other)
    worth(steps[1])
    assert balance(one) == OWN + steps[1]
    part(row)
    worth(steps[2])
    assert balance(one) + balance(other) == OWN + steps[2]
    books()
    told()
    assert (balance(one), balance(other)) == (OWN, 0)
    books()


def test_merged_again_after_it_grew() -> None:
    one, other = two()
    part(merge(one, other))
    worth(100)
    row = merge(one, other)
    worth(70)
    part(row)
    worth(90)
    merge(one, other)
    told()
    assert (balance(one), balance(other)) == (OWN, 0)
    assert (balance(one, "visit"), balance(other, "visit")) == (1, 0)
    books()
