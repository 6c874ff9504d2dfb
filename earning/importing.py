"""Importing: a file of activities through the same intake as everything else.

The file is read once to check its shape and find its dates, then recorded in chunks, each a
transaction of its own, a member's activities in the order in which they happened. A row that cannot
be read or recorded is reported by line and left out; the rest goes on. Reading a file twice changes
nothing: each row has a reference of its own.
"""

from __future__ import annotations

import csv
import dataclasses
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from common import bulk, clock, lanes
from common.errors import LoyaltyError
from earning import files, mapping
from earning.errors import MappingInvalid
from earning.mapping import MappingTable
from earning.models import Activity, ActivityKey, Award, ImportRun
from earning.submissions import Submission
from members.models import Member, MemberKey
from points.models import Account, Entry, Lot, Posting
from program import catalog

CHUNK = 1500  # rows in one transaction: long enough to be fast, short enough to let tills through
WORTH = 2  # chunks for each lane: with less to do, it is done before another lane has begun
MANY = 1000  # rows after which the planner looks again, then after four times as many
GROWING = (Activity, Award, Account, ActivityKey, Posting, Entry, Lot, Member, MemberKey)
Progress = Callable[[int, int], None]
Dated = tuple[int, date, dict[str, str]]  # line, day, row


@dataclasses.dataclass(slots=True)
class Line:
    """One row that can be recorded: its line in the file and what it stands for."""

    number: int
    submission: Submission


@dataclasses.dataclass(slots=True)
class Report:
    """What came of a file: counts, and what is wrong with which line."""

    rows: int = 0
    recorded: int = 0
    earning: int = 0
    repeated: int = 0
    unclaimed: int = 0
    shifted_days: int = 0
    problems: list[tuple[int, str]] = dataclasses.field(default_factory=list)

    def add(self, part: Report) -> int:
        """Add what came of some lines. Returns how many they were."""
        self.recorded += part.recorded
        self.earning += part.earning
        self.repeated += part.repeated
        self.unclaimed += part.unclaimed
        self.problems += part.problems
        return part.recorded + part.repeated + part.unclaimed + len(part.problems)

    @property
    def counts(self) -> dict[str, int]:
        names = ("rows", "recorded", "earning", "repeated", "unclaimed")
        return {name: getattr(self, name) for name in names} | {"problems": len(self.problems)}


