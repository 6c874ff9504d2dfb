"""The demo's web server and worker: started, watched and stopped together.

Each runs in a session of its own, so that Ctrl-C reaches only us and they end in our order. Should
we be killed, the kernel tells them (on Linux), and their own registration with the database ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from loyalty_site import env

STOP_WAIT_S = 5  # then they are killed; a task that was cut off comes back
PR_SET_PDEATHSIG = 1  # from linux/prctl.h

WEB = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"]
WEB += ["--no-ws", "--log-level", "warning", "--workers-kill-timeout", "5"]
WORKER = ["-m", "celery", "-A", "loyalty_site.celery", "worker", "-B", "-P", "threads", "-c", "2"]
WORKER += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]


class Process:
    """One child with its log file."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        log: Path,
        ends_by: signal.Signals,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._ends_by = ends_by
        with log.open("wb") as output:
            self._child = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=env.ROOT,
                env=env.inherited(
                    {"DEMO": "1", "DEBUG": "0", "PYTHONUNBUFFERED": "1", **(more or {})}
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def ask_to_stop(self) -> None:
        if self.is_alive:
            self._child.send_signal(self._ends_by)

    def wait(self, deadline: float) -> None:
        """Wait until the deadline, then kill the child and whatever it has started."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def last_words(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def web(*, host: str, port: int, logs: Path) -> Process:
    """The web server: two workers, and pages from loyalty_site.wsgi."""
    address = ["--host", host, "--port", str(port), "loyalty_site.wsgi:application"]
    return Process("web server", [*WEB, *address], log=logs / "web.log", ends_by=signal.SIGTERM)


def worker(*, logs: Path, base: str) -> Process:
    """The worker, with beat inside it; `base` is where its letters lead.

    SIGQUIT is Celery's word for: at once.
    """
    log = logs / "worker.log"
    return Process("worker", WORKER, log=log, ends_by=signal.SIGQUIT, more={"PUBLIC_URL": base})


def stop(processes: Sequence[Process]) -> None:
    """Stop all of them, politely first."""
    for process in processes:
        process.ask_to_stop()
    deadline = time.monotonic() + STOP_WAIT_S
    for process in processes:
        process.wait(deadline)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
