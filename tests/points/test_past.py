"""What an account held at any past moment: by when things happened, and by what was known then."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from common import clock
from common.errors import LoyaltyError
from members import merging
from members.models import Member
from points import expiry, past
from points.models import Lot
from program.models import Program
from tests import cast
from tests.cast import ana, earn, reverse, spend, utc

Snapshot = tuple[int, list[tuple[Any, int, datetime | None]]]
STEP = st.one_of(
    st.tuples(st.just("earn"), st.integers(1, 60), st.sampled_from([0, 0, 1, 20, 40])),
    st.tuples(st.just("spend"), st.integers(1, 60), st.just(0)),
    st.tuples(st.just("adjust"), st.integers(-30, 30).filter(bool), st.just(0)),
    st.tuples(st.just("reverse"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([1, 24, 24 * 9, 24 * 31]), st.just(0)),
    st.tuples(st.just("expire"), st.just(0), st.just(0)),
)


@pytest.fixture
def pier(db: None, tmp_path: Path) -> Program:
    """The small program, with coins that end after two months without activity."""
    lives = 'plural = "coins"\nexpiry = { inactivity = { months = 2 } }'
    return cast.apply(cast.variant(tmp_path / "pier", ('plural = "coins"', lives)))


def recorded_now() -> datetime:
    """The database's clock, which dates what is recorded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def stored(member: Member, unit: str) -> Snapshot:
    live = Lot.objects.live().filter(member=member, account__unit=unit).in_spend_order()
    rows = list(live.values_list("id", "remaining", "expires_at"))
    return cast.balance(member, unit), rows


def seen(state: past.State) -> Snapshot:
    return state.balance, [(lot.id, lot.remaining, lot.expires_at) for lot in state.lots]


