"""Mappings: how a row of somebody's file becomes a submission, said in TOML and checked before the
first row is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

import msgspec

from common.errors import InvalidInput
from earning.errors import MappingInvalid
from earning.submissions import Submission
from program import reading
from program.errors import BlueprintInvalid

Row = Mapping[str, str]
IN_BRACES = re.compile(r"\{([^{}]+)\}")
NAME = 120  # characters of a member's name


class RowInvalid(InvalidInput):
    """A row cannot be read; the message names column and remedy."""

    code = "row_invalid"
    title = "The row cannot be read"


class SumTable(msgspec.Struct, forbid_unknown_fields=True):
    sum: list[str]


class SourceTable(msgspec.Struct, forbid_unknown_fields=True):
    """Where a value comes from: one column (as it is, translated, or tested), a sum, a product, or
    the same for all.
    """

    column: str | None = None
    values: dict[str, str] = {}
    is_one_of: list[str] | None = None
    sum: list[str] | None = None
    product: list[str | SumTable] | None = None
    always: bool | int | str | None = None


class DateTable(msgspec.Struct, forbid_unknown_fields=True):
    column: str
    format: str = "%Y-%m-%d"


class MemberTable(msgspec.Struct, forbid_unknown_fields=True):
    """Which column names the member, by a template of ours for `reference` or by card, e-mail or
    phone as it stands.
    """

    column: str
    reference: str = ""
    name: str = ""
    kind: Literal["card", "email", "phone", "reference"] = "reference"


class MappingTable(msgspec.Struct, forbid_unknown_fields=True, rename={"kind": "type"}):
    partner: str
    kind: str
    reference: str
    occurred_on: DateTable
    member: MemberTable
    attributes: dict[str, SourceTable]
    location: SourceTable | None = None
    skip: list[str] = msgspec.field(default_factory=lambda: [""])

    def __post_init__(self) -> None:
        if re.search(r"[{}]", IN_BRACES.sub("", self.reference)):
            raise ValueError("reference: name a column in braces, or {line}: booking-{line}")


def load(path: Path) -> MappingTable:
    """The mapping of a file. Raises MappingInvalid naming the key."""
    try:
        raw = reading.parse(path.read_text(encoding="utf-8"), name=str(path))
        return msgspec.convert(raw, MappingTable)
    except OSError as error:
        raise MappingInvalid(f"{path} cannot be read: {error.strerror}.") from error
    except BlueprintInvalid as error:
        raise MappingInvalid(error.message) from error
    except (UnicodeDecodeError, msgspec.ValidationError) as error:
        raise MappingInvalid(
            f"{path}: {error}. Compare it with blueprints/hotel/bookings.toml."
        ) from error


def columns(mapping: MappingTable) -> set[str]:
    """Every column the mapping reads."""
    sources = [*mapping.attributes.values(), *([mapping.location] if mapping.location else [])]
    named = {mapping.occurred_on.column, mapping.member.column}
    for source in sources:
        named |= {source.column} if source.column else set()
        for part in [*(source.sum or []), *(source.product or [])]:
            named |= set(part.sum) if isinstance(part, SumTable) else {part}
    return named | set(IN_BRACES.findall(mapping.reference)) - {"line"}


def day_of(mapping: MappingTable, row: Row) -> date:
    """The day of a row, before dates are moved. Raises RowInvalid."""
    text = row[mapping.occurred_on.column].strip()
    try:
        return datetime.strptime(text, mapping.occurred_on.format).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise RowInvalid(
            f"{mapping.occurred_on.column}: {text[:40]!r} is not a date of the form "
            f"{mapping.occurred_on.format}."
        ) from None


def submission_of(mapping: MappingTable, row: Row, *, line: int, on: date) -> Submission:
    """The submission that a row stands for. Raises RowInvalid."""
    named = row[mapping.member.column].strip()
    is_named = named not in mapping.skip
    by_reference = mapping.member.kind == "reference"
    value = (
        mapping.member.reference.replace("{value}", named)
        if by_reference and mapping.member.reference
        else named
    )
    return Submission(
        partner=mapping.partner,
        reference=IN_BRACES.sub(
            lambda found: str(line) if found[1] == "line" else row[found[1]], mapping.reference
        ),
        type=mapping.kind,
        occurred_at=on,
        attributes={code: _value(source, row) for code, source in mapping.attributes.items()},
        kind=mapping.member.kind if is_named else "",
        value=value if is_named else "",
        location=str(_value(mapping.location, row)) if mapping.location else "",
        member_name=mapping.member.name.replace("{value}", named)[:NAME] if is_named else "",
    )


def _value(source: SourceTable, row: Row) -> Any:
    if source.sum is not None:
        return _sum(source.sum, row)
    if source.product is not None:
        return _product(source.product, row)
    if source.column is None:
        return source.always
    text = row[source.column].strip()
    if source.is_one_of is not None:
        return text in source.is_one_of
    if source.values:
        if text not in source.values:
            raise RowInvalid(
                f"{source.column}: {text[:40]!r} is not one of {', '.join(source.values)}."
            )
        return source.values[text]
    return text


def _product(parts: list[str | SumTable], row: Row) -> Decimal:
    result = Decimal(1)
    for part in parts:
        result *= _sum(part.sum, row) if isinstance(part, SumTable) else _number(part, row)
    return round(result, 2)


def _sum(names: list[str], row: Row) -> Decimal:
    return sum((_number(name, row) for name in names), Decimal(0))


def _number(name: str, row: Row) -> Decimal:
    text = row[name].strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise RowInvalid(f"{name}: {text[:40]!r} is not a number. Write it like 1234.50.") from None
    if not number.is_finite() or number.adjusted() > 12:
        raise RowInvalid(f"{name}: {text[:40]!r} is too large to be right.")
    return number
