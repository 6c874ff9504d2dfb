"""Reading files of activities: CSV with a line of names, or NDJSON, packed with gzip or not, one
line at a time, however long the file is.

A line means what the body of one call means, so both are read through the same shape. What is wrong
with a line is said of that line; only what is wrong with the whole file raises.
"""

from __future__ import annotations

import csv
import dataclasses
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

from common import bodies
from common.errors import LoyaltyError
from earning.submissions import Submission
from partners.errors import FileUnreadable
from partners.models import Import
from partners.submitted import ActivitySubmitted

GZIP = b"\x1f\x8b"
LINES = 5_000_000  # of a file
LINE_BYTES = 64 * 1024  # of a line
WHOLE_BYTES = 4 * 1024**3  # unpacked: a small packed file can be endless
PIECE = 1 << 20
BODY = ("reference", "type", "occurred_at", "location")
MEMBER = {"card": "card", "email": "email", "phone": "phone", "member": "reference"}
TYPED = "attributes."
NEEDED = ("reference", "occurred_at")
Read = tuple[int, Submission | LoyaltyError]  # the line's number, and what it says


@dataclasses.dataclass(frozen=True, slots=True)
class Defaults:
    """What is so for all lines that say nothing else."""

    partner: str
    type: str = ""
    location: str = ""


def submissions(file: IO[bytes], *, form: str, defaults: Defaults) -> Iterator[Read]:
    """Every line that is not empty, with its number: what it submits, or why it cannot be read.

    Raises FileUnreadable for what is wrong with the file as a whole.
    """
    try:
        plain = _unpacked(file)
        found = _of_csv(plain) if form == Import.Form.CSV else _of_json(plain)
        for count, (number, body) in enumerate(found, start=1):
            if count > LINES:
                raise FileUnreadable(f"A file has at most {LINES:,} lines. Send it in parts.")
            yield number, _submission(body, defaults)
    except UnicodeDecodeError as error:
        raise FileUnreadable("The file is not UTF-8 text. Save it as UTF-8.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileUnreadable("The packed file is cut off or damaged. Send it anew.") from error


def _submission(body: Any, defaults: Defaults) -> Submission | LoyaltyError:
    if isinstance(body, LoyaltyError):
        return body
    try:
        if isinstance(body, dict):
            for name in ("type", "location"):
                if getattr(defaults, name) and name not in body:
                    body[name] = getattr(defaults, name)
        sent = bodies.fit(body, ActivitySubmitted)
        return sent.submission(partner=defaults.partner)
    except LoyaltyError as error:
        return error


def _of_json(file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    number = 0
    while raw := file.readline(LINE_BYTES + 1):
        number += 1
        if len(raw) > LINE_BYTES:
            raise FileUnreadable(
                f"Line {number:,} is longer than {LINE_BYTES // 1024} KiB. NDJSON has one "
                "activity a line."
            )
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if not raw.strip():
            continue
        try:
            yield number, bodies.read(raw.strip())
        except LoyaltyError as error:
            yield number, error


def _of_csv(file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    csv.field_size_limit(LINE_BYTES)
    reader = csv.reader(text, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise FileUnreadable(f"The first line is not CSV: {error}.") from error
    _check_names(names)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield reader.line_num, bodies.BodyMalformed(f"This line is not CSV: {error}.")
            continue
        if row is None:
            return
        if any(row):
            yield reader.line_num, _body(names, row)


def _check_names(names: list[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise FileUnreadable(
            f"The first line has no column {' and no '.join(missing)}. It names the columns: "
            f"{', '.join((*BODY, *MEMBER))}, and the attributes of the activity."
        )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FileUnreadable(f"The column {twice[:40]!r} is there twice. Leave one out.")


def _body(names: list[str], row: list[str]) -> Any:
    """A line of CSV as the body of a call; what is empty is left out."""
    if len(row) != len(names):
        return bodies.BodyMalformed(
            f"This line has {len(row):,} columns, and the first line {len(names):,}."
        )
    body: dict[str, Any] = {}
    member: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for name, cell in zip(names, row, strict=True):
        value = cell.strip()
        if not value:
            continue
        if bodies.UNSTORABLE.search(value):
            return bodies.BodyMalformed(f"{name}: leave out the character zero.")
        if name in BODY:
            body[name] = value
        elif name in MEMBER:
            member[MEMBER[name]] = value
        else:
            attributes[name.removeprefix(TYPED)] = value
    if member:
        body["member"] = member
    return body | {"attributes": attributes}


def column(pointer: str, *, form: str) -> str:
    """The column, or the place in the JSON of a line, that a pointer leads to."""
    if form != Import.Form.CSV:
        return pointer[:80]
    path = pointer.strip("/").split("/")
    if path[0] == "attributes" and len(path) > 1:
        return path[1][:80]
    if path[0] == "member" and len(path) > 1:
        return next((name for name, kind in MEMBER.items() if kind == path[1]), "member")
    return path[0][:80]


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """The text of a file, packed or not, of a length that can be read."""
    head = file.read(2)
    whole = _Chained(head, file)
    if head != GZIP:
        return io.BufferedReader(_Bounded(whole), PIECE)
    packed = gzip.GzipFile(fileobj=whole, mode="rb")  # type: ignore[call-overload]
    return io.BufferedReader(_Bounded(packed), PIECE)


class _Chained:
    """What was read of a file, and the rest of it."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head, self._file = head, file

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._file.read(size)
        if 0 <= size < len(self._head):
            found, self._head = self._head[:size], self._head[size:]
            return found
        found, self._head = self._head, b""
        return found + (self._file.read(size - len(found)) if size > 0 else self._file.read())


class _Bounded(io.RawIOBase):
    """A file that ends in a refusal where it would be too long."""

    def __init__(self, file: Any) -> None:
        self._file, self._left = file, WHOLE_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._file.read(len(buffer))
        self._left -= len(found)
        if self._left < 0:
            raise FileUnreadable(
                f"Unpacked, the file is larger than {WHOLE_BYTES // 1024**3} GiB. Send it in parts."
            )
        buffer[: len(found)] = found
        return len(found)


class Pieces(io.RawIOBase):
    """Pieces of bytes, one after another, as one file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest = iter(pieces), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                self._rest = bytes(next(self._pieces))
            except StopIteration:
                return 0
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
