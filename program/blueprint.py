"""Blueprints: a whole program as one TOML file, checked to the last key, applied in one
transaction.

Each app brings the sections it understands and says how they are applied and exported; this module
knows none of them. Numbers with a fraction are read as decimals, never as floats. A mistake names
the table, the key, and what would be right.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
from django.db import transaction

from program import catalog, mismatches, reading
from program.errors import BlueprintInvalid
from program.models import Program, Revision

FILE = "program.toml"


class Table(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A table of a blueprint: unknown keys are mistakes, not comments."""


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """One top-level key of a blueprint.

    `apply(value, blueprint)` writes it and returns what changed, in sentences; `export()` gives
    back the value that would be applied to come to what is stored. `follow()` brings members in
    line, where something has changed.
    """

    name: str
    type: Any
    apply: Callable[[Any, Any], list[str]]
    export: Callable[[], Any]
    is_required: bool = False
    follow: Callable[[], None] | None = None


_sections: list[Section] = []


def register(*sections: Section) -> None:
    """Add the sections of an app; called once, when the app is ready.

    They are applied in the order of the floors.
    """
    known = {section.name for section in _sections}
    _sections.extend(section for section in sections if section.name not in known)


def sections() -> tuple[Section, ...]:
    """All sections, in the order in which they are applied."""
    return tuple(_sections)


def type_of() -> Any:
    """The type of a whole blueprint, made of all sections."""
    return _type(sections())


@functools.cache
def _type(known: tuple[Section, ...]) -> Any:
    fields: list[Any] = [
        (s.name, s.type) if s.is_required else (s.name, s.type, _default(s.type))
        for s in sorted(known, key=lambda section: not section.is_required)
    ]
    return msgspec.defstruct("Blueprint", fields, forbid_unknown_fields=True, kw_only=True)


def _default(kind: Any) -> Any:
    """What a section says that is left out: nothing, or an empty list."""
    is_one = type(None) in get_args(kind)
    return msgspec.field(default=None) if is_one else msgspec.field(default_factory=list)


def load(folder: Path) -> tuple[Any, str]:
    """The blueprint of a folder and its text.

    Raises BlueprintInvalid naming file, place and remedy.
    """
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BlueprintInvalid(
            f"{path} cannot be read: {error.strerror}. Name a folder that holds a {FILE}."
        ) from error
    except UnicodeDecodeError as error:
        raise BlueprintInvalid(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
    return read(text, name=str(path)), text


def read(text: str, *, name: str = FILE) -> Any:
    """A blueprint from its text."""
    raw = reading.parse(text, name=name)
    try:
        return msgspec.convert(raw, type_of())
    except msgspec.ValidationError as error:
        raise BlueprintInvalid(
            f"{name}: {mismatches.explain(str(error), raw, type_of())}"
        ) from error


@transaction.atomic
def apply(folder: Path, *, actor: str) -> list[str]:
    """Make the program what the blueprint says, all of it or nothing. Returns what changed, in
    sentences.

    Raises BlueprintInvalid, or HistoryProtected where a change would rewrite what members have
    earned.
    """
    blueprint, text = load(folder)
    by_section = write(blueprint)
    for section in _sections:
        if section.follow and by_section[section.name]:
            section.follow()
    changes = [change for lines in by_section.values() for change in lines]
    if changes:
        Revision.objects.create(
            blueprint=folder.resolve().name, text=text, changes=changes, actor=actor
        )
    return changes


def write(blueprint: Any) -> dict[str, list[str]]:
    """Write a blueprint into the program's tables, and touch no member. Returns what changed, by
    section.

    The caller's transaction decides whether it stays. Raises as `apply` does.
    """
    Program.objects.select_for_update().first()
    return {
        section.name: section.apply(getattr(blueprint, section.name), blueprint)
        for section in _sections
    }


def export() -> Any:
    """The blueprint of the program as it stands, whoever made it so.

    Raises ProgramMissing before there is one.
    """
    catalog.current()
    return type_of()(**{section.name: section.export() for section in _sections})
