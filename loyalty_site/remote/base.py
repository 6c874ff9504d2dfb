"""Django's PostgreSQL backend, refusing servers that are too old or cannot be reached."""

from __future__ import annotations

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django.db.utils import OperationalError

from loyalty_site.errors import CannotStart

__all__ = ["DatabaseWrapper", "IsolationLevel"]

VERSION_MIN = 15


class DatabaseRefused(CannotStart):
    """The server of DATABASE_URL cannot carry Pennant; the message says why and what to do."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Checks the version of the server at the first connection of a process."""

    def check_database_version_supported(self) -> None:
        version = self.pg_version // 10_000
        if version < VERSION_MIN:
            raise DatabaseRefused(
                f"DATABASE_URL names PostgreSQL {version}; Pennant needs {VERSION_MIN} or later. "
                "Upgrade that server, or unset DATABASE_URL to use the one Pennant brings along."
            )

    def verify(self) -> None:
        """Connect once, at the start of a process. Raises DatabaseRefused."""
        try:
            self.ensure_connection()
        except OperationalError as error:
            said = str(error).strip().splitlines()
            raise DatabaseRefused(
                f"the PostgreSQL of DATABASE_URL cannot be reached: {said[0] if said else error}. "
                "Check the address and whether that server runs."
            ) from error
        finally:
            self.close()
