"""Occasions: recorded once for each member, however late and however often the run comes by."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from common import clock
from common.ids import uuid7
from earning import occasions
from earning.models import Activity, Occasion
from events import outbox
from events.models import Event
from members.models import Member
from program import catalog
from program.errors import BlueprintInvalid
from tests.cast import ana, apply, balance, utc, variant, visit
from tiers import ladders

PAID = 'per = { attribute = "paid", amount = 1 }\n'
START = utc(2026, 1, 1, 12)
GIFT = """
[[activity_type]]
code = "gift"
name = "Gift"
plural = "Gifts"
%s
[[rule]]
code = "gift"
name = "Gift"
activity = "gift"
unit = "coin"
fixed = 25
%s
[[occasion]]
code = "gift"
on = "%s"
activity = "gift"
partner = "till"
"""
YEARS = '\n[[activity_type.attribute]]\ncode = "years"\nname = "Years"\ntype = "integer"\n'
TIER = '\n[[activity_type.attribute]]\ncode = "tier"\nname = "Tier"\ntype = "text"\n'


def program(folder: Path, on: str, *, attributes: str = "", rule: str = "") -> None:
    with clock.standing_at(START):
        apply(variant(folder, (PAID, PAID + GIFT % (attributes, rule, on))))


def born(day: date) -> Member:
    member = ana()
    member.birthday = day
    member.save(update_fields=["birthday"])
    return member


def coins_at(member: Member, moment: datetime) -> int:
    with clock.standing_at(moment):
        occasions.run()
        occasions.run()
    return balance(member, "coin")


@pytest.mark.django_db
def test_a_birthday_comes_once_a_year_and_leap_day_on_the_28th(tmp_path: Path) -> None:
    program(tmp_path, "birthday")
    with clock.standing_at(START):
        may, leap = born(date(1990, 5, 4)), born(date(2004, 2, 29))
    assert coins_at(may, utc(2026, 5, 3, 20)) == 0
    assert balance(leap, "coin") == 25
    assert coins_at(may, utc(2026, 5, 3, 22)) == 25, "it is the 4th in Berlin"
    assert coins_at(may, utc(2027, 5, 3, 21)) == 25
    assert coins_at(may, utc(2028, 5, 4)) == 75, "two years were caught up with"
    assert balance(leap, "coin") == 75
    days = Activity.objects.filter(member=leap).order_by("occurred_at")
    zone = "Europe/Berlin"
    found = [clock.local_date(one.occurred_at, zone) for one in days]
    assert found == [date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


@pytest.mark.django_db
def test_a_run_that_comes_a_year_late_loses_no_birthday(tmp_path: Path) -> None:
    program(tmp_path, "birthday")
    with clock.standing_at(START):
        born(date(1990, 1, 1))
        member = born(date(1990, 12, 31))
    assert coins_at(member, utc(2027, 1, 1, 12)) == 25
    days = Activity.objects.exclude(member=member).order_by("occurred_at")
    found = [clock.local_date(one.occurred_at, "Europe/Berlin") for one in days]
    assert found == [date(2026, 1, 1), date(2027, 1, 1)]


@pytest.mark.django_db
def test_a_changed_birthday_is_no_second_one_in_a_year(tmp_path: Path) -> None:
    program(tmp_path, "birthday")
    with clock.standing_at(START):
        member = born(date(1990, 5, 4))
    assert coins_at(member, utc(2026, 5, 5)) == 25
    Member.objects.filter(pk=member.pk).update(birthday=date(1990, 8, 8))
    assert coins_at(member, utc(2026, 8, 9)) == 25
    assert coins_at(member, utc(2027, 8, 9)) == 50


@pytest.mark.django_db
def test_an_anniversary_tells_how_many_years(tmp_path: Path) -> None:
    tenth = 'when = [{ attribute = "years", at_least = 2 }]'
    program(tmp_path, "anniversary", attributes=YEARS, rule=tenth)
    member = ana(joined_at=utc(2025, 3, 31, 22, 30))  # 1 April in Berlin
    assert coins_at(member, utc(2026, 6, 1)) == 0
    assert Activity.objects.get(member=member).attributes == {"years": 1}
    assert coins_at(member, utc(2027, 4, 1, 12)) == 25


@pytest.mark.django_db
def test_joining_is_welcomed_once_and_old_members_are_not(tmp_path: Path) -> None:
    program(tmp_path, "enrolment")
    old, fresh = ana(joined_at=utc(2020, 1, 1)), ana(name="Ben")
    assert coins_at(fresh, clock.now()) == 25
    assert balance(old, "coin") == 0
    assert Activity.objects.filter(member=fresh).count() == 1


@pytest.mark.django_db
def test_an_event_that_was_written_late_is_not_overlooked(tmp_path: Path) -> None:
    apply(variant(tmp_path / "before"))
    slow = ana()
    program(tmp_path, "enrolment")
    older = uuid7()  # of a transaction that is still open when the run comes by
    quick = ana(name="Ben")
    assert coins_at(quick, clock.now()) == 25
    assert balance(slow, "coin") == 0
    Event.objects.create(
        id=older, type="member_enrolled", member_id=slow.pk, occurred_at=clock.now()
    )
    assert coins_at(slow, clock.now()) == 25


@pytest.mark.django_db
def test_reaching_a_tier_is_one_and_falling_is_none(tmp_path: Path) -> None:
    program(tmp_path, "tier", attributes=TIER)
    member = ana()
    tiers = [tier.code for ladder in ladders.rules(catalog.current()) for tier in ladder.rungs]
    low, high = tiers[0], tiers[1]
    for before, after in [(None, low), (low, high), (high, low), (low, None)]:
        payload = {"ladder": "x", "tier": after, "before": before}
        outbox.publish("tier_changed", member_id=member.pk, payload=payload)
    assert coins_at(member, clock.now() + timedelta(minutes=1)) == 50
    told = (
        Activity.objects.filter(member=member).order_by("id").values_list("attributes", flat=True)
    )
    assert list(told) == [{"tier": low}, {"tier": high}]


@pytest.mark.django_db
def test_a_real_climb_announces_what_was_held_before(tmp_path: Path) -> None:
    program(tmp_path, "tier", attributes=TIER)
    member = ana()
    for _ in range(40):
        visit(member)
    changes = Event.objects.filter(type="tier_changed", member_id=member.pk).order_by("id")
    steps = [(one.payload["before"], one.payload["tier"]) for one in changes]
    assert steps[0][0] is None
    assert all(one[1] == following[0] for one, following in pairwise(steps))
    assert coins_at(member, clock.now() + timedelta(minutes=1)) == 25 * len(steps)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("on", "attributes", "refusal"),
    [
        ("birthday", YEARS, 'nobody can tell "years"'),
        ("anniversary", YEARS.replace("integer", "decimal"), '"years" is told as integer'),
        ("tier", TIER.replace('"tier"', '"rank"'), 'nobody can tell "rank"'),
    ],
)
def test_what_nobody_could_tell_is_refused(
    tmp_path: Path, on: str, attributes: str, refusal: str
) -> None:
    with pytest.raises(BlueprintInvalid) as refused_by:
        program(tmp_path, on, attributes=attributes)
    assert refusal in str(refused_by.value)


@pytest.mark.django_db
def test_an_occasion_that_is_left_out_is_no_longer_followed(tmp_path: Path) -> None:
    program(tmp_path, "enrolment")
    apply(variant(tmp_path / "without"))
    member = ana()
    assert coins_at(member, clock.now()) == 0
    assert not Occasion.objects.get().is_active
