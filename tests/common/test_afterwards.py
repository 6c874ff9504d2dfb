"""Rows that nobody waits for are written all the same: once each, and soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from common import afterwards, clock
from common.afterwards import Afterwards
from events.models import Heartbeat
from tests.faults.deployment import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Afterwards[Heartbeat]]:
    monkeypatch.setattr(afterwards, "IDLE", timedelta(0))
    made = Afterwards(Heartbeat, wait=lambda: timedelta(milliseconds=20))
    yield made
    assert eventually(lambda: not made.is_running, seconds=60)


def beat(name: str) -> Heartbeat:
    return Heartbeat(name=name, beat_at=clock.now())


def written() -> set[str]:
    return set(Heartbeat.objects.values_list("name", flat=True))


def test_what_many_threads_bring_is_written_once(later: Afterwards[Heartbeat]) -> None:
    def bring(turn: int) -> None:
        for number in range(100):
            assert later.take(beat(f"{turn}-{number}"))

    threads = [threading.Thread(target=bring, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {f"{turn}-{number}" for turn in range(8) for number in range(100)}
    assert eventually(lambda: written() == expected, seconds=60)


def test_its_thread_ends_when_nothing_comes_and_starts_again(later: Afterwards[Heartbeat]) -> None:
    for name in ("one", "two"):
        assert later.take(beat(name))
        assert eventually(lambda: not later.is_running, seconds=60)
        assert name in written()


def test_a_row_that_is_refused_keeps_no_other_out(later: Afterwards[Heartbeat]) -> None:
    Heartbeat.objects.create(name="there", beat_at=clock.now())
    for name in ("first", "x" * 60, "there", "half \udce9", "last"):
        assert later.take(beat(name))
    assert eventually(lambda: written() == {"first", "there", "last"}, seconds=60)


def test_what_cannot_be_written_now_is_written_later(later: Afterwards[Heartbeat]) -> None:
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET lock_timeout = '50ms'")
        try:
            with transaction.atomic():
                cursor.execute("LOCK TABLE events_heartbeat IN EXCLUSIVE MODE")
                assert later.take(beat("one"))
                time.sleep(0.4)  # it has tried by now, and was told no
                assert later.take(beat("two"))
                assert not written()
        finally:
            cursor.execute(f"ALTER DATABASE {name} RESET lock_timeout")
    assert eventually(lambda: written() == {"one", "two"}, seconds=60)


def test_who_brings_too_many_writes_them_himself(
    later: Afterwards[Heartbeat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(afterwards, "MOST", 2)
    taken = [later.take(beat(f"{number}")) for number in range(3)]
    assert taken == [True, True, False]
    assert eventually(lambda: written() == {"0", "1"}, seconds=60)
