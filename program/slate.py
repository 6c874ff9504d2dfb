"""A blank slate: the program's tables, empty, for as long as one transaction lasts.

Scenarios and drafts run on the real verbs and the real constraints without seeing or touching what
a deployment holds: the tables are copied, without their rows, into a schema that shadows the real
one until everything is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction

SCHEMA = "pennant_slate"
HOUSE = Path(__file__).resolve().parent.parent


class _RollBack(Exception):
    pass


@contextmanager
def blank() -> Iterator[None]:
    """Run the block on empty copies of the house's tables; afterwards nothing has happened.

    Checks, unique and exclusion constraints, foreign keys and triggers are copied with the tables.
    """
    tables = [
        model._meta.db_table
        for app in apps.get_app_configs()
        if Path(app.path).parent == HOUSE
        for model in app.get_models()
    ]
    try:
        with transaction.atomic():
            _copy(tables)
            yield
            raise _RollBack
    except _RollBack:
        return


def _copy(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (home,) = cursor.fetchone()
        triggers = _definitions(cursor, home, tables)
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in tables:
            cursor.execute(f'CREATE TABLE {SCHEMA}."{table}" (LIKE {home}."{table}" INCLUDING ALL)')
        cursor.execute(f"SET LOCAL search_path TO {SCHEMA}, {home}")
        for statement in triggers:
            cursor.execute(statement)


def _definitions(cursor: object, home: str, tables: list[str]) -> list[str]:
    """The statements that make the tables' triggers and foreign keys anew in the slate."""
    execute, fetchall = cursor.execute, cursor.fetchall  # type: ignore[attr-defined]
    execute(
        """SELECT c.relname, pg_get_triggerdef(t.oid)
           FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
           JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = %s AND c.relname = ANY(%s) AND NOT t.tgisinternal""",
        [home, tables],
    )
    made = [
        text.replace(f" ON {home}.{table} ", f' ON {SCHEMA}."{table}" ')
        for table, text in fetchall()
    ]
    execute(
        """SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
           FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
           JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE k.contype = 'f' AND n.nspname = %s
             AND c.relname = ANY(%s) AND f.relname = ANY(%s)""",
        [home, tables, tables],
    )
    made += [
        f'ALTER TABLE {SCHEMA}."{table}" ADD CONSTRAINT "{name}" {text}'
        for table, name, text in fetchall()
    ]
    return made
