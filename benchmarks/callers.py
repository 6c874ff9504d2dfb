"""Systems of a partner that call without pause, over connections that stay open.

A process of its own, so that it takes no time from the server's interpreter; requests are built by
hand and answers hardly read, because what it costs is taken from what is measured.

    python -m benchmarks.callers < JSON     what to call; prints what came of it, as JSON
"""

from __future__ import annotations

import json
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from typing import Any

from benchmarks import ground

JOIN_S = 30  # after the end of a round
BATCH = 1000  # activities in one call
BATCHED = 2000  # members whom batches name
DONE = {"batch": (200, b'"refused":0')}  # what tells that it was done, where it is not just a 201


def load(*, port: int, token: str, kind: str, guests: int, seconds: int, clients: int) -> float:
    """Calls a second of so many clients, and of what they got; refuses a round with refusals."""
    order = {"port": port, "token": token, "kind": kind, "guests": guests}
    order |= {"seconds": seconds, "clients": clients}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.callers"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        cwd=ground.ROOT,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The callers could not call:\n{done.stdout}{done.stderr}")
    told = json.loads(done.stdout)
    if told["refused"]:
        raise SystemExit(f"{told['refused']} calls were refused, one of them with {told['first']}")
    return float(told["rate"])


class Caller(threading.Thread):
    """One connection."""

    def __init__(self, order: dict[str, Any], until: float) -> None:
        super().__init__(daemon=True)
        self.order, self.until = order, until
        self.dice = random.Random()  # noqa: S311
        self.took: list[float] = []
        self.refused: list[str] = []

    def run(self) -> None:
        with socket.create_connection(("127.0.0.1", self.order["port"])) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (began := time.perf_counter()) < self.until:
                line.sendall(self._request())
                status, answer = _answer(line)
                self.took.append(time.perf_counter() - began)
                wanted, said = DONE.get(self.order["kind"], (201, b""))
                if status != wanted or said not in answer:
                    self.refused.append(f"{status} {answer[:400]!r}")
                    if len(self.refused) > 20:  # the server says no to everything
                        return

    def _request(self) -> bytes:
        who = f"guest-{self.dice.randint(1, self.order['guests'])}"
        path, body = BODIES[self.order["kind"]](who, self.dice)
        raw = json.dumps(body).encode()
        head = (
            f"POST /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
            f"X-Forwarded-For: 127.0.0.1\r\nAuthorization: Bearer {self.order['token']}\r\n"
            f"{self._key()}"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        )
        return head.encode() + raw

    def _key(self) -> str:
        """A call's own name, for the kinds that have one: a reference names an activity already."""
        is_keyed = self.order["kind"] in KEYED
        return f"Idempotency-Key: {uuid.uuid4().hex}\r\n" if is_keyed else ""


def stay(who: str, dice: random.Random) -> tuple[str, dict[str, Any]]:
    """A stay of a night or three."""
    cents = dice.randint(8000, 90000)
    return "activities", {
        "reference": uuid.uuid4().hex,
        "type": "stay",
        "occurred_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "member": {"reference": who},
        "location": "resort-hotel",
        "attributes": {
            "outcome": "stayed",
            "nights": dice.randint(1, 3),
            "suite": False,
            "revenue": f"{cents // 100}.{cents % 100:02}",
        },
    }


def stays(who: str, dice: random.Random) -> tuple[str, dict[str, Any]]:
    """A batch as full as it may be, of the members who follow one."""
    first = int(who.removeprefix("guest-"))
    people = (f"guest-{1 + (first + step) % BATCHED}" for step in range(BATCH))
    return "activities/batch", {"activities": [stay(each, dice)[1] for each in people]}


def bottle(who: str, dice: random.Random) -> tuple[str, dict[str, Any]]:
    """The smallest reward, of which everybody can take several."""
    sent = {"member": {"reference": who}, "reward": "wine-bottle", "location": "resort-hotel"}
    return "redemptions", sent


BODIES = {"post": stay, "post with a key": stay, "batch": stays, "redeem": bottle}
KEYED = {"post with a key", "batch", "redeem"}


def _answer(line: socket.socket) -> tuple[int, bytes]:
    """The status and the body of one answer that says its length."""
    got = b""
    while b"\r\n\r\n" not in got:
        part = line.recv(65536)
        if not part:
            return 0, got
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    lower = head.lower()
    at = lower.index(b"content-length:") + 15
    length = int(lower[at : lower.find(b"\r\n", at) if b"\r\n" in lower[at:] else None])
    while len(body) < length:
        body += line.recv(65536)
    return int(head[9:12]), body


def main() -> None:
    order = json.load(sys.stdin)
    began = time.perf_counter()
    callers = [Caller(order, began + order["seconds"]) for _ in range(order["clients"])]
    for one in callers:
        one.start()
    for one in callers:
        one.join(order["seconds"] + JOIN_S)
    spent = time.perf_counter() - began
    took = sorted(each for one in callers for each in one.took)
    refused = [each for one in callers for each in one.refused]
    json.dump(
        {
            "rate": len(took) / spent,
            "median_ms": statistics.median(took or [0]) * 1000,
            "refused": len(refused),
            "first": refused[0] if refused else "",
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
