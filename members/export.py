"""What is held about a person, for themselves: every row that is theirs, column by column.

It reads the sheets of `common.privacy`, so nothing that is held can be missing: a column is shown,
or it is listed as withheld with the reason. Streams: no more than a few rows are in memory.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common import clock, privacy
from common.privacy import Person, Sheet
from events import outbox
from members import erasure
from members.models import Member

ROWS = 500  # read at a time


@dataclasses.dataclass(frozen=True, slots=True)
class Chapter:
    """One table: its title, the names of its columns, its rows, and what is withheld and why."""

    model: str
    title: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    withheld: tuple[tuple[str, str], ...]
    rows: Iterator[tuple[Any, ...]]


def announce(member: Member, *, actor: str) -> None:
    """Write down that somebody took out what is held about a member."""
    outbox.publish("member_exported", member_id=member.pk, payload={"actor": actor})


def chapters(member: Member) -> Iterator[Chapter]:
    """Everything that is held, table by table; tables without rows are left out."""
    someone = erasure.person(member)
    for sheet in privacy.sheets():
        if sheet.is_about_people and sheet.rows_of(someone).exists():
            yield _chapter(sheet, someone)


def _chapter(sheet: Sheet, someone: Person) -> Chapter:
    shown = tuple(name for name, column in sheet.columns.items() if not column.withheld)
    fields = {name: sheet.table._meta.get_field(name) for name in sheet.columns}
    withheld = tuple(
        (_label(fields[name]), str(column.withheld))
        for name, column in sheet.columns.items()
        if column.withheld
    )
    rows = sheet.rows_of(someone).order_by("pk").values_list(*shown)
    return Chapter(
        model=sheet.model,
        title=str(sheet.title),
        columns=shown,
        labels=tuple(_label(fields[name]) for name in shown),
        withheld=withheld,
        rows=rows.iterator(chunk_size=ROWS),
    )


def _label(field: Any) -> str:
    return str(capfirst(field.verbose_name))


def as_json(member: Member) -> Iterator[str]:
    """The export as one JSON document, in pieces."""
    about = {"about": _("Everything that is held about you"), "made_at": clock.now().isoformat()}
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "tables": ['
    for number, chapter in enumerate(chapters(member)):
        head = {
            "table": chapter.model,
            "title": chapter.title,
            "withheld": dict(chapter.withheld),
        }
        yield (", " if number else "") + json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
        for count, row in enumerate(chapter.rows):
            values = dict(zip(chapter.columns, map(_value, row), strict=True))
            yield ("," if count else "") + "\n" + json.dumps(values, ensure_ascii=False)
        yield "]}\n"
    yield "]}\n"


def _value(value: Any) -> Any:
    """A value as JSON says it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return (
        value if value is None or isinstance(value, str | int | bool | dict | list) else str(value)
    )


def as_text(value: Any) -> str:
    """A value as people read it; empty for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
