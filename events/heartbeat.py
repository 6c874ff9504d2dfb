"""Signs of life from workers, so that readiness can be judged without asking the broker."""

from __future__ import annotations

from datetime import timedelta

from common import clock
from events.models import Heartbeat


def beat(name: str) -> None:
    """Note that the worker `name` is alive now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": clock.now()})


def age(name: str) -> timedelta | None:
    """How long ago the worker `name` last gave a sign of life; None when it never did."""
    row = Heartbeat.objects.filter(name=name).first()
    return clock.now() - row.beat_at if row else None
