"""The segments of a blueprint, from what is stored: `members.sections` backwards."""

from __future__ import annotations

from members.models import Segment
from members.sections import SegmentTable


def segments() -> list[SegmentTable]:
    """Every segment, whoever is in it."""
    return [SegmentTable(code=row.code, name=row.name) for row in Segment.objects.all()]
