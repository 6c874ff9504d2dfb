"""Limits, groups and shares: what is cut, what is shared, what the best of a group pays."""

from __future__ import annotations

import threading
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from django.db import connection

from earning.evaluation import Condition, Facts, RuleSpec, evaluate
from earning.limits import Limit, Usage, period_of
from earning.models import LimitUse
from members.models import Member, Segment, SegmentMember
from tests.cast import ana, apply, awarded, utc, variant, visit

PAID = 'per = { attribute = "paid", amount = 1 }\n'


def fixed(code: str, amount: int, **fields: object) -> RuleSpec:
    return RuleSpec(code=code, effect="fixed", amount=Fraction(amount), unit="point", **fields)  # type: ignore[arg-type]


def facts(day: date = date(2026, 5, 4), **fields: object) -> Facts:
    return Facts(on=day, attributes={}, member="m", **fields)  # type: ignore[arg-type]


def paid(rules: list[RuleSpec], given: Facts, usage: Usage | None = None) -> dict[str, int]:
    return {one.rule.code: one.amount for one in evaluate(rules, given, usage)}


@pytest.mark.parametrize(
    ("period", "same", "other"),
    [
        ("day", date(2026, 5, 4), date(2026, 5, 5)),
        ("week", date(2026, 5, 10), date(2026, 5, 11)),
        ("month", date(2026, 5, 31), date(2026, 6, 1)),
        ("quarter", date(2026, 6, 30), date(2026, 7, 1)),
        ("year", date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_a_period_ends_where_the_calendar_says(period: str, same: date, other: date) -> None:
    start = date(2026, 5, 4)
    assert period_of(period, start) == period_of(period, same)
    assert period_of(period, start) != period_of(period, other)


def test_a_limit_cuts_an_award_to_what_fits_and_then_to_nothing() -> None:
    rule = fixed("rule", 60, limits=(Limit("cap", "member", "month", amount=100),))
    usage = Usage()
    assert paid([rule], facts(), usage) == {"rule": 60}
    assert paid([rule], facts(), usage) == {"rule": 40}
    assert paid([rule], facts(), usage) == {}
    assert paid([rule], facts(date(2026, 6, 1)), usage) == {"rule": 60}


def test_a_limit_by_times_counts_awards() -> None:
    rule = fixed("rule", 5, limits=(Limit("once", "member", "day", times=1),))
    usage = Usage()
    assert [paid([rule], facts(), usage) for _ in range(2)] == [{"rule": 5}, {}]


def test_rules_that_name_one_limit_share_it() -> None:
    cap = Limit("cap", "member", "ever", amount=10)
    rules = [fixed("one", 7, limits=(cap,)), fixed("two", 7, limits=(cap,))]
    assert paid(rules, facts(), Usage()) == {"one": 7, "two": 3}


def test_limits_come_after_percentages() -> None:
    cap = Limit("cap", "activity", amount=50)
    bonus = RuleSpec("bonus", "percent", Fraction(10), "point", is_bonus=True)
    assert paid([fixed("base", 100, limits=(cap,)), bonus], facts()) == {"base": 50, "bonus": 10}


def test_only_the_best_of_a_group_pays_and_the_first_of_equals() -> None:
    rules = [fixed("a", 3, group="g"), fixed("b", 9, group="g"), fixed("c", 9, group="g")]
    assert paid([*rules, fixed("alone", 1)], facts()) == {"b": 9, "alone": 1}


def test_a_share_of_another_unit_is_a_base_of_its_own() -> None:
    share = RuleSpec("share", "percent", Fraction(20), "status", percent_of="point")
    half = RuleSpec("half", "percent", Fraction(50), "status", is_bonus=True)
    assert paid([fixed("base", 100), share, half], facts()) == {
        "base": 100,
        "share": 20,
        "half": 10,
    }


@pytest.mark.parametrize(
    ("born", "day", "span"),
    [
        (date(2000, 5, 4), date(2026, 5, 4), "day"),
        (date(2000, 5, 6), date(2026, 5, 4), "week"),
        (date(2000, 5, 30), date(2026, 5, 4), "month"),
        (date(2000, 2, 29), date(2026, 2, 28), "day"),
        (date(2000, 2, 29), date(2028, 2, 29), "day"),
    ],
)
def test_a_birthday_is_a_day_a_week_or_a_month(born: date, day: date, span: str) -> None:
    rule = fixed("gift", 1, conditions=(Condition("birthday", "in", (span,)),))
    assert paid([rule], facts(day, birthday=born)) == {"gift": 1}
    assert paid([rule], facts(date(2026, 9, 9), birthday=born)) == {}
    assert paid([rule], facts(day)) == {}


def test_hours_segments_membership_and_the_day_that_decides() -> None:
    happy = (Condition("hour", "at_least", (14,)), Condition("hour", "at_most", (15,)))
    rules = [
        fixed("happy", 1, conditions=happy),
        fixed("local", 1, conditions=(Condition("segment", "in", ("locals",)),)),
        fixed("others", 1, conditions=(Condition("segment", "not_in", ("locals",)),)),
        fixed("loyal", 1, conditions=(Condition("membership_months", "at_least", (12,)),)),
        fixed("old-rate", 1, ends_on=date(2026, 4, 2)),
    ]
    given = facts(
        hour=15,
        segments=frozenset({"locals"}),
        joined_on=date(2025, 5, 4),
        rated_on=date(2026, 4, 1),
    )
    assert set(paid(rules, given)) == {"happy", "local", "loyal", "old-rate"}
    given = facts(hour=16, joined_on=date(2025, 5, 5), rated_on=date(2026, 4, 2))
    assert set(paid(rules, given)) == {"others"}


@pytest.fixture
def capped(db: None, tmp_path: Path) -> Member:
    cap = PAID + 'limit = [{ per = "member", period = "month", amount = 25 }]\n'
    apply(variant(tmp_path, (PAID, cap)))
    return ana(joined_at=utc(2026, 1, 1))


def test_a_members_limit_is_read_from_what_was_awarded(capped: Member) -> None:
    assert awarded(visit(capped, occurred_at=utc(2026, 3, 2)))["paid"] == 10
    assert awarded(visit(capped, occurred_at=utc(2026, 3, 9)))["paid"] == 10
    last = visit(capped, occurred_at=utc(2026, 3, 16))
    assert awarded(last)["paid"] == 5
    assert any("of which 5 points fit within 25 points a month" in a.sentence for a in last.awards)
    assert "paid" not in awarded(visit(capped, occurred_at=utc(2026, 3, 23)))


def test_a_late_activity_uses_the_room_of_its_own_month(capped: Member) -> None:
    for day in (2, 9, 16):
        visit(capped, occurred_at=utc(2026, 3, day))
    assert awarded(visit(capped, occurred_at=utc(2026, 2, 20)))["paid"] == 10
    assert awarded(visit(ana(), occurred_at=utc(2026, 3, 20)))["paid"] == 10


def test_a_segment_and_the_first_activity_are_asked_of_the_database(
    db: None, tmp_path: Path
) -> None:
    extra = PAID + (
        '\n[[rule]]\ncode = "first"\nname = "First"\nactivity = "visit"\nunit = "coin"\nfixed = 2\n'
        'when = [{ first = true }]\n\n[[rule]]\ncode = "local"\nname = "Locals"\n'
        'activity = "visit"\nunit = "coin"\nfixed = 3\nwhen = [{ segment = ["locals"] }]\n'
    )
    local = '[[segment]]\ncode = "locals"\nname = "Locals"\n\n[[partner]]\ncode = "till"\n'
    apply(variant(tmp_path, (PAID, extra), ('[[partner]]\ncode = "till"\n', local)))
    member = ana(joined_at=utc(2026, 1, 1))
    assert awarded(visit(member, occurred_at=utc(2026, 3, 2)))["first"] == 2
    segment = Segment.objects.get(code="locals")
    SegmentMember.objects.create(member=member, segment=segment)
    second = awarded(visit(member, occurred_at=utc(2026, 3, 3)))
    assert "first" not in second
    assert second["local"] == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_budget_is_never_exceeded_by_threads(tmp_path: Path) -> None:
    budget = PAID + 'limit = [{ per = "budget", amount = 55 }]\n'
    apply(variant(tmp_path, (PAID, budget)))
    people = [ana(name=f"Ana {number}") for number in range(12)]
    start, amounts = threading.Barrier(len(people)), []

    def post(member: Member) -> None:
        try:
            start.wait()
            amounts.append(awarded(visit(member)).get("paid", 0))
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(member,)) for member in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(amounts, reverse=True) == [10, 10, 10, 10, 10, 5, 0, 0, 0, 0, 0, 0]
    assert LimitUse.objects.get().amount == 55
