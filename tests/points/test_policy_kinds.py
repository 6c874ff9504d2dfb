"""Policies of expiry beside months and days: a fixed day, inactivity, a beginning, a least life."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import time_machine

from earning import intake
from points import expiry, policy, transfers
from points.models import Extension
from program.models import Program, Unit
from tests.cast import (
    ana,
    apply,
    balance,
    earn,
    lots,
    redeem,
    spend,
    submission,
    utc,
    variant,
    visit,
)

MONTHS = "expiry = { months = 1 }\n"


def unit(**fields: object) -> Unit:
    return Unit(**{"code": "u", "kind": "spendable"} | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "years", "expected"),
    [
        (utc(2026, 3, 31, 12), 0, utc(2026, 4, 1)),
        (utc(2026, 4, 1, 12), 0, utc(2027, 4, 1)),
        (utc(2026, 1, 1, 12), 1, utc(2027, 4, 1)),
    ],
)
def test_a_fixed_day_is_the_next_one_or_years_later(
    moment: datetime, years: int, expected: datetime
) -> None:
    fixed = unit(expiry="fixed_day", expiry_count=years, expiry_month=3, expiry_day=31)
    assert policy.expires_at(fixed, occurred_at=moment, zone="UTC") == expected


def test_a_fixed_day_that_a_year_lacks_is_the_last_of_its_month() -> None:
    fixed = unit(expiry="fixed_day", expiry_count=0, expiry_month=2, expiry_day=29)
    ends = policy.expires_at(fixed, occurred_at=utc(2026, 1, 1), zone="UTC")
    assert ends == utc(2026, 3, 1)


@pytest.mark.parametrize(
    ("round_to", "expected"),
    [
        ("day", utc(2026, 5, 13)),
        ("month", utc(2026, 6, 1)),
        ("quarter", utc(2026, 7, 1)),
        ("year", utc(2027, 1, 1)),
    ],
)
def test_no_months_at_all_are_the_rest_of_a_period(round_to: str, expected: datetime) -> None:
    rest = unit(expiry="months", expiry_count=0, expiry_round_to=round_to)
    moment = utc(2026, 5, 12, 12)
    assert policy.expires_at(rest, occurred_at=moment, zone="UTC") == expected


def test_before_the_clause_began_points_never_end() -> None:
    clause = unit(expiry="months", expiry_count=18, expiry_since=date(2017, 7, 10))
    assert policy.expires_at(clause, occurred_at=utc(2017, 7, 9), zone="UTC") is None
    assert policy.expires_at(clause, occurred_at=utc(2017, 7, 10), zone="UTC") == utc(2019, 1, 11)


def test_points_posted_late_live_at_least_so_long() -> None:
    kind = unit(expiry="days", expiry_count=10, expiry_min_days=30)
    posted = utc(2026, 3, 1)
    ends = policy.expires_at(kind, occurred_at=utc(2026, 1, 1), zone="UTC", posted_at=posted)
    assert ends == utc(2026, 4, 1)


@pytest.fixture
def idle(db: None, tmp_path: Path, request: pytest.FixtureRequest) -> Program:
    counts = getattr(request, "param", '"any"')
    said = f"expiry = {{ inactivity = {{ months = 3, counts = {counts} }} }}\n"
    return apply(variant(tmp_path, (MONTHS, said)))


def test_earning_moves_the_end_of_everything_that_lives(idle: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        earn(member, 10)
    with time_machine.travel(utc(2026, 3, 10), tick=False):
        earn(member, 20)
    ends = set(member.lots.values_list("expires_at", flat=True))
    assert ends == {utc(2026, 6, 10, 22)}  # the end of 10 June in Berlin
    assert Extension.objects.get(member=member).until == utc(2026, 6, 10, 22)


def test_points_with_an_end_of_their_own_keep_it(db: None, tmp_path: Path) -> None:
    lives = "expiry = { inactivity = { months = 3 } }\n"
    fixed = 'fixed = 5\nwhen = [{ attribute = "table", is = "terrace" }]\n'
    apply(variant(tmp_path, (MONTHS, lives), (fixed, f"{fixed}expiry = {{ days = 60 }}\n")))
    member, other = ana(), ana(name="Jon", reference="jon")
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        visit(member, attributes={"paid": "10.00", "table": "terrace"})
    with time_machine.travel(utc(2026, 2, 10), tick=False):
        transfers.send(
            member, other, unit="point", amount=15, reason="", actor="system:test", source="gift:1"
        )
        earn(other, 20)
    with time_machine.travel(utc(2026, 3, 1), tick=False):
        earn(other, 20)
    bonus = other.lots.get(awarded=5)
    assert bonus.expires_at == utc(2026, 3, 11, 23)  # 60 days after 10 January, in Berlin
    ends = set(other.lots.exclude(pk=bonus.pk).values_list("expires_at", flat=True))
    assert ends == {utc(2026, 6, 1, 22)}


def test_old_activities_read_in_one_go_keep_each_other_alive(idle: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 1), tick=False):
        intake.record_batch(
            [submission(member, occurred_at=utc(2025, month, 10)) for month in (1, 3, 5)]
            + [submission(member, occurred_at=utc(2026, 3, 10))],
            actor="system:import",
        )
    assert balance(member) == 15  # the fourth visit earns the blue bonus
    assert sorted(lots(member)) == [(5, 5), (10, 0), (10, 0), (10, 0), (10, 10)]
    expired = member.entries.get(kind="expiry")
    assert (expired.amount, expired.occurred_at) == (-30, utc(2025, 8, 10, 22))


@pytest.mark.parametrize("is_run_in_time", [True, False])
def test_what_has_ended_is_not_revived_by_a_late_report(
    idle: Program, is_run_in_time: bool
) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        earn(member, 10)
    with time_machine.travel(utc(2026, 5, 1), tick=False):
        if is_run_in_time:
            expiry.run()
        earn(member, 20, at=utc(2026, 3, 10))
        expiry.run()
    assert balance(member) == 20
    assert sorted(lots(member)) == [(10, 0), (20, 20)]


def test_an_older_activity_never_brings_an_end_forward(idle: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 12), tick=False):
        earn(member, 20, at=utc(2026, 3, 10))
        earn(member, 10, at=utc(2026, 3, 1))
    assert sorted(member.lots.values_list("awarded", "expires_at")) == [
        (10, utc(2026, 6, 1, 22)),
        (20, utc(2026, 6, 10, 22)),
    ]


def test_spending_keeps_points_alive_where_it_counts(idle: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        earn(member, 30)
    with time_machine.travel(utc(2026, 3, 10), tick=False):
        spend(member, 10)
    assert member.lots.get().expires_at == utc(2026, 6, 10, 22)


@pytest.mark.parametrize("idle", ['"earning"'], indirect=True)
def test_spending_does_not_where_only_earning_counts(idle: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        earn(member, 30)
    with time_machine.travel(utc(2026, 3, 10), tick=False):
        redeem(member)
    assert member.lots.get().expires_at == utc(2026, 4, 10, 22)


@pytest.mark.parametrize("idle", ['["survey"]'], indirect=True)
def test_an_activity_of_a_named_type_keeps_them_alive_even_if_it_pays_another_unit(
    idle: Program,
) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        visit(member)
    with time_machine.travel(utc(2026, 2, 10), tick=False):
        visit(member)
    with time_machine.travel(utc(2026, 3, 10), tick=False):
        visit(member, type="survey", attributes={})
    assert set(member.lots.filter(account__unit="point").values_list("expires_at", flat=True)) == {
        utc(2026, 6, 10, 22)
    }


def test_after_the_months_everything_lapses_together(idle: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 10), tick=False):
        earn(member, 10)
    with time_machine.travel(utc(2026, 3, 10), tick=False):
        earn(member, 20)
    with time_machine.travel(utc(2026, 6, 10, 21, 59), tick=False):
        assert expiry.run() == 0
    with time_machine.travel(utc(2026, 6, 10, 22), tick=False):
        assert expiry.run() == 30
    assert balance(member) == 0
    assert [remaining for _, remaining in lots(member)] == [0, 0]
