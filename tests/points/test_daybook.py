"""The adjustments of a day: unusual ones first, and every day reported once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import time_machine

from common import sheets
from events.models import Event
from members.models import User
from points import approvals, daybook, ledger
from points.approvals import Wish
from program.models import Program
from tests import cast
from tests.cast import ana, utc

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


@pytest.fixture
def watched(db: None, tmp_path: Path) -> Program:
    limit = 'plural = "points"\nsecond_person_above = 100'
    return cast.apply(cast.variant(tmp_path / "watched", ('plural = "points"', limit)))


def staff(name: str) -> str:
    return f"staff:{User.objects.create_user(f'{name}@quay.example', name=name).pk}"


def ask(name: str, amount: int, *, actor: str, source: str) -> approvals.Outcome:
    wish = Wish(ana(name=name), "point", amount, "Cold coffee", source)
    return approvals.ask(wish, actor=actor)


def test_unusual_ones_come_first_and_say_why(watched: Program) -> None:
    clara, mona = staff("clara"), staff("mona")
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        ask("Plain", 10, actor=clara, source="1")
        ask("Close", 85, actor=clara, source="2")
        request = ask("Large", 500, actor=mona, source="3").request
        assert request is not None
        approvals.approve(request, actor=clara)
    with time_machine.travel(utc(2026, 3, 10, 22), tick=False):  # eleven in Berlin
        ask("Late", 20, actor=clara, source="4")
    book = daybook.of(DAY, program=watched)
    assert [(row.name, row.marks) for row in book.rows] == [
        ("Large", ("second_person",)),
        ("Close", ("near_the_limit",)),
        ("Late", ("at_night",)),
        ("Plain", ()),
    ]
    assert book.rows[0].approved_by == clara
    totals = {total.key: (total.times, total.given, total.taken) for total in book.by_actor}
    assert totals == {clara: (3, 115, 0), mona: (1, 500, 0)}
    assert [(total.key, total.times) for total in book.by_reason] == [("Cold coffee", 4)]


def test_a_member_who_is_adjusted_often_stands_out(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        for number in range(3):
            ledger.adjust(
                member, unit="coin", amount=5, reason="Why", actor="staff:x", source=f"{number}"
            )
    assert {row.marks for row in daybook.of(DAY, program=quay).rows} == {("often",)}


def test_a_day_that_is_over_is_announced_once(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        cast.adjust(ana(), 5)
        assert daybook.report() == []
    with time_machine.travel(utc(2026, 3, 12, 12), tick=False):
        cast.adjust(ana(), 7)
        assert daybook.report() == [DAY]
        assert daybook.report() == []
    with time_machine.travel(utc(2026, 3, 14, 12), tick=False):
        assert daybook.report() == [date(2026, 3, 12)]
    told = Event.objects.filter(type="adjustments_reported").order_by("id")
    assert [event.payload["day"] for event in told] == ["2026-03-10", "2026-03-12"]
    assert told[0].payload["by_actor"][0]["given"] == 5


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=x", "'\t=x"),
        (" +cmd", "' +cmd"),
        ("-5", "-5"),
        ("-2+3", "'-2+3"),
        (-12, "-12"),
        (None, ""),
        ("Cold coffee", "Cold coffee"),
    ],
)
def test_a_cell_is_never_a_formula(written: object, shown: str) -> None:
    assert sheets.cell(written) == shown
