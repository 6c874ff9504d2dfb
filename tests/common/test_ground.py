"""The common ground: the calendar, ids, words for numbers, and refusals of the database."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from common import bulk, clock, ids, text
from common.errors import LoyaltyError, constraint_name, translate
from events import outbox
from events.models import Event
from members.models import Member
from tests.cast import ana, utc

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Africa/Cairo", "Asia/Gaza"]
ZONES += ["Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"]
days = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@given(day=days, zone=st.sampled_from(ZONES))
def test_days_cover_time_without_gap_or_overlap(day: date, zone: str) -> None:
    start, end = clock.start_of_day(day, zone), clock.end_of_day(day, zone)
    assert end == clock.start_of_day(day + timedelta(days=1), zone)
    assert timedelta(hours=22) <= end - start <= timedelta(hours=26) or day.isoformat() in SKIPPED


SKIPPED = {"2011-12-30"}  # a day that Samoa left out when it crossed the date line


@given(day=days, zone=st.sampled_from(ZONES))
def test_the_first_instant_of_a_day_is_in_it_and_the_one_before_is_not(
    day: date, zone: str
) -> None:
    if (zone, day.isoformat()) == ("Pacific/Apia", "2011-12-30"):
        return
    start = clock.start_of_day(day, zone)
    assert clock.local_date(start, zone) == day
    before = (start - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    assert before.date() < day or before.fold == 0


@given(day=days, months=st.integers(-240, 600))
def test_months_keep_the_day_or_clip_it(day: date, months: int) -> None:
    moved = clock.add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


def test_months_are_added_to_the_first_day_and_never_chained() -> None:
    assert clock.add_months(date(2026, 1, 31), 2) == date(2026, 3, 31)
    chained = clock.add_months(clock.add_months(date(2026, 1, 31), 1), 1)
    assert chained == date(2026, 3, 28)


@pytest.mark.parametrize(
    ("period", "end"),
    [("month", date(2028, 2, 29)), ("quarter", date(2028, 3, 31)), ("year", date(2028, 12, 31))],
)
def test_a_period_ends_with_its_last_day(period: str, end: date) -> None:
    assert clock.end_of_period(date(2028, 2, 10), period) == end


def test_the_clock_is_aware_and_can_stand_still() -> None:
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        assert clock.now() == utc(2026, 3, 1, 12)
        assert clock.now().tzinfo is UTC
        with clock.standing_at(datetime(2020, 1, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))):
            assert clock.now() == utc(2020, 1, 1)
        assert clock.now() == utc(2026, 3, 1, 12)


def test_ids_are_made_in_order_even_when_the_clock_stands_or_goes_back() -> None:
    with time_machine.travel(utc(2030, 1, 1), tick=False) as now:
        made = [ids.uuid7() for _ in range(5000)]
        now.shift(timedelta(days=-400))
        made += [ids.uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 10_000
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}


@given(value=st.uuids())
def test_a_public_id_leads_back(value: uuid.UUID) -> None:
    public = ids.public_id("act", value)
    assert ids.parse_public_id("act", public) == value
    assert ids.parse_public_id("act", f"act_{public[4:].upper()}") == value
    assert len(public) == 30


@pytest.mark.parametrize(
    "given_id",
    ["", "act_", "red_" + "0" * 26, "act_" + "0" * 25, "act_" + "u" * 26, "act_" + "z" * 26],
)
def test_what_is_no_public_id_is_refused(given_id: str) -> None:
    with pytest.raises(ValueError):
        ids.parse_public_id("act", given_id)


def test_a_named_id_follows_from_all_its_parts() -> None:
    space = uuid.UUID(int=1)
    assert ids.named(space, "a", "b") == ids.named(space, "a", "b")
    assert ids.named(space, "ä", "b") == uuid.uuid5(space, "ä\x1fb")
    assert (
        len({ids.named(space, *p) for p in (("a", "b"), ("ab",), ("a", "", "b"), ("b", "a"))}) == 4
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1234567, "1,234,567"),
        (Decimal("1234.50"), "1,234.5"),
        (Decimal("100"), "100"),
        (Decimal("1000.00"), "1,000"),
        (Decimal("-0.25"), "-0.25"),
    ],
)
def test_numbers_are_said_without_needless_zeros(value: int | Decimal, said: str) -> None:
    assert text.number(value) == said


def test_amounts_are_scaled_exactly() -> None:
    assert text.scaled(1999, 2) == Decimal("19.99")
    assert text.scaled(7, 0) == 7


class Taken(LoyaltyError):
    code = "taken"


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 200])
def test_a_refusal_of_the_database_gets_its_name_by_insert_and_by_copy(count: int) -> None:
    member = ana()
    rows = [Member(name="New", joined_at=clock.now()) for _ in range(count - 1)]
    with (
        pytest.raises(Taken) as refused,
        transaction.atomic(),
        translate({"members_member_pkey": (Taken, "Taken.")}),
    ):
        bulk.insert(Member, [*rows, Member(pk=member.pk, name="Twin", joined_at=clock.now())])
    assert refused.value.data == {"constraint": "members_member_pkey"}
    assert Member.objects.count() == 1


@pytest.mark.django_db
def test_an_unknown_refusal_passes_through_with_its_name() -> None:
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        translate({"other": (Taken, "Taken.")}),
    ):
        Event.objects.bulk_create([outbox.draft("")])
    assert constraint_name(refused.value) == "events_event_has_a_type"


def test_an_error_without_a_constraint_has_no_name() -> None:
    assert constraint_name(ValueError()) == ""
