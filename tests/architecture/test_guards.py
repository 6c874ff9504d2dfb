"""Every rule that PostgreSQL itself holds the house to has a test that goes round the code: asked
of the database, so that what a field or a trigger adds on its own is not forgotten.
"""

from __future__ import annotations

import functools
import re

import pytest
from django.db import connection

from tests.architecture.house import ROOT, house_models
from tests.refusals import refused

pytestmark = pytest.mark.django_db
COUNTS = re.compile(r'^CHECK \(\("?(\w+)"? >= 0\)\)$')  # of a field that is never below zero
COPY = """CREATE TEMP TABLE copied AS SELECT "{column}" FROM {table} LIMIT 0;
          ALTER TABLE pg_temp.copied ADD CONSTRAINT {name} {words}"""
FINAL = ("append-only", "Cannot update")  # what triggers of final rows say


@functools.cache
def proofs() -> str:
    """The tests that go round the code."""
    paths = (ROOT / "tests").rglob("test_*constraints*.py")
    more = [ROOT / "tests" / "events" / "test_outbox.py"]
    return "".join(path.read_text(encoding="utf-8") for path in [*paths, *more])


def asked(query: str) -> list[tuple[str, ...]]:
    """The rows of a query that are about a table of the house (their second column)."""
    tables = {model._meta.db_table for model in house_models()}
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row for row in cursor.fetchall() if row[1] in tables]


def constraints() -> list[tuple[str, ...]]:
    """Name, table and words of what rows must satisfy, but for ids and references."""
    return asked(
        "SELECT c.conname, t.relname, pg_get_constraintdef(c.oid) FROM pg_constraint c"
        " JOIN pg_class t ON t.oid = c.conrelid"
        " WHERE c.contype IN ('c', 'u', 'x') AND c.connamespace = current_schema()::regnamespace"
    ) + asked(
        "SELECT i.indexrelid::regclass::text, t.relname, '' FROM pg_index i"
        " JOIN pg_class t ON t.oid = i.indrelid WHERE i.indisunique AND NOT i.indisprimary"
        " AND t.relnamespace = current_schema()::regnamespace"
    )


def triggers() -> list[tuple[str, ...]]:
    """Name, table and body of every trigger."""
    return asked(
        "SELECT g.tgname, t.relname, p.prosrc FROM pg_trigger g"
        " JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_proc p ON p.oid = g.tgfoid"
        " WHERE NOT g.tgisinternal AND t.relnamespace = current_schema()::regnamespace"
    )


def counts() -> dict[str, tuple[str, str, str]]:
    """Table, column and words of the constraints that a field which only counts brings along."""
    found = {name: (table, COUNTS.match(words), words) for name, table, words in constraints()}
    return {
        name: (table, match[1], words)
        for name, (table, match, words) in found.items()
        if match is not None and f'"{name}"' not in proofs()
    }


def unproven(names: set[str]) -> set[str]:
    """Those that no test going round the code quotes."""
    return {name for name in names if f'"{name}"' not in proofs()}


def test_everything_the_database_refuses_is_proven() -> None:
    names = {name for name, _table, _words in constraints()}
    names |= {name for row in triggers() for name in re.findall(r"CONSTRAINT = '(\w+)'", row[2])}
    assert len(names) > 500
    assert unproven(names) - counts().keys() == set()


def test_a_rule_that_nobody_proves_would_be_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE points_lot ADD CONSTRAINT points_lot_is_odd CHECK (awarded > -9)"
        )
        cursor.execute("CREATE UNIQUE INDEX points_lot_is_even ON points_lot (id, awarded)")
    names = {name for name, _table, _words in constraints()}
    assert unproven(names) - counts().keys() == {
        "points_lot_is_odd",
        "points_lot_is_even",
    }


def test_every_table_of_final_rows_is_proven_final() -> None:
    final = {table for _name, table, body in triggers() if any(words in body for words in FINAL)}
    assert len(final) > 20
    assert unproven(final) == {"surveys_authorship"}  # proven there, row by row


def test_what_counts_is_never_below_zero() -> None:
    """Each on a copy of its table that has this one rule: PostgreSQL names the rule it broke."""
    found = counts()
    assert len(found) > 100
    for name, (table, column, words) in found.items():
        with connection.cursor() as cursor:
            cursor.execute(COPY.format(column=column, table=table, name=name, words=words))
            with refused(name):
                cursor.execute(f'INSERT INTO pg_temp.copied ("{column}") VALUES (-1)')
            cursor.execute("DROP TABLE pg_temp.copied")
