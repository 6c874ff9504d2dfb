"""A pooled connection that the server has ended is never handed to a request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pooled() -> Iterator[DatabaseWrapper]:
    made = connection.copy(alias="pooled")
    options = {**connection.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": 1}}
    made.settings_dict = {**connection.settings_dict, "OPTIONS": options}
    connections["pooled"] = made
    yield made
    made.close()
    made.close_pool()
    del connections["pooled"]


def _backend(one: DatabaseWrapper) -> int:
    """The number of the process that serves this request's connection, which goes back then."""
    with one.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = int(cursor.fetchone()[0])
    one.close()
    return found


def test_a_connection_that_lives_is_used_again(pooled: DatabaseWrapper) -> None:
    assert _backend(pooled) == _backend(pooled)


def test_a_connection_that_was_ended_is_replaced_unseen(pooled: DatabaseWrapper) -> None:
    before = _backend(pooled)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [before])  # waits for its end
        assert cursor.fetchone() == (True,)
    assert _backend(pooled) != before
