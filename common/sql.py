"""Named SQL, for the few paths that are measured.

A statement and its parameters travel apart, so PostgreSQL may keep the plan of one that comes often
(`prepare_threshold` of the connection). Everything else is the ORM's.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = "cursor_of_named_sql"  # the attribute of a connection
NAMED = re.compile(r"%\((\w+)\)s")


def rows(statement: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement with `%(name)s` parameters, or `$1` ones in a row. Returns its rows.

    Raises what the ORM would raise, and is seen by whoever counts or wraps its statements.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    if isinstance(parameters, Mapping):
        statement, names = _numbered(statement)
        parameters = [parameters[name] for name in names]
    if connection.execute_wrappers or connection.queries_logged:
        with connection.wrap_database_errors:
            own = psycopg.RawCursor(connection.connection)
        with connection._prepare_cursor(own) as cursor:  # type: ignore[attr-defined]
            cursor.execute(statement, parameters)
            return _fetched(own)
    connection.validate_thread_sharing()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        own = _kept(connection)
        own.execute(statement, parameters)
        return _fetched(own)


def _fetched(cursor: psycopg.RawCursor[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return cursor.fetchall() if cursor.rownumber is not None else []


def _kept(connection: BaseDatabaseWrapper) -> psycopg.RawCursor[tuple[Any, ...]]:
    """The cursor of a connection, which knows how to read what it has read before: making one, and
    Django's around it, costs more than a small statement does.
    """
    known = vars(connection.connection)
    if KEPT not in known:
        known[KEPT] = psycopg.RawCursor(connection.connection)
    kept: psycopg.RawCursor[tuple[Any, ...]] = known[KEPT]
    return kept


@functools.lru_cache(maxsize=256)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `$1` for its first name, and so on, and the names in that order."""
    names = tuple(dict.fromkeys(NAMED.findall(statement)))
    numbers = {name: f"${number}" for number, name in enumerate(names, start=1)}
    return NAMED.sub(lambda found: numbers[found[1]], statement), names
