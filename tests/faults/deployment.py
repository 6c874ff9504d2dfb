"""A whole deployment on this machine: web servers, a worker and PostgreSQL of their own, as an
operator runs them, each a process that can be killed.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loyalty_site import env
from loyalty_site.demo import ports
from loyalty_site.demo.processes import WORKER
from loyalty_site.embedded import place

WAIT_S = 300  # a hang, not a slow machine
WEB = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4"]
WEB += ["--no-ws", "--log-level", "error", "--respawn-failed-workers"]
SET_UP = """
import json, sys
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("program", "apply", "blueprints/hotel", verbosity=0)
from common import clock
from earning import intake
from earning.submissions import Submission
from loyalty_site import jobs
from members import enrolment
from partners import keys, outside, webhooks
from partners.models import Scope
from program.models import Partner
jobs.install()
guests, url = int(sys.argv[1]), sys.argv[2]
people = [enrolment.Newcomer(name=f"Guest {n}", reference=f"guest-{n}") for n in range(guests)]
enrolment.enroll_many(people, actor="system:test")
stay = {"outcome": "stayed", "nights": 1, "suite": False, "revenue": "100000.00"}
intake.record_batch([
    Submission("front-desk", f"first-{n}", "stay", clock.now(), stay, "reference", f"guest-{n}",
               "resort-hotel") for n in range(guests)], actor="system:test")
key, text = keys.issue(Partner.objects.get(pk="front-desk"), name="Till", scopes=Scope.values,
                       actor="system:test", per_minute=10_000_000)
webhooks.create(key, address=outside.locate(url), types=["activity_unclaimed"],
                contact="it@example.com", description="", actor="system:test")
print(json.dumps(text))
"""


class Deployment:
    """Its processes by name, and the key of a till."""

    def __init__(self, home: Path, *, guests: int, hook: str) -> None:
        self.home, self.children, self.ports = home, {}, {}
        self.secret = secrets.token_urlsafe(50)
        self.key: str = self.python(SET_UP, str(guests), hook)

    children: dict[str, subprocess.Popen[bytes]]
    ports: dict[str, int]

    def environment(self) -> dict[str, str]:
        mine = {
            "PENNANT_ENV_FILE": os.devnull,
            "PENNANT_DATA_DIR": str(self.home / "data"),
            "DJANGO_SETTINGS_MODULE": "loyalty_site.settings",
            "DATABASE_URL": "",
            "DEBUG": "0",
            "SECRET_KEY": self.secret,
            "ALLOWED_HOSTS": ports.HOST,
            "EMAIL_HOST": "localhost",
            "CACHE": "local",
            "TRUSTED_PROXY_COUNT": "1",
            "WEBHOOK_NETWORKS": "127.0.0.0/8",
            "LOG_LEVEL": "ERROR",
        }
        return env.inherited(mine)

    def python(self, code: str, *arguments: str) -> Any:
        """What a program in this deployment prints as its last line, as JSON."""
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=env.ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, name: str) -> None:
        """Start a web server (`web-…`), on the port it had before, or the worker."""
        command = WORKER
        if name != "worker":
            self.ports.setdefault(name, _free_port())
            command = [*WEB, "--host", ports.HOST, "--port", str(self.ports[name])]
            command = [*command, "loyalty_site.wsgi:application"]
        self.children[name] = subprocess.Popen(
            [sys.executable, *command],
            cwd=env.ROOT,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def answers(self, name: str) -> None:
        """Wait until a web server answers."""
        address = f"http://{ports.HOST}:{self.ports[name]}/healthz"
        child = self.children[name]
        assert ports.wait_for(address, seconds=WAIT_S, is_alive=lambda: child.poll() is None)

    def kill(self, name: str) -> None:
        """kill -9, with whatever it has started; `database` is PostgreSQL's first process."""
        if name == "database":
            file = place.of(self.home / "data").data / "postmaster.pid"
            os.kill(int(file.read_text().split()[0]), signal.SIGKILL)
            return
        child = self.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait(WAIT_S)

    def end(self, name: str) -> None:
        """Stop a web server as an operator does."""
        child = self.children.pop(name)
        child.terminate()
        child.wait(WAIT_S)

    def stop(self) -> None:
        for name in list(self.children):
            self.kill(name)
        data = place.of(self.home / "data").data
        assert eventually(lambda: not (data / "postmaster.pid").exists(), seconds=WAIT_S)


class Caller:
    """A till's connection to one web server; a line that breaks is told as status 0."""

    def __init__(self, deployment: Deployment, name: str) -> None:
        self.deployment, self.port = deployment, deployment.ports[name]
        self.link: http.client.HTTPConnection | None = None

    def send(
        self, path: str, body: Any = None, *, key: str = "", kind: str = "application/json"
    ) -> tuple[int, Any]:
        """POST, or GET without a body: the status and the answer."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "Authorization": f"Bearer {self.deployment.key}",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "127.0.0.1",
            "Content-Type": kind,
        }
        if key:
            headers["Idempotency-Key"] = key
        try:
            if self.link is None:
                self.link = http.client.HTTPConnection(ports.HOST, self.port, timeout=30)
            method = "GET" if body is None else "POST"
            self.link.request(method, f"/api/v1/{path}", b"" if body is None else raw, headers)
            got = self.link.getresponse()
            answer = got.read()
            return got.status, json.loads(answer) if answer else None
        except (OSError, http.client.HTTPException, ValueError):
            if self.link is not None:
                self.link.close()
            self.link = None
            return 0, None

    def insist(self, path: str, body: Any, **more: Any) -> tuple[int, Any]:
        """Send until somebody answers: what a till does whose line broke."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            status, answer = self.send(path, body, **more)
            if status and status < 500 and (answer or {}).get("code") != "twin_running":
                return status, answer
            time.sleep(0.2)
        raise AssertionError(f"nobody answers {path}: {status} {answer}")


@contextmanager
def deployed(*, guests: int, hook: str) -> Iterator[Deployment]:
    """A deployment with members, a till and a webhook; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pn", dir="/tmp"))
    folder.chmod(0o755)
    made = None
    try:
        made = Deployment(folder, guests=guests, hook=hook)
        yield made
    finally:
        if made is not None:
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def eventually(is_so: Callable[[], bool], *, seconds: float = WAIT_S) -> bool:
    """Look until it is so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        return int(probe.getsockname()[1])
