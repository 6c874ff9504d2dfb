"""Periods in the database: ranges made from two columns, for constraints that forbid overlaps."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db.models import Func


class DateRange(Func):
    """`daterange(starts_on, ends_on)`: from a day up to another; an empty end is open."""

    function = "DATERANGE"
    output_field = DateRangeField()


class MomentRange(Func):
    """`tstzrange(starts_at, ends_at)`: from a moment, up to but not at another; an empty end is
    open.
    """

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()
