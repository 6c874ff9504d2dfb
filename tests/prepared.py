"""Long questions that every test asks anew: PostgreSQL plans them once for a connection."""

from __future__ import annotations

import hashlib
import weakref
from typing import Any

from django.db import connection
from psycopg import sql

_known: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()


def rows(question: str) -> list[tuple[Any, ...]]:
    """The answer to a question without parameters."""
    name = hashlib.md5(question.encode(), usedforsecurity=False).hexdigest()
    with connection.cursor() as cursor:
        prepared = _known.setdefault(connection.connection, set())
        if name not in prepared:
            cursor.execute(
                sql.SQL("PREPARE {} AS {}").format(sql.Identifier(name), sql.SQL(question))
            )
            prepared.add(name)
        cursor.execute(sql.SQL("EXECUTE {}").format(sql.Identifier(name)))
        return cursor.fetchall()
