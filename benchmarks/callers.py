"""Systems of a partner that call without pause, over connections that stay open.

A process of its own, so that it takes no time from the server's interpreter. Most requests are
built before the clock runs, one loop serves all connections, and answers are hardly read, because
what it costs is taken from what is measured.

    python -m benchmarks.callers < JSON     what to call; prints what came of it, as JSON
"""

from __future__ import annotations

import collections
import json
import random
import re
import selectors
import socket
import subprocess
import sys
import time
import uuid
from typing import Any

from benchmarks import ground

PATIENCE_S = 30  # until an answer
REFUSED_MAX = 20  # then the server says no to everything
BATCH = 1000  # activities in one call
BATCHED = 2000  # members whom batches name
AHEAD = {"batch": 12}  # requests that are built before a round, where they are not a thousand
LENGTH = re.compile(rb"(?i)content-length: *([0-9]+)")
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


class Caller:
    """One connection, over which the next request goes when the last one is answered."""

    def __init__(self, port: int) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port))
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""

    def send(self, request: bytes) -> None:
        self._got = b""
        self.wire.sendall(request)

    def hear(self) -> tuple[int, bytes] | None:
        """Status and body once all of an answer is there, which says its length."""
        part = self.wire.recv(65536)
        self._got += part
        head, ended, body = self._got.partition(b"\r\n\r\n")
        if part and not ended:
            return None
        length = LENGTH.search(head)
        if part and (length is None or len(body) < int(length[1])):
            return None
        return int(head[9:12] or 0), body


class Round:
    """All that callers send while the clock runs, and what came of it."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._dice = random.Random()  # noqa: S311
        self._wanted = DONE.get(order["kind"], (201, b""))
        ahead = AHEAD.get(order["kind"], 1000)
        self._ready = collections.deque(self._request() for _ in range(ahead))
        self.answers = 0
        self.refused: list[str] = []

    def run(self) -> float:
        """Call for as long as was ordered. Returns the seconds until the last answer."""
        watch = selectors.DefaultSelector()
        callers = [Caller(self._order["port"]) for _ in range(self._order["clients"])]
        began = time.perf_counter()
        until = began + self._order["seconds"]
        for caller in callers:
            watch.register(caller.wire, selectors.EVENT_READ, caller)
            caller.send(self._next())
        while watch.get_map():
            heard = watch.select(PATIENCE_S)
            if not heard:
                raise SystemExit(f"No answer for {PATIENCE_S} seconds.")
            for key, _ in heard:
                answer = key.data.hear()
                if answer is None:
                    continue
                self._note(*answer)
                if time.perf_counter() < until and len(self.refused) < REFUSED_MAX:
                    key.data.send(self._next())
                else:
                    watch.unregister(key.data.wire)
                    key.data.wire.close()
        return time.perf_counter() - began

    def _note(self, status: int, body: bytes) -> None:
        self.answers += 1
        wanted, said = self._wanted
        if status != wanted or said not in body:
            self.refused.append(f"{status} {body[:400]!r}")

    def _next(self) -> bytes:
        return self._ready.popleft() if self._ready else self._request()

    def _request(self) -> bytes:
        who = f"guest-{self._dice.randint(1, self._order['guests'])}"
        path, body = BODIES[self._order["kind"]](who, self._dice)
        raw = json.dumps(body).encode()
        head = (
            f"POST /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
            f"X-Forwarded-For: 127.0.0.1\r\nAuthorization: Bearer {self._order['token']}\r\n"
            f"{self._key()}"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        )
        return head.encode() + raw

    def _key(self) -> str:
        """A call's own name, for the kinds that have one: a reference names an activity already."""
        is_keyed = self._order["kind"] in KEYED
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


def main() -> None:
    made = Round(json.load(sys.stdin))
    spent = made.run()
    json.dump(
        {
            "rate": made.answers / spent,
            "refused": len(made.refused),
            "first": made.refused[0] if made.refused else "",
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
