"""Rows that nobody waits for: written a moment later, many at once, by a thread of the process.

What must stay true: every row is written once, and before its process ends. One that is killed
takes with it what came in its last moment, so nothing may follow from such rows.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connections,
    models,
)

from common import copying

PORTION = 500  # rows of one statement
MOST = 10_000  # rows that may wait while PostgreSQL is away
IDLE = timedelta(seconds=5)  # without rows, until the thread ends
AWAY = (OperationalError, InterfaceError)

log = structlog.get_logger("pennant.afterwards")
M = TypeVar("M", bound=models.Model)


class Afterwards(Generic[M]):
    """Writes rows of one model, so long after they came as `wait` says at every turn.

    Its thread is there only while rows come. It gives its connection back after every turn.
    """

    def __init__(self, model: type[M], *, wait: Callable[[], timedelta]) -> None:
        self._model, self._wait = model, wait
        self._rows: deque[M] = deque()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        os.register_at_fork(after_in_child=self._forget)

    @property
    def is_running(self) -> bool:
        """Whether its thread is there."""
        return self._thread is not None and self._thread.is_alive()

    def take(self, row: M) -> bool:
        """Take a row; False for one that the caller has to write: too many wait already, or the
        process is about to end.
        """
        if len(self._rows) >= MOST or not threading.main_thread().is_alive():
            return False
        with self._turn:
            if not self.is_running and not self._start():
                return False
            self._rows.append(row)
        return True

    def _start(self) -> bool:
        name = f"{self._model.__name__} afterwards"
        # Said aloud: the threads of a web server are daemons, and theirs would be, too.
        thread = threading.Thread(target=self._run, name=name, daemon=False)
        try:
            thread.start()
        except RuntimeError:  # there can be no more of them
            return False
        self._thread = thread
        return True

    def _forget(self) -> None:
        """In a process that was forked off: what waits is the first one's to write."""
        self._rows.clear()
        self._turn, self._thread = threading.Lock(), None

    def _run(self) -> None:
        """For as long as there is something to write. Python waits for this thread before it ends,
        and what is left by then is written at once.
        """
        busy = time.monotonic()
        while True:
            time.sleep(self._wait().total_seconds())
            is_over = not threading.main_thread().is_alive()
            if self._rows:
                busy = time.monotonic()
                self._write(is_last=is_over)
            with self._turn:
                is_idle = time.monotonic() - busy > IDLE.total_seconds()
                if not self._rows and (is_over or is_idle):
                    self._thread = None
                    return

    def _write(self, *, is_last: bool) -> None:
        """Write what has come. What PostgreSQL is not there for is tried again."""
        try:
            while self._rows:
                some = [self._rows.popleft() for _ in range(min(len(self._rows), PORTION))]
                try:
                    self._copy(some)
                except AWAY as error:
                    self._rows.extendleft(reversed(some))
                    if is_last:
                        log.error("rows_lost", rows=len(self._rows), exc_info=error)
                        self._rows.clear()
                    else:
                        log.warning("rows_delayed", rows=len(self._rows), exc_info=error)
                    return
        finally:
            connections.close_all()

    def _copy(self, rows: Sequence[M]) -> None:
        """Write them; if one cannot be written, all others."""
        try:
            copying.copy(self._model, rows)
        except AWAY:
            raise
        except (DatabaseError, ValueError, TypeError) as error:  # refused, or no text for COPY
            if len(rows) > 1:
                for row in rows:
                    self._copy([row])
            elif not (isinstance(error, IntegrityError) and self._is_there(rows[0])):
                log.error("row_not_written", row=str(rows[0].pk), exc_info=error)

    def _is_there(self, row: M) -> bool:
        """Whether it was written before: a connection can break before it says so."""
        return self._model._default_manager.filter(pk=row.pk).exists()
