"""Notices before points end: so many days before, once for each end and threshold.

They are computed from the lots. What is said is an event (`points_expiring`); who is written to,
and how, is for whoever reads it. A run that comes late gives the nearest notice only: two months'
warning a week before the end would be a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from common import clock
from events import outbox
from points import keepers
from points.books import Books
from points.models import ExpiryNotice, Lot
from program import catalog
from program.models import Program

CHUNK = 200  # accounts held under lock at a time


def run(*, after_chunk: Callable[[], object] | None = None) -> int:
    """Give every notice that is due by now, chunk by chunk. Returns how many were given.

    `after_chunk` runs between two transactions.
    """
    program, now, given = catalog.current(), clock.now(), 0
    thresholds = sorted(program.expiry_notices)
    for index, days in enumerate(thresholds):
        floor = _moment(program, now, thresholds[index - 1]) if index else now
        ceiling = _moment(program, now, days)
        while rows := _due(days, floor=floor, ceiling=ceiling):
            given += _give(rows, days=days, program=program)
            if after_chunk:
                after_chunk()
    return given


def _moment(program: Program, now: datetime, days: int) -> datetime:
    """The end of the last day of points that are `days` days away, whole days in the zone."""
    today = clock.local_date(now, program.time_zone)
    return clock.end_of_day(today + timedelta(days=days), program.time_zone)


def _due(days: int, *, floor: datetime, ceiling: datetime) -> list[dict[str, Any]]:
    """Ends after `floor`, up to `ceiling`, of which nobody was told at this threshold or closer."""
    told = ExpiryNotice.objects.filter(
        member=OuterRef("member"),
        account=OuterRef("account"),
        expires_at=OuterRef("expires_at"),
        days__lte=days,
    )
    rows = Lot.objects.live().filter(expires_at__gt=floor, expires_at__lte=ceiling)
    ends = rows.filter(~Exists(told)).order_by("member_id", "account_id", "expires_at")
    grouped = ends.values("member_id", "account_id", "account__unit_id", "expires_at")
    return [dict(row) for row in grouped.annotate(amount=Sum("remaining"))[:CHUNK]]


def _give(rows: Collection[dict[str, Any]], *, days: int, program: Program) -> int:
    """Note and announce, under the accounts' locks: what two runs find at once is said once."""
    with transaction.atomic():
        Books.open({(row["member_id"], row["account__unit_id"]) for row in rows})
        told = ExpiryNotice.objects.filter(
            member__in={row["member_id"] for row in rows},
            account__in={row["account_id"] for row in rows},
            days=days,
        )
        known = set(told.values_list("account", "expires_at"))
        fresh = [
            ExpiryNotice(
                member_id=row["member_id"],
                account_id=row["account_id"],
                expires_at=row["expires_at"],
                days=days,
                amount=row["amount"],
            )
            for row in rows
            if (row["account_id"], row["expires_at"]) not in known
        ]
        ExpiryNotice.objects.bulk_create(fresh)
        units = {row["account_id"]: row["account__unit_id"] for row in rows}
        with catalog.reading(program):
            outbox.publish_many(
                _event(one, unit, program)
                for one in fresh
                if keepers.until((one.member_id, unit := units[one.account_id]), one.expires_at)
                is None
            )
    return len(fresh)


def _event(notice: ExpiryNotice, unit: str, program: Program) -> Any:
    last = clock.local_date(notice.expires_at - timedelta(microseconds=1), program.time_zone)
    payload = {
        "unit": unit,
        "amount": notice.amount,
        "last_day": last.isoformat(),
        "days": notice.days,
    }
    return outbox.draft("points_expiring", member_id=notice.member_id, payload=payload)
