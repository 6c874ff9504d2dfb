"""Activities that ladders count one by one, or by the days, partners and locations that had one.

Tiers know no activities: whoever records them registers how they are read.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol


class Visit(NamedTuple):
    """An activity that counts: when, of which type, with which partner, where ("" for nowhere)."""

    moment: datetime
    type: str
    partner: str
    location: str = ""


class Source(Protocol):
    """How activities are read; what was cancelled is not among them."""

    def visits(
        self,
        ids: Sequence[uuid.UUID],
        *,
        types: Collection[str],
        known_at: datetime | None,
        gone: Collection[uuid.UUID],
    ) -> Iterable[tuple[uuid.UUID, Visit]]:
        """Of some members; with `known_at`, what had been recorded by then. `gone` are the ids of
        activities that count no more.
        """

    def visitors(self, types: Collection[str]) -> Iterable[uuid.UUID]:
        """Members who have done something of these types."""


_sources: list[Source] = []


def register(source: Source) -> None:
    """Say how activities are read; called once, at start-up."""
    _sources[:] = [source]


def read(
    ids: Sequence[uuid.UUID],
    *,
    types: Collection[str],
    known_at: datetime | None = None,
    gone: Collection[uuid.UUID] = (),
) -> dict[uuid.UUID, list[Visit]]:
    """The members' activities of some types, by member. No query where there are no types."""
    found: dict[uuid.UUID, list[Visit]] = {}
    for source in _sources if types and ids else ():
        for member, visit in source.visits(ids, types=types, known_at=known_at, gone=gone):
            found.setdefault(member, []).append(visit)
    return found


def visitors(types: Collection[str]) -> set[uuid.UUID]:
    """Members who may hold something for activities of these types."""
    return {pk for source in _sources if types for pk in source.visitors(types)}


class Log:
    """Activities of one type in order of time, counted over any window."""

    def __init__(self) -> None:
        self._moments: list[datetime] = []
        self._kept: list[tuple[date, str, str]] = []  # local day, partner, location

    def add(self, visit: Visit, on: date) -> None:
        """Append one; they come in order. `on` is its local day."""
        self._moments.append(visit.moment)
        self._kept.append((on, visit.partner, visit.location))

    def between(self, start: datetime | None, moment: datetime, distinct: str) -> int:
        """How many from `start` on (None: ever) up to and including `moment`: each one, or days,
        partners or locations that had one.
        """
        first = bisect_left(self._moments, start) if start else 0
        last = bisect_right(self._moments, moment)
        if not distinct:
            return max(0, last - first)
        kept = self._kept[first:last]
        if distinct == "day":
            return len({on for on, _, _ in kept})
        if distinct == "partner":
            return len({partner for _, partner, _ in kept})
        return len({(partner, place) for _, partner, place in kept if place})
