"""The part of a blueprint that names the segments of members."""

from __future__ import annotations

from typing import Any

from members.models import Segment
from program.blueprint import Section, Table, register
from program.sections import Code, Name, unique, upsert


class SegmentTable(Table):
    """A group of members that staff or another system puts together: students, card holders."""

    code: Code
    name: Name


def _apply(tables: list[SegmentTable], blueprint: Any) -> list[str]:
    unique((table.code for table in tables), place="segment")
    changes = []
    for table in tables:
        match, label = {"code": table.code}, f"Segment {table.name}"
        changes += upsert(Segment, match, {"name": table.name}, label=label)[1]
    return changes


def install() -> None:
    """Register the sections of this app."""
    from members import exports

    register(Section("segment", list[SegmentTable], _apply, exports.segments))
