"""Rows on their way: what is sent is there, in order, or nothing is; whatever else is asked of the
connection meanwhile waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import DataError, IntegrityError, connection, models, transaction

from common import bulk, clock
from common.copying import Copying
from events import outbox
from events.models import Event, Heartbeat

MANY = bulk.FEW + 50


def beats(prefix: str) -> list[Heartbeat]:
    return [Heartbeat(name=f"{prefix}-{number}", beat_at=clock.now()) for number in range(MANY)]


def happenings(what: object = "it") -> list[Event]:
    return [outbox.draft("thing_happened", payload={"what": what}) for _ in range(MANY)]


def together(*rows: Sequence[models.Model], then: Callable[[], object] = lambda: None) -> None:
    with transaction.atomic(), bulk.together():
        for some in rows:
            bulk.insert(type(some[0]), some)
        then()


def test_one_table_after_the_other_is_filled(db: None) -> None:
    before = Event.objects.count()
    with transaction.atomic(), bulk.together() as bundle:
        bulk.insert(Heartbeat, beats("first"))
        bulk.insert(Event, happenings())
        bulk.insert(Heartbeat, beats("second"))
        assert bundle.copying.is_under_way
    assert not bundle.copying.is_under_way
    assert Heartbeat.objects.count() == 2 * MANY
    assert Event.objects.count() == before + MANY


def test_what_is_asked_meanwhile_comes_after_the_rows(db: None) -> None:
    with transaction.atomic(), bulk.together() as bundle:
        bulk.insert(Heartbeat, beats("first"))
        assert bundle.copying.is_under_way
        assert Heartbeat.objects.count() == MANY
        assert not bundle.copying.is_under_way
        with transaction.atomic():  # a savepoint is a statement, too
            bulk.insert(Heartbeat, beats("second"))
    assert Heartbeat.objects.count() == 2 * MANY
    assert not connection.execute_wrappers


def test_a_refused_row_is_told_before_anything_else_is_done(db: None) -> None:
    again = [*beats("first"), Heartbeat(name="first-0", beat_at=clock.now())]
    done = []
    with pytest.raises(IntegrityError):
        together(again, then=lambda: done.append(Heartbeat.objects.count()))
    with pytest.raises(IntegrityError):
        together(again, happenings(), then=lambda: done.append(1))
    with pytest.raises(IntegrityError):
        together(again)
    assert not done
    assert not Heartbeat.objects.exists()
    assert not connection.execute_wrappers


def test_what_copy_cannot_be_given_breaks_off_what_is_under_way(db: None) -> None:
    with pytest.raises(DataError):
        together(beats("x" * 60))
    with pytest.raises(TypeError):
        together(beats("first"), happenings(object()))
    with pytest.raises(TypeError):
        together(happenings(object()))
    assert not Heartbeat.objects.exists()
    assert not connection.execute_wrappers


def test_what_breaks_off_leaves_nothing_and_the_connection_as_it_was(db: None) -> None:
    with pytest.raises(ZeroDivisionError):
        together(beats("first"), then=lambda: 1 // 0)
    assert not connection.execute_wrappers
    assert not Heartbeat.objects.exists()
    bulk.insert(Heartbeat, beats("second"))
    assert Heartbeat.objects.count() == MANY


def test_who_wraps_statements_meanwhile_may_leave_before_the_rows_are_in(db: None) -> None:
    def plainly(execute: Callable[..., object], *given: object) -> object:
        return execute(*given)

    with transaction.atomic(), bulk.together():
        with connection.execute_wrapper(plainly):
            bulk.insert(Heartbeat, beats("first"))
        assert Heartbeat.objects.count() == MANY
    assert not connection.execute_wrappers


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_stays_under_way() -> None:
    """psycopg would wait for the end of it with whatever comes next, and so for ever."""
    copying = Copying(goes_on=True)
    copying.send(Heartbeat, beats("first"))
    assert not copying.is_under_way
    with bulk.together():
        bulk.insert(Heartbeat, beats("second"))
        with transaction.atomic():
            bulk.insert(Heartbeat, beats("third"))
    assert Heartbeat.objects.count() == 3 * MANY
