"""Survey measures give the published numbers, and their intervals hold what they say."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import measures
from surveys.measures import Estimate, Mood

N1, N2, N3 = Mood(110, 60, 30), Mood(162, 108, 54), Mood(100, 60, 40)
counts = st.integers(min_value=0, max_value=400)
moods = st.builds(Mood, counts, counts, counts).filter(lambda mood: mood.n > 0)


def shown(estimate: Estimate | None, digits: int = 2) -> tuple[Decimal, ...]:
    """Value, standard error and interval, rounded for comparison."""
    assert estimate is not None
    step = Decimal(1).scaleb(-digits)
    parts = (estimate.value, estimate.error, estimate.low, estimate.high)
    return tuple(part.quantize(step) for part in parts)


def said(*numbers: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(number) for number in numbers)


@pytest.mark.parametrize(
    ("mood", "variance", "numbers"),
    [
        (N1, Fraction(54, 100), ("40.000", "5.196", "29.816", "50.184")),
        (N2, Fraction(5, 9), ("33.333", "4.141", "25.217", "41.449")),
        (N3, Fraction(61, 100), ("30.000", "5.523", "19.176", "40.824")),
        (Mood(5, 0, 5), Fraction(1), ("0.000", "31.623", "-61.981", "61.981")),
    ],
)
def test_nps_with_its_plain_interval(
    mood: Mood, variance: Fraction, numbers: tuple[str, ...]
) -> None:
    assert mood.variance == variance
    assert shown(measures.plain_nps(mood), 3) == said(*numbers)


def test_answers_that_all_agree_get_the_adjusted_interval() -> None:
    everybody = Mood(10, 0, 0)
    assert everybody.variance == 0
    found = measures.nps(everybody)
    assert shown(found, 3) == said("100.000", "15.010", "47.503", "100.000")
    assert shown(measures.adjusted_nps(N1)) == said("40.00", "5.17", "29.28", "49.53")


def test_nobody_has_no_score() -> None:
    nobody = Mood(0, 0, 0)
    assert measures.nps(nobody) is None
    assert measures.share(0, 0) is None
    assert measures.mean({}) is None
    assert measures.compared(N1, nobody) is None


def test_scores_fall_into_moods() -> None:
    assert Mood.of({10: 1, 9: 2, 8: 4, 7: 8, 6: 16, 0: 32}) == Mood(3, 12, 48)


def test_two_waves_are_compared_with_z() -> None:
    change = measures.compared(N1, N3)
    assert change is not None
    assert change.z is not None
    assert (change.difference, change.z.quantize(Decimal("0.001"))) == (10, Decimal("1.319"))
    assert not change.is_certain
    surely = measures.compared(Mood(900, 60, 40), Mood(300, 300, 400))
    assert surely is not None
    assert surely.is_certain


def test_most_of_a_small_population_makes_it_more_certain() -> None:
    assert measures.finite(200, 1000).quantize(Decimal("0.00001")) == Decimal("0.89487")
    error = measures.plain_nps(N1, population=1000).error
    assert error.quantize(Decimal("0.001")) == Decimal("4.650")
    assert measures.plain_nps(N1, population=200).error == 0
    assert measures.finite(1, 1) == 0


def test_how_many_answers_are_needed() -> None:
    five = Fraction(5, 100)
    assert measures.answers_needed(Fraction(54, 100), half_width=five) == 830
    assert measures.answers_needed(Fraction(1), half_width=five) == 1537


def test_a_sample_in_layers() -> None:
    percent = [(60, 50, 20, 300), (30, 55, 15, 200), (10, 30, 40, 100)]
    strata = [(Fraction(w, 100), Fraction(p, 100), Fraction(d, 100), n) for w, p, d, n in percent]
    assert shown(measures.stratified(strata), 3) == said("29.000", "3.231", "22.667", "35.333")


def test_ces_has_its_mean_and_students_interval() -> None:
    scores = Counter([7, 6, 6, 5, 4, 7, 2, 6, 5, 7])
    assert shown(measures.mean(dict(scores))) == said("5.50", "0.50", "4.37", "6.63")
    assert shown(measures.share(8, 10))[0] == 80
    assert measures.student(9) == Decimal("2.262")
    assert measures.student(40).quantize(Decimal("0.001")) == Decimal("2.021")
    assert measures.student(120).quantize(Decimal("0.001")) == Decimal("1.980")


@pytest.mark.parametrize(
    ("yes", "n", "low", "high"),
    [
        (80, 100, "71.12", "86.66"),
        (10, 10, "72.25", "100.00"),
        (0, 10, "0.00", "27.75"),
        (1, 1, "20.65", "100.00"),
    ],
)
def test_csat_has_wilsons_interval(yes: int, n: int, low: str, high: str) -> None:
    assert shown(measures.share(yes, n))[2:] == said(low, high)


@pytest.mark.parametrize(
    ("items", "index"),
    [
        ((1, 2, 3), Fraction(80)),
        ((1, 1, 1), Fraction(100)),
        ((6, 6, 6), Fraction(0)),
        ((2, 2, 6), Fraction(160, 3)),
        ((1, None, 2), None),
    ],
)
def test_loyalty_is_the_mean_of_three_items(
    items: tuple[int | None, ...], index: Fraction | None
) -> None:
    assert measures.loyalty(items) == index


@given(moods)
def test_a_score_lies_in_its_interval_and_on_its_scale(mood: Mood) -> None:
    found = measures.nps(mood)
    assert found is not None
    assert -100 <= found.low <= found.high <= 100
    assert -100 <= found.value <= 100
    more = Mood(mood.promoters, mood.passives + 1, mood.detractors)
    assert abs(more.score) <= abs(mood.score)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_narrows_with_more_answers(given: tuple[int, int]) -> None:
    yes, n = given
    found, more = measures.share(yes, n), measures.share(yes * 4, n * 4)
    assert found is not None
    assert more is not None
    assert 0 <= found.low <= found.value.quantize(Decimal("1e-9")) + Decimal("1e-9")
    assert found.value <= found.high + Decimal("1e-9")
    assert found.high <= 100
    assert more.high - more.low < found.high - found.low


@pytest.mark.slow
@pytest.mark.parametrize("n", [10, 50, 324])
def test_nineteen_of_twenty_intervals_hold_the_truth(n: int) -> None:
    """10,000 seeded draws from a population with an NPS of 33: the interval holds it 93 to 97 times
    in 100.
    """
    chance, truth = random.Random(20_000 + n), Decimal(100) / 3
    cache: dict[Mood, bool] = {}
    held = 0
    for _ in range(10_000):
        drawn = Counter(chance.choices("p-d", weights=(3, 2, 1), k=n))
        mood = Mood(drawn["p"], drawn["-"], drawn["d"])
        if mood not in cache:
            found = measures.nps(mood)
            assert found is not None
            cache[mood] = found.low <= truth <= found.high
        held += cache[mood]
    assert 9_300 <= held <= 9_700
