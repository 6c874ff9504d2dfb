"""Monthly statements: every month opens where the last one closed, and its movements add up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from points import expiry, statements
from program.models import Program
from tests import cast
from tests.cast import ana, earn, spend, utc
from tests.points.test_past import STEP, play

pytestmark = pytest.mark.django_db


def test_a_month_has_its_opening_its_movements_and_its_closing(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        earn(member, 70)
    with time_machine.travel(utc(2026, 4, 2, 12), tick=False):
        spend(member, 20)
        earn(member, 5)
    with time_machine.travel(utc(2026, 4, 20, 12), tick=False):
        expiry.run()
        (sheet,) = statements.of(member, month=date(2026, 4, 1), program=quay).sheets
    assert (sheet.unit.code, sheet.opening, sheet.closing) == ("point", 70, 5)
    assert [(one.amount, one.balance) for one in sheet.movements] == [(-20, 50), (5, 55), (-50, 5)]
    assert [one.sentence for one in sheet.movements] == ["Spent", "Earned 5", "Expired"]
    assert (sheet.received, sheet.given) == (5, -70)
    assert sheet.endings == ((utc(2026, 5, 2, 22), 5),)


def test_a_month_begins_at_midnight_in_the_programs_zone(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 31, 22, 30), tick=False):  # half past midnight in Berlin
        earn(member, 70)
        april = statements.of(member, month=date(2026, 4, 1), program=quay)
        march = statements.of(member, month=date(2026, 3, 1), program=quay)
        assert statements.months(member, program=quay) == [date(2026, 4, 1)]
    assert [len(one.sheets[0].movements) for one in (march, april)] == [0, 1]
    assert (april.is_open, march.is_open) == (True, False)


def test_what_was_reported_late_says_so(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        earn(member, 70, at=utc(2026, 3, 1, 12))
        (sheet,) = statements.of(member, month=date(2026, 3, 1), program=quay).sheets
    assert sheet.movements[0].recorded_at is not None  # the database's clock, long after March


def test_who_has_no_movement_has_no_statement(quay: Program) -> None:
    assert statements.months(ana(), program=quay) == []


@pytest.mark.slow
@settings(max_examples=max(15, settings.default.max_examples // 3))
@given(st.lists(STEP, min_size=4, max_size=16), st.sampled_from(["point", "coin", "visit"]))
def test_opening_and_movements_make_the_closing(
    quay: Program, steps: list[tuple[str, int, int]], unit: str
) -> None:
    member = ana()
    for _ in play(member, unit, steps):
        pass
    now = utc(2026, 1, 29, 12) + timedelta(hours=sum(n for what, n, _ in steps if what == "wait"))
    with time_machine.travel(now, tick=False):
        expiry.run()
        found = [
            statements.of(member, month=month, program=quay)
            for month in reversed(statements.months(member, program=quay))
        ]
    before = 0
    for statement in found:
        for sheet in statement.sheets:
            assert sheet.opening == before
            assert sheet.opening + sheet.received + sheet.given == sheet.closing
            before = sheet.closing
    assert before == cast.balance(member, unit)
