"""Limits of keys: calls in a minute, and what may be credited in a day.

Both are counted in PostgreSQL, so they hold over all processes.
"""

from __future__ import annotations

import dataclasses

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.problems import TooManyRequests
from events import outbox
from partners import notices
from partners.errors import ValueLimitReached
from partners.models import ApiKey, KeyDay

WINDOW_S = 60
ALERT_SHARE = 80  # percent of a day's limit at which somebody is told


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """The minute that runs: how many calls it holds, how many are left, seconds to the next."""

    limit: int
    calls: int
    ends_in: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.calls)

    def headers(self) -> dict[str, str]:
        """As in draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"key";q={self.limit};w={WINDOW_S}',
            "RateLimit": f'"key";r={self.left};t={self.ends_in}',
        }


def refuse_excess(window: Window) -> None:
    """Raise TooManyRequests when the minute is used up."""
    if window.calls > window.limit:
        error = TooManyRequests(
            f"This key may call {window.limit:,} times a minute. Go on in {window.ends_in} seconds."
        )
        error.wait = window.ends_in  # type: ignore[attr-defined]
        raise error


def credit(key: ApiKey, amount: int) -> None:
    """Count what a key credits, inside the transaction that credits it; the row comes last of all
    that is locked.

    `amount` is in smallest parts of units to spend. Raises ValueLimitReached.
    """
    limit = key.points_per_day
    if limit is None or amount <= 0:
        return
    day = clock.now().date()
    KeyDay.objects.bulk_create([KeyDay(key=key, day=day)], ignore_conflicts=True)
    row = KeyDay.objects.select_for_update(no_key=True).get(key=key, day=day)
    if row.points + amount > limit:
        raise ValueLimitReached(
            f"The key {key.hint} may credit {limit:,} in a day, and {row.points:,} of it are used. "
            "Nothing was recorded. Go on tomorrow (UTC), or have the limit raised.",
            limit=limit,
            used=row.points,
        )
    row.points += amount
    is_high = row.points * 100 >= limit * ALERT_SHARE
    if is_high and row.alerted_at is None:
        row.alerted_at = clock.now()
        _alert(key, row.points, is_refusal=False)
        notices.of_limit(row)
    row.save(update_fields=["points", "alerted_at"])


def alerted_today() -> QuerySet[KeyDay]:
    """The days of keys that are close to their limit today (UTC), or were refused for it."""
    return KeyDay.objects.filter(day=clock.now().date(), alerted_at__isnull=False)


def alert_refused(key: ApiKey) -> None:
    """Tell, once a day, that a key was refused for its limit. The refused call left no trace."""
    with transaction.atomic():
        day = clock.now().date()
        KeyDay.objects.bulk_create([KeyDay(key=key, day=day)], ignore_conflicts=True)
        row = KeyDay.objects.select_for_update(no_key=True).get(key=key, day=day)
        if row.refused_at is None:
            row.refused_at = clock.now()
            if row.alerted_at is None:
                row.alerted_at = row.refused_at
                notices.of_limit(row)
            row.save(update_fields=["alerted_at", "refused_at"])
            _alert(key, row.points, is_refusal=True)


def _alert(key: ApiKey, used: int, *, is_refusal: bool) -> None:
    facts = {
        "partner": key.partner_id,
        "name": key.name,
        "limit": key.points_per_day,
        "used": used,
        "refused": is_refusal,
    }
    outbox.publish("api_key_limit_reached", subject=key.public_id, payload=facts)
