"""Stops the embedded PostgreSQL when the last process that used it is gone, even by kill -9.

Started as a program of its own by `server`, without any installed package, with the arguments HOME
PG_CTL DATA UID GID. It sleeps in the kernel until a user's lock is let go: waiting costs nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from loyalty_site.embedded import locks

STOP_WAIT_S = 60


class Told(Exception):
    """The machine asks us to end: stop the server first."""


def stop(pg_ctl: str, data: str, *, uid: int, gid: int) -> None:
    """Stop the server at `data` and wait for it; nothing happens where none runs."""
    account = {"user": uid, "group": gid, "extra_groups": []} if uid >= 0 else {}
    subprocess.run(
        [pg_ctl, "-D", data, "-m", "fast", "-t", str(STOP_WAIT_S), "-w", "-s", "stop"],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        **account,  # type: ignore[call-overload]
    )


def watch(home: Path, pg_ctl: str, data: str, *, uid: int, gid: int, mine: int) -> None:
    """Wait until nobody uses the server, then stop it and let our lock `mine` go.

    It goes before start.lock does: who starts the server next must see that it needs a guardian.
    """
    while True:
        with locks.held(home / "start.lock"):
            alive = locks.living(home / "users")
            if not alive:
                stop(pg_ctl, data, uid=uid, gid=gid)
                os.close(mine)
                return
        locks.wait_for_end(alive[0])


def _tell(number: int, frame: FrameType | None) -> None:
    raise Told


def main(home: str, pg_ctl: str, data: str, uid: str, gid: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _tell)
    mine = locks.take(Path(home) / "guardian.lock")
    if mine is None:
        return
    try:
        watch(Path(home), pg_ctl, data, uid=int(uid), gid=int(gid), mine=mine)
    except Told:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop(pg_ctl, data, uid=int(uid), gid=int(gid))


if __name__ == "__main__":
    main(*sys.argv[1:])
