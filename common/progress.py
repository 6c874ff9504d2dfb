"""Telling how far a long command has come: nothing for what is soon done, then now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

Progress = Callable[[int, int], None]  # done, total
PATIENCE_S = 2  # what is done sooner needs no report
PAUSE_S = 1


class Out(Protocol):
    """Where a command writes: a stream, or Django's wrapper around one."""

    def write(self, text: str, /) -> Any: ...

    def flush(self) -> Any: ...


def meter(out: Out, noun: str) -> Progress:
    """A `Progress` that writes `1,000 of 5,000 members` after two seconds and then every one."""
    quiet_until = time.monotonic() + PATIENCE_S

    def tell(done: int, total: int) -> None:
        nonlocal quiet_until
        if time.monotonic() > quiet_until:
            quiet_until = time.monotonic() + PAUSE_S
            out.write(f"  {done:,} of {total:,} {noun}")
            out.flush()

    return tell


def silent(done: int, total: int) -> None:
    """A `Progress` that says nothing."""
