"""Reading the outbox to its end, in the order in which transactions committed, missing nothing.

Ids are made before a transaction commits, so a reader that remembers the last id would pass by what
commits late. Every event therefore carries the number of its transaction, and a reader goes no
further than the oldest transaction that may still be writing. A reader's place moves in the
transaction of what it did, so that each event is acted upon once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from events.models import Event, Reader

HORIZON = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
           coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0)
"""
# What has surely committed; and what this very transaction published before it began to read.
NEXT = """
    SELECT {columns} FROM events_event
    WHERE (transaction, id) > (%(transaction)s, %(id)s) AND type = ANY(%(types)s)
      AND (transaction < %(horizon)s OR transaction = %(own)s)
    ORDER BY transaction, id LIMIT %(limit)s
"""
END = """
    SELECT transaction, id FROM events_event
    WHERE (transaction, id) > (%(transaction)s, %(id)s) AND transaction < %(horizon)s
    ORDER BY transaction DESC, id DESC LIMIT 1
"""


def take(name: str, *, types: Collection[str], limit: int) -> list[Event]:
    """The next events of these types for the reader of this name, which is moved behind them.

    Call it first thing in a transaction and act on the events in the same one: if that is rolled
    back, they come again. Readers of one name take turns.
    """
    Reader.objects.get_or_create(name=name)
    reader = Reader.objects.select_for_update().get(pk=name)
    horizon, own = _horizon()
    place: dict[str, Any] = {"horizon": horizon, "own": own, "types": list(types), "limit": limit}
    place |= {"transaction": reader.transaction, "id": reader.event_id}
    columns = ", ".join(str(field.column) for field in Event._meta.concrete_fields)
    found = list(Event.objects.raw(NEXT.format(columns=columns), place))
    if found:
        reader.transaction, reader.event_id = found[-1].transaction, found[-1].pk
    if len(found) < limit:
        _skip_to_end(reader, horizon)
    reader.save(update_fields=["transaction", "event_id"])
    return found


def _horizon() -> tuple[int, int]:
    """The oldest transaction that may still be writing, and our own (0 before it has written).

    Asked once: what commits between two looks must not be passed by.
    """
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        horizon, own = cursor.fetchone()
    return horizon, own


def _skip_to_end(reader: Reader, horizon: int) -> None:
    """Pass by the events of other types, so that they are not looked through again."""
    place: dict[str, Any] = {"transaction": reader.transaction, "id": reader.event_id}
    place["horizon"] = horizon
    with connection.cursor() as cursor:
        cursor.execute(END, place)
        row = cursor.fetchone()
    if row is not None:
        reader.transaction, reader.event_id = row
