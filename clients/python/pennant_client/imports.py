"""Files of activities: send one, look at what it would do, apply it, fetch what was refused."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from pennant_client.calls import Calls, path
from pennant_client.shapes import Import

KINDS = {".csv": "text/csv", ".ndjson": "application/x-ndjson", ".jsonl": "application/x-ndjson"}
AT_REST = frozenset({"checked", "applied", "cancelled", "refused"})
PACKED = b"\x1f\x8b"


class NotDone(Exception):
    """The import is not where it was waited for in time; it goes on. `last` is how it stood."""

    def __init__(self, last: Import) -> None:
        super().__init__(f"{last['id']} is still {last['state']}")
        self.last = last


def _untold(now: Import) -> None:
    """For whoever asks when it is done."""


class Imports(Calls):
    """The calls about files."""

    def send_import(
        self,
        file: str | Path,
        *,
        type: str = "",
        location: str = "",
        enroll: bool = False,
        apply: bool = False,
    ) -> Import:
        """Send a CSV or NDJSON file (`.csv`, `.ndjson`, `.jsonl`, packed as `.gz` or not) to be
        checked. What is not packed is packed on the way.

        Nothing is recorded before `apply_import`, or with `apply=True` at once. The same file
        again is the same import, so a broken line is no harm. `type` and `location` are for lines
        that name none; `enroll` makes members of references that nobody has.
        """
        source = Path(file)
        plain = Path(source.stem) if source.suffix == ".gz" else source
        if plain.suffix not in KINDS:
            raise ValueError(f"{source.name!r}: a file is called .csv, .ndjson or .jsonl (.gz)")
        query = {"name": plain.name, "type": type, "location": location}
        query |= {"enroll": "yes" if enroll else "", "apply": "yes" if apply else ""}
        asked = {name: value for name, value in query.items() if value}
        with source.open("rb") as opened, tempfile.TemporaryFile() as packed:
            sent = self.send_file(
                "imports", _packed(opened, packed), kind=KINDS[plain.suffix], query=asked
            )
        return cast("Import", sent.body)

    def imports(self, **query: str) -> Iterator[Import]:
        """Your files, newest first."""
        for one in self._pages("imports", query):
            yield cast("Import", one)

    def one_import(self, id: str) -> Import:
        return cast("Import", self._get("imports", id))

    def wait_for_import(
        self,
        id: str,
        *,
        told: Callable[[Import], object] = _untold,
        every_s: float = 1.0,
        within_s: float | None = None,
    ) -> Import:
        """Ask until it is checked, applied, stopped or cannot be read; `told` hears how it stands
        each time, with its `progress`. Raises NotDone after `within_s`.
        """
        until = None if within_s is None else time.monotonic() + within_s
        while True:
            now = self.one_import(id)
            told(now)
            if now["state"] in AT_REST:
                return now
            if until is not None and time.monotonic() + every_s > until:
                raise NotDone(now)
            self._sleep(every_s)

    def apply_import(self, id: str) -> Import:
        """Record its lines. Asking again changes nothing."""
        return cast("Import", self._do("imports", id, "apply"))

    def cancel_import(self, id: str) -> Import:
        """Stop it: nothing more of it is recorded; what is recorded stays."""
        return cast("Import", self._do("imports", id, "cancel"))

    def resume_import(self, id: str) -> Import:
        """Go on where it was stopped."""
        return cast("Import", self._do("imports", id, "resume"))

    def refused_lines(self, id: str, into: str | Path) -> Path:
        """Write every refused line as CSV (line, column, code, what to do) into a file."""
        target = Path(into)
        with target.open("wb") as opened:
            self.get_file(path("imports", id, "errors"), opened)
        return target


def _packed(file: IO[bytes], into: IO[bytes]) -> IO[bytes]:
    """The file if it is packed with gzip, else packed: always to the same bytes."""
    is_packed = file.read(2) == PACKED
    file.seek(0)
    if is_packed:
        return file
    with gzip.GzipFile(filename="", mode="wb", fileobj=into, mtime=0) as out:
        shutil.copyfileobj(file, out)
    return into
