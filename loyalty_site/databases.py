"""Which PostgreSQL, and how many connections to it: settings for Django and for the job queue.

The sum of connections stays below PostgreSQL's usual 100: two web workers with 8 each, a worker
with 4 of its own, beat with 1 and the queue's pools with 4 per process make 16 + 5 + 16 = 37; while
a file is applied, its lanes take up to 8 more.
"""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import make_conninfo

from loyalty_site.embedded import place
from loyalty_site.embedded.server import SUPERUSER
from loyalty_site.env import Values

DATABASE_NAME = "pennant"
QUEUE_POOL_SIZE = 4
PREPARE = "prepare_threshold"
PREPARED_AFTER = 5  # times that a connection has seen one of the few statements of `common.sql`
POOL_WAIT_S = 5  # longer than any of our queries should take; a full pool is better said early

# What a page or an API call may take. Commands (migrate, import) have no such limits.
WEB_LIMITS = (
    "-c lock_timeout=3s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
)


def database(values: Values) -> dict[str, Any]:
    """The entry for DATABASES."""
    settings = _remote(values) if values.database else _embedded(values)
    if values.process == "web":
        options = settings["OPTIONS"]
        options["options"] = f"{options.get('options', '')} {WEB_LIMITS}".strip()
        options["pool"] = {
            "min_size": 1,
            "max_size": values.database_pool_max,
            "timeout": POOL_WAIT_S,
        }
        options[PREPARE] = _prepared_after(values)
    return settings


def _prepared_after(values: Values) -> int | None:
    """How often a statement comes before its plan is kept; behind a pooler that cannot have it,
    DATABASE_URL says `prepare_threshold=none`.
    """
    text = values.database.options.get(PREPARE) if values.database else None
    if text is None:
        return PREPARED_AFTER
    return int(text) if text.isdigit() else None


def _embedded(values: Values) -> dict[str, Any]:
    return {
        "ENGINE": "loyalty_site.embedded",
        "HOME": values.data_dir,
        "CREATE": DATABASE_NAME,
        "NAME": DATABASE_NAME,
        "USER": SUPERUSER,
        "HOST": str(place.of(values.data_dir).socket),
        "OPTIONS": {},
        "TEST": {"NAME": f"test_{DATABASE_NAME}"},
    }


def _remote(values: Values) -> dict[str, Any]:
    given = values.database
    assert given is not None
    return {
        "ENGINE": "loyalty_site.remote",
        "NAME": given.name,
        "USER": given.user,
        "PASSWORD": given.password,
        "HOST": given.host,
        "PORT": given.port,
        "OPTIONS": {
            "connect_timeout": 5,
            **{name: text for name, text in given.options.items() if name != PREPARE},
        },
        "TEST": {"NAME": f"test_{given.name}"},
    }


def conninfo(values: Values) -> str:
    """The same database as a libpq connection string."""
    settings = _remote(values) if values.database else _embedded(values)
    return make_conninfo(
        dbname=settings["NAME"],
        user=settings["USER"] or None,
        password=settings.get("PASSWORD") or None,
        host=settings["HOST"] or None,
        port=settings.get("PORT") or None,
        **settings["OPTIONS"],
    )


def verify() -> None:
    """Refuse to start on a database that is too old or does not answer. Raises CannotStart."""
    from django.db import connection

    connection.ensure_connection()
    connection.close()


def broker_url(values: Values) -> str:
    """The broker's address. For pgmq the connection string of broker_options() is what counts."""
    return values.broker_url or "pgmq://localhost"


def broker_options(values: Values) -> dict[str, Any]:
    """Celery's transport options for jobs inside PostgreSQL; nothing for other brokers."""
    if values.broker_url:
        return {}
    return {
        "conn_string": conninfo(values),
        "init_extension": False,  # the schema is plain SQL, put there by `jobs`
        "use_notify": True,
        "wait_time_seconds": 1,
        "pool_size": QUEUE_POOL_SIZE,
        "visibility_timeout": 1800,  # longer than the longest task, or it would run twice at once
    }
