"""Reading a file of opening balances: CSV or one JSON object a line, each line as a row that may be
posted, or with the reason why not.

Nothing but the line at hand is held in memory.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TextIO

from common import clock
from common.errors import LoyaltyError
from members import enrolment
from members.models import Member, MemberKey
from points.errors import OpeningInvalid
from points.models import LIMIT, OpeningRow, Posting
from program import catalog
from program.models import Program, Unit
from tiers.models import Tier

PEOPLE = ("reference", "card", "email", "phone")  # in this order somebody is recognized
FIELDS = (
    *PEOPLE, "name", "joined_at", "unit", "amount", "awarded_at", "expires_at", "tier",
    "tier_until",
)  # fmt: skip
WIDEST = 254  # characters of what somebody is known by


class RowRefused(LoyaltyError):
    """A line cannot be posted; the message names the column and what to do."""

    code = "opening_row_refused"
    title = "The line cannot be posted"


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """How a file is to be read: which column holds a field, and what is the same in every line."""

    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    always: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [name for name in (*self.columns, *self.always) if name not in FIELDS]
        if unknown:
            raise OpeningInvalid(
                f"There is no field {unknown[0]!r}. Fields are {', '.join(FIELDS)}."
            )

    def value(self, row: Mapping[str, Any], field: str) -> str:
        """What a line says of a field, without spaces around it; empty where it says nothing."""
        if field in self.always:
            return self.always[field]
        found = row.get(self.columns.get(field, field))
        return "" if found is None else str(found).strip()


@dataclasses.dataclass(frozen=True, slots=True)
class Reader:
    """Everything that turns lines into rows: the run they belong to, the shape, the program."""

    run: uuid.UUID
    shape: Shape
    program: Program
    now: datetime
    tiers: Mapping[str, Tier]

    def rows(self, file: TextIO, *, is_json: bool) -> Iterator[OpeningRow]:
        """Every line as a row, in order. Raises OpeningInvalid where the file is not what it says
        it is.
        """
        lines = _objects(file) if is_json else _table(file, self.shape)
        for number, said in lines:
            yield self.row(number, said)

    def row(self, number: int, said: Mapping[str, Any] | str) -> OpeningRow:
        """One line as a row; with its `problem` where it cannot be posted."""
        row = OpeningRow(run_id=self.run, line=number)
        try:
            if isinstance(said, str):
                raise RowRefused(said)
            self._who(row, said)
            self._what(row, said)
            self._status(row, said)
        except LoyaltyError as refusal:
            row.problem = refusal.message[:240]
        return row

    def _who(self, row: OpeningRow, said: Mapping[str, Any]) -> None:
        for kind in PEOPLE:
            text = self.shape.value(said, kind)
            if len(text) > WIDEST:
                raise RowRefused(f"{kind}: this is longer than {WIDEST} characters. Shorten it.")
            value = MemberKey.normalize(kind, text) if text else ""
            if value and kind == MemberKey.Kind.CARD:
                value = value.replace(" ", "").replace("-", "")
            setattr(row, kind, value)
            if value and row.person is None:
                row.person = MemberKey.id_for(kind, value)
        row.named = " ".join(self.shape.value(said, "name").split())[:120]
        if row.person is None:
            raise RowRefused(f"Nobody is named. Fill in one of {', '.join(PEOPLE)}.")
        enrolment.clean_email(row.email)
        enrolment.clean_phone(row.phone)
        row.joined_at = self._moment(said, "joined_at")

    def _what(self, row: OpeningRow, said: Mapping[str, Any]) -> None:
        code, text = self.shape.value(said, "unit"), self.shape.value(said, "amount")
        if not text:
            return
        units = catalog.of(self.program).units
        if code not in units:
            raise RowRefused(f"unit: {code[:40]!r} is none of the program's: {', '.join(units)}.")
        unit = units[code]
        row.unit, row.amount = code, _amount(text, unit)
        row.awarded_at = self._moment(said, "awarded_at")
        row.expires_at = self._moment(said, "expires_at", is_end=True)
        if row.amount:
            self._check_dates(row, unit)

    def _check_dates(self, row: OpeningRow, unit: Unit) -> None:
        if row.awarded_at is None:
            raise RowRefused("awarded_at: say when it was earned, like 2025-03-31.")
        if row.expires_at is None:
            return
        if unit.kind == Unit.Kind.COUNTER:
            raise RowRefused(f"expires_at: {unit.plural} only count and never end. Leave it empty.")
        if row.expires_at <= self.now:
            raise RowRefused(
                "expires_at: these have ended already. Leave the line out, and out of the total."
            )
        if row.expires_at <= row.awarded_at:
            raise RowRefused("expires_at: the end lies before the day they were earned.")

    def _status(self, row: OpeningRow, said: Mapping[str, Any]) -> None:
        code = self.shape.value(said, "tier")
        if not code:
            return
        if code not in self.tiers:
            known = ", ".join(sorted(self.tiers))
            raise RowRefused(f"tier: {code[:40]!r} is none of the program's: {known}.")
        row.tier, row.tier_until = code, self._moment(said, "tier_until", is_end=True)
        if row.tier_until is not None and row.tier_until <= self.now:
            raise RowRefused("tier_until: this has ended already. Leave tier and tier_until empty.")

    def _moment(
        self, said: Mapping[str, Any], field: str, *, is_end: bool = False
    ) -> datetime | None:
        """A day in the program's zone, or a moment with a zone. A last day ends at midnight."""
        text = self.shape.value(said, field)
        if not text:
            return None
        try:
            found = self._read(text, is_end=is_end)
        except ValueError:
            raise RowRefused(
                f"{field}: {text[:40]!r} is no day. Write 2026-03-31 or 2026-03-31T18:00:00Z."
            ) from None
        if not is_end and found > self.now:
            raise RowRefused(f"{field}: {text[:40]} lies in the future.")
        return found

    def _read(self, text: str, *, is_end: bool) -> datetime:
        zone = self.program.time_zone
        if len(text) <= len("2026-03-31"):
            day = date.fromisoformat(text)
            return clock.end_of_day(day, zone) if is_end else clock.start_of_day(day, zone)
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise ValueError(text)
        return found


