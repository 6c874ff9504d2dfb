"""Connections out of Django's pool that are looked at before they are used, without asking.

A server that ends a connection says so, and then there is something to read where nothing was
asked. Looking for that takes a system call; asking, as the pool would, takes a journey to the
server and back for every request.
"""

from __future__ import annotations

import select
from typing import Any, ClassVar

from django.db.backends.postgresql import base

from loyalty_site.adapting import adapted


def is_gone(connection: Any) -> bool:
    """Whether the server has ended a connection that is idle."""
    if connection.closed:
        return True
    looked = select.poll()
    looked.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(looked.poll(0))


class Pooled(base.DatabaseWrapper):
    """Gives back what the server has ended meanwhile, for which the pool makes another."""

    _connection_pools: ClassVar[dict[str, Any]]  # by the name of the database, as Django keeps them

    @property
    def has_pool(self) -> bool:
        """Whether the pool is made, which knows by itself how to make a connection."""
        return self.alias in self._connection_pools

    def get_connection_params(self) -> dict[str, Any]:
        if self.has_pool:
            return {}
        params: dict[str, Any] = super().get_connection_params()
        params["context"] = adapted(params["context"], self.timezone)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        while self.pool is not None and is_gone(made):
            made.close()
            self.pool.putconn(made)
            made = super().get_new_connection(conn_params)
        return made
