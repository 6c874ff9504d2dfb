"""Connections out of the pool: kept by their threads, and never handed on when the server ended
them.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from loyalty_site import pooled as subject

pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[[int], DatabaseWrapper]


@pytest.fixture
def make() -> Iterator[Make]:
    """Another way into the database, with a pool of so many."""

    def made(most: int) -> DatabaseWrapper:
        wrapper = connection.copy(alias="pooled")
        options = {**connection.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": most}}
        wrapper.settings_dict = {**connection.settings_dict, "OPTIONS": options}
        connections["pooled"] = wrapper
        return wrapper

    yield made
    connections["pooled"].close()
    connections["pooled"].close_pool()
    del connections["pooled"]
    assert not subject.Pooled._kept


def _call(one: DatabaseWrapper) -> int:
    """What a call does with its connection: the number of the process that served it."""
    one.close_if_unusable_or_obsolete()
    with one.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = int(cursor.fetchone()[0])
    one.close_if_unusable_or_obsolete()
    return found


def _end(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])  # waits for its end
        assert cursor.fetchone() == (True,)


def _call_of_a_thread_that_ends(pooled: DatabaseWrapper) -> int:
    served: list[int] = []

    def call() -> None:
        connections["pooled"] = pooled.copy(alias="pooled")
        served.append(_call(connections["pooled"]))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(60)
    gc.collect()
    return served[0]


@pytest.mark.parametrize("most", [1, 2])
def test_a_connection_that_lives_is_used_again(make: Make, most: int) -> None:
    pooled = make(most)
    assert _call(pooled) == _call(pooled)


@pytest.mark.parametrize("most", [1, 2])
def test_a_connection_that_was_ended_is_replaced_unseen(make: Make, most: int) -> None:
    pooled = make(most)
    before = _call(pooled)
    _end(before)
    assert _call(pooled) != before


def test_a_thread_keeps_its_connection_for_a_while(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    pooled = make(2)
    _call(pooled)
    assert pooled.connection is not None
    pooled.close()
    monkeypatch.setattr(subject, "KEPT_S", 0)
    _call(pooled)
    assert pooled.connection is None


def test_at_most_half_of_the_pool_is_kept(make: Make) -> None:
    first = make(4)
    second, third = (first.copy(alias="pooled") for _ in range(2))
    for one in (first, second, third):
        _call(one)
    assert [one.connection is not None for one in (first, second, third)] == [True, True, False]
    first.close()  # makes room
    _call(third)
    assert third.connection is not None
    second.close()
    third.close()


def test_what_a_thread_kept_goes_back_after_its_end(make: Make) -> None:
    pooled = make(2)
    served = _call_of_a_thread_that_ends(pooled)
    _call(pooled)
    assert pooled.connection is not None  # the half of the pool that is kept is ours now
    others = pooled.copy(alias="pooled")
    assert served in {_call(others), pooled.connection.info.backend_pid}
    assert others.connection is None


def test_a_call_that_left_a_transaction_open_keeps_nothing(make: Make) -> None:
    pooled = make(2)
    _call(pooled)
    pooled.set_autocommit(False)
    pooled.close_if_unusable_or_obsolete()
    assert pooled.connection is None
