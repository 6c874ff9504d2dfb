"""The web server as an operator runs it, on the database of this run: granian, two workers with
four threads each, behind a proxy that ended TLS.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import ground, limit
from loyalty_site import env
from loyalty_site.demo import ports

WORKERS, THREADS = 2, 4
START_S = 180  # a busy machine takes its time


@contextmanager
def web() -> Iterator[int]:
    """The port on which Pennant answers for as long as the block lasts."""
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS)]
    command += ["--host", ports.HOST, "--port", str(port), "--log-level", "error"]
    child = subprocess.Popen(
        [*command, "loyalty_site.wsgi:application"],
        cwd=ground.ROOT,
        env=env.inherited(_variables()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not ports.wait_for(
            f"http://{ports.HOST}:{port}/healthz",
            seconds=START_S,
            is_alive=lambda: child.poll() is None,
        ):
            raise SystemExit("The web server did not start.")
        yield port
    finally:
        child.terminate()
        child.wait(30)


def _variables() -> dict[str, str]:
    return {
        "PENNANT_ENV_FILE": os.devnull,
        "DATABASE_URL": limit.address(),
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": ports.HOST,
        "EMAIL_HOST": "localhost",
        "CACHE": "local",
        "TRUSTED_PROXY_COUNT": "1",
    }
