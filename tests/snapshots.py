"""Programs applied once a run and copied from then on.

Applying a blueprint asks PostgreSQL some hundred times, and most tests only want a program to stand
on. What a blueprint wrote into empty tables is kept in memory, and a later test with the same text
and tables as empty gets the same rows by COPY, whatever its clock says: what they tell of the time
of writing is the database's own, but for the moments from which occasions are followed, which are
written anew. Tests of applying itself call `blueprint.apply`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from django.db import connection, transaction
from psycopg import sql

from common import clock
from common.ids import uuid7
from earning.models import Occasion
from program import blueprint
from program.models import Revision
from tests import tables


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshot:
    """What one blueprint wrote: the rows of each table, as PostgreSQL's binary COPY."""

    rows: dict[str, bytes]


_kept: dict[tuple[str, str], Snapshot] = {}


def apply(folder: Path, *, actor: str) -> None:
    """As `blueprint.apply`, from memory where the same text was applied before."""
    text = (folder / blueprint.FILE).read_text(encoding="utf-8")
    if tables.filled():
        blueprint.apply(folder, actor=actor)
    elif (text, actor) in _kept:
        _restore(_kept[text, actor], name=folder.resolve().name)
    else:
        blueprint.apply(folder, actor=actor)
        _kept[text, actor] = Snapshot({table: _read(table) for table in tables.filled()})


def _read(table: str) -> bytes:
    asked = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(asked) as copy:
        return b"".join(bytes(part) for part in copy)


@transaction.atomic
def _restore(snapshot: Snapshot, *, name: str) -> None:
    """Write the rows again; their triggers give the program a version of its own."""
    with connection.cursor() as cursor:
        for table, rows in snapshot.rows.items():
            columns = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
            with cursor.copy(columns) as copy:
                copy.write(rows)
    Revision.objects.update(blueprint=name)
    Occasion.objects.update(since=clock.now(), after_event=uuid7())
