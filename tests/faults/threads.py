"""Real threads on real PostgreSQL: all start at once, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

T = TypeVar("T")
HANG_S = 300  # a hang, not a slow machine


def at_once(works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """What each piece of work returned, or the exception it ended with, in the order given."""
    start = threading.Barrier(len(works))
    results: list[T | Exception | None] = [None] * len(works)

    def run(index: int, work: Callable[[], T]) -> None:
        try:
            start.wait(timeout=HANG_S)
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=HANG_S)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return results  # type: ignore[return-value]


def behind(rows: QuerySet[Any], works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """The same, staged: each piece of work is started when those before it wait for a lock that is
    held on `rows`; then the lock is let go, and they go on in the order in which they came.
    """
    results: list[T | Exception | None] = [None] * len(works)

    def run(index: int, work: Callable[[], T]) -> None:
        try:
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    with transaction.atomic():
        assert list(rows.select_for_update()), "there is nothing to lock"
        for number, thread in enumerate(threads, start=1):
            thread.start()
            _await_waiting(number)
    for thread in threads:
        thread.join(timeout=HANG_S)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return results  # type: ignore[return-value]


def _await_waiting(number: int) -> None:
    """Look until so many connections wait for a lock."""
    for _ in range(20_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= number:
                return
    raise AssertionError(f"{number} pieces of work should wait for the lock, and do not")


def outcomes(results: Sequence[object]) -> dict[str, int]:
    """How often each outcome came: the class of the exception, or `ok`."""
    counted: dict[str, int] = {}
    for result in results:
        name = type(result).__name__ if isinstance(result, Exception) else "ok"
        counted[name] = counted.get(name, 0) + 1
    return counted
