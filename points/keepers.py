"""What keeps points beyond their end, as far as the ledger's neighbors know of it.

Points do not know what a status is. Whoever promises that points do not end while something lasts
registers how long it does, and is asked at the very moment at which points would end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from points.books import Key

Keeper = Callable[[Key, datetime], datetime | None]

_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    """Say until when points that would end at a moment are kept; None: they are not.

    Called once, when the app is ready.
    """
    if keeper not in _keepers:
        _keepers.append(keeper)


def until(key: Key, ends: datetime) -> datetime | None:
    """The later moment to which points of a member and unit are kept that would end at `ends`."""
    found = (keeper(key, ends) for keeper in _keepers)
    return max((moment for moment in found if moment is not None and moment > ends), default=None)
