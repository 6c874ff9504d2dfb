"""Django's PostgreSQL backend, refusing servers that are too old or out of reach."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.psycopg_any import IsolationLevel

from loyalty_site.errors import CannotStart
from loyalty_site.pooled import Pooled

__all__ = ["DatabaseWrapper", "IsolationLevel"]

VERSION_MIN = 15


class DatabaseRefused(CannotStart):
    """The server of DATABASE_URL cannot carry Pennant; the message says why and what to do."""


class DatabaseWrapper(Pooled):
    """The first connection of a process decides whether it starts; later ones fail as usual."""

    has_connected = False

    def check_database_version_supported(self) -> None:
        version = self.pg_version // 10_000
        if version < VERSION_MIN:
            raise DatabaseRefused(
                f"DATABASE_URL names PostgreSQL {version}; Pennant needs {VERSION_MIN} or later. "
                "Upgrade that server, or unset DATABASE_URL to use the one Pennant brings along."
            )

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            made = super().get_new_connection(conn_params)
        except self.Database.OperationalError as error:
            if DatabaseWrapper.has_connected:
                raise
            raise DatabaseRefused(
                f"the PostgreSQL of DATABASE_URL cannot be reached: {_first_line(error)}. "
                "Check the address, and whether that server runs."
            ) from error
        DatabaseWrapper.has_connected = True
        return made


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
