"""Points that end without activity, and however much happens at a last end of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import clock
from members.models import Member
from points import audit, expiry, past, policy, transfers
from points.models import Extension, Lot
from program import blueprint, exports
from program.errors import BlueprintInvalid
from program.models import Program, Unit
from tests.cast import ACTOR, ana, apply, balance, earn, spend, utc, variant

pytestmark = pytest.mark.django_db
MONTH = "expiry = { months = 1 }\n"
SAID = "expiry = { inactivity = { months = 3 }, at_most_months = 6 }\n"
ZONE = "Europe/Berlin"


@pytest.fixture
def capped(tmp_path: Path) -> Program:
    """Points end after three months without activity, and after six at most."""
    return apply(variant(tmp_path / "capped", (MONTH, SAID)))


def ends(member: Member) -> list[tuple[int, datetime | None]]:
    return sorted(member.lots.values_list("awarded", "expires_at"))


def day(month: int, number: int) -> datetime:
    """The end of a day of 2026 in Berlin."""
    return clock.end_of_day(utc(2026, month, number, 12).date(), ZONE)


def test_activity_moves_an_end_to_the_last_one_and_no_further(capped: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        earn(member, 10)
        assert ends(member) == [(10, day(4, 10))]
    with time_machine.travel(utc(2026, 4, 1), tick=False):
        earn(member, 20)
        assert ends(member) == [(10, day(7, 1)), (20, day(7, 1))]
    with time_machine.travel(utc(2026, 6, 1), tick=False):
        spend(member, 1)
        assert ends(member) == [(10, day(7, 10)), (20, day(9, 1))]
        assert sorted(Extension.objects.order_by("-id").values_list("until", flat=True)[:2]) == [
            day(7, 10),
            day(9, 1),
        ]
    with time_machine.travel(utc(2026, 7, 9), tick=False):
        earn(member, 30)
        assert ends(member) == [(10, day(7, 10)), (20, day(10, 1)), (30, day(10, 9))]
    with time_machine.travel(utc(2026, 7, 11), tick=False):
        expiry.run()
        assert balance(member) == 50
    assert not list(audit.check())


def test_the_past_tells_every_end_as_it_was(capped: Program) -> None:
    member = ana()
    moments = [utc(2026, 1, 10), utc(2026, 4, 1), utc(2026, 6, 1)]
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            earn(member, 10)
    found = [
        [lot.expires_at for lot in past.happened(member, unit="point", at=moment).lots]
        for moment in moments
    ]
    assert found == [
        [day(4, 10)],
        [day(7, 1), day(7, 1)],
        [day(7, 10), day(9, 1), day(9, 1)],
    ]


def test_what_is_sent_keeps_its_last_end(capped: Program) -> None:
    member, other = ana(), ana(name="Jon", reference="jon")
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        earn(member, 10)
    with time_machine.travel(utc(2026, 3, 1), tick=False):
        transfers.send(
            member, other, unit="point", amount=10, reason="", actor=ACTOR, source="gift:1"
        )
    for month in (4, 6):
        with time_machine.travel(utc(2026, month, 9), tick=False):
            earn(other, 1)
    assert other.lots.get(awarded=10).expires_at == day(7, 10)


def test_somebody_with_a_reason_may_go_further(capped: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        earn(member, 10)
        expiry.extend(
            member,
            unit="point",
            until=utc(2026, 12, 24).date(),
            reason="Ill",
            actor=ACTOR,
            source="extension:1",
        )
    with time_machine.travel(utc(2026, 2, 10), tick=False):
        earn(member, 20)
    assert ends(member) == [(10, day(12, 24)), (20, day(5, 10))]
    assert not list(audit.check())


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(gaps=st.lists(st.integers(1, 80), min_size=2, max_size=7))
def test_paper_says_the_same(capped: Program, gaps: list[int]) -> None:
    member, now = ana(), utc(2026, 1, 5, 12)
    paper: list[list[datetime]] = []  # each with its end, and the last one it can have
    for gap in gaps:
        now += timedelta(days=gap)
        with time_machine.travel(now, tick=False):
            expiry.run()
            earn(member, 1)
        moved = clock.end_of_day(clock.add_months(now.date(), 3), ZONE)
        paper = [one for one in paper if one[0] > now]
        for one in paper:
            one[0] = max(one[0], min(moved, one[1]))
        paper.append([moved, clock.end_of_day(clock.add_months(now.date(), 6), ZONE)])
    live = Lot.objects.live().filter(member=member).values_list("expires_at", flat=True)
    assert sorted(live) == sorted(end for end, _ in paper)  # type: ignore[type-var]


def test_the_audit_finds_an_end_beyond_the_last_one(capped: Program) -> None:
    member = ana()
    earn(member, 10)
    row = member.lots.get()
    assert row.latest_at is not None
    Lot.objects.filter(pk=row.pk).update(expires_at=row.latest_at + timedelta(days=1))
    (fault,) = audit.check()
    assert fault.invariant == "activity moves no end beyond the last one"
    Lot.objects.filter(pk=row.pk).update(expires_at=row.latest_at)


def test_rounding_and_a_least_life_hold_for_the_last_end_too() -> None:
    unit = Unit(
        expiry="inactivity", expiry_count=1, expiry_most_months=2, expiry_round_to="month",
        expiry_min_days=90,
    )  # fmt: skip
    occurred = utc(2026, 1, 10)
    last = policy.latest_at(unit, occurred_at=occurred, zone="UTC")
    assert last == utc(2026, 4, 1)
    later = policy.latest_at(unit, occurred_at=occurred, zone="UTC", posted_at=occurred)
    assert later == utc(2026, 4, 11)
    unit.expiry_since = utc(2026, 2, 1).date()
    assert policy.latest_at(unit, occurred_at=occurred, zone="UTC") is None


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("expiry = { months = 3, at_most_months = 6 }\n", "goes with inactivity"),
        (SAID.replace("6", "3"), "more than the months of inactivity"),
    ],
)
def test_a_blueprint_that_makes_no_sense_is_told_so(
    quay: Program, tmp_path: Path, said: str, says: str
) -> None:
    with pytest.raises(BlueprintInvalid, match=says):
        apply(variant(tmp_path / "wrong", (MONTH, said)))


def test_what_is_stored_is_the_same_program(capped: Program, tmp_path: Path) -> None:
    said = exports.expiry(Unit.objects.get(code="point"))
    assert said is not None
    assert said.at_most_months == 6
    assert blueprint.apply(variant(tmp_path / "again", (MONTH, SAID)), actor=ACTOR) == []
