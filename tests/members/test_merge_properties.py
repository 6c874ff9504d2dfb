"""Whatever two members did before: merging and parting them keeps every total, lot and date."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from common.errors import LoyaltyError
from members import merging
from members.models import Member
from points.models import Entry, Lot
from program.models import Program
from tests import books
from tests.cast import ACTOR, adjust, ana, balance, earn, reverse, spend, utc

pytestmark = pytest.mark.django_db

UNITS = ("point", "coin", "visit")
NOW = utc(2026, 3, 20, 12)
Step = tuple[str, int, str, int, int]  # verb, who, unit, amount, days back
STEPS = st.tuples(
    st.sampled_from(["earn", "earn", "spend", "adjust", "reverse"]),
    st.integers(0, 1),
    st.sampled_from(UNITS),
    st.integers(1, 60),
    st.integers(0, 40),
)
Live = Counter[tuple[str, datetime, datetime | None, int]]


class _Enough(Exception):
    pass


def lots(*members: Member) -> Live:
    rows = Lot.objects.live().filter(member__in=members)
    return Counter(rows.values_list("account__unit_id", "awarded_at", "expires_at", "remaining"))


def counts(member: Member) -> Counter[datetime]:
    found: Counter[datetime] = Counter()
    for moment, amount in Entry.objects.filter(member=member, account__unit="visit").values_list(
        "occurred_at", "amount"
    ):
        found[moment] += amount
    return Counter({moment: amount for moment, amount in found.items() if amount})


def told(*members: Member) -> list[Any]:
    return [
        ({unit: balance(one, unit) for unit in UNITS}, lots(one), counts(one)) for one in members
    ]


def play(steps: list[Step], people: list[Member]) -> None:
    earned: list[Any] = []
    for verb, who, unit, amount, back in steps:
        member = people[who]
        try:
            if verb == "earn":
                moment = NOW - timedelta(days=back)
                earned.append(earn(member, amount, unit=unit, at=moment))
            elif verb == "spend":
                spend(member, amount, unit=unit)
            elif verb == "adjust":
                adjust(member, amount if back % 2 else -amount, unit=unit)
            elif earned:
                reverse(earned[back % len(earned)])
        except LoyaltyError:
            continue


@given(before=st.lists(STEPS, max_size=12), since=st.lists(STEPS, max_size=6))
def test_merging_and_parting_keeps_totals_lots_and_dates(
    quay: Program, before: list[Step], since: list[Step]
) -> None:
    try:
        with time_machine.travel(NOW, tick=False), transaction.atomic():
            people = [ana(), ana(name="Bea Lima")]
            play(before, people)
            first = told(*people)
            row = merging.merge(*people, reason="One person", actor=ACTOR)
            for unit in UNITS:
                assert balance(people[0], unit) == sum(one[0][unit] for one in first)
                assert balance(people[1], unit) == 0
            if not any(one[0][unit] < 0 for one in first for unit in UNITS):
                assert lots(people[0]) == first[0][1] + first[1][1]
            assert +counts(people[0]) == +(first[0][2] + first[1][2])
            _parted(row, people, since, first)
            raise _Enough
    except _Enough:
        return


def _parted(row: Any, people: list[Member], since: list[Step], first: list[Any]) -> None:
    """At once, all is as it was; after something happened, the totals are as they are."""
    if since:
        play(since, [people[0], people[0]])
    total = {unit: balance(people[0], unit) for unit in UNITS}
    merging.undo(row, reason="Two people", actor=ACTOR)
    if not since:
        assert told(*people) == first
    assert {unit: sum(balance(one, unit) for one in people) for unit in UNITS} == total
    assert books.faults() == []
