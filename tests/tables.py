"""The tables of the house, without Django's and those of its packages, and emptying them all."""

from __future__ import annotations

import functools

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from tests import prepared

APPS = (
    "program", "events", "members", "points", "tiers", "plans", "earning", "rewards", "partners",
    "messaging", "surveys",
)  # fmt: skip
MIGRATED = {"django_content_type", "auth_permission"}  # what `migrate` leaves, and no test commits
FEW = 2_000  # rows of any table


@functools.cache
def house() -> tuple[str, ...]:
    """All of them, in the order of the floors."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return tuple(model._meta.db_table for model in models if model._meta.managed)


def filled() -> list[str]:
    """Those that hold any row."""
    return [table for (table,) in prepared.rows(_which(house()))]


def hold_many() -> bool:
    """Whether one of them holds more than a test usually makes."""
    return prepared.rows(_is_large()) != [(False,)]


@transaction.atomic
def empty() -> None:
    """Delete what is in any table, Django's too, but for what `migrate` wrote.

    For few rows that takes much less than to truncate all tables, and to write anew what `migrate`
    wrote. Append-only tables refuse it: the caller says that their triggers are to be ignored.
    """
    with connection.cursor() as cursor:
        for (table,) in prepared.rows(_which(_everything())):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


@functools.cache
def _everything() -> tuple[str, ...]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(sorted(set(names) - MIGRATED))


@functools.cache
def _which(tables: tuple[str, ...]) -> str:
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    return (
        sql.SQL(" UNION ALL ")
        .join(one.format(sql.Literal(table), sql.Identifier(table)) for table in tables)
        .as_string()
    )


@functools.cache
def _is_large() -> str:
    many = sql.SQL("EXISTS (SELECT FROM {} OFFSET {})")
    return (
        sql.SQL("SELECT {}")
        .format(
            sql.SQL(" OR ").join(
                many.format(sql.Identifier(table), sql.Literal(FEW)) for table in house()
            )
        )
        .as_string()
    )
