"""What few people said cannot be worked out, neither from a page nor between pages."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from common import clock
from surveys import hiding

LEAST = 5
counts = st.lists(st.integers(0, 12), max_size=14)


@given(counts)
def test_hidden_groups_are_two_at_least_and_have_enough_together(answers: list[int]) -> None:
    found = hiding.hidden(answers, least=LEAST)
    assert found >= {place for place, count in enumerate(answers) if 0 < count < LEAST}
    shown = {place for place, count in enumerate(answers) if count} - found
    if found and shown:
        assert len(found) > 1
        assert sum(answers[place] for place in found) >= LEAST


def test_where_nobody_is_few_nobody_is_hidden() -> None:
    assert hiding.hidden([5, 9, 0], least=LEAST) == set()
    assert hiding.hidden([4, 9, 20], least=LEAST) == {0, 1}
    assert hiding.hidden([4, 3, 20], least=LEAST) == {0, 1}


def by_month(answers: list[int]) -> dict[date, int]:
    return {clock.add_months(date(2025, 1, 1), n): count for n, count in enumerate(answers)}


@given(counts)
def test_no_two_spans_of_time_differ_by_a_few_people(answers: list[int]) -> None:
    """Whoever subtracts what is told from one month on from what is told from another."""
    told = by_month(answers)
    found = hiding.spans(told, least=LEAST)
    sums = [sum(told.get(month, 0) for month in hiding.months(span)) for span in found]
    assert sum(sums) == sum(answers)
    assert all(begin <= end for begin, end in found)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(found))
    if sum(answers) >= LEAST:
        assert all(count == 0 or count >= LEAST for count in sums)


def test_months_of_few_are_told_with_those_that_follow_and_the_last_with_those_before() -> None:
    found = hiding.spans(by_month([9, 3, 0, 4, 6, 2]), least=LEAST)
    assert [hiding.key(span) for span in found] == ["2025-01", "2025-02/2025-04", "2025-05/2025-06"]
    assert [hiding.key(span) for span in hiding.spans(by_month([0, 0, 7]), least=LEAST)] == [
        "2025-01", "2025-02", "2025-03",
    ]  # fmt: skip
    assert hiding.spans({}, least=LEAST) == []