def play(member: Member, unit: str, steps: list[tuple[str, int, int]]) -> Iterator[None]:
    """A history of real verbs, pausing after each step."""
    now, done = utc(2026, 1, 29, 12), []
    for what, number, days in steps:
        # A refusal changes nothing; the test of the model says which are right.
        with time_machine.travel(now, tick=False), contextlib.suppress(LoyaltyError):
            if what == "earn":
                at = now - timedelta(days=days)
                done.append(earn(member, number, unit=unit, at=at))
            elif what == "spend":
                done.append(spend(member, number, unit=unit))
            elif what == "adjust":
                done.append(cast.adjust(member, number, unit=unit))
            elif what == "reverse" and done:
                done.append(reverse(done[number % len(done)]))
            elif what == "wait":
                now += timedelta(hours=number)
            else:
                expiry.run()
        yield


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("unit", ["point", "coin", "visit"])
def test_what_was_known_is_the_snapshot_taken_then(pier: Program, unit: str) -> None:
    @settings(max_examples=max(10, settings.default.max_examples // 6))
    @given(st.lists(STEP, min_size=4, max_size=14))
    def history(steps: list[tuple[str, int, int]]) -> None:
        member = ana()
        played = play(member, unit, steps)
        taken = [(recorded_now(), stored(member, unit)) for _ in played]
        for moment, snapshot in taken:
            assert seen(past.known(member, unit=unit, at=moment)) == snapshot

    history()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("unit", ["point", "coin", "visit"])
def test_what_happened_until_now_is_what_is_there(pier: Program, unit: str) -> None:
    @settings(max_examples=max(10, settings.default.max_examples // 3))
    @given(st.lists(STEP, min_size=4, max_size=14))
    def history(steps: list[tuple[str, int, int]]) -> None:
        member = ana()
        for _ in play(member, unit, steps):
            pass
        now = utc(2026, 1, 29, 12) + timedelta(
            hours=sum(n for what, n, _ in steps if what == "wait")
        )
        with time_machine.travel(now, tick=False):
            before = past.happened(member, unit=unit, at=now)
            expiry.run()
            assert seen(before) == stored(member, unit)
            assert seen(past.happened(member, unit=unit, at=now)) == stored(member, unit)

    history()


@pytest.mark.django_db
def test_a_late_report_counts_on_its_own_day_but_was_not_known_then(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        earn(member, 30, at=utc(2026, 3, 1, 12))
    there = past.happened(member, unit="point", at=utc(2026, 3, 2))
    assert (there.balance, [lot.remaining for lot in there.lots]) == (30, [30])
    assert past.happened(member, unit="point", at=utc(2026, 2, 28)).balance == 0
    assert past.known(member, unit="point", at=recorded_now() - timedelta(days=1)).balance == 0


@pytest.mark.django_db
def test_points_that_came_too_late_were_there_until_their_own_end(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 6, 1, 12), tick=False):
        earn(member, 30, at=utc(2026, 3, 1, 12))
    assert past.happened(member, unit="point", at=utc(2026, 3, 20)).balance == 30
    assert past.happened(member, unit="point", at=utc(2026, 4, 2)).balance == 0


@pytest.mark.django_db
def test_what_had_ended_is_gone_before_the_run_comes_by(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earn(member, 30)
        spend(member, 10)
    state = past.happened(member, unit="point", at=utc(2026, 5, 1))
    assert (state.balance, state.lots) == (0, ())
    assert past.happened(member, unit="point", at=utc(2026, 3, 2)).calendar == [
        (utc(2026, 4, 1, 22), 20)
    ]


@pytest.mark.django_db
def test_an_end_that_was_moved_later_is_remembered_as_it_was(pier: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earn(member, 30, unit="coin")
    with time_machine.travel(utc(2026, 4, 1, 12), tick=False):
        earn(member, 5, unit="coin")
    ends = [lot.expires_at for lot in past.happened(member, unit="coin", at=utc(2026, 3, 2)).lots]
    assert ends == [utc(2026, 5, 1, 22)]
    ends = [lot.expires_at for lot in past.happened(member, unit="coin", at=utc(2026, 4, 2)).lots]
    assert ends == [utc(2026, 6, 1, 22), utc(2026, 6, 1, 22)]


@pytest.mark.django_db
def test_a_lot_that_was_empty_and_filled_again_shows_each_moment(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        earn(member, 30)
    with time_machine.travel(utc(2026, 3, 3, 12), tick=False):
        spent = spend(member, 30)
    with time_machine.travel(utc(2026, 3, 5, 12), tick=False):
        reverse(spent)
    found = [past.happened(member, unit="point", at=utc(2026, 3, day)) for day in (2, 4, 6)]
    assert [(state.balance, len(state.lots)) for state in found] == [(30, 1), (0, 0), (30, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("is_captured", [True, False])
def test_what_is_held_past_its_end_is_still_there(quay: Program, is_captured: bool) -> None:
    """A lot that ends at midnight, of which ten are promised; asked then, and the next day."""
    member, at = ana(), utc(2026, 3, 20, 23, 2)
    with time_machine.travel(utc(2026, 3, 20, 22, 55), tick=False):
        earn(member, 30, at=utc(2026, 2, 20))
        held = cast.hold(member, 10, minutes=10)
    with time_machine.travel(at, tick=False):
        expiry.run()
        assert seen(past.happened(member, unit="point", at=at)) == stored(member, "point")
        if is_captured:
            cast.capture(held)
    with time_machine.travel(utc(2026, 3, 21, 12), tick=False):
        expiry.run()
        for moment in (at - timedelta(seconds=1), clock.now()):
            there = 10 if is_captured and moment < at else 0
            state = past.happened(member, unit="point", at=moment)
            assert (state.balance, [lot.remaining for lot in state.lots]) == (
                there,
                [there] if there else [],
            )


@pytest.mark.django_db(transaction=True)
def test_what_was_known_of_two_stays_known_after_they_were_one(quay: Program) -> None:
    one, other = ana(), ana(name="Bea Lima")
    words = {"reason": "Kindness", "actor": cast.ACTOR}
    taken = []

    def look() -> None:
        taken.append((recorded_now(), [stored(member, "point") for member in (one, other)]))

    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        earn(one, 20)
        earn(other, 30)
        look()
        row = merging.merge(one, other, **words)
        look()
        until = utc(2026, 9, 1).date()
        expiry.extend(one, unit="point", until=until, source="kind:1", **words)  # type: ignore[arg-type]
        look()
        merging.undo(row, **words)
        look()
    for moment, snapshots in taken:
        known = [past.known(member, unit="point", at=moment) for member in (one, other)]
        assert [seen(state) for state in known] == snapshots
