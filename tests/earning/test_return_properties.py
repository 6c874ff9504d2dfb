"""What must hold whatever is returned, in whatever steps and order."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from earning import returns
from earning.models import Rule
from program.models import Program
from tests.cast import ACTOR, ana, balance, spend, utc, visit
from tiers import standing

pytestmark = pytest.mark.django_db
_turn = itertools.count(1)
CENTS = st.integers(1, 5_000)
SPLITS = st.lists(CENTS, min_size=1, max_size=6)


class _Enough(Exception):
    """Takes everything back, so that examples do not meet."""


def part(activity: str, cents: int) -> int:
    """A part comes back. Returns what that took, in points."""
    done = returns.amend(
        partner="till",
        activity=activity,
        reference=f"part-{next(_turn)}",
        reason="Back",
        actor=ACTOR,
        returned={"paid": str(Decimal(cents) / 100)},
    )
    return -sum(row.amount for row in done.corrections if row.unit_id == "point")


@settings(max_examples=25)
@given(
    split=SPLITS,
    rate=st.sampled_from(["1", "3.3", "0.7", "1.25"]),
    kept=st.integers(0, 3_000),
    spent=st.integers(0, 40),
    order=st.randoms(use_true_random=False),
)
def test_any_split_and_order_of_returns_ends_the_same(
    quay: Program, split: list[int], rate: str, kept: int, spent: int, order: Any
) -> None:
    """Taken so far is floor(earned x returned / total), never above what was earned, and all of it
    in the end.
    """
    Rule.objects.filter(code="paid").update(amount=Decimal(rate))
    total, balances = sum(split) + kept, []
    mixed = list(split)
    order.shuffle(mixed)
    for steps in (split, mixed, [sum(split)]):
        try:
            with transaction.atomic():
                member, name = ana(), f"visit-of-{next(_turn)}"
                paid = {"paid": str(Decimal(total) / 100)}
                done = visit(member, reference=name, attributes=paid)
                earned = sum(a.amount for a in done.awards if a.unit_id == "point")
                if 0 < spent <= earned:
                    spend(member, spent)
                taken = back = 0
                for cents in steps:
                    taken, back = taken + part(name, cents), back + cents
                    assert taken == earned * back // total
                assert taken <= earned
                assert (taken == earned) or back < total
                balances.append(balance(member))
                raise _Enough
        except _Enough:
            continue
    assert len(set(balances)) == 1


DAYS = st.lists(st.integers(0, 60), min_size=2, max_size=9, unique=True)


@settings(max_examples=15)
@given(days=DAYS, order=st.randoms(use_true_random=False))
def test_late_arriving_activities_give_the_same_state_as_in_order(
    quay: Program, days: list[int], order: Any
) -> None:
    """Late-arriving activities land in their own period and give the same state at any later date
    as if they had come in order.
    """
    start, mixed, states = utc(2026, 5, 1, 12), sorted(days), []
    order.shuffle(mixed)
    Rule.objects.filter(code="paid").update(starts_on=None)
    for arriving in (sorted(days), mixed):
        try:
            with time_machine.travel(start + timedelta(days=70), tick=False):
                _record(arriving, start, states)
        except _Enough:
            continue
    assert states[0] == states[1]


def _record(arriving: list[int], start: Any, states: list[Any]) -> None:
    with transaction.atomic():
        member = ana(joined_at=start)
        for day in arriving:
            visit(member, occurred_at=start + timedelta(days=day), attributes={"paid": "100"})
        tier = standing.current(member)
        earned = sum(member.entries.exclude(kind="expiry").values_list("amount", flat=True))
        spans = member.standings.order_by("starts_at").values_list("tier__code", "starts_at")
        states.append((balance(member), earned, tier and tier.code, list(spans)))
        raise _Enough
