"""Lines: rows as the text that PostgreSQL's COPY reads, a column between tabs, a row a line.

Every value is written as its column's type reads it back; what is not of a plain type goes through
its field first, as it does on the way to an INSERT.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import models
from django.utils.functional import Promise

Writer = Callable[[Any], str]
BLOCK = 200  # lines handed over at once: PostgreSQL reads them while the next are written
NULL = "\\N"
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def blocks(fields: Sequence[Any], rows: Collection[models.Model], connection: Any) -> Iterator[str]:
    """The columns of these fields, two at least, some lines at a time."""
    columns = [_column(field, connection) for field in fields]
    take = operator.itemgetter(*[field.attname for field in fields])
    known: dict[tuple[type, ...], list[Writer]] = {}  # by what a row is made of: there are few
    found: list[str] = []
    for row in rows:
        values = take(row.__dict__)
        types = tuple(map(type, values))
        writers = known.get(types)
        if writers is None:
            pairs = zip(types, columns, strict=True)
            writers = known[types] = [how(kind) or prepare for kind, (how, prepare) in pairs]
        found.append("\t".join([how(v) for how, v in zip(writers, values, strict=True)]))
        if len(found) == BLOCK:
            yield "\n".join(found) + "\n"
            found.clear()
    if found:
        yield "\n".join(found) + "\n"


def _column(field: Any, connection: Any) -> tuple[Callable[[type], Writer | None], Writer]:
    """How the values of a column are written, by their type, and all others."""
    while field.is_relation:  # its column holds what the other side's key does
        field = field.target_field
    if isinstance(field, models.JSONField):
        return NONE.get, _json
    return PLAIN.get, lambda value: _other(field.get_db_prep_save(value, connection))


def _json(value: Any) -> str:
    return NULL if value is None else _escaped(msgspec.json.encode(value, enc_hook=plain).decode())


def plain(value: Any) -> str:
    """A text of another class as what it is: one marked as safe, or one to be translated."""
    if isinstance(value, str):
        return "".join(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"JSON cannot hold {type(value).__name__}.")


def _escaped(text: str) -> str:
    is_plain = text.isprintable() and "\\" not in text
    return text if is_plain else text.translate(SPECIAL)


def _other(value: Any) -> str:
    """A value that its field has prepared: of a plain type, or of one that is made of it."""
    how = PLAIN.get(type(value))
    if how is not None:
        return how(value)
    if isinstance(value, str):
        return _escaped(str.__str__(value))
    if isinstance(value, int):
        return str(int(value))
    raise TypeError(f"COPY cannot be given {type(value).__name__}.")


PLAIN: dict[type, Writer] = {
    type(None): lambda value: NULL,
    str: _escaped,
    UUID: lambda value: f"{value.int:032x}",
    int: str,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    date: date.isoformat,
    Decimal: lambda value: format(value, "f"),
    bytes: lambda value: "\\\\x" + value.hex(),
}
NONE: dict[type, Writer] = {}
