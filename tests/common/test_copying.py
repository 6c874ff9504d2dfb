"""Rows on their way: what is sent is there, in order, or nothing is; whatever else is asked of the
connection meanwhile waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import (
    DataError,
    IntegrityError,
    OperationalError,
    connection,
    models,
    transaction,
)

from common import bulk, clock
from common.bundle import Bundle
from common.ids import uuid7
from events import outbox
from events.models import Event, Heartbeat
from members.models import MemberKey
from tests.cast import ana

MANY = bulk.FEW + 50


def beats(prefix: str) -> list[Heartbeat]:
    return [Heartbeat(name=f"{prefix}-{number}", beat_at=clock.now()) for number in range(MANY)]


def happenings(what: object = "it") -> list[Event]:
    return [outbox.draft("thing_happened", payload={"what": what}) for _ in range(MANY)]


def touched() -> int:
    """How many rows a statement finds."""
    return Heartbeat.objects.update(beat_at=clock.now())


def end(pid: int) -> None:
    """Break the connection of a backend, and wait for its end."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    finally:
        connection.close()


def is_under_way(bundle: Bundle) -> bool:
    assert bundle.copying is not None
    return bundle.copying.is_under_way


def together(*rows: Sequence[models.Model], then: Callable[[], object] = lambda: None) -> None:
    with transaction.atomic(), bulk.together(many=True):
        for some in rows:
            bulk.insert(type(some[0]), some)
        then()


def test_one_table_after_the_other_is_filled(db: None) -> None:
    before = Event.objects.count()
    with transaction.atomic(), bulk.together(many=True) as bundle:
        bulk.insert(Heartbeat, beats("first"))
        bulk.insert(Event, happenings())
        bulk.insert(Heartbeat, beats("second"))
        assert is_under_way(bundle)
    assert not is_under_way(bundle)
    assert Heartbeat.objects.count() == 2 * MANY
    assert Event.objects.count() == before + MANY


def test_what_is_asked_meanwhile_comes_after_the_rows(db: None) -> None:
    with transaction.atomic(), bulk.together(many=True) as bundle:
        bulk.insert(Heartbeat, beats("first"))
        assert is_under_way(bundle)
        assert touched() == MANY
        assert not is_under_way(bundle)
        with transaction.atomic():  # a savepoint is a statement, too
            bulk.insert(Heartbeat, beats("second"))
    assert Heartbeat.objects.count() == 2 * MANY
    assert not connection.execute_wrappers


def test_who_reads_where_rows_are_on_their_way_is_told_so(db: None) -> None:
    """Some of them would be found, and others not."""
    beats_there = Heartbeat.objects.order_by("name")
    for read in (beats_there.first, beats_there.count, Heartbeat.objects.filter().exists):
        with pytest.raises(RuntimeError, match="events_heartbeat cannot be read"):
            together(beats("first"), then=read)
    together(beats("first"), then=Event.objects.count)
    assert Heartbeat.objects.count() == MANY


def test_a_refused_row_is_told_before_anything_else_is_done(db: None) -> None:
    again = [*beats("first"), Heartbeat(name="first-0", beat_at=clock.now())]
    done = []
    with pytest.raises(IntegrityError):
        together(again, then=lambda: done.append(touched()))
    with pytest.raises(IntegrityError):
        together(again, happenings())
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


def test_a_row_that_says_what_others_leave_to_the_database_is_refused(db: None) -> None:
    """Nothing of it would be kept."""
    rows = happenings()
    rows[-1].transaction = 7
    with pytest.raises(ValueError, match=r"Some rows say .*transaction.* and others do not"):
        together(rows)
    with pytest.raises(ValueError, match="Some rows say"):
        bulk.insert(Event, rows)
    assert not Event.objects.filter(type="thing_happened").exists()


def test_what_is_refused_in_a_savepoint_is_not_sent_again_after_it(db: None) -> None:
    again = [*beats("first"), Heartbeat(name="first-0", beat_at=clock.now())]

    def refused() -> None:
        with transaction.atomic():
            bulk.insert(Heartbeat, again)
            bulk.insert(Heartbeat, beats("second"))
            touched()

    with transaction.atomic(), bulk.together(many=True):
        with pytest.raises(IntegrityError):
            refused()
        bulk.insert(Heartbeat, beats("third"))
    assert Heartbeat.objects.count() == MANY
    assert Heartbeat.objects.filter(name="third-0").exists()


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

    with transaction.atomic(), bulk.together(many=True):
        with connection.execute_wrapper(plainly):
            bulk.insert(Heartbeat, beats("first"))
        assert touched() == MANY
    assert not connection.execute_wrappers


def test_rows_get_there_while_other_work_is_done(db: None) -> None:
    patience = time.monotonic() + 60
    with transaction.atomic(), bulk.together(many=True) as bundle:
        bulk.insert(Heartbeat, beats("first"))
        bulk.insert(Event, happenings())
        while is_under_way(bundle) and time.monotonic() < patience:
            bundle.advance()
        assert not is_under_way(bundle)
        bulk.insert(Heartbeat, beats("second")[:3])
        assert is_under_way(bundle), "a few rows, too"
    assert Heartbeat.objects.count() == MANY + 3


def test_more_than_a_connection_takes_at_once_gets_there(db: None) -> None:
    long = "a long text \\ " * 4000
    with transaction.atomic(), bulk.together(many=True) as bundle:
        for _ in range(3):
            bulk.insert(Event, happenings(long))
            bundle.advance()
    told = Event.objects.filter(type="thing_happened", payload__what=long)
    assert told.count() == 3 * MANY


def test_what_a_row_refers_to_is_there_before_it(db: None) -> None:
    """It is looked for at once, and after the block only when the transaction ends."""
    stray = MemberKey(id=uuid7(), member_id=uuid7(), kind="reference", value="nobody")
    done = []
    with pytest.raises(IntegrityError, match="foreign key"):
        together([stray], then=lambda: done.append(touched()))
    assert not done
    known = MemberKey(id=uuid7(), member=ana(), kind="reference", value="somebody")
    with transaction.atomic():
        together([known])
        bulk.insert(MemberKey, [stray])
        assert MemberKey.objects.filter(pk__in=[known.pk, stray.pk]).count() == 2
        transaction.set_rollback(True)
    assert not MemberKey.objects.filter(value="somebody").exists()


@pytest.mark.django_db(transaction=True)
def test_the_first_statement_of_a_transaction_begins_it() -> None:
    with pytest.raises(ZeroDivisionError):
        together(beats("first"), then=lambda: 1 // 0)
    assert not Heartbeat.objects.exists()
    together(beats("second"))
    assert Heartbeat.objects.count() == MANY


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_meanwhile_is_told_and_left() -> None:
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    with ThreadPoolExecutor() as other, pytest.raises(OperationalError):
        together(beats("first"), then=lambda: other.submit(end, pid).result())
    assert not connection.execute_wrappers
    together(beats("second"))
    assert Heartbeat.objects.count() == MANY
