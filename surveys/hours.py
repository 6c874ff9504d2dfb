"""The business clock: hours that count only while the program's people are there.

Pure arithmetic on moments; days and hours are those of the program's time zone, so that a day on
which the clocks change has the hours that the wall clock shows.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclasses.dataclass(frozen=True, slots=True)
class Opening:
    """From which hour to which, on which weekdays (0 is Monday) but for holidays, in which zone."""

    opens: int
    closes: int
    weekdays: tuple[int, ...]
    zone: str
    holidays: frozenset[date] = frozenset()


def after(moment: datetime, *, hours: int, opening: Opening) -> datetime:
    """The moment at which so many business hours have passed since `moment`, in UTC."""
    zone = ZoneInfo(opening.zone)
    local = moment.astimezone(zone)
    left = timedelta(hours=hours)
    day = local.date()
    while True:
        if day.weekday() in opening.weekdays and day not in opening.holidays:
            start = datetime.combine(day, time(opening.opens), tzinfo=zone)
            closing = day if opening.closes < 24 else day + timedelta(days=1)
            end = datetime.combine(closing, time(opening.closes % 24), tzinfo=zone)
            begin = max(local, start) if day == local.date() else start
            room = end.astimezone(UTC) - begin.astimezone(UTC)
            if room >= left and room > timedelta(0):
                return begin.astimezone(UTC) + left
            left -= max(room, timedelta(0))
        day += timedelta(days=1)
