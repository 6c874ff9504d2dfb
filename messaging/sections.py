"""The part of a blueprint that says what letters to members say."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from messaging import registry, writing
from messaging.errors import TemplateInvalid
from messaging.models import Template
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid
from program.sections import require_code, upsert


class LetterTable(Table):
    """The words of a letter in one language."""

    event: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]
    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[a-z]{2,4})?$")] = "en"


def _apply(tables: list[LetterTable], blueprint: Any) -> list[str]:
    changes: list[str] = []
    kept = set()
    for table in tables:
        place = f'[[letter]] "{table.event}"'
        known = registry.kinds()
        require_code(table.event, known, place=f"{place}, event")
        try:
            writing.check(table.subject, table.text, known=known[table.event].known())
        except TemplateInvalid as error:
            raise BlueprintInvalid(f"in {place}: {error.message}") from error
        match = {"event": table.event, "language": table.language}
        if tuple(match.values()) in kept:
            raise BlueprintInvalid(f'in {place}: its words in "{table.language}" are given twice.')
        kept.add(tuple(match.values()))
        values = {"subject": table.subject, "text": table.text, "is_active": True}
        label = f"Letter {table.event} ({table.language})"
        changes += upsert(Template, match, values, label=label)[1]
    for row in Template.objects.filter(is_active=True):
        if (row.event, row.language) not in kept:
            Template.objects.filter(pk=row.pk).update(is_active=False)
            changes.append(f"Letter {row} has the house's own words again.")
    return changes


def _export() -> list[LetterTable]:
    """Every letter that has words of the program's own."""
    rows = Template.objects.filter(is_active=True)
    return [
        LetterTable(event=row.event, subject=row.subject, text=row.text, language=row.language)
        for row in rows
    ]


def install() -> None:
    """Register the sections of this app."""
    register(Section("letter", list[LetterTable], _apply, _export))
