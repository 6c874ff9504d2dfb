"""Named SQL, for the few paths that are measured.

A statement and its parameters travel apart, so PostgreSQL may keep the plan of one that comes often
(`prepare_threshold` of the connection). Everything else is the ORM's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections


def rows(statement: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement with `%(name)s` parameters, or `$1` ones in a row. Returns its rows.

    Raises what the ORM would raise, and is seen by whoever counts or wraps its statements.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with connection.wrap_database_errors:
        kind = psycopg.Cursor if isinstance(parameters, Mapping) else psycopg.RawCursor
        own = kind(connection.connection)
    with connection._prepare_cursor(own) as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
