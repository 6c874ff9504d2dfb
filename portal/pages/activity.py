"""The activity list: newest first, by the date on which things happened, a page at a time."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime
from urllib.parse import urlencode

from common import clock
from members.models import Member
from portal.pages import lines
from portal.pages import pending as waiting
from portal.pages.lines import Line, Promise
from portal.pages.pending import Waiting
from program import catalog
from program.models import Program, Unit

PAGE = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Activities:
    """A page of lines, the units to choose from, and the address of the page after it (empty:
    none).
    """

    lines: list[Line]
    unit: Unit | None
    units: list[Unit]
    older: str
    pending: list[Waiting]
    held: tuple[Promise, ...]


def gather(member: Member, *, program: Program, unit: str = "", before: str = "") -> Activities:
    """Up to twenty lines after the place `before`; of one unit if it is named; on the first page
    also what is pending. Three queries.
    """
    known = catalog.of(program)
    chosen = known.units.get(unit)
    moved, idle = lines.postings(member), lines.unpaid(member)
    if chosen:
        moved, idle = moved.filter(lines.moving(chosen.code)), idle.none()
    place = read_place(before)
    if place:
        moved, idle = moved.filter(lines.older_than(*place)), idle.filter(lines.older_than(*place))
    rows = lines.merged(
        (row["row"] for row in moved[: PAGE + 1]),
        (row["row"] for row in idle[: PAGE + 1]),
        catalog=known,
    )
    shown = rows[:PAGE]
    return Activities(
        lines=shown,
        unit=chosen,
        units=list(known.units.values()),
        older=_address(shown[-1], unit) if len(rows) > PAGE else "",
        pending=[] if place or chosen else waiting.gather(member, catalog=known),
        held=_held(member, known) if not place else (),
    )


def _held(member: Member, known: catalog.Catalog) -> tuple[Promise, ...]:
    rows = lines.holds(member, now=clock.now())
    return tuple(lines.promise(row["row"], known.units) for row in rows)


def read_place(text: str) -> tuple[datetime, uuid.UUID] | None:
    """The place a page ended at, `moment,id`; None for anything else, which starts at the top."""
    moment, _, key = text.partition(",")
    try:
        found = datetime.fromisoformat(moment), uuid.UUID(key)
    except ValueError:
        return None
    return found if found[0].tzinfo else None


def _address(last: Line, unit: str) -> str:
    place = f"{last.occurred_at.isoformat()},{last.id}"
    return "?" + urlencode({"before": place} | ({"unit": unit} if unit else {}))
