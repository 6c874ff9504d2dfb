"""How PostgreSQL says no: for tests that go round the code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from common.errors import constraint_name


@contextmanager
def refused(name: str) -> Iterator[None]:
    """What happens inside violates the constraint of this name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():  # noqa: PT012
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert constraint_name(error.value) == name


def assert_append_only(table: str) -> None:
    """UPDATE, DELETE and TRUNCATE of a table that has rows are refused, also in raw SQL."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SELECT count(*) FROM {table}")
        before = cursor.fetchone()
        assert before[0]
        for statement in (
            f"UPDATE {table} SET id = id",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with (
                pytest.raises(DatabaseError, match=r"append-only|Cannot (update|delete)"),
                transaction.atomic(),
            ):
                cursor.execute(statement)
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == before
