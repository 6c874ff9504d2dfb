"""How calls are made: one line each, again under the same key where that is safe and helps."""

from __future__ import annotations

import http.client
import io
import json
import random
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

JSON = Mapping[str, Any]
AGAIN = frozenset({429, 500, 502, 503, 504})
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 30.0
PIECE = 1 << 16  # bytes of a file written at once


class NoAnswer(Exception):
    """Nobody answered, however often it was tried. Call again under the same key to be sure."""


class Refused(Exception):
    """The API said no. `code` is stable, `problem` has everything it said."""

    def __init__(self, status: int, problem: JSON) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status, self.problem = status, problem

    @property
    def code(self) -> str:
        return str(self.problem.get("code", ""))


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def is_replay(self) -> bool:
        """Whether this is the first answer again."""
        return self.headers.get("idempotent-replayed") == "true"


class Calls:
    """One key at one installation. Safe to share between threads: every call has its own line."""

    def __init__(
        self,
        origin: str,
        *,
        key: str,
        timeout_s: float = 20.0,
        attempts: int = 6,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urllib.parse.urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"{origin!r} is not an address like https://club.example.com")
        self.origin, self._key = parts, key
        self.timeout_s, self.attempts, self._sleep = timeout_s, attempts, sleep

    def call(
        self,
        method: str,
        path: str,
        body: JSON | None = None,
        *,
        query: Mapping[str, str] | None = None,
        key: str | None = "",
    ) -> Answer:
        """One call, sent again where that is safe and helps.

        `key` is the Idempotency-Key: empty for a fresh one, None for a question. Raises Refused,
        and NoAnswer when every attempt failed.
        """
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        if method != "GET" and key is not None:
            headers["Idempotency-Key"] = key or fresh()
        raw = None if body is None else json.dumps(body).encode()
        if raw is not None:
            headers["Content-Type"] = "application/json"
        return self._until_answered(method, _target(path, query), raw, headers)

    def send_file(
        self, path: str, file: IO[bytes], *, kind: str, query: Mapping[str, str]
    ) -> Answer:
        """Send a file as the body, from its beginning at each attempt. `kind` is its media type.

        Raises as `call`.
        """
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        headers |= {"Content-Type": kind, "Content-Length": str(file.seek(0, io.SEEK_END))}
        return self._until_answered("POST", _target(path, query), file, headers)

    def get_file(self, path: str, into: IO[bytes]) -> Answer:
        """Write what is at an address into a file, piece by piece. Raises as `call`."""
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "text/csv, application/json"}
        return self._until_answered("GET", _target(path, None), None, headers, into)

    def _until_answered(
        self,
        method: str,
        target: str,
        raw: bytes | IO[bytes] | None,
        headers: Mapping[str, str],
        into: IO[bytes] | None = None,
    ) -> Answer:
        last: Answer | None = None
        for attempt in range(self.attempts):
            if attempt:
                self._sleep(_wait(attempt, last))
            last = self._once(method, target, raw, headers, into)
            if last is not None and not _again(last):
                return last if last.status < 400 else _refuse(last)
        if last is None:
            raise NoAnswer(f"{method} {target}: no answer in {self.attempts} attempts")
        return _refuse(last)

    def _once(
        self,
        method: str,
        target: str,
        raw: bytes | IO[bytes] | None,
        headers: Mapping[str, str],
        into: IO[bytes] | None = None,
    ) -> Answer | None:
        """One attempt; None where no whole answer came."""
        if raw is not None and not isinstance(raw, bytes):
            raw.seek(0)
        kind = (
            http.client.HTTPSConnection
            if self.origin.scheme == "https"
            else http.client.HTTPConnection
        )
        line = kind(self.origin.netloc, timeout=self.timeout_s)
        try:
            line.request(method, target, body=raw, headers=dict(headers))
            response = line.getresponse()
            text = b"" if _kept(response, into) else response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, _parsed(text))

    def _get(self, *parts: str) -> JSON:
        return dict(self.call("GET", path(*parts)).body)

    def _do(self, *parts: str, body: JSON | None = None, key: str = "") -> JSON:
        """A change of something that there is."""
        return dict(self.call("POST", path(*parts), body or {}, key=key or fresh()).body)

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[JSON]:
        asked = dict(query)
        while True:
            page = self.call("GET", path, query=asked).body
            yield from page["data"]
            if page["next"] is None:
                return
            asked["cursor"] = page["next"]


def fresh() -> str:
    """A new Idempotency-Key."""
    return str(uuid.uuid4())


def _target(path: str, query: Mapping[str, str] | None) -> str:
    return f"/api/v1/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")


def _kept(response: http.client.HTTPResponse, into: IO[bytes] | None) -> bool:
    """Write a good answer into a file, from its beginning. Returns whether it was."""
    if into is None or response.status != 200:
        return False
    into.seek(0)
    into.truncate()
    while piece := response.read(PIECE):
        into.write(piece)
    return True


def path(*parts: str) -> str:
    """The parts of an address, whatever is in them."""
    return "/".join(urllib.parse.quote(part, safe=":") for part in parts)


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return {"code": "", "detail": text[:200].decode("utf-8", "replace")}


def _again(answer: Answer) -> bool:
    is_twin = answer.status == 409 and _code(answer) == "twin_running"
    return answer.status in AGAIN or is_twin


def _code(answer: Answer) -> str:
    return str(answer.body.get("code", "")) if isinstance(answer.body, dict) else ""


def _wait(attempt: int, last: Answer | None) -> float:
    """Seconds: what the API asked for, else twice as long each time, with some chance in it."""
    told = last.headers.get("retry-after", "") if last else ""
    if told.isdigit():
        return min(float(told), LONGEST_WAIT_S)
    longest = min(FIRST_WAIT_S * 2**attempt, LONGEST_WAIT_S)
    return random.uniform(longest / 2, longest)  # noqa: S311


def _refuse(answer: Answer) -> Answer:
    problem = answer.body if isinstance(answer.body, dict) else {}
    raise Refused(answer.status, problem)
