"""Survey measures with their uncertainty, in exact arithmetic: NPS, CES, CSAT and CLI.

Pure Python: no database, no clock, no framework. Shares are fractions, everything that needs a root
is a Decimal; nothing is rounded but for display. A measure of nobody is None, never zero.

Sources: NPS and its variance after the multinomial (cybaea.net, 2016); the adjusted Wald form adds
three answers (three quarters of a promoter and of a detractor, one and a half passives); Wilson's
interval for shares; Student's t for means.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

Z = Decimal("1.96")  # two-sided, 95 percent
FEW = 100  # below this the plain interval of an NPS is too narrow; see the test of its coverage
HUNDRED = Decimal(100)

# Student's t, two-sided 95 percent, by degrees of freedom; beyond, a series in 1/df is exact to
# three digits.
# fmt: off
T_95 = (
    "12.706", "4.303", "3.182", "2.776", "2.571", "2.447", "2.365", "2.306", "2.262", "2.228",
    "2.201", "2.179", "2.160", "2.145", "2.131", "2.120", "2.110", "2.101", "2.093", "2.086",
    "2.080", "2.074", "2.069", "2.064", "2.060", "2.056", "2.052", "2.048", "2.045", "2.042",
)
# fmt: on


@dataclasses.dataclass(frozen=True, slots=True)
class Estimate:
    """A measure from `n` answers: its value, its standard error, its 95 percent interval."""

    n: int
    value: Decimal
    error: Decimal
    low: Decimal
    high: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Mood:
    """How many promoters, passives and detractors there are."""

    promoters: int
    passives: int
    detractors: int

    @classmethod
    def of(cls, scores: Mapping[int, int]) -> Mood:
        """From how often each score of 0 to 10 was given."""
        count = {"p": 0, "d": 0}
        for score, times in scores.items():
            count["p"] += times if score >= 9 else 0
            count["d"] += times if score <= 6 else 0
        return cls(count["p"], sum(scores.values()) - count["p"] - count["d"], count["d"])

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> Fraction:
        """The NPS, -100 to 100. Ask only where somebody answered."""
        return Fraction(100 * (self.promoters - self.detractors), self.n)

    @property
    def variance(self) -> Fraction:
        """Of one answer scored +1, 0 or -1: p + d - (p - d)²."""
        share = Fraction(self.promoters + self.detractors, self.n)
        return share - (self.score / 100) ** 2


def nps(mood: Mood, *, population: int | None = None) -> Estimate | None:
    """The Net Promoter Score. Of few answers, or of answers that all agree, the interval is the
    adjusted Wald's.

    `population` corrects for a finite number of people of whom many answered.
    """
    if mood.n == 0:
        return None
    if mood.n < FEW or mood.variance == 0:
        return adjusted_nps(mood, population=population)
    return plain_nps(mood, population=population)


def plain_nps(mood: Mood, *, population: int | None = None) -> Estimate:
    """The score with score ± 1.96 standard errors."""
    error = HUNDRED * _root(mood.variance / mood.n) * finite(mood.n, population)
    return _clamped(mood, _decimal(mood.score), error)


def adjusted_nps(mood: Mood, *, population: int | None = None) -> Estimate:
    """The score with the interval of the same answers and three more; its center is not the score.

    Clamped to -100 and 100.
    """
    n = mood.n + 3
    plus, minus = mood.promoters + Fraction(3, 4), mood.detractors + Fraction(3, 4)
    center = (plus - minus) / n
    variance = (plus + minus) / n - center**2
    error = HUNDRED * _root(variance / n) * finite(mood.n, population)
    return _clamped(mood, HUNDRED * _decimal(center), error)


def _clamped(mood: Mood, center: Decimal, error: Decimal) -> Estimate:
    low, high = max(-HUNDRED, center - Z * error), min(HUNDRED, center + Z * error)
    return Estimate(mood.n, _decimal(mood.score), error, low, high)


def finite(n: int, population: int | None) -> Decimal:
    """What a standard error is multiplied by when `n` of a finite population answered."""
    if population is None:
        return Decimal(1)
    if population <= max(n, 1):
        return Decimal(0)
    return _root(Fraction(population - n, population - 1))


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """From one period to the next: the difference, its z, and whether that is more than chance."""

    difference: Decimal
    z: Decimal | None

    @property
    def is_certain(self) -> bool:
        """Whether it is significant at 5 percent."""
        return self.z is not None and abs(self.z) > Z


def compared(later: Mood, earlier: Mood) -> Change | None:
    """How the NPS moved between two independent periods; None where one of them is empty."""
    if not later.n or not earlier.n:
        return None
    spread = later.variance / later.n + earlier.variance / earlier.n
    moved = later.score - earlier.score
    return Change(_decimal(moved), _decimal(moved) / (HUNDRED * _root(spread)) if spread else None)


def moved(later: Estimate | None, earlier: Estimate | None) -> Change | None:
    """The same for measures that carry their standard error."""
    if later is None or earlier is None:
        return None
    difference = later.value - earlier.value
    spread = (later.error**2 + earlier.error**2).sqrt()
    return Change(difference, difference / spread if spread else None)


def stratified(strata: Sequence[tuple[Fraction, Fraction, Fraction, int]]) -> Estimate | None:
    """The NPS of a sample in layers, each (its share of the population, p, d, answers)."""
    if not strata or any(n < 1 for *_, n in strata):
        return None
    score = sum((weight * (p - d) for weight, p, d, _ in strata), Fraction())
    spread = sum((weight**2 * (p + d - (p - d) ** 2) / n for weight, p, d, n in strata), Fraction())
    value, error = HUNDRED * _decimal(score), HUNDRED * _root(spread)
    low, high = max(-HUNDRED, value - Z * error), min(HUNDRED, value + Z * error)
    return Estimate(sum(n for *_, n in strata), value, error, low, high)


def answers_needed(variance: Fraction, *, half_width: Fraction) -> int:
    """How many answers bring an interval down to ± `half_width` (a share: 0.05 is five points)."""
    return math.ceil(Fraction(Z) ** 2 * variance / half_width**2)


def share(yes: int, n: int) -> Estimate | None:
    """A share in percent with Wilson's interval: CSAT is the share of 4 and 5 out of 1 to 5."""
    if n == 0:
        return None
    p, z = Fraction(yes, n), Fraction(Z)
    below = 1 + z**2 / n
    center = (p + z**2 / (2 * n)) / below
    half = Z * _root(p * (1 - p) / n + z**2 / (4 * n**2)) / _decimal(below)
    low, high = _decimal(center) - half, _decimal(center) + half
    error = HUNDRED * _root(p * (1 - p) / n)
    low, high = max(Decimal(0), HUNDRED * low), min(HUNDRED, HUNDRED * high)
    return Estimate(n, HUNDRED * _decimal(p), error, low, high)


