"""Rows on their way: PostgreSQL's COPY takes in what it was sent while Python makes the next."""

from __future__ import annotations

import contextlib
import re
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connections, models
from django.db.models.expressions import DatabaseDefault
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from common import lines

READ = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)', re.IGNORECASE)
Job = tuple[bytes, list[bytes]]  # a statement; if it is a COPY, its lines, some at a time
Work = Generator[Wait, Ready | None, None]  # runs until it has to wait, and says for what


def copy(model: type[models.Model], rows: Collection[models.Model]) -> None:
    """Copy new rows of one model. Columns that the database fills in are left to it.

    Raises what an INSERT of these rows would.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    fields, statement = _statement(model, rows)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(statement) as opened,
    ):
        for block in lines.blocks(fields, rows, connection):
            opened.write(block)
    _settle(rows)


class Copying:
    """Copies rows while other work is done, which calls `advance` now and then; whatever else is
    asked of the connection waits for them, and may not read the tables they go to.

    Made by `under_way`. What goes past Django's cursors (a COPY of one's own, the next rows of a
    cursor that was opened before) must not be asked for meanwhile.
    """

    def __init__(self, references: dict[str, list[str]]) -> None:
        self._references = references
        # the connection itself, not its proxy, which costs a look-up a value
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._jobs: deque[Job] = deque()
        self._work: Work | None = None
        self._tables: set[str] = set()

    @property
    def is_under_way(self) -> bool:
        """Whether rows may not have been taken in yet."""
        return self._work is not None

    def send(self, model: type[models.Model], rows: Collection[models.Model]) -> None:
        """Copy new rows, as `copy` does, after those that were sent before.

        What is wrong with them is raised here, or by whatever comes next.
        """
        fields, statement = _statement(model, rows)
        blocks = []
        for block in lines.blocks(fields, rows, self._connection):
            blocks.append(block.encode())
            self.advance()
        table = model._meta.db_table
        if table not in self._tables:
            self._tables.add(table)
            self._look_at_once(table)
        self._jobs.append((statement.encode(), blocks))
        if self._work is None:
            self._work = _work(self._connection.connection.pgconn, self._jobs)
        self.advance()
        _settle(rows)

    def _look_at_once(self, table: str) -> None:
        """Look for what rows of a table refer to as they come, and not when the transaction ends:
        so that is done meanwhile, too.
        """
        names = self._references.get(table)
        if names:
            quoted = ", ".join(map(self._connection.ops.quote_name, names))
            self._jobs.append((f"SET CONSTRAINTS {quoted} IMMEDIATE".encode(), []))

    def advance(self) -> None:
        """Go on as far as PostgreSQL does not make us wait. Raises what an INSERT would."""
        if self._work is None:
            return
        try:
            with self._connection.wrap_database_errors:
                next(self._work)
        except StopIteration:
            self._end()
        except BaseException:
            self._end()
            self._jobs.clear()
            raise

    def finish(self) -> None:
        """Wait until all rows are in. Raises what an INSERT of them would."""
        work = self._end()
        if work is None:
            return
        try:
            with self._connection.wrap_database_errors:
                self._connection.connection.wait(work)
        finally:
            self._jobs.clear()

    def drop(self) -> None:
        """Break off for an error that ends the transaction anyway."""
        self._jobs.clear()
        with contextlib.suppress(Error):
            self.finish()

    def _end(self) -> Work | None:
        """What is under way, to be ended by the caller."""
        work, self._work = self._work, None
        return work

    def around(self, execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        """Around a statement: it comes after the rows that are on their way.

        Raises RuntimeError for one that would find some of the rows that are being written, and
        others not.
        """
        read = self._tables.intersection(READ.findall(sql))
        if read:
            raise RuntimeError(f"{', '.join(read)} cannot be read: rows are on their way there.")
        self.finish()
        return execute(sql, *given)


@contextmanager
def under_way() -> Iterator[Copying]:
    """Rows may be copied while the block does other work, inside a transaction. A row must come
    after those of copied tables that it names.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    copying = Copying(_references(connection))  # a statement, which begins the transaction
    connection.execute_wrappers.insert(0, copying.around)  # outermost
    try:
        yield copying
        copying.finish()
    except BaseException:
        copying.drop()
        raise
    finally:
        connection.execute_wrappers.remove(copying.around)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _references(connection: Any) -> dict[str, list[str]]:
    """The foreign keys of every table that can be seen: of the house, or of its copy."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, array_agg(c.conname::text) FROM pg_constraint c "
            "JOIN pg_class t ON t.oid = c.conrelid "
            "WHERE c.contype = 'f' AND c.condeferrable AND pg_table_is_visible(t.oid) GROUP BY 1"
        )
        return dict(cursor.fetchall())


def _work(wire: PGconn, jobs: deque[Job]) -> Work:
    """Do all that there is to do, and what is added meanwhile. Raises psycopg.Error."""
    while jobs:
        statement, blocks = jobs.popleft()
        wire.send_query(statement)
        yield from _answer(wire)
        if not blocks:
            continue
        for block in blocks:
            while wire.put_copy_data(block) == 0:
                yield Wait.W
        while wire.put_copy_end() == 0:
            yield Wait.W
        yield from _answer(wire)


def _answer(wire: PGconn) -> Work:
    """Send what has not left yet, and hear what comes of it."""
    while wire.flush():
        yield Wait.RW
        wire.consume_input()  # it may have to be rid of what it says before it hears more
    results: list[PGresult] = []
    while True:
        while wire.is_busy():
            yield Wait.R
            wire.consume_input()
        result = wire.get_result()
        if result is None:
            break
        results.append(result)
        if result.status == ExecStatus.COPY_IN:
            break
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(result)


def _settle(rows: Collection[models.Model]) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _statement(model: type[models.Model], rows: Collection[models.Model]) -> tuple[list[Any], str]:
    """What is copied of these rows, and how. Raises ValueError where some rows leave to the
    database what others say.
    """
    first, known = next(iter(rows)), model._meta.local_concrete_fields
    left = [f.attname for f in known if isinstance(getattr(first, f.attname), DatabaseDefault)]
    if any(not isinstance(getattr(row, name), DatabaseDefault) for name in left for row in rows):
        raise ValueError(f"Some rows say {', '.join(left)} and others do not: copy them apart.")
    fields = [field for field in known if field.attname not in left]
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    return fields, f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
