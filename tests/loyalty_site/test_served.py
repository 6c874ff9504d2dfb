"""The real web server with two workers, on an empty database of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty_site import env
from loyalty_site.demo import ports
from loyalty_site.embedded import locks, place

pytestmark = pytest.mark.slow
WAIT_S = 300  # a hang, not a slow machine


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    home = Path(tempfile.mkdtemp(prefix="pn", dir="/tmp"))
    home.chmod(0o755)
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        port = probe.getsockname()[1]
    extra = {"DEBUG": "1", "METRICS_ENABLED": "1", "PENNANT_DATA_DIR": str(home / "data")}
    extra["DJANGO_SETTINGS_MODULE"] = "loyalty_site.settings"  # the tests' would move the folder
    child = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--no-ws"]
        + ["--port", str(port), "--log-level", "error", "loyalty_site.wsgi:application"],
        cwd=env.ROOT,
        env=env.inherited({**extra, "PENNANT_ENV_FILE": os.devnull, "DATABASE_URL": ""}),
        start_new_session=True,
    )
    address = f"http://{ports.HOST}:{port}"
    try:
        alive = f"{address}/healthz"
        assert ports.wait_for(alive, seconds=WAIT_S, is_alive=lambda: child.poll() is None)
        yield address
    finally:
        child.terminate()
        child.wait(WAIT_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # a worker that was still starting
    assert _ends_alone(home / "data"), "the web server left its database running"
    shutil.rmtree(home)


def _ends_alone(data: Path, *, seconds: float = WAIT_S) -> bool:
    """Whether the guardian has stopped the database and is gone itself."""
    pid_file = place.of(data).data / "postmaster.pid"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not locks.is_taken(data / "guardian.lock") and not pid_file.exists():
            return True
        time.sleep(0.05)
    return False


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=WAIT_S) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_server_without_tables_is_alive_but_not_ready(base: str) -> None:
    assert _get(f"{base}/healthz")[0] == 200
    status, body = _get(f"{base}/readyz")
    assert status == 503
    checks = json.loads(body)["checks"]
    assert checks["database"]["ok"]
    assert "python manage.py prepare" in checks["migrations"]["detail"]
    assert not checks["worker"]["ok"]


def test_metrics_are_those_of_all_workers(base: str) -> None:
    counted = 'pennant_requests_total{method="GET",route="healthz",status="200"}'

    def count() -> float:
        lines = _get(f"{base}/metrics")[1].splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(counted))

    before = count()
    for _ in range(20):
        _get(f"{base}/healthz")
    assert count() == before + 20
