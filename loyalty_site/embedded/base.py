"""Django's PostgreSQL backend on the embedded server, which it starts when first needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql.client import DatabaseClient as PostgresClient
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from loyalty_site.embedded import server
from loyalty_site.pooled import Pooled

__all__ = ["DatabaseClient", "DatabaseWrapper", "IsolationLevel"]


class DatabaseClient(PostgresClient):
    """`manage.py dbshell`, with the psql that belongs to the server."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Any
    ) -> tuple[list[str], dict[str, str] | None]:
        where = server.ensure(Path(settings_dict["HOME"]), database=settings_dict["CREATE"])
        arguments, extra = super().settings_to_cmd_args_env(settings_dict, parameters)
        return [str(where.bin / "psql"), *arguments[1:]], extra


class DatabaseWrapper(Pooled):
    """Takes two settings more: HOME, the data folder, and CREATE, the database to have in it.

    NAME is another one while tests run: the test runner makes and drops that one itself.
    """

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        if self.has_pool:
            return {}
        chosen = self.settings_dict
        where = server.ensure(Path(chosen["HOME"]), database=chosen["CREATE"])
        chosen["HOST"] = str(where.socket)
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            chosen = self.settings_dict
            server.revive(Path(chosen["HOME"]), database=chosen["CREATE"])
            return super().get_new_connection(conn_params)
