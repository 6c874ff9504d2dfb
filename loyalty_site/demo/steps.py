"""What the terminal shows while the demo gets ready: one line a step, with its time."""

from __future__ import annotations

import contextlib
import io
import sys
import time
from collections.abc import Iterator


class Steps:
    """Numbers the steps. On a terminal the line is finished when the step is."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0
        self._started = time.monotonic()

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Show `title`, then how long it took; what is put into the list is shown behind it."""
        self._number += 1
        label = f"  [{self._number}/{self._total}] {title}"
        if sys.stdout.isatty():
            self._write(f"{label} ...", end="")
        started = time.monotonic()
        notes: list[str] = []
        yield notes
        took = f"{time.monotonic() - started:5.1f} s"
        start = "\r\x1b[K" if sys.stdout.isatty() else ""
        self._write(f"{start}{label:<58} {took}" + "".join(f"  {note}" for note in notes))

    def progress(self, title: str) -> io.TextIOBase:
        """A stream that shows, on a terminal, the latest line written to it behind the title."""
        return _Progress(f"  [{self._number}/{self._total}] {title}")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    @staticmethod
    def _write(text: str, *, end: str = "\n") -> None:
        sys.stdout.write(text + end)
        sys.stdout.flush()


class _Progress(io.TextIOBase):
    def __init__(self, label: str) -> None:
        self._label = label

    def write(self, text: str) -> int:
        if sys.stdout.isatty() and text.strip():
            sys.stdout.write(f"\r\x1b[K{self._label}: {text.strip()}")
            sys.stdout.flush()
        return len(text)
