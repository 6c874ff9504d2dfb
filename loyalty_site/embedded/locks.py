"""File locks that the kernel lets go when a process ends, however it ends.

Standard library only: the guardian runs this file on its own.

`start.lock` is held while the server is started, stopped or counted. `users/<pid>-<random>` is
held by each process that needs the server, for its whole life. `guardian.lock` is the guardian's.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait for the exclusive lock on `path` and hold it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def take(path: Path) -> int | None:
    """Take the exclusive lock at once; the descriptor that holds it, or None when it is taken."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def is_taken(path: Path) -> bool:
    """Whether some living process holds the lock on `path`."""
    descriptor = take(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def join(users: Path) -> tuple[Path, int]:
    """Register this process; its file and the descriptor that keeps it registered."""
    users.mkdir(mode=0o755, exist_ok=True)
    path = users / f"{os.getpid()}-{secrets.token_hex(4)}"
    descriptor = take(path)
    assert descriptor is not None, "a name with 32 random bits is ours alone"
    return path, descriptor


def leave(path: Path, descriptor: int) -> None:
    """Take back `join`, for this process and for children that share its descriptor."""
    path.unlink(missing_ok=True)
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def living(users: Path) -> list[Path]:
    """The files of the processes that still live; what dead ones left behind is swept away.

    Call with `start.lock` held.
    """
    alive = []
    for path in sorted(users.glob("*-*")):
        if is_taken(path):
            alive.append(path)
        else:
            path.unlink(missing_ok=True)
    return alive


def wait_for_end(path: Path) -> None:
    """Wait until the process behind a user's file is gone."""
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        finally:
            os.close(descriptor)


def _open(path: Path) -> int:
    # To read is enough for a lock: root and the owner of a checkout can share one.
    return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
