"""The tables of the house, without Django's and those of its packages."""

from __future__ import annotations

import functools

from django.apps import apps
from psycopg import sql

from tests import prepared

APPS = (
    "program", "events", "members", "points", "tiers", "plans", "earning", "rewards", "partners",
    "messaging", "surveys",
)  # fmt: skip


@functools.cache
def house() -> tuple[str, ...]:
    """All of them, in the order of the floors."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return tuple(model._meta.db_table for model in models if model._meta.managed)


def filled() -> list[str]:
    """Those that hold any row."""
    return [table for (table,) in prepared.rows(_which())]


@functools.cache
def _which() -> str:
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    return (
        sql.SQL(" UNION ALL ")
        .join(one.format(sql.Literal(table), sql.Identifier(table)) for table in house())
        .as_string()
    )
