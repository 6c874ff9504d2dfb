"""Connections out of Django's pool that threads keep, and that are looked at before they are used.

Giving a connection back after every call and taking one for the next took 7 to 13 hundredths of a
post's processor time, so a thread keeps the one it has for a while. At most half of the pool is
kept: the rest is there for whoever comes, however many threads there are.

A server that ends a connection says so, and then there is something to read where nothing was
asked. Looking for that takes a system call; asking, as the pool would, takes a journey to the
server and back for every request.
"""

from __future__ import annotations

import select
import threading
import time
import weakref
from typing import Any, ClassVar

from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor

from loyalty_site.adapting import adapted

KEPT_S = 300  # then it goes back, and the pool may have another in its place


def is_gone(connection: Any) -> bool:
    """Whether the server has ended a connection that is idle."""
    if connection.closed:
        return True
    looked = select.poll()
    looked.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(looked.poll(0))


class Schema(DatabaseSchemaEditor):
    """Makes one index where Django makes two: nobody looks for codes by what they begin with, and
    every row that names one would be written into both.
    """

    def _create_like_index_sql(self, model: Any, field: Any) -> None:
        return None


class Pooled(base.DatabaseWrapper):
    """Keeps a connection for its thread's next call, and gives back what the server has ended
    meanwhile, for which the pool makes another.
    """

    SchemaEditorClass = Schema
    _connection_pools: ClassVar[dict[str, Any]]  # by the name of the database, as Django keeps them
    _kept: ClassVar[dict[Any, weakref.ref[Pooled]]] = {}  # connections, and whose they are
    _turn: ClassVar[threading.Lock] = threading.Lock()

    @property
    def has_pool(self) -> bool:
        """Whether the pool is made, which knows by itself how to make a connection."""
        return self.alias in self._connection_pools

    @property
    def pool(self) -> Any:
        """The pool, if there is to be one. It holds on to its maker, so that is a copy of us, who
        go when our thread does.
        """
        if not self.has_pool and self.settings_dict["OPTIONS"].get("pool"):
            base.DatabaseWrapper.pool.fget(self.copy())  # type: ignore[attr-defined]
        return super().pool

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

    def connect(self) -> None:
        super().connect()
        if self.pool is not None and self._keep():
            self.close_at = time.monotonic() + KEPT_S

    def close_if_unusable_or_obsolete(self) -> None:
        if self.connection not in self._kept or not self.autocommit or self.errors_occurred:
            super().close_if_unusable_or_obsolete()
        elif time.monotonic() >= (self.close_at or 0) or is_gone(self.connection):
            self.close()

    def _close(self) -> None:
        with self._turn:
            self._kept.pop(self.connection, None)
        super()._close()  # type: ignore[misc]

    def _keep(self) -> bool:
        """Whether this thread may keep its connection. What is left of threads that have ended goes
        back to the pool.
        """
        with self._turn:
            left = [one for one, keeper in self._kept.items() if keeper() is None]
            for one in left:
                del self._kept[one]
            kept = sum(one._pool is self.pool for one in self._kept)
            may_keep = kept < self.pool.max_size // 2
            if may_keep:
                self._kept[self.connection] = weakref.ref(self)
        for one in left:
            one._pool.putconn(one)
        return may_keep
