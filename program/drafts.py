"""Drafts: the program as a blueprint would make it, read into memory and undone at once.

Nothing stays: no row, no version, no lock. What is compared or replayed under a draft is done with
what was read, after the database has forgotten about it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from program import blueprint, catalog, slate
from program.models import Program

T = TypeVar("T")
ACTOR = "system:draft"


class _Undone(Exception):
    pass


def on_top(folder: Path, take: Callable[[Program], T]) -> tuple[list[str], T]:
    """What applying the blueprint would change, and what `take` reads from the program after it.

    Here the past binds: rules that have paid are succeeded from today. Raises BlueprintInvalid and
    HistoryProtected as applying would.
    """
    draft = blueprint.load(folder)[0]
    try:
        with transaction.atomic():
            by_section = blueprint.write(draft)
            found = take(catalog.current())
            raise _Undone
    except _Undone:
        return [change for lines in by_section.values() for change in lines], found


def alone(folder: Path, take: Callable[[Program], T]) -> T:
    """What `take` reads from the blueprint's program where there never was another one.

    Here nothing binds: its rules are in force from the beginning, unless they say otherwise. Raises
    BlueprintInvalid.
    """
    with slate.blank():
        blueprint.apply(folder, actor=ACTOR)
        return take(catalog.current())
