"""Rows on their way: PostgreSQL's COPY takes in what it was sent while Python makes the next."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.models.expressions import DatabaseDefault

from common import lines


class Copying:
    """Copies rows, a table after the other. With `goes_on`, the last table may still be on its way
    while other work is done; whatever else is asked of the connection waits for it.

    psycopg holds the connection's lock for as long as a COPY runs, so one goes on only inside a
    transaction that does not end before `finish` or `drop`; and what goes past Django's cursors (a
    COPY of one's own, the next rows of a cursor that was opened before) would wait for ever.
    """

    def __init__(self, *, goes_on: bool = False) -> None:
        # the connection itself, not its proxy, which costs a look-up a value
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._goes_on = goes_on and self._connection.in_atomic_block
        self._open: contextlib.ExitStack | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether rows may not have been taken in yet."""
        return self._open is not None

    def send(self, model: type[models.Model], rows: Collection[models.Model]) -> None:
        """Copy new rows of one model. Columns that the database fills in are left to it.

        Raises what an INSERT of these rows, or of those sent before, would.
        """
        fields, statement = self._statement(model, next(iter(rows)))
        blocks = lines.blocks(fields, rows, self._connection)
        if self._open is not None:
            blocks = iter(list(blocks))  # while the rows before are taken in
            self.finish()
        with contextlib.ExitStack() as opened:
            opened.enter_context(self._connection.wrap_database_errors)
            cursor = opened.enter_context(self._connection.cursor())
            copy = opened.enter_context(cursor.cursor.copy(statement))
            for block in blocks:
                copy.write(block)
            if self._goes_on:
                self._open = opened.pop_all()
                self._connection.execute_wrappers.insert(0, self._first)  # outermost
        for row in rows:
            row._state.adding, row._state.db = False, self._connection.alias

    def finish(self) -> None:
        """Wait until all rows are in. Raises what an INSERT of them would."""
        self._taken().close()

    def drop(self, error: BaseException) -> None:
        """Break off for an error that ends the transaction anyway."""
        with contextlib.suppress(DatabaseError):
            self._taken().__exit__(type(error), error, error.__traceback__)

    def _taken(self) -> contextlib.ExitStack:
        """What is under way, to be ended by the caller; empty where nothing is."""
        opened, self._open = self._open, None
        if opened is None:
            return contextlib.ExitStack()
        self._connection.execute_wrappers.remove(self._first)
        return opened

    def _first(self, execute: Callable[..., Any], *given: Any) -> Any:
        """Around a statement: it comes after the rows that are on their way."""
        self.finish()
        return execute(*given)

    def _statement(self, model: type[models.Model], first: models.Model) -> tuple[list[Any], str]:
        fields = [
            field
            for field in model._meta.local_concrete_fields
            if not isinstance(getattr(first, field.attname), DatabaseDefault)
        ]
        quote = self._connection.ops.quote_name
        names = ", ".join(quote(str(field.column)) for field in fields)
        return fields, f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
