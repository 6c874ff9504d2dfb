"""Writing TOML: the tables of a blueprint as text that people like to read and edit.

Keys stand in the order in which their table declares them, and what is left at its default is left
out. A table that is known by a code gets a `[[block]]` of its own; small tables, conditions and
prices for instance, stay on the line of their key. What is written reads back as what it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec

WIDTH = 100  # a line that is longer is broken, where it can be
BARE = re.compile(r"^[A-Za-z0-9_-]+$")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\f": "\\f", "\r": "\\r"}


def write(table: msgspec.Struct) -> str:
    """A whole file: every table at its top level is a block."""
    blocks = [
        block
        for name, value in said(table)
        for one in (value if isinstance(value, list) else [value])
        for block in _block(name, one, is_one_of_many=isinstance(value, list))
    ]
    return "\n\n".join(blocks) + "\n"


def inline(value: Any) -> str:
    """One value, on one line (a text with line breaks has them escaped)."""
    match value:
        case msgspec.Struct():
            return _braces(said(value))
        case Mapping():
            return _braces(value.items())
        case list() | tuple():
            return "[" + ", ".join(inline(one) for one in value) + "]"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return number(value)
        case datetime() | date() | time():
            return value.isoformat()
        case str():
            return _text(value)
    raise TypeError(f"TOML has no way to write {type(value).__name__}.")


def number(value: Decimal) -> str:
    """A decimal without needless zeros: 5, 0.25, 1000."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def said(table: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """The keys of a table and their values, without those that say what is so anyway."""
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        if field.default_factory is not msgspec.NODEFAULT:
            is_default = value == field.default_factory()
        else:
            is_default = field.default is not msgspec.NODEFAULT and value == field.default
        if not is_default:
            yield field.encode_name, value


def _block(path: str, table: Any, *, is_one_of_many: bool) -> Iterator[str]:
    """A table under its header, then the blocks below it."""
    header = f"[[{path}]]" if is_one_of_many else f"[{path}]"
    keys = list(said(table) if isinstance(table, msgspec.Struct) else table.items())
    apart = {name for name, value in keys if _stands_apart(name, value)}
    lines = [line for name, value in keys if name not in apart for line in _lines(name, value)]
    yield "\n".join([header, *lines])
    for name, value in keys:
        if name in apart:
            many = isinstance(value, list)
            for one in value if many else [value]:
                yield from _block(f"{path}.{_key(name)}", one, is_one_of_many=many)


def _stands_apart(name: str, value: Any) -> bool:
    """Whether a value is written as blocks of its own: what has a code, and what is too wide."""
    if isinstance(value, list):
        tables = [one for one in value if isinstance(one, msgspec.Struct)]
        return any(has_code(one) or len(inline(one)) > WIDTH - 3 for one in tables)
    if isinstance(value, msgspec.Struct | Mapping):
        return len(f"{_key(name)} = {inline(value)}") > WIDTH
    return False


def has_code(table: Any) -> bool:
    """Whether something is a table that is known by a code of its own."""
    return isinstance(table, msgspec.Struct) and has_code_field(type(table))


def has_code_field(table: type[msgspec.Struct]) -> bool:
    """Whether tables of a type are known by a code of their own."""
    fields = msgspec.structs.fields(table)
    return any(field.name == "code" and field.required for field in fields)


def _lines(name: str, value: Any) -> list[str]:
    """`key = value`, broken into several lines where it is a long list or a text of several."""
    key = _key(name)
    if isinstance(value, str) and "\n" in value.strip("\n"):
        return [f'{key} = """', *_text_lines(value)]
    line = f"{key} = {inline(value)}"
    if isinstance(value, list) and len(line) > WIDTH:
        return [f"{key} = [", *(f"  {inline(one)}," for one in value), "]"]
    return [line]


def _braces(items: Any) -> str:
    inside = ", ".join(f"{_key(name)} = {inline(value)}" for name, value in items)
    return f"{{ {inside} }}" if inside else "{}"


def _key(name: str) -> str:
    return name if BARE.match(name) else _text(name)


def _text(text: str) -> str:
    return '"' + _escaped(text).replace("\n", "\\n") + '"'


def _text_lines(text: str) -> list[str]:
    lines = _escaped(text).split("\n")
    return [*lines[:-1], lines[-1] + '"""']


def _escaped(text: str) -> str:
    """A text with everything escaped that TOML wants escaped, line breaks left as they are."""
    return "".join(
        ESCAPES.get(one, one)
        if one in ESCAPES or one == "\n" or (one >= " " and one != "\x7f")
        else f"\\u{ord(one):04x}"
        for one in text
    )
