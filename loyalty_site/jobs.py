"""The job queue inside PostgreSQL: its tables are put there once, by plain SQL."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction
from pgmq.install import get_embedded_install_sql, get_embedded_sql_version

LOCK = 7_236_001  # any number, as long as all of us use the same


def is_in_database() -> bool:
    """Whether jobs wait in PostgreSQL rather than in a broker named by CELERY_BROKER_URL."""
    return str(settings.CELERY_BROKER_URL).startswith("pgmq:")


def is_installed() -> bool:
    """Whether the queue's tables exist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def install() -> str:
    """Create the queue's tables where they are missing; safe to repeat and to run twice at once.

    Returns the version of the queue that this installation brings along.
    """
    if is_in_database() and not is_installed():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            if not is_installed():
                cursor.execute(get_embedded_install_sql())
    return str(get_embedded_sql_version())
