"""When points end, and the run that takes them out: the same result at whatever hour it comes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from events.models import Event
from points import expiry, policy
from points.models import Entry, Lot
from points.tasks import expire_points
from program.models import Program, Unit
from tests import cast
from tests.cast import ana, earn, spend, utc

pytestmark = pytest.mark.django_db


def unit(expiry: str, count: int | None, round_to: str = "day") -> Unit:
    return Unit(code="x", expiry=expiry, expiry_count=count, expiry_round_to=round_to)


@pytest.mark.parametrize(
    ("occurred", "count", "end"),
    [
        # month arithmetic clips, always from the original day; ends are exclusive, in UTC
        (utc(2026, 1, 31, 12), 1, utc(2026, 3, 1)),
        (utc(2024, 1, 31, 12), 1, utc(2024, 3, 1)),
        (utc(2024, 2, 29, 12), 12, utc(2025, 3, 1)),
        (utc(2024, 8, 31, 12), 18, utc(2026, 3, 1)),
        (utc(2026, 1, 31, 12), 2, utc(2026, 4, 1)),
        (utc(2026, 1, 25, 12), 1, utc(2026, 2, 26)),
        (utc(2026, 12, 31, 12), 14, utc(2028, 3, 1)),
    ],
)
def test_months_clip_to_the_end_of_a_shorter_one(
    occurred: datetime, count: int, end: datetime
) -> None:
    assert policy.expires_at(unit("months", count), occurred_at=occurred, zone="UTC") == end


@pytest.mark.parametrize(
    ("round_to", "end"),
    [
        ("day", utc(2026, 3, 16)),
        ("month", utc(2026, 4, 1)),
        ("quarter", utc(2026, 4, 1)),
        ("year", utc(2027, 1, 1)),
    ],
)
def test_an_end_may_be_rounded_up(round_to: str, end: datetime) -> None:
    """15 February and one month, to the end of that month: usable through 31 March."""
    of = unit("months", 1, round_to)
    assert policy.expires_at(of, occurred_at=utc(2026, 2, 15, 12), zone="UTC") == end


def test_quarters_end_with_their_third_month() -> None:
    of = unit("days", 1, "quarter")
    ends = {
        policy.expires_at(of, occurred_at=utc(2026, month, 10), zone="UTC")
        for month in range(1, 13)
    }
    assert ends == {utc(2026, 4, 1), utc(2026, 7, 1), utc(2026, 10, 1), utc(2027, 1, 1)}


def test_days_are_counted_from_the_day_of_the_activity() -> None:
    of = unit("days", 30)
    end = policy.expires_at(of, occurred_at=utc(2026, 1, 1, 23, 59), zone="UTC")
    assert end == utc(2026, 2, 1)


def test_never_is_never() -> None:
    of = unit("never", None)
    assert policy.expires_at(of, occurred_at=utc(2026, 1, 1), zone="UTC") is None


@pytest.mark.parametrize(
    ("zone", "occurred", "end"),
    [
        # the local day decides: 23:30 UTC is the next day in Berlin
        ("Europe/Berlin", utc(2026, 1, 30, 23, 30), utc(2026, 2, 28, 23)),
        # the clock goes forward on 29 March: that day has 23 hours and ends at 22:00 UTC
        ("Europe/Berlin", utc(2026, 2, 28, 12), utc(2026, 3, 28, 23)),
        ("Europe/Berlin", utc(2026, 2, 28, 23, 30), utc(2026, 4, 1, 22)),
        # and back on 25 October: 25 hours, to 23:00 UTC
        ("Europe/Berlin", utc(2026, 9, 25, 12), utc(2026, 10, 25, 23)),
        ("America/New_York", utc(2026, 2, 8, 12), utc(2026, 3, 9, 4)),
        ("America/New_York", utc(2026, 10, 1, 12), utc(2026, 11, 2, 5)),
        # midnight itself does not exist in Havana on 8 March 2026: the day begins at one
        ("America/Havana", utc(2026, 2, 7, 12), utc(2026, 3, 8, 5)),
        # and happens twice on 1 November: the day before ends at the first
        ("America/Havana", utc(2026, 9, 30, 12), utc(2026, 10, 31, 4)),
        ("America/Havana", utc(2026, 10, 1, 3, 30), utc(2026, 10, 31, 4)),
        ("Pacific/Kiritimati", utc(2026, 1, 14, 11), utc(2026, 2, 15, 10)),
        ("Asia/Kathmandu", utc(2026, 1, 14, 12), utc(2026, 2, 14, 18, 15)),
    ],
)
def test_days_are_the_zones_own(zone: str, occurred: datetime, end: datetime) -> None:
    assert policy.expires_at(unit("months", 1), occurred_at=occurred, zone=zone) == end


def test_the_run_takes_out_what_has_ended_and_nothing_else(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30, at=utc(2026, 1, 31, 12))
        earn(member, 40, at=utc(2026, 2, 10, 12))
        spend(member, 5)
    with time_machine.travel(utc(2026, 2, 28, 22, 59, 59)):
        assert expiry.run() == 0
    with time_machine.travel(utc(2026, 2, 28, 23)):
        assert expiry.run() == 25
    assert cast.balance(member) == 40
    assert cast.lots(member) == [(30, 0), (40, 40)]


def test_running_again_changes_nothing(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
    with time_machine.travel(utc(2026, 3, 2)):
        assert expiry.run() == 30
        before = cast.state(member)
        assert expiry.run() == 0
        expire_points()
    assert cast.state(member) == before


def test_each_end_is_its_own_posting_at_its_own_moment(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30, at=utc(2026, 1, 31, 12))
        earn(member, 40, at=utc(2026, 2, 10, 12))
    with time_machine.travel(utc(2026, 6, 1)):
        expiry.run()
    rows = member.postings.filter(kind="expiry").order_by("id")
    assert list(rows.values_list("occurred_at", "entries__amount")) == [
        (utc(2026, 2, 28, 23), -30),
        (utc(2026, 3, 10, 23), -40),
    ]


@pytest.mark.parametrize("lateness", [timedelta(0), timedelta(hours=7), timedelta(days=200)])
def test_a_late_run_writes_what_a_punctual_one_would_have(
    quay: Program, lateness: timedelta
) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30, at=utc(2026, 1, 31, 12))
        earn(member, 40)
    for end in (utc(2026, 2, 28, 23), utc(2026, 3, 10, 23)):
        with time_machine.travel(end + lateness):
            expiry.run()
    rows = member.entries.filter(kind="expiry").order_by("id")
    assert list(rows.values_list("amount", "balance_after", "occurred_at")) == [
        (-30, 40, utc(2026, 2, 28, 23)),
        (-40, 0, utc(2026, 3, 10, 23)),
    ]
    assert member.postings.filter(kind="expiry").count() == 2


def test_what_arrives_dead_dies_in_its_own_posting(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 6, 1)):
        posting = earn(member, 30, at=utc(2026, 1, 31, 12))
    assert cast.amounts(posting) == [("base", 30), ("expiry", -30)]
    assert cast.balance(member) == 0
    assert cast.lots(member) == [(30, 0)]


def test_many_accounts_are_done_in_chunks(quay: Program) -> None:
    with time_machine.travel(utc(2026, 1, 31, 12)):
        members = [ana(name=f"Member {n}") for n in range(5)]
        for member in members:
            earn(member, 10)
            earn(member, 10, unit="coin")
    chunk, expiry.CHUNK = expiry.CHUNK, 2
    try:
        with time_machine.travel(utc(2026, 6, 1)):
            assert expiry.run() == 50
    finally:
        expiry.CHUNK = chunk
    assert Entry.objects.filter(kind="expiry").count() == 5
    assert all(cast.balance(member, "coin") == 10 for member in members)


def test_a_run_may_be_asked_for_an_earlier_moment(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30, at=utc(2026, 1, 31, 12))
        earn(member, 40)
    with time_machine.travel(utc(2026, 6, 1)):
        assert expiry.run(until=utc(2026, 3, 1)) == 30
    assert cast.balance(member) == 40


def test_an_expiry_is_announced(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(member, 30)
    with time_machine.travel(utc(2026, 6, 1)):
        expiry.run()
    event = Event.objects.get(type="points_expired", member_id=member.pk)
    assert event.payload == {"unit": "point", "amount": 30}


def test_the_whole_calendar_of_ends_is_shown(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30, at=utc(2026, 1, 31, 12))
        earn(member, 10, at=utc(2026, 1, 31, 8))
        earn(member, 40)
        earn(member, 5, unit="coin")
        spend(member, 35)
    assert [(end.at, end.amount) for end in expiry.calendar(member, unit="point")] == [
        (utc(2026, 2, 28, 23), 5),
        (utc(2026, 3, 10, 23), 40),
    ]
    assert [(end.at, end.amount) for end in expiry.calendar(member, unit="coin")] == [(None, 5)]
    assert [end.unit for end in expiry.calendar(member)] == ["point", "point", "coin"]


def test_a_change_of_policy_moves_no_lot(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        earn(member, 30)
        Unit.objects.filter(code="point").update(expiry_count=12)
        earn(member, 40)
    ends = list(
        Lot.objects.filter(member=member).order_by("id").values_list("expires_at", flat=True)
    )
    assert ends == [utc(2026, 3, 10, 23), utc(2027, 2, 10, 23)]
