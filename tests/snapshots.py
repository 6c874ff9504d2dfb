"""Programs applied once a run and copied from then on.

Applying a blueprint asks PostgreSQL some hundred times, and most tests only want a program to stand
on. What a blueprint wrote into empty tables is kept in memory, and a later test with the same text
and tables as empty gets the same rows by COPY. Tests of applying itself call `blueprint.apply`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import time_machine
from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from program import blueprint
from program.models import Program

APPS = (
    "program", "events", "members", "points", "tiers", "plans", "earning", "rewards", "partners",
    "messaging", "surveys",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshot:
    """What one blueprint wrote: the rows of each table, as PostgreSQL's binary COPY."""

    rows: dict[str, bytes]


_kept: dict[tuple[str, str], Snapshot] = {}


def apply(folder: Path, *, actor: str) -> None:
    """As `blueprint.apply`, from memory where nothing but the time of writing would differ."""
    if time_machine.escape_hatch.is_travelling():
        blueprint.apply(folder, actor=actor)
        return
    text = (folder / blueprint.FILE).read_text(encoding="utf-8")
    key = (folder.resolve().name, text)
    if _filled():
        blueprint.apply(folder, actor=actor)
    elif key in _kept:
        _restore(_kept[key])
    else:
        blueprint.apply(folder, actor=actor)
        _kept[key] = Snapshot({table: _read(table) for table in _filled()})


def _tables() -> list[str]:
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [model._meta.db_table for model in models if model._meta.managed]


def _filled() -> list[str]:
    """The house's tables that hold any row."""
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(table), sql.Identifier(table)
        )
        for table in _tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor]


def _read(table: str) -> bytes:
    asked = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(asked) as copy:
        return b"".join(bytes(part) for part in copy)


@transaction.atomic
def _restore(snapshot: Snapshot) -> None:
    """Write the rows without the triggers that wrote or checked them the first time."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in snapshot.rows.items():
            columns = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
            with cursor.copy(columns) as copy:
                copy.write(rows)
        cursor.execute("SET LOCAL session_replication_role = origin")
    Program.objects.update(name=Program.objects.values("name")[:1])  # a version of its own
