"""Mismatches: what does not fit a blueprint or a scenario, in a marketer's words.

msgspec says what it expected by the names of its types; whoever writes a program is told what to
write, where, and what there is to choose from.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import msgspec

from program import reading

WANTED = {
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "str": "a text in quotes",
    "bool": "true or false",
    "date": "a day like 2026-03-31, without quotes",
    "datetime": "a moment like 2026-03-31T14:30:00, without quotes",
    "array": "a list in [ ]",
    "object": "a table of keys in { }",
}
FOUND = WANTED | {"date": "a day", "datetime": "a moment", "null": "nothing", "str": "a text"}
PATTERNS = {  # how what a pattern allows is written
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "lower-case letters, digits and hyphens, like gold-card",
    "^[a-z][a-z0-9_]*$": "lower-case letters, digits and underscores, like room_type",
    "^#[0-9a-fA-F]{6}$": "a color like #1a2b3c",
    "^[A-Z]{3}$": "three capital letters, like EUR",
    "^[a-z]{2,3}(-[a-z]{2,4})?$": "a language like en or pt-br",
}
SIZES = {">=": "{} or more", "<=": "{} or less", ">": "more than {}", "<": "less than {}"}


def explain(problem: str, raw: Any, whole: Any) -> str:
    """msgspec's message in a marketer's words: where it is, by table and code, and what to write.

    `whole` is the type of the file, by which the right keys and words are known.
    """
    message, _, path = problem.partition(" - at `$")
    path = path.rstrip("`")
    return f"in {reading.place(path, raw)}: {_told(message, path, whole)}"


def _told(message: str, path: str, whole: Any) -> str:
    if found := re.search("unknown field `([^`]+)`", message):
        return f"there is no key '{found[1]}' here.{_hint(found[1], known=_keys_at(whole, path))}"
    if found := re.fullmatch("Invalid enum value (.+)", message):
        known = [str(one) for kind in _kinds_at(whole, path) for one in _literals(kind)]
        return f"there is no {found[1]} here. Use one of: {', '.join(known)}."
    for shape, words in SHAPES.items():
        if found := re.fullmatch(shape, message):
            return words(found)
    message = message.replace("Object", "It").replace("`", "'")
    return f"{message[0].lower()}{message[1:]}."


def _kind(found: re.Match[str]) -> str:
    wanted = [WANTED.get(one, one) for one in found[1].split(" | ") if one != "null"]
    return f"write {' or '.join(wanted)}, not {FOUND.get(found[2], found[2])}."


def _length(found: re.Match[str]) -> str:
    size = SIZES[found[2]].format(found[3])
    is_list = found[1].startswith("array")
    return f"write a list of {size}." if is_list else f"write a text of {size} characters."


def _size(found: re.Match[str]) -> str:
    kind = WANTED.get(found[1].split(" | ")[0], found[1])
    return f"write {kind}, {SIZES[found[2]].format(found[3])}."


SHAPES: dict[str, Callable[[re.Match[str]], str]] = {
    "Expected `([^`]+)`, got `([^`]+)`": _kind,
    "Expected `str` matching regex '(.+)'": lambda found: (
        f"write {PATTERNS.get(found[1], f'what fits {found[1]}')}."
    ),
    "Expected `([^`]+)` of length (<=|>=) ([0-9]+)": _length,
    "Expected `([^`]+)` (<=|>=|<|>) (.+)": _size,
    "Invalid RFC3339 encoded (date|datetime)": lambda found: f"write {WANTED[found[1]]}.",
    "Invalid decimal string": lambda found: "write a number.",
}


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


def _keys_at(whole: Any, path: str) -> list[str]:
    """The keys of the tables at a path of msgspec's: `.milestone[0].option[0]`."""
    tables = [table for kind in _kinds_at(whole, path) for table in _tables(kind)]
    return [one.encode_name for table in tables for one in msgspec.structs.fields(table)]


def _kinds_at(whole: Any, path: str) -> list[Any]:
    """What the values at such a path may be."""
    kinds = [whole]
    for name in re.findall(r"\.([^.\[]+)", path):
        tables = [table for kind in kinds for table in _tables(kind)]
        fields = [one for table in tables for one in msgspec.structs.fields(table)]
        kinds = [one.type for one in fields if one.encode_name == name]
    return kinds


def _tables(kind: Any) -> list[type[msgspec.Struct]]:
    """The tables that a value of this type is, or is made of."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind]
    return [table for inner in getattr(kind, "__args__", ()) for table in _tables(inner)]


def _literals(kind: Any) -> list[Any]:
    """The words that a value of this type may be."""
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [word for inner in getattr(kind, "__args__", ()) for word in _literals(inner)]
