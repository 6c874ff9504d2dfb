"""Counting what is earned: a counter that counts another unit is credited whatever rules pay of it,
after limits, award for award. Pure.

What must stay true: of one activity and rule, the counter stands at what the unit stands at.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from earning.evaluation import Outcome


def counted(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, and after them what counters count of them."""
    found = list(outcomes)
    for outcome in outcomes:
        found += into(outcome, outcome.rule.counted_by)
    return found


def into(outcome: Outcome, counters: Iterable[str]) -> list[Outcome]:
    """What some counters count of one outcome."""
    rule = outcome.rule
    return [
        dataclasses.replace(
            outcome, rule=dataclasses.replace(rule, unit=code, counts=rule.unit), limited_by=None
        )
        for code in counters
    ]
