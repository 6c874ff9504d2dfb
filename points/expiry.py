"""The expiry run: whatever is past its end is taken out of balances, however late the run comes.

Idempotent and resumable: a lot is due while something is left of it, and each chunk of accounts is
a transaction of its own.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Min, Sum

from common import clock
from members.models import Member
from points import ledger
from points.books import Books
from points.models import Lot

CHUNK = 200  # accounts held under lock at a time


def run(*, until: datetime | None = None) -> int:
    """Expire every lot whose end is at or before `until` (default: now).

    Returns the amount expired, over all units.
    """
    moment, total = until or clock.now(), 0
    while keys := _due(moment):
        total += _expire(keys, moment)
    return total


def _due(moment: datetime) -> list[tuple[uuid.UUID, str]]:
    rows = Lot.objects.live().filter(expires_at__lte=moment)
    return list(
        rows.values_list("member_id", "account__unit_id").distinct().order_by("member_id")[:CHUNK]
    )


def _expire(keys: list[tuple[uuid.UUID, str]], moment: datetime) -> int:
    total = 0
    with transaction.atomic():
        books = Books.open(keys)
        for key in keys:
            total += ledger.expire_into(books, key=key, now=moment)
        books.write()
    return total


def calendar(member: Member, *, unit: str) -> list[tuple[datetime, int]]:
    """Every moment at which points of the member end, with the amount, soonest first."""
    rows = Lot.objects.live().filter(member=member, account__unit=unit, expires_at__isnull=False)
    dated = rows.values("expires_at").annotate(amount=Sum("remaining")).order_by("expires_at")
    return [(end, amount) for end, amount in dated.values_list("expires_at", "amount") if end]


def next_due() -> datetime | None:
    """The earliest end of any live lot, for staff who ask when the next run has work."""
    return Lot.objects.live().aggregate(soonest=Min("expires_at"))["soonest"]
