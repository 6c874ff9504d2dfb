"""Lanes: processes beside this one that take pieces of long work, so that it uses every core.

A lane is a Python of its own with Django in it, on the database of whoever started it. It hears
what to do through a pipe, and is kept for a while, because starting one takes a second or two. It
ends with the pipe, so it outlives nobody, however they ended; who ends in order waits for it.

What must stay true: a lane may die at any moment, and its piece is done again from the start; so
only what is safe to do twice may be shared.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

MOST = 8  # by itself: each holds a connection and some 120 MB
END_S = 10  # that a lane may take to end, once it is let go
TRIES = 3  # of one piece: what takes lanes down again and again is not the fault of the lanes
GONE = (EOFError, BrokenPipeError, ConnectionResetError)  # whoever held the other end
Piece = tuple[Any, ...]
log = structlog.get_logger("pennant.lanes")

_idle: list[Lane] = []
_turn = threading.Lock()
_parent: int | None = None  # of this process, where it is a lane


class LaneLost(Exception):
    """A lane ended in the middle of its piece."""


class LaneFailed(Exception):
    """What a lane was asked to do raised an error; the lane's own log has all of it."""


class Lane:
    """One of the processes, and our end of the pipe to it."""

    def __init__(self) -> None:
        self.line, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "common.lane", str(theirs.fileno()), str(os.getpid())],
                cwd=settings.ROOT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self.ask(connection.settings_dict["NAME"])

    @property
    def is_there(self) -> bool:
        return self.process.poll() is None

    def ask(self, what: Any) -> None:
        """Tell it what to do; one that is gone already is found out by its answer."""
        try:
            self.line.send(what)
        except GONE:
            log.info("lane_was_gone", lane=self.process.pid)

    def answer(self) -> Any:
        """What came of the piece it was given. Raises LaneLost, LaneFailed."""
        try:
            is_done, answer = self.line.recv()
        except GONE as error:
            raise LaneLost(f"Lane {self.process.pid} ended with {self.process.wait()}.") from error
        if not is_done:
            raise LaneFailed(answer)
        return answer

    def end(self) -> None:
        """Let go of it: it ends by itself."""
        self.line.close()


def count() -> int:
    """How many lanes work at once: as the operator says, or one for each core."""
    return int(settings.IMPORT_LANES) or min(MOST, len(os.sched_getaffinity(0)))


def share(work: str, pieces: Iterable[Piece], *, lanes: int) -> Iterator[Any]:
    """Have the function named `work` done with each of the pieces, by so many lanes at once; its
    answers, as they come.

    One lane is this process itself. So it is inside a transaction, which no other process could
    look into. Raises LaneFailed for an error of the work, LaneLost for a piece that no lane
    survives.
    """
    if lanes < 2 or connection.in_atomic_block:
        function = import_string(work)
        for piece in pieces:
            yield function(*piece)
        return
    busy: dict[Any, tuple[Lane, Piece, int]] = {}
    left: Iterator[tuple[Piece, int]] = ((piece, 1) for piece in pieces)
    try:
        while True:
            for piece, turn in itertools.islice(left, lanes - len(busy)):
                lane = _take()
                lane.ask((work, piece))
                busy[lane.line] = lane, piece, turn
            if not busy:
                return
            for line in wait(list(busy)):
                lane, piece, turn = busy.pop(line)
                try:
                    answer = lane.answer()
                except LaneLost:
                    log.warning("lane_lost", lane=lane.process.pid, turn=turn)
                    if turn >= TRIES:
                        raise
                    left = itertools.chain([(piece, turn + 1)], left)
                    continue
                _keep(lane)
                yield answer
    finally:
        for lane, _, _ in busy.values():
            lane.end()


def _take() -> Lane:
    """A lane that has nothing to do, or a new one."""
    with _turn:
        while _idle:
            lane = _idle.pop()
            if lane.is_there:
                return lane
    return Lane()


def _keep(lane: Lane) -> None:
    with _turn:
        _idle.append(lane)


@atexit.register
def dismiss() -> None:
    """End the lanes that have nothing to do, and wait for that: whoever started them and goes
    leaves none behind. At the end of the process it happens by itself.
    """
    with _turn:
        lanes, _idle[:] = list(_idle), []
    for lane in lanes:
        lane.end()
    for lane in lanes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            lane.process.wait(END_S)


def is_wanted() -> bool:
    """Whether whoever gave us work is still there; always so where this process is no lane."""
    return _parent is None or os.getppid() == _parent


def serve(line: Connection, *, parent: int, kept_s: int) -> None:
    """Be a lane: do what comes through the pipe, until nothing comes for so long.

    An error of the work is told to whoever asked, and ends the lane. Raises EOFError, or another of
    GONE, when the pipe is closed.
    """
    global _parent  # noqa: PLW0603
    _parent = parent
    connection.settings_dict["NAME"] = line.recv()
    while line.poll(kept_s):
        work, piece = line.recv()
        try:
            answer = import_string(work)(*piece)
        except Exception as error:
            line.send((False, f"{type(error).__name__}: {error}"))
            raise
        connection.close()
        line.send((True, answer))
