"""A bundle: what one decision writes into many tables, sent as one statement.

Rows travel as JSON, one parameter a table, and become rows again in PostgreSQL, so the statement's
text depends only on the tables, and its plan can be kept. How many rows there are to change is
told to the planner, roughly: without that it expects a hundred, and reads a whole table for two.
Constraints and triggers hold as ever; they are checked at the end of the statement, which sees none
of its own rows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import DatabaseDefault
from django.db.models.functions import Now

from common import sql
from common.copying import Copying
from common.lines import plain

Shape = tuple[type[models.Model], tuple[str, ...], bool]  # table, its columns, whether rows are new
LENGTH = re.compile(r"(varchar|numeric)\([0-9, ]+\)")  # what is too long is refused, not cut off


class Bundle:
    """New rows, and new values for rows that are there, until they are written together."""

    def __init__(self, copying: Copying | None = None) -> None:
        self._parts: dict[Shape, list[dict[str, Any]]] = {}
        self._made: list[models.Model] = []
        self.copying = copying  # takes new rows, where they are too many for one statement

    def advance(self) -> None:
        """Let rows that are copied go on, where any are."""
        if self.copying is not None:
            self.copying.advance()

    def insert(self, rows: Collection[models.Model]) -> None:
        """Add new rows of one model. Columns that the database fills in are left to it."""
        for row in rows:
            model, values = type(row), row.__dict__
            left = [n for n in _defaulted(model) if isinstance(values[n], DatabaseDefault)]
            names = _without(model, tuple(left))
            told = {name: values[name] for name in names}
            self._parts.setdefault((model, names, True), []).append(told)
            self._made.append(row)

    def update(self, rows: Collection[models.Model], names: Sequence[str]) -> None:
        """Add new values of some columns for rows that are stored already."""
        for row in rows:
            shape = (type(row), ("id", *names), False)
            self._parts.setdefault(shape, []).append({n: getattr(row, n) for n in shape[1]})

    def write(self) -> None:
        """Write all of it in one statement. Raises django.db.IntegrityError as an INSERT would."""
        if not self._parts:
            return
        given = [msgspec.json.encode(r, enc_hook=plain).decode() for r in self._parts.values()]
        parts = tuple(
            (*shape, 0 if shape[2] else _about(len(rows))) for shape, rows in self._parts.items()
        )
        ((now,),) = sql.rows(_statement(parts), given)
        for row in self._made:
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
            for name in _stamped(type(row)):
                if isinstance(getattr(row, name), DatabaseDefault):
                    setattr(row, name, now)
        self._parts, self._made = {}, []


@functools.cache
def _columns(model: type[models.Model]) -> dict[str, str]:
    """The type of each column by the attribute that holds its value, which is its name, too."""
    connection = connections[DEFAULT_DB_ALIAS]
    return {
        field.attname: LENGTH.sub(r"\1", str(field.db_type(connection)))
        for field in model._meta.concrete_fields
    }


@functools.cache
def _defaulted(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that the database may fill in."""
    return tuple(f.attname for f in model._meta.concrete_fields if f.has_db_default())


@functools.lru_cache(maxsize=256)
def _without(model: type[models.Model], left: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in _columns(model) if name not in left)


@functools.cache
def _stamped(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that hold when the row was written, where the database says so."""
    fields = model._meta.concrete_fields
    return tuple(f.attname for f in fields if f.has_db_default() and isinstance(f.db_default, Now))


def _about(rows: int) -> int:
    """At least so many rows, rounded up so that few statements differ by it."""
    return 1 << (rows - 1).bit_length()


@functools.lru_cache(maxsize=256)
def _statement(parts: tuple[tuple[type[models.Model], tuple[str, ...], bool, int], ...]) -> str:
    written = [_part(number, *part) for number, part in enumerate(parts, start=1)]
    return f"WITH {', '.join(written)} SELECT statement_timestamp()"


def _part(
    number: int, model: type[models.Model], names: tuple[str, ...], is_new: bool, most: int
) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    types, table = _columns(model), quote(model._meta.db_table)
    typed = ", ".join(f"{quote(name)} {types[name]}" for name in names)
    given = f"jsonb_to_recordset(${number}::jsonb) AS v({typed})"
    columns = ", ".join(quote(name) for name in names)
    if is_new:
        text = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {given}"  # noqa: S608
    else:
        values = ", ".join(f"{quote(name)} = v.{quote(name)}" for name in names if name != "id")
        few = f"(SELECT * FROM {given} LIMIT {most}) AS v"  # noqa: S608
        text = f"UPDATE {table} SET {values} FROM {few} WHERE {table}.id = v.id"  # noqa: S608
    return f"part{number} AS ({text})"
