"""Converting: what is exchanged by itself as soon as a member has enough of it.

The outbox says whose points may have grown; who is missed there, because a worker died or a limit
held them up, is found by the hourly look at all accounts. What must stay true: each exchange is
decided under the lock of its own accounts, in whole steps of what is free, so that it makes no
difference how often anybody is looked at.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from common.ids import uuid7
from events import reading
from points.models import Account
from program import catalog
from program.catalog import versioned
from program.errors import ProgramMissing
from program.models import Program
from rewards import exchange
from rewards.models import Conversion

READER = "conversions"
LIMIT = 500  # events of one reading, accounts of one look
GROWING = (
    "activity_recorded",
    "activity_amended",
    "milestone_chosen",
    "units_exchanged",
    "dividend_paid",
    "points_received",
    "points_reinstated",
    "opening_posted",
)


@versioned
def at_once(program: Program) -> tuple[Conversion, ...]:
    """The conversions that happen as soon as there is enough, kept in memory."""
    return tuple(one for one in exchange.offered(program) if one.is_at_once)


def run() -> int:
    """Exchange for those whose points may have grown since the last run. Returns how many exchanges
    were made.
    """
    try:
        program = catalog.current()
    except ProgramMissing:
        return 0
    types, made = (GROWING if at_once(program) else ()), 0
    while True:
        with transaction.atomic():
            events = reading.take(READER, types=types, limit=LIMIT)
        made += _convert(program, {event.member_id for event in events if event.member_id})
        if len(events) < LIMIT:
            return made


def catch_up() -> int:
    """Exchange for everybody who has enough. Returns how many exchanges were made."""
    try:
        program = catalog.current()
    except ProgramMissing:
        return 0
    return _convert(program, None)


def _convert(program: Program, only: Collection[uuid.UUID] | None) -> int:
    """One conversion after the other: what one gives, the next may take."""
    if only is not None and not only:
        return 0
    made = 0
    for conversion in at_once(program):
        last = uuid.UUID(int=0)
        while found := _enough(conversion, only, after=last):
            for one in found:
                made += exchange.by_itself(
                    one.member,
                    conversion=conversion,
                    amount=one.available,
                    attempt=uuid7(),
                    program=program,
                )
            last = found[-1].member_id
    return made


def _enough(
    conversion: Conversion, only: Collection[uuid.UUID] | None, *, after: uuid.UUID
) -> list[Account]:
    """The next accounts, by member, with enough that is free."""
    least = max(conversion.least, conversion.step)
    rows = Account.objects.filter(
        unit=conversion.takes_id,
        balance__gte=least + F("held"),
        closed_at=None,
        member_id__gt=after,
    )
    if only is not None:
        rows = rows.filter(member__in=only)
    return list(rows.select_related("member").order_by("member_id")[:LIMIT])
