"""Groups that a way to a tier can be only for: members of a segment, or who has a plan.

Whoever knows a kind of group registers how it is told who was in which when. What must stay true:
membership is read as it was at the moment that is looked at, so that leaving a group takes nothing
back, and what arrives late finds the groups of its own day.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import NamedTuple

SEGMENT, PLAN = "segment", "plan"


class Stay(NamedTuple):
    """In a group from a moment to another (exclusive; None: it goes on)."""

    group: str
    starts_at: datetime
    ends_at: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


Reader = Callable[
    [Collection[uuid.UUID], Collection[str], datetime | None], Iterable[tuple[uuid.UUID, Stay]]
]

_readers: dict[str, Reader] = {}
_names: dict[str, Callable[[str], str]] = {}


def named(kind: str, code: str) -> str:
    """A group, as routes name it: `plan:plus`; empty where there is no code."""
    return f"{kind}:{code}" if code else ""


def is_in(stays: Iterable[Stay], group: str, moment: datetime) -> bool:
    """Whether somebody with these stays was in a group then; with no group named, everybody is."""
    return not group or any(one.group == group and one.covers(moment) for one in stays)


def register(kind: str, reader: Reader, *, name: Callable[[str], str]) -> None:
    """Say how it is told when members were in groups of a kind, by their codes; with a moment,
    from what had been recorded by then; and what a group is called. Called once, when the app is
    ready.
    """
    _readers[kind], _names[kind] = reader, name


def called(group: str) -> str:
    """What members call a group."""
    kind, _, code = group.partition(":")
    return _names[kind](code) if kind in _names else code


def read(
    ids: Collection[uuid.UUID], *, groups: Collection[str], known_at: datetime | None = None
) -> dict[uuid.UUID, list[Stay]]:
    """When members were in some groups, by member. No query where there are no groups."""
    found: dict[uuid.UUID, list[Stay]] = {}
    for kind, reader in _readers.items() if ids else ():
        codes = {code for one in groups for of, _, code in [one.partition(":")] if of == kind}
        for member, stay in reader(ids, codes, known_at) if codes else ():
            found.setdefault(member, []).append(stay)
    return found
