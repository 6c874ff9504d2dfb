"""What is undone while two memberships are one ends as if it had been undone right after they had
parted: neither bears, nor is given, what is the other's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from common.errors import LoyaltyError
from earning import returns
from earning.models import Milestone
from members import merging
from members.models import Member, MemberMerge
from points import expiry, transfers
from points.models import Extension, Lot
from program.models import ActivityType, Program
from rewards import redemption
from tests import books
from tests.cast import (
    ACTOR,
    ana,
    balance,
    capture,
    earn,
    facts,
    hold,
    lots,
    redeem,
    release,
    reverse,
    send,
    spend,
    utc,
    visit,
)

pytestmark = pytest.mark.django_db
_turn = itertools.count(1)
NOW = utc(2026, 3, 10, 12)
Undoing = Callable[[], object]


@pytest.fixture(autouse=True)
def march(quay: Program) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def two() -> tuple[Member, Member]:
    return ana(), ana(name="Bea Lima")


def merge(survivor: Member, absorbed: Member) -> MemberMerge:
    return merging.merge(survivor, absorbed, reason="One person", actor=ACTOR)


def part(row: MemberMerge) -> None:
    merging.undo(row, reason="Two people", actor=ACTOR)


def cancel(activity: str) -> None:
    returns.cancel(
        partner="till", activity=activity, reference=f"told-{next(_turn)}", reason="x", actor=ACTOR
    )


def both(one: Member, other: Member, unit: str = "point") -> tuple[int, int]:
    return balance(one, unit), balance(other, unit)


# Taken back from who had been given it


def test_a_transfer_taken_back_was_the_absorbed_members() -> None:
    sender, (one, other) = ana(name="Rui"), two()
    earn(sender, 50)
    earn(one, 7)
    made = send(sender, other, 50)
    row = merge(one, other)
    assert transfers.reverse(made, reason="Wrong card", actor=ACTOR) == 50
    part(row)
    assert (balance(sender), *both(one, other)) == (50, 7, 0)


@pytest.mark.parametrize(
    ("owes", "spent", "left"), [(0, 0, (0, 0)), (20, 0, (-20, 0)), (0, 30, (0, -30))]
)
def test_an_award_taken_back_was_the_absorbed_members(
    owes: int, spent: int, left: tuple[int, int]
) -> None:
    """What the survivor spent of it stays spent, as if it were taken back a moment later."""
    one, other = two()
    if owes:
        mistaken = earn(one, owes)
        spend(one, owes)
        reverse(mistaken)
    given_ = earn(other, 40)
    row = merge(one, other)
    if spent:
        spend(one, spent)
    reverse(given_)
    part(row)
    assert both(one, other) == left


def test_what_the_absorbed_had_spent_before_is_their_own_debt() -> None:
    one, other = two()
    visit(one, attributes={"paid": "100"})
    visit(other, attributes={"paid": "40"}, reference="theirs")
    spend(other, 40)
    row = merge(one, other)
    cancel("theirs")
    assert both(one, other) == (60, 0)
    part(row)
    assert both(one, other) == (100, -40)


def test_a_cancelled_visit_is_not_counted_for_who_made_it() -> None:
    one, other = two()
    visit(one)
    visit(other, reference="theirs")
    row = merge(one, other)
    cancel("theirs")
    part(row)
    assert both(one, other, "visit") == (1, 0)


def test_what_comes_back_repays_what_its_owner_owes() -> None:
    one, other = two()
    earn(one, 100)
    mistaken = earn(other, 10)
    voucher = redeem(other)
    reverse(mistaken)
    row = merge(one, other)
    redemption.cancel(voucher, reason="Not wanted", actor=ACTOR)
    part(row)
    assert both(one, other) == (100, 0)


@pytest.mark.parametrize("is_used", [False, True])
@pytest.mark.parametrize("is_parted", [False, True])
def test_a_level_that_the_absorbed_passed_is_void_while_untouched(
    is_used: bool, is_parted: bool
) -> None:
    Milestone.objects.create(
        code="pair", name="Pair", counter_id="visit", at=2, unit_id="coin", amount=50
    )
    one, other = two()
    for number in (1, 2):
        visit(other, reference=f"theirs-{number}")
    row = merge(one, other)
    if is_used:
        spend(one, 1, unit="coin")
    cancel("theirs-1")
    assert balance(one, "coin") == (49 if is_used else 0)
    if is_parted:
        part(row)
        assert both(one, other, "coin") == ((0, 49) if is_used else (0, 0))
    visit(other if is_parted else one)
    assert sum(both(one, other, "coin")) == (49 if is_used else 50)


@pytest.mark.parametrize("buys_late", [False, True])
def test_an_unused_voucher_is_called_off_past_a_merge(buys_late: bool) -> None:
    """Where the program calls off what was bought with points that are taken back."""
    ActivityType.objects.filter(code="visit").update(return_rewards="cancelled")
    one, other = two()
    visit(other, attributes={"paid": "10"}, reference="theirs")
    voucher = None if buys_late else redeem(other)
    row = merge(one, other)
    voucher = voucher or redeem(one)
    cancel("theirs")
    voucher.refresh_from_db()
    assert (voucher.status, balance(one)) == ("cancelled", 0)
    part(row)
    assert both(one, other) == (0, 0)


# Held, and past its end


@pytest.mark.parametrize("how", [capture, release])
def test_what_is_held_past_its_end_costs_the_survivor_nothing_else(
    march: time_machine.Coordinates, how: Callable[..., object]
) -> None:
    one, other = two()
    earn(one, 100)
    earn(other, 20, at=utc(2026, 2, 20))  # good to the end of 20 March in Berlin
    row = merge(one, other)
    march.move_to(utc(2026, 3, 20, 22, 55))
    held = hold(one, 20, minutes=15)
    march.move_to(utc(2026, 3, 20, 23, 5))
    part(row)
    assert (facts(one), facts(other)) == ((120, 20, 100), (0, 0, 0))
    how(held)
    assert (facts(one), facts(other)) == ((100, 0, 100), (0, 0, 0))
    assert lots(other) == [(20, 0)]


def test_what_repays_a_debt_when_it_is_let_go_is_not_owed_twice() -> None:
    one, other = two()
    mistaken = earn(other, 40)
    row = merge(one, other)
    held = hold(one, 40)
    reverse(mistaken)
    release(held)
    assert facts(one) == (0, 0, 0)
    part(row)
    assert both(one, other) == (0, 0)


def test_what_the_survivor_has_to_give_back_is_not_the_others_to_pay() -> None:
    one, other = two()
    mistaken = earn(one, 32)
    spend(one, 32)
    earn(other, 40)
    row = merge(one, other)
    reverse(mistaken)
    assert balance(one) == 8
    part(row)
    assert both(one, other) == (-32, 40)


def test_what_is_held_of_one_lot_is_not_taken_from_the_others_lots() -> None:
    one, other = two()
    earn(other, 20, at=utc(2026, 2, 20))
    earn(other, 30)
    row = merge(one, other)
    held = hold(one, 20)
    part(row)
    assert (facts(one), balance(other)) == ((0, 20, 0), 50)
    capture(held)
    assert both(one, other) == (-20, 50)


def test_what_had_repaid_a_debt_and_has_ended_since_ends_at_home(
    march: time_machine.Coordinates,
) -> None:
    one, other = two()
    mistaken = earn(one, 15)
    spend(one, 15)
    reverse(mistaken)
    earn(other, 20, at=utc(2026, 2, 20))
    row = merge(one, other)
    assert balance(one) == 5
    march.move_to(utc(2026, 3, 25, 12))
    part(row)
    assert both(one, other) == (-15, 0)
    assert lots(other) == [(20, 0)]


# What is remembered of it


def test_a_later_end_goes_back_and_the_earlier_one_is_remembered() -> None:
    one, other = two()
    earn(other, 20)
    before = Lot.objects.values_list("expires_at", flat=True).get(member=other)
    row = merge(one, other)
    words = {"reason": "Kindness", "actor": ACTOR, "source": "kindness:1"}
    expiry.extend(one, unit="point", until=utc(2026, 9, 1).date(), **words)
    part(row)
    now = Lot.objects.get(member=other)
    assert (now.remaining, now.expires_at) == (20, utc(2026, 9, 1, 22))
    moved = Extension.objects.get(member=other)
    assert moved.moved == {str(now.pk): before.isoformat()}


# In any order

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "visit", "spend", "redeem", "send"]),
        st.integers(0, 1),
        st.integers(1, 40),
        st.integers(0, 25),
    ),
    min_size=2,
    max_size=10,
)


PHASES = [phase for phase in Phase if phase is not Phase.shrink]  # each try is two worlds


class _Over(Exception):
    pass


@settings(max_examples=max(15, settings.default.max_examples // 4), phases=PHASES)
@given(
    steps=STEPS, picks=st.lists(st.integers(0, 9), min_size=1, max_size=5), spent=st.integers(0, 60)
)
def test_before_or_after_parting_is_the_same(
    quay: Program, steps: list[tuple[str, int, int, int]], picks: list[int], spent: int
) -> None:
    ends = []
    for is_early in (True, False):
        try:
            with time_machine.travel(NOW, tick=False), transaction.atomic():
                ends.append(_played(steps, picks, spent, is_early=is_early))
                assert books.faults() == []
                raise _Over
        except _Over:
            continue
    assert ends[0] == ends[1]


def _played(
    steps: list[tuple[str, int, int, int]], picks: list[int], spent: int, *, is_early: bool
) -> dict[str, tuple[int, ...]]:
    one, other = people = two()
    third = ana(name="Carla")
    undoings: list[Undoing] = []
    for verb, who, amount, days in steps:
        try:
            undoings += _done(verb, people[who], amount, days, third)
        except LoyaltyError:
            continue
    row = merge(one, other)
    if spent:
        _tried(lambda: spend(one, spent))
    chosen = [undoings[pick] for pick in dict.fromkeys(picks) if pick < len(undoings)]
    if is_early:
        for undoing in chosen:
            _tried(undoing)
    part(row)
    if not is_early:
        for undoing in chosen:
            _tried(undoing)
    return {
        unit: tuple(balance(person, unit) for person in (one, other, third))
        for unit in ("point", "visit")
    }


def _done(verb: str, member: Member, amount: int, days: int, third: Member) -> list[Undoing]:
    at = NOW - timedelta(days=days)
    if verb == "earn":
        posting = earn(member, amount, at=at)
        return [lambda: reverse(posting)]
    if verb == "visit":
        name = f"v-{next(_turn)}"
        visit(member, attributes={"paid": str(amount)}, reference=name, occurred_at=at)
        return [lambda: cancel(name)]
    if verb == "redeem":
        voucher = redeem(member)
        return [lambda: redemption.cancel(voucher, reason="x", actor=ACTOR)]
    if verb == "send":
        earn(third, amount)
        send(third, member, amount)
        return []  # a transfer that is taken back takes what is free at that moment, and no more
    posting = spend(member, amount)
    return [lambda: reverse(posting)]


def _tried(verb: Undoing) -> None:
    try:
        with transaction.atomic():
            verb()
    except LoyaltyError:
        return
