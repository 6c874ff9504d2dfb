"""When points end: pure calendar arithmetic on the policy of a unit."""

from __future__ import annotations

from datetime import datetime, timedelta

from common import clock
from program.models import Unit


def expires_at(unit: Unit, *, occurred_at: datetime, zone: str) -> datetime | None:
    """The exclusive moment at which points of an activity end, None for never.

    The day is counted from the activity's own local day, month arithmetic clips, the result may be
    rounded up to the end of a month, quarter or year, and the points live to the end of that day in
    the program's zone.
    """
    if unit.expiry == Unit.Expiry.NEVER or unit.expiry_count is None:
        return None
    day = clock.local_date(occurred_at, zone)
    if unit.expiry == Unit.Expiry.MONTHS:
        last = clock.add_months(day, unit.expiry_count)
    else:
        last = day + timedelta(days=unit.expiry_count)
    if unit.expiry_round_to != Unit.RoundTo.DAY:
        last = clock.end_of_period(last, unit.expiry_round_to)
    return clock.end_of_day(last, zone)
