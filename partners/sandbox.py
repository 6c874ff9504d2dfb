"""The sandbox: where test keys act. A PostgreSQL schema that holds an empty copy of every table
about members, beside the one program.

A call with a test key runs with `search_path` set to the sandbox first, for its transaction only:
members, balances, stock, references and events are then those of the sandbox, and no line of the
house below has to know. What must stay true: nothing that a test key does touches a table outside
of it. The sandbox is disposable: it is built anew when the tables of the house change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models, transaction

from members.models import Member

SCHEMA = "sandbox"
LOCK = 7_236_002  # any number, as long as all of us use the same
HOUSE = ("members", "events", "points", "tiers", "earning", "rewards")
NAMING = {"member_id", "activity_id", "redemption_id"}  # columns by which a row is about a member
COUNTING = {
    "events_event",
    "earning_limituse",
    "members_household",
    "rewards_fundtotal",
    "rewards_rewarddate",
    "rewards_rewardstock",
}
# tests begin with the stock that there is
SEEDED = {"rewards_fundtotal", "rewards_rewarddate", "rewards_rewardstock"}

_known: set[str] = set()  # fingerprints of tables for which this process has seen a sandbox


@contextmanager
def entered() -> Iterator[None]:
    """A transaction inside the sandbox."""
    with transaction.atomic():
        ensure()
        before = _search_path(f"{SCHEMA}, public")
        yield
        _search_path(before)  # an error rolls it back by itself


@contextmanager
def of(*, is_test: bool) -> Iterator[None]:
    """A transaction where a key of that kind acts."""
    if is_test:
        with entered():
            yield
    else:
        with transaction.atomic():
            yield


def ensure() -> None:
    """Build the sandbox, where it is missing or older than the tables of the house."""
    found = fingerprint()
    if found in _known and _stored() == found:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if _stored() != found:
            build(found)
    _known.add(found)


def tables() -> list[str]:
    """The tables that are copied: members, what belongs to them, names them, or counts them."""
    models_of = [model for app in HOUSE for model in apps.get_app_config(app).get_models()]
    copied = {model for model in models_of if model._meta.db_table in COUNTING}
    copied |= {model for model in models_of if NAMING & {f.attname for f in model._meta.fields}}
    copied.add(Member)
    while more := {
        model for model in models_of if model not in copied and _points_to(model, copied)
    }:
        copied |= more
    return sorted(model._meta.db_table for model in copied)


def _points_to(model: type[models.Model], others: set[type[models.Model]]) -> bool:
    return any(field.related_model in others for field in model._meta.fields if field.is_relation)


def fingerprint() -> str:
    """What the copied tables look like: the migrations that made them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(id) FROM public.django_migrations")
        state = cursor.fetchone()
    return hashlib.sha256(repr((state, tables())).encode()).hexdigest()[:32]


def _stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s",
            [SCHEMA],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def build(mark: str) -> None:
    """Drop the sandbox and make it anew, with the tables' constraints, keys and triggers."""
    names = tables()
    with connection.cursor() as cursor:
        before = _search_path("public")
        parts = _foreign_keys(names) + _triggers(names)
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for name in names:
            cursor.execute(f'CREATE TABLE {SCHEMA}."{name}" (LIKE public."{name}" INCLUDING ALL)')
        for name in sorted(SEEDED & set(names)):
            copied = f'INSERT INTO {SCHEMA}."{name}" SELECT * FROM public."{name}"'  # noqa: S608
            cursor.execute(copied)
        for statement in parts:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{mark}'")
        _search_path(before)


def _foreign_keys(names: list[str]) -> list[str]:
    """Foreign keys among the copies. Those to program data are left out: a test holds nothing
    back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.conname, t.relname, f.relname, pg_get_constraintdef(c.oid)
               FROM pg_constraint c
               JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
               WHERE c.contype = 'f' AND t.relnamespace = 'public'::regnamespace
                 AND t.relname = ANY(%s) AND f.relname = ANY(%s) ORDER BY 1""",
            [names, names],
        )
        return [
            f'ALTER TABLE {SCHEMA}."{table}" ADD CONSTRAINT "{name}" '
            + text.replace(f"REFERENCES {target}(", f'REFERENCES {SCHEMA}."{target}"(')
            for name, table, target, text in cursor.fetchall()
        ]


def _triggers(names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.relname, pg_get_triggerdef(g.oid)
               FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
               WHERE NOT g.tgisinternal AND t.relnamespace = 'public'::regnamespace
                 AND t.relname = ANY(%s) ORDER BY 1, g.tgname""",
            [names],
        )
        rows = cursor.fetchall()
    return [text.replace(f" ON public.{table} ", f" ON {SCHEMA}.{table} ") for table, text in rows]


def _search_path(path: str) -> str:
    """Set the path for the rest of the transaction. Returns the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        before = str(cursor.fetchone()[0])
        cursor.execute("SELECT set_config('search_path', %s, true)", [path])
    return before