def _amount(text: str, unit: Unit) -> int:
    try:
        parts = Decimal(text).scaleb(unit.decimals)
    except InvalidOperation:
        raise RowRefused(f"amount: {text[:40]!r} is no number. Write it like 1234.50.") from None
    if not parts.is_finite() or parts != parts.to_integral_value() or parts > LIMIT:
        raise RowRefused(f"amount: {text[:40]} is finer, or larger, than {unit.plural} can be.")
    if parts < 0:
        raise RowRefused(
            "amount: a debt is not brought over. Leave the line out, and out of the total."
        )
    return int(parts)


def _objects(file: TextIO) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            yield number, f"This line is not JSON: {error}."[:240]
            continue
        yield number, found if isinstance(found, dict) else "This line is no JSON object."


def _table(file: TextIO, shape: Shape) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    reader = csv.DictReader(file, strict=True)
    try:
        header = list(reader.fieldnames or [])
    except csv.Error as error:
        raise OpeningInvalid(f"This is not CSV, from its first line: {error}.") from error
    missing = [column for column in shape.columns.values() if column not in header]
    if missing:
        raise OpeningInvalid(f"There is no column {missing[0]!r}. Columns: {', '.join(header)}.")
    if not any(shape.columns.get(kind, kind) in header for kind in PEOPLE):
        raise OpeningInvalid(
            f"No column names the member. Map one of {', '.join(PEOPLE)} to a column."
        )
    yield from _cells(reader)


def _cells(reader: csv.DictReader[str]) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield reader.line_num, f"This line is not CSV: {error}."
            continue
        if row is None:
            return
        if None in row or None in row.values():
            yield reader.line_num, "This line has more or fewer columns than the first one."
            continue
        yield reader.line_num, row


def in_portions(rows: Iterable[OpeningRow], size: int) -> Iterator[list[OpeningRow]]:
    """Rows so many at a time."""
    portion: list[OpeningRow] = []
    for row in rows:
        portion.append(row)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion


def keys_of(row: OpeningRow) -> list[tuple[str, str]]:
    """What a line knows somebody by, as kind and value."""
    return [(kind, getattr(row, kind)) for kind in PEOPLE if getattr(row, kind)]


def members_of(rows: Sequence[OpeningRow]) -> dict[tuple[str, str], Member]:
    """The members whom these lines name, by what they are known by."""
    return enrolment.find_many({key for row in rows for key in keys_of(row)})


def posted_of(rows: Sequence[OpeningRow]) -> set[tuple[uuid.UUID, str]]:
    """Which of these lots are in the ledger, by member and source."""
    known = [row for row in rows if row.known is not None and row.amount]
    found = Posting.objects.filter(
        member__in={row.known for row in known}, source__in=[source_of(row) for row in known]
    )
    return set(found.values_list("member", "source"))


def source_of(row: OpeningRow) -> str:
    """The source of a lot's posting, made from what the lot is and not from where it stood."""
    ends = row.expires_at.isoformat() if row.expires_at else ""
    earned = row.awarded_at.isoformat() if row.awarded_at else ""
    text = f"{row.person}|{row.unit}|{row.amount}|{earned}|{ends}|{row.turn}"
    return f"opening:{hashlib.sha256(text.encode()).hexdigest()[:40]}"
