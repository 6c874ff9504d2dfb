"""Counting what somebody tries, in windows of time, in the cache.

The processes share it, unless CACHE=local, where each counts for itself. The window is part of the
key, so that nothing makes it longer or shorter. Two at the very same moment may count as one, which
is good enough.
"""

from __future__ import annotations

from django.core.cache import cache

from common import clock


def one_more(what: str, *, seconds: int) -> int:
    """Count one more in the window of so many seconds that runs. Returns how many there are."""
    count = so_many(what, seconds=seconds) + 1
    cache.set(_key(what, seconds), count, timeout=seconds)
    return count


def so_many(what: str, *, seconds: int) -> int:
    """How many were counted in the window that runs."""
    return int(cache.get(_key(what, seconds), 0))


def _key(what: str, seconds: int) -> str:
    return f"{what}:{int(clock.now().timestamp()) // seconds}"
