"""Real threads on real PostgreSQL: all start at once, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """What each piece of work returned, or the exception it ended with, in the order given."""
    start = threading.Barrier(len(works))
    results: list[T | Exception | None] = [None] * len(works)

    def run(index: int, work: Callable[[], T]) -> None:
        try:
            start.wait(timeout=30)
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return results  # type: ignore[return-value]


def outcomes(results: Sequence[object]) -> dict[str, int]:
    """How often each outcome came: the class of the exception, or `ok`."""
    counted: dict[str, int] = {}
    for result in results:
        name = type(result).__name__ if isinstance(result, Exception) else "ok"
        counted[name] = counted.get(name, 0) + 1
    return counted
