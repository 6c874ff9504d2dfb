"""Hiding: which groups are not shown, so that few people stay unknown, also to who subtracts.

Pure arithmetic. Whoever knows a total and all parts but one knows that one too: so hidden groups
are always two at least and have enough answers together. Time is told in stretches of months that
have enough answers each, the same on every page, so that no two spans differ by a few people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from common import clock

Span = tuple[date, date]  # the first days of its first and of its last month


def spans(answers: Mapping[date, int], *, least: int) -> list[Span]:
    """Months in stretches that have `least` answers or none at all; what is left over at the end
    belongs to the last stretch. Only where all months together have too few, the one stretch has.
    """
    made: list[tuple[Span, int]] = []
    begin, count = None, 0
    for month in sorted(answers):
        if begin is None and not answers[month]:
            made.append(((month, month), 0))
            continue
        begin, count = begin or month, count + answers[month]
        if count >= least:
            made.append(((begin, month), count))
            begin, count = None, 0
    if begin is None:
        return [span for span, _count in made]
    last = max(answers)
    while made and count < least:
        (begin, _end), more = made.pop()
        count += more
    return [*(span for span, _count in made), (begin, last)]


def months(span: Span) -> list[date]:
    """Every month of a stretch, by its first day."""
    first, last = span
    found = [first]
    while found[-1] < last:
        found.append(clock.add_months(found[-1], 1))
    return found


def key(span: Span) -> str:
    """A stretch for programs: `2026-05`, or `2026-04/2026-05`."""
    first, last = (f"{month:%Y-%m}" for month in span)
    return first if first == last else f"{first}/{last}"


def hidden(answers: Sequence[int], *, least: int) -> set[int]:
    """The places of groups to hide: those with fewer than `least` answers, and so many of the
    smallest others that at least two are hidden, with `least` answers together.
    """
    found = {place for place, count in enumerate(answers) if 0 < count < least}
    others = sorted((count, place) for place, count in enumerate(answers) if count >= least)
    for _count, place in others:
        if not found or (len(found) > 1 and sum(answers[one] for one in found) >= least):
            break
        found.add(place)
    return found