def run(
    path: Path,
    *,
    table: MappingTable,
    actor: str,
    shift_newest_to: date | None = None,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Import a csv or csv.gz file. Members whom nobody knows are enrolled under the reference the
    mapping gives them.

    With `shift_newest_to`, all dates move by the number of days that brings the newest one there; a
    file that was read before moves by what it moved then. Raises MappingInvalid, before anything is
    written, when the file lacks a column.
    """
    report = Report()
    digest = _digest(path, table)
    dated = list(_dated(path, table, report))
    earlier = ImportRun.objects.filter(digest=digest).order_by("id").first()
    if earlier is not None:
        report.shifted_days = earlier.shifted_days
    elif shift_newest_to is not None and dated:
        report.shifted_days = (shift_newest_to - _newest(dated)).days
    record = ImportRun.objects.create(
        file_name=path.name,
        digest=digest,
        partner=catalog.of(catalog.current()).partner(table.partner),
        shifted_days=report.shifted_days,
        actor=actor,
    )
    lines = _lines(dated, table, report)
    done = planned = 0
    pieces = ((portion, actor) for portion in _portions(lines))
    count = min(lanes.count(), len(lines) // (WORTH * CHUNK))
    for part in lanes.share("earning.importing.record", pieces, lanes=count):
        done += report.add(part)
        if report.recorded >= MANY * 4**planned:
            bulk.analyze(*GROWING)
            planned += 1
        progress(done, len(lines))
    report.problems.sort()
    ImportRun.objects.filter(pk=record.pk).update(counts=report.counts, finished_at=clock.now())
    return report


def _portions(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """All lines in portions of whole members: no two lanes have the same one, and a member's are
    recorded in their order.
    """
    start = 0
    for end in range(CHUNK, len(lines)):
        who, following = (line.submission.value for line in lines[end - 1 : end + 1])
        if end - start >= CHUNK and (who != following or not who):
            yield lines[start:end]
            start = end
    if start < len(lines):
        yield lines[start:]


def record(lines: Sequence[Line], actor: str) -> Report:
    """Record a portion, so many lines in a transaction; what a lane does."""
    report = Report()
    for start in range(0, len(lines), CHUNK):
        _record(lines[start : start + CHUNK], report, actor=actor)
    return report


def _record(lines: Sequence[Line], report: Report, *, actor: str) -> None:
    batch = [line.submission for line in lines]
    answers = files.record(batch, actor=actor, enroll_unknown=True)
    for line, answer in zip(lines, answers, strict=True):
        if isinstance(answer, LoyaltyError):
            report.problems.append((line.number, answer.message))
        elif answer.error is not None:
            report.problems.append((line.number, answer.error.message))
        elif answer.is_replay:
            report.repeated += 1
        elif answer.unclaimed is not None:
            report.unclaimed += 1
        else:
            report.recorded += 1
            report.earning += bool(answer.awards)


def _lines(dated: list[Dated], table: MappingTable, report: Report) -> list[Line]:
    """Rows as submissions, each member's together and in the order of time."""
    shift, lines = timedelta(days=report.shifted_days), []
    for number, day, row in dated:
        try:
            lines.append(
                Line(number, mapping.submission_of(table, row, line=number, on=day + shift))
            )
        except LoyaltyError as error:
            report.problems.append((number, error.message))
        except OverflowError:
            report.problems.append((number, f"{day} cannot be moved by {shift.days:,} days."))
    return sorted(
        lines, key=lambda line: (line.submission.value, line.submission.occurred_at, line.number)
    )


def _newest(dated: list[Dated]) -> date:
    """The newest day that has come; a typing error in the far future is none."""
    today = clock.local_date(clock.now(), catalog.current().time_zone)
    days = [day for _, day, _ in dated]
    return max([day for day in days if day <= today] or days)


def _dated(path: Path, table: MappingTable, report: Report) -> Iterator[Dated]:
    """Rows with their line (the header is line 1) and day; what has none is reported."""
    with _open(path) as file:
        try:
            reader = csv.DictReader(file, strict=True)
            missing = mapping.columns(table) - set(reader.fieldnames or [])
            if missing:
                raise MappingInvalid(
                    f"{path.name} has no column {', '.join(sorted(missing))}. Correct the mapping."
                )
            yield from _rows(reader, table, report)
        except csv.Error as error:
            raise MappingInvalid(
                f"{path.name} is not CSV, from its first line: {error}."
            ) from error
        except UnicodeDecodeError as error:
            raise MappingInvalid(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise MappingInvalid(f"{path.name} is cut off or damaged. Copy it anew.") from error


def _rows(reader: csv.DictReader[str], table: MappingTable, report: Report) -> Iterator[Dated]:
    while True:
        try:
            row = next(reader, None)
            if row is None:
                return
            report.rows += 1
            if None in row or None in row.values():
                raise mapping.RowInvalid("this row has more or fewer columns than the header.")
            yield reader.reader.line_num, mapping.day_of(table, row), row
        except csv.Error as error:
            report.rows += 1
            report.problems.append((reader.reader.line_num, f"this row is not CSV: {error}."))
        except LoyaltyError as error:
            report.problems.append((reader.reader.line_num, error.message))


def _open(path: Path) -> IO[str]:
    try:
        if path.suffix == ".gz":
            packed = gzip.open(path)  # noqa: SIM115 - closed with the text around it
            packed.peek(1)  # says now, not later, that this is no gzip file
            return io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise MappingInvalid(
            f"{path} cannot be read: {error.strerror or error}. Name a csv or csv.gz file."
        ) from error


def _digest(path: Path, table: MappingTable) -> str:
    """SHA-256 over the file and whose references it uses."""
    try:
        return hashlib.sha256(
            path.read_bytes() + f"{table.partner}:{table.reference}".encode()
        ).hexdigest()
    except OSError as error:
        raise MappingInvalid(
            f"{path} cannot be read: {error.strerror}. Name a csv or csv.gz file."
        ) from error
