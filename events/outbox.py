"""Publishing: the only door into the outbox.

Call it inside the transaction of what it announces.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from common import bulk, clock
from events.models import Event


def draft(
    type: str,
    *,
    member_id: uuid.UUID | None = None,
    subject: str = "",
    payload: dict[str, Any] | None = None,
    occurred_at: datetime | None = None,
) -> Event:
    """An event that is not written yet, for `publish_many`."""
    return bulk.new(
        Event,
        type=type,
        member_id=member_id,
        subject=subject,
        payload=payload or {},
        occurred_at=occurred_at or clock.now(),
    )


def publish(type: str, **fields: Any) -> Event:
    """Write one event; it leaves only if the surrounding transaction commits.

    Fields as in `draft`.
    """
    event = draft(type, **fields)
    event.save(force_insert=True)
    return event


def publish_many(events: Iterable[Event]) -> None:
    """Write several events in one statement."""
    bulk.insert(Event, list(events))
