"""Windows of milestones: which levels a day's counting passes, and which it loses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earning import marks
from earning.models import Milestone

JAN = date(2026, 1, 1)


def tally(*days: str) -> marks.Amounts:
    found = marks.Amounts()
    for day in days:
        found.add(date.fromisoformat(day), 1)
    return found


def passed(
    milestone: Milestone, known: marks.Tally, on: str, passes: tuple[str, ...] = ()
) -> list[tuple[int, str]]:
    days = [date.fromisoformat(day) for day in passes]
    change = marks.Change(date.fromisoformat(on), 1, "p")
    return [(level, names[0]) for level, names in marks.passed(milestone, known, change, days)]


def lost(
    milestone: Milestone, known: marks.Tally, on: str, passes: tuple[str, ...] = ()
) -> list[tuple[int, tuple[str, ...]]]:
    days = [date.fromisoformat(day) for day in passes]
    return marks.lost(milestone, known, marks.Change(date.fromisoformat(on), -1, "p"), days)


@pytest.mark.parametrize(
    ("window", "year_starts", "on", "label"),
    [
        ("year", 1, "2026-05-09", "2026"),
        ("year", 4, "2026-03-31", "2025-04-01"),
        ("year", 4, "2026-04-01", "2026-04-01"),
        ("quarter", 1, "2026-06-30", "2026-04-01"),
        ("month", 1, "2026-06-30", "2026-06-01"),
        ("week", 1, "2026-11-22", "2026-11-16"),  # a Sunday
    ],
)
def test_each_period_counts_anew(window: str, year_starts: int, on: str, label: str) -> None:
    milestone = Milestone(at=2, window=window, year_starts=year_starts)
    first = date.fromisoformat(label if len(label) > 4 else f"{label}-01-01")
    before = (first - timedelta(days=1)).isoformat()
    assert passed(milestone, tally(before), on) == []
    assert passed(milestone, tally(before, first.isoformat()), on) == [(2, label)]
    assert lost(milestone, tally(first.isoformat(), on), on) == [(2, (label,))]


def test_the_fourth_and_each_further_second_visit_in_a_month() -> None:
    milestone = Milestone(at=4, every=2, window="month")
    days = [f"2026-03-0{n}" for n in range(1, 8)]
    levels = [passed(milestone, tally(*days[:n]), days[n]) for n in range(7)]
    assert [one[0][0] if one else None for one in levels] == [None, None, None, 4, None, 6, None]


def test_in_a_moving_window_what_led_to_the_mark_counts_no_more() -> None:
    milestone = Milestone(at=3, window="days", window_count=10)
    days = ("2026-03-01", "2026-03-05")
    assert passed(milestone, tally(*days), "2026-03-10") == [(3, "2026-03-10")]
    assert passed(milestone, tally(*days), "2026-03-11") == []  # the first has left the window
    paid = (*days, "2026-03-10")
    assert passed(milestone, tally(*paid), "2026-03-10", ("2026-03-10",)) == []
    assert passed(milestone, tally(*paid, "2026-03-11"), "2026-03-12", ("2026-03-10",)) == []
    more = tally(*paid, "2026-03-11", "2026-03-12")
    assert passed(milestone, more, "2026-03-13", ("2026-03-10",)) == [(3, "2026-03-13")]


def test_what_comes_late_completes_the_window_that_it_falls_into() -> None:
    milestone = Milestone(at=3, window="months", window_count=1)
    known = tally("2026-03-10", "2026-03-20", "2026-04-30")
    assert passed(milestone, known, "2026-03-05") == [(3, "2026-03-20")]
    assert passed(milestone, known, "2026-02-15") == []
    assert passed(milestone, known, "2026-03-05", ("2026-03-20",)) == []


def test_a_moving_window_that_holds_too_little_is_lost() -> None:
    milestone = Milestone(at=2, window="days", window_count=5)
    known = tally("2026-03-01", "2026-03-02")
    assert lost(milestone, known, "2026-03-01", ("2026-03-02",)) == [(2, ("2026-03-02",))]
    assert lost(milestone, tally("2026-03-01", "2026-03-02", "2026-03-02"), "2026-03-01",
                ("2026-03-02",)) == []  # fmt: skip


def test_three_months_in_a_row() -> None:
    milestone = Milestone(at=3, every=3, streak="month", streak_least=1)
    days = [f"2026-{month:02}-15" for month in range(1, 8)]
    found = [passed(milestone, tally(*days[:n]), days[n]) for n in range(7)]
    assert found == [[], [], [(3, "2026-01-01")], [], [], [(6, "2026-01-01")], []]
    gap = tally("2026-01-15", "2026-02-15", "2026-04-15")
    assert passed(milestone, gap, "2026-05-15") == []
    assert passed(milestone, gap, "2026-03-15") == [(3, "2026-01-01")]  # late, it closes the gap
    assert passed(milestone, tally("2026-01-15", "2026-02-15"), "2026-02-20") == []


def test_enough_in_each_of_them() -> None:
    milestone = Milestone(at=2, streak="week", streak_least=2)
    known = tally("2026-03-02", "2026-03-03", "2026-03-09")
    assert passed(milestone, known, "2026-03-15") == [(2, "2026-03-02")]
    assert passed(milestone, tally("2026-03-02", "2026-03-09"), "2026-03-10") == []


def test_a_gap_breaks_the_row() -> None:
    milestone = Milestone(at=3, streak="month", streak_least=1)
    known = tally("2026-01-15", "2026-02-15", "2026-03-15")
    labels = ("2026-01-01", "2026-02-01", "2026-03-01")
    assert lost(milestone, known, "2026-02-15") == [(3, labels)]
    four = tally("2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15")
    assert lost(milestone, four, "2026-01-15") == []  # three are left


def test_days_and_partners_count_once() -> None:
    days, partners = marks.Visits("day"), marks.Visits("partner")
    for known in (days, partners):
        known.add(JAN, 2, "hotel")
        known.add(JAN + timedelta(days=1), 1, "hotel")
        known.add(JAN + timedelta(days=2), 1, "spa")
        known.add(JAN + timedelta(days=2), -1, "spa")
    assert (days.between(None, None), partners.between(None, None)) == (2, 1)
    assert passed(Milestone(at=2, type_id="visit", distinct="partner"), partners, "2026-01-02") == [
        (2, "")
    ]


@pytest.mark.parametrize(
    ("milestones", "grain"),
    [
        ([{"window": "lifetime"}, {"window": "year"}], "year"),
        ([{"window": "year", "year_starts": 4}], "month"),
        ([{"window": "quarter"}, {"window": "month"}], "month"),
        ([{"streak": "month"}], "month"),
        ([{"streak": "week"}], "day"),
        ([{"window": "days", "window_count": 3}], "day"),
    ],
)
def test_counters_are_read_as_finely_as_needed(milestones: list[Any], grain: str) -> None:
    assert marks.grain([Milestone(at=1, **fields) for fields in milestones]) == grain


@given(
    days=st.lists(st.integers(0, 60), min_size=1, max_size=25),
    at=st.integers(1, 6),
    count=st.integers(1, 20),
)
def test_in_order_a_moving_window_never_pays_twice_for_one_day(
    days: list[int], at: int, count: int
) -> None:
    """And what it pays for is there: `at` of them in the window, none counted before."""
    milestone = Milestone(at=at, window="days", window_count=count)
    known, passes = marks.Amounts(), list[date]()
    for number in sorted(days):
        on = JAN + timedelta(days=number)
        for _level, (label, *_rest) in marks.passed(milestone, known, marks.Change(on, 1), passes):
            end = date.fromisoformat(label)
            first = max([end - timedelta(days=count - 1), *(p + timedelta(days=1) for p in passes)])
            known.add(on, 1)
            assert known.between(first, end + timedelta(days=1)) == at
            known.add(on, -1)
            passes.append(end)
        known.add(on, 1)
    assert len(passes) == len(set(passes))
    assert len(passes) * at <= len(days)


@given(
    months=st.lists(st.integers(0, 11), unique=True, min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_the_longest_row_is_found_in_any_order(months: list[int], order: Any) -> None:
    milestone = Milestone(at=2, every=1, streak="month", streak_least=1)
    shuffled = list(months)
    order.shuffle(shuffled)
    known, reached = marks.Amounts(), set()
    for month in shuffled:
        change = marks.Change(date(2026, month + 1, 3), 1)
        reached |= {level for level, _names in marks.passed(milestone, known, change)}
        known.add(change.on, 1)
    longest = run = 0
    for month in range(12):
        run = run + 1 if month in months else 0
        longest = max(longest, run)
    assert reached == set(range(2, longest + 1))
