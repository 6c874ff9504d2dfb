"""What the keys of blueprints and scenarios mean, in words, with an example each.

The words stand beside the types, in each app's `descriptions`; the reference in docs/PROGRAMS.md
and the JSON Schema are made from both, so neither can say something that is not so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """What a key says, and a value for it as it stands in a file."""

    text: str
    example: str


@dataclasses.dataclass(frozen=True, slots=True)
class Described:
    """A table in words."""

    about: str
    keys: dict[str, Key]


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """A kind of file: its title, what it is, and the type of the whole."""

    title: str
    about: str
    type: Callable[[], Any]


_tables: dict[str, Described] = {}
_documents: list[Document] = []


def describe(table: type | str, about: str, keys: Mapping[str, tuple[str, str]]) -> None:
    """Say what a table and its keys mean.

    `keys` gives text and example by key; apps that add to one table (by its name) add their keys.
    """
    name = table if isinstance(table, str) else table.__name__
    known = _tables.get(name, Described("", {}))
    added = {key: Key(text, example) for key, (text, example) in keys.items()}
    _tables[name] = Described(known.about or about, known.keys | added)


def document(*documents: Document) -> None:
    """Add a kind of file; called once, when the app is ready."""
    titles = {one.title for one in _documents}
    _documents.extend(one for one in documents if one.title not in titles)


def documents() -> tuple[Document, ...]:
    """Every kind of file."""
    return tuple(_documents)


def of(table: type) -> Described:
    """What was said of a table, nothing where nothing was."""
    return _tables.get(table.__name__, Described("", {}))


def all_described() -> dict[str, Described]:
    """Everything that was said, by the name of the table."""
    return dict(_tables)


def tables(kind: Any) -> list[type[msgspec.Struct]]:
    """Every table that a type is made of, itself first, each before those inside it."""
    found: list[type[msgspec.Struct]] = []
    _collect(kind, found)
    return found


def _collect(kind: Any, found: list[type[msgspec.Struct]]) -> None:
    for table in structs_in(kind):
        if table not in found:
            found.append(table)
            for field in msgspec.structs.fields(table):
                _collect(field.type, found)


def structs_in(kind: Any) -> Iterator[type[msgspec.Struct]]:
    """The tables that a type names itself: in a list, as one of several, or plainly."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for inner in get_args(kind):
        yield from structs_in(inner)


def plain(kind: Any) -> tuple[Any, msgspec.Meta | None]:
    """A type without `None` and without its limits, and the limits."""
    if get_origin(kind) in (Union, UnionType):
        kinds = [one for one in get_args(kind) if one is not type(None)]
        if len(kinds) == 1:
            return plain(kinds[0])
    if get_origin(kind) is Annotated:
        inner, meta = get_args(kind)[:2]
        return inner, meta
    return kind, None
