"""Mistakes in a blueprint or a scenario, in the words of whoever wrote it: where it is, what should
stand there, and what does.
"""

from __future__ import annotations

import difflib
import re
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from program import reading, toml
from program.type_words import words

SHOWN = 40  # characters of what was written
ALPHABETS = {  # how words of a kind are spelt
    "code": "a code is lower-case letters, digits and hyphens, such as dry-dock",
    "attribute code": "an attribute's code is lower-case letters, digits and underscores",
    "color": "a color is written #1a2b3c",
    "currency": "a currency is three capital letters, such as EUR",
    "language": "a language is written en, or en-gb",
}
NOTHING = object()


def explain(problem: str, raw: Any, whole: Any) -> str:
    """msgspec's message in a marketer's words: where it is, by table and code, and what to write
    there.
    """
    message, _, path = problem.partition(" - at `$")
    path = path.rstrip("`")
    unknown = re.search(r"unknown field `([^`]+)`", message)
    needed = re.search(r"missing required field `([^`]+)`", message)
    if unknown:
        said = f"there is no key '{unknown[1]}' here."
        said += _hint(unknown[1], known=[one.encode_name for one in _fields(whole, path)])
    elif needed:
        said = f"the key '{needed[1]}' is missing. Add it."
    elif message.startswith(("Expected", "Invalid")):
        said = _wanted(message, path, raw, whole)
    else:
        said = _plain(message)
    return f"in {reading.place(path, raw)}: {said}"


def _plain(message: str) -> str:
    message = message.replace("`", "'")
    return f"{message[0].lower()}{message[1:]}."


def _wanted(message: str, path: str, raw: Any, whole: Any) -> str:
    """What should stand at a path, and what does."""
    kinds, found = _kinds(whole, path), _at(raw, path)
    if not kinds or found is NOTHING:
        return _plain(message)
    choices = [value for kind in kinds for value in _choices(kind)]
    written = toml.inline(found)
    written = written if len(written) <= SHOWN else f"{written[:SHOWN]}…"
    if choices and isinstance(found, str):
        near = difflib.get_close_matches(found, choices, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        others = [*choices, "a table"] if any(map(_tables, kinds)) else choices
        return f"{written} is none of: {', '.join(others)}.{hint}"
    kind = words(kinds[0])
    said = f"{written} stands here, and it takes this: {kind.replace('`', chr(39))}."
    if kind in ALPHABETS and isinstance(found, str):
        return f"{written} cannot stand here: {ALPHABETS[kind]}."
    is_item = isinstance(found, dict) or kind != "list of tables"
    if kind.startswith("list of ") and is_item and not isinstance(found, list):
        return f"{said} Put it in brackets: [{written}]."
    return said


def _choices(kind: Any) -> list[str]:
    """The words that a type allows, where it names them."""
    if get_origin(kind) is Literal:
        return [str(value) for value in get_args(kind)]
    if get_origin(kind) in (list, dict):
        return []
    return [value for inner in get_args(kind) for value in _choices(inner)]


def _hint(name: str, *, known: list[str]) -> str:
    """What to write instead of a key that is none: the nearest of those that the table knows, or
    all of them.
    """
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f" Did you mean '{near[0]}'?"
    if known:
        return f" Leave it out, or take one of: {', '.join(known)}."
    return " Leave it out or correct its name."


def _fields(whole: Any, path: str) -> list[msgspec.structs.FieldInfo]:
    """The keys of the tables at a path of msgspec's: `.milestone[0].option[0]`."""
    tables = _tables(whole)
    for name in re.findall(r"\.([^.\[]+)", path):
        fields = [one for table in tables for one in msgspec.structs.fields(table)]
        tables = [t for one in fields if one.encode_name == name for t in _tables(one.type)]
    return [one for table in tables for one in msgspec.structs.fields(table)]


def _kinds(whole: Any, path: str) -> list[Any]:
    """The types of what may stand at a path; of one of a list, those of its items."""
    outer, _, last = path.rpartition(".")
    name = last.partition("[")[0]
    found = [one.type for one in _fields(whole, outer) if one.encode_name == name]
    return [inner for kind in found for inner in _items(kind)] if last.endswith("]") else found


def _items(kind: Any) -> list[Any]:
    if get_origin(kind) is list:
        return [get_args(kind)[0]]
    if get_origin(kind) is dict:
        return [get_args(kind)[1]]
    if get_origin(kind) is Annotated:
        return _items(get_args(kind)[0])
    return [item for inner in get_args(kind) for item in _items(inner)]


def _at(raw: Any, path: str) -> Any:
    """What was written at a path; NOTHING where that cannot be told."""
    node = raw
    for name, index in re.findall(r"\.([\w-]+)|\[(\d+|\.\.\.)\]", path):
        try:
            node = node[name] if name else node[int(index)]
        except (KeyError, IndexError, TypeError, ValueError):
            return NOTHING
    return node


def _tables(kind: Any) -> list[type[msgspec.Struct]]:
    """The tables that a value of this type is, or is made of."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind]
    return [table for inner in getattr(kind, "__args__", ()) for table in _tables(inner)]
