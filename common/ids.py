"""Identifiers: time-ordered UUIDs made in Python, and the prefixed form that leaves the house
(`act_…`).
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
import uuid
from datetime import timedelta

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
LENGTH = 26  # 128 bits in base 32
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]  # ten bits at once
SHIFTS = range(120, -1, -10)


POOL = 4096  # random bytes asked of the system at once

_last = 0
_turn = threading.Lock()
_pool: list[bytes] = []  # random bytes that no id has been made of


# A process that forks shares nothing random with its children.
os.register_at_fork(after_in_child=_pool.clear)


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, method 3): milliseconds, 12 bits of their fraction, then
    randomness.

    Within a process each one sorts after the one before, so rows made in a loop keep their order.
    """
    global _last  # noqa: PLW0603
    with _turn:
        ticks = max((time.time_ns() << 12) // 1_000_000, _last + 1)
        _last = ticks
        if not _pool:
            fresh = os.urandom(POOL)
            _pool.extend(fresh[start : start + 8] for start in range(0, POOL, 8))
        tail = int.from_bytes(_pool.pop(), "big") & ((1 << 62) - 1)
    return _made((ticks >> 12) << 80 | 7 << 76 | (ticks & 0xFFF) << 64 | 2 << 62 | tail)


def _made(value: int) -> uuid.UUID:
    """`uuid.UUID(int=value)` without its questions, which take most of its time: ids are made by
    the dozen for every line of a file.
    """
    made = object.__new__(uuid.UUID)
    object.__setattr__(made, "int", value)
    object.__setattr__(made, "is_safe", uuid.SafeUUID.unknown)
    return made


def earlier(value: uuid.UUID, *, by: timedelta) -> uuid.UUID:
    """The least UUID of the moment that lies so long before that of a version 7 UUID."""
    milliseconds = (value.int >> 80) - by // timedelta(milliseconds=1)
    return uuid.UUID(int=max(0, milliseconds) << 80)


def named(namespace: uuid.UUID, *parts: str) -> uuid.UUID:
    """The same UUID for the same parts, always: for key tables and rows that must be made once."""
    name = namespace.int.to_bytes(16, "big") + "\x1f".join(parts).encode()
    digest = hashlib.sha1(name, usedforsecurity=False).digest()  # RFC 9562, version 5
    value = int.from_bytes(digest[:16], "big")
    return _made(value & ~(0xF << 76) & ~(3 << 62) | 5 << 76 | 2 << 62)


def public_id(prefix: str, value: uuid.UUID) -> str:
    """`public_id("act", id)` is `act_` and 26 characters of base 32."""
    number = value.int
    return f"{prefix}_{''.join([PAIRS[number >> shift & 1023] for shift in SHIFTS])}"


def parse_public_id(prefix: str, text: str) -> uuid.UUID:
    """The UUID behind a public id. Raises ValueError for another prefix, length or alphabet."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != LENGTH:
        raise ValueError(f"{text!r} is not an id of the form {prefix}_…")
    number = 0
    for letter in tail.lower():
        number = number * 32 + ALPHABET.index(letter)
    if number >= 1 << 128:
        raise ValueError(f"{text!r} is not an id of the form {prefix}_…")
    return uuid.UUID(int=number)