def mean(values: Mapping[Fraction | int, int]) -> Estimate | None:
    """A mean from how often each value was given, with Student's interval; of one answer the
    interval is the answer alone.
    """
    n = sum(values.values())
    if n == 0:
        return None
    center = Fraction(sum(Fraction(value) * times for value, times in values.items())) / n
    if n == 1:
        only = _decimal(center)
        return Estimate(1, only, Decimal(0), only, only)
    squares = sum((value - center) ** 2 * times for value, times in values.items())
    error = _root(Fraction(squares) / (n - 1) / n)
    half = student(n - 1) * error
    return Estimate(n, _decimal(center), error, _decimal(center) - half, _decimal(center) + half)


def student(freedom: int) -> Decimal:
    """The two-sided 95 percent quantile of Student's t."""
    if freedom <= len(T_95):
        return Decimal(T_95[freedom - 1])
    z = Decimal("1.959964")
    first = (z**3 + z) / (4 * freedom)
    return z + first + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * Decimal(freedom) ** 2)


CLI_ITEMS = 3  # recommend, buy again, try other products
CLI_POINTS = {score: 120 - 20 * score for score in range(1, 7)}  # 1 definitely yes is 100, 6 is 0


def loyalty(items: Sequence[int | None]) -> Fraction | None:
    """A person's Customer Loyalty Index, 0 to 100; None where an item is missing."""
    if len(items) != CLI_ITEMS or any(item is None for item in items):
        return None
    return Fraction(sum(CLI_POINTS[item] for item in items if item is not None), CLI_ITEMS)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _root(value: Fraction) -> Decimal:
    return _decimal(value).sqrt()
