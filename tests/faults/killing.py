"""A worker that is killed, really: a process of its own, which ends itself with SIGKILL before its
n-th step. A step is a statement to the database or a word to the mail server.
"""

from __future__ import annotations

import os
import signal
import smtplib
from collections.abc import Callable
from typing import Any

from django.db import connection


class Killed:
    """Counts steps, and ends the process before the last one."""

    def __init__(self, before: int) -> None:
        self.left = before

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.step()
        return execute(*args)

    def wrapped(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            self.step()
            return method(*args, **kwargs)

        return called


def lived(work: Callable[[], object], *, kill_before: int) -> bool:
    """Do the work in a process that is killed before that step (0: never); whether it lived."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            connection.connection = None  # the parent's; a process has its own
            killed = Killed(kill_before)
            for name in ("docmd", "data", "quit"):
                setattr(smtplib.SMTP, name, killed.wrapped(getattr(smtplib.SMTP, name)))
            with connection.execute_wrapper(killed.around):
                work()
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0
    return True
