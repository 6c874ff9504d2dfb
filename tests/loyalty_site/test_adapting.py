"""Values come back from PostgreSQL as they went, and as psycopg would read them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


def answer(statement: str, *given: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 2, 12, 30, 15, 123456, tzinfo=UTC),
        datetime(2026, 3, 2, 12, 30, 15, 120000, tzinfo=UTC),
        datetime(2026, 3, 2, tzinfo=UTC),
        datetime(31, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_in_utc(moment: datetime) -> None:
    found = answer("SELECT %s::timestamptz", moment)
    assert isinstance(found, datetime)
    assert (found, found.tzinfo) == (moment, UTC)


@pytest.mark.parametrize("text", ["infinity", "20000-01-01", "0044-03-15 BC"])
def test_a_moment_that_python_has_no_word_for_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        answer("SELECT %s::timestamptz", text)


def test_lists_come_back_as_they_went() -> None:
    ids = [uuid4() for _ in range(3)]
    assert answer("SELECT %s::uuid[]", ids) == ids
    assert answer("SELECT %s::uuid[]", [ids[0], None]) == [ids[0], None]
    assert answer("SELECT %s::uuid[]", [ids, list(ids)]) == [ids, ids]
    assert answer("SELECT %s::uuid[]", []) == []
    assert answer("SELECT %s::uuid[]", [UUID(int=0)]) == [UUID(int=0)]
    assert answer("SELECT %s::text[]", ["a,b", 'c"d', ""]) == ["a,b", 'c"d', ""]
    assert answer("SELECT %s::int[]", [1, 2]) == [1, 2]
