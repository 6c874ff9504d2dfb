"""Limits: how much, or how often, a rule may pay within a period. Pure Python.

A limit counts for one activity, for one member, for one partner, or for everybody (a budget). Its
period is a calendar period of the activity's own day, so a late activity uses the room of the time
it belongs to. An award is cut to what fits.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

PERIODS = ("day", "week", "month", "quarter", "year", "ever")


@dataclasses.dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` (smallest parts of the rule's unit) or `times` awards.

    `per`: activity, member, partner, budget. With `each` (an attribute, `location` or `partner`) it
    holds for each of its values on its own.
    """

    code: str
    per: str
    period: str = "ever"
    amount: int | None = None
    times: int | None = None
    each: str = ""


def period_of(period: str, day: date) -> tuple[int, ...]:
    """What tells one period from the next: equal for days of the same one."""
    return {
        "day": (day.year, day.month, day.day),
        "week": tuple(day.isocalendar())[:2],
        "month": (day.year, day.month),
        "quarter": (day.year, (day.month + 2) // 3),
        "year": (day.year,),
        "ever": (),
    }[period]


def each_of(owner: str, value: Any) -> str:
    """The owner of a use that is counted for each value: what was not told is a value, too."""
    if isinstance(value, bool):
        value = str(value).lower()
    return f"{owner}|{'' if value is None else value}"


@dataclasses.dataclass(slots=True)
class Usage:
    """What has been used of limits: amount and times by (limit, owner, period).

    The owner is a member, a partner or nobody.
    """

    taken: dict[tuple[str, str, tuple[int, ...]], tuple[int, int]] = dataclasses.field(
        default_factory=dict
    )

    def room(self, limit: Limit, *, owner: str, day: date) -> int | None:
        """How much may still be paid, None for no bound by amount; 0 when the times are used up."""
        amount, times = self._used(limit, owner, day)
        if limit.times is not None and times >= limit.times:
            return 0
        return None if limit.amount is None else max(0, limit.amount - amount)

    def take(self, limit: Limit, *, owner: str, day: date, amount: int, times: int = 1) -> None:
        """Count an award against a limit."""
        used, count = self._used(limit, owner, day)
        self.taken[self._key(limit, owner, day)] = (used + amount, count + times)

    def _used(self, limit: Limit, owner: str, day: date) -> tuple[int, int]:
        return self.taken.get(self._key(limit, owner, day), (0, 0))

    @staticmethod
    def _key(limit: Limit, owner: str, day: date) -> tuple[str, str, tuple[int, ...]]:
        return (limit.code, owner, period_of(limit.period, day))
