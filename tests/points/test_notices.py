"""Notices before points end: from the lots, once for each end and threshold."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine

from events.models import Event
from points import notices
from points.models import ExpiryNotice
from points.tasks import tell_of_endings
from program.models import Program
from tests.cast import ana, apply, earn, hold, spend, utc, variant


def said() -> list[tuple[int, int, str]]:
    rows = Event.objects.filter(type="points_expiring").order_by("id")
    return [(row.payload["days"], row.payload["amount"], row.payload["last_day"]) for row in rows]


@pytest.fixture
def long(db: None, tmp_path: Path) -> Program:
    """Points that live three months, so that every notice has its day."""
    return apply(variant(tmp_path, ("expiry = { months = 1 }", "expiry = { months = 3 }")))


def test_notice_is_given_60_30_and_7_days_before(long: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
        earn(member, 12)
        assert notices.run() == 0
    for day in ((2026, 3, 1), (2026, 3, 1), (2026, 3, 31), (2026, 4, 22), (2026, 4, 23)):
        with time_machine.travel(utc(*day, 12)):
            tell_of_endings()
    with time_machine.travel(utc(2026, 5, 2, 12)):
        assert notices.run() == 0
    assert said() == [(60, 42, "2026-04-30"), (30, 42, "2026-04-30"), (7, 42, "2026-04-30")]


def test_a_late_run_gives_the_nearest_notice_only(long: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
    with time_machine.travel(utc(2026, 4, 25, 12)):
        assert notices.run() == 1
    assert said() == [(7, 30, "2026-04-30")]


def test_only_what_is_left_is_told_of_held_or_not(long: Program) -> None:
    member, other = ana(), ana(name="Bruno Lima")
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
        earn(other, 5)
        spend(other, 5)
    with time_machine.travel(utc(2026, 4, 25, 12)):
        hold(member, 10)
        spend(member, 4)
        notices.run()
    assert said() == [(7, 26, "2026-04-30")]


def test_a_program_may_give_none(db: None, tmp_path: Path) -> None:
    apply(variant(tmp_path, ('currency = "EUR"', 'currency = "EUR"\nexpiry_notices = []')))
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(ana(), 30)
    with time_machine.travel(utc(2026, 2, 25, 12)):
        assert notices.run() == 0


def test_a_run_that_broke_off_goes_on(quay: Program) -> None:
    with time_machine.travel(utc(2026, 1, 31, 12)):
        for number in range(5):
            earn(ana(name=f"Ana {number}"), 10)
    notices.CHUNK, chunk = 2, notices.CHUNK
    try:
        with time_machine.travel(utc(2026, 2, 25, 12)):
            with pytest.raises(KeyboardInterrupt):
                notices.run(after_chunk=_break_off)
            assert ExpiryNotice.objects.count() == 2
            assert notices.run() == 3
    finally:
        notices.CHUNK = chunk
    assert len(said()) == 5


def _break_off() -> None:
    raise KeyboardInterrupt
