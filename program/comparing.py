"""Two blueprints beside each other: what one says and the other does not, key by key, in the words
of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from program import toml

DAYS = ("from_", "until")
Named = tuple[str, ...]  # what tells one table of a list from the others


def compare(before: msgspec.Struct, after: msgspec.Struct) -> list[str]:
    """A line for each key that differs, and for each table that is only on one side."""
    return list(_tables("", before, after))


def _tables(place: str, before: msgspec.Struct, after: msgspec.Struct) -> Iterator[str]:
    old, new = dict(toml.said(before)), dict(toml.said(after))
    for field in msgspec.structs.fields(after):
        name = field.encode_name
        if old.get(name) == new.get(name):
            continue
        if _is_list_of_named(old.get(name) or new.get(name)):
            yield from _lists(place, name, old.get(name, []), new.get(name, []))
        elif not place and isinstance(new.get(name), msgspec.Struct):
            yield from _tables(f"[{name}]", old[name], new[name])
        else:
            said = f"{name} = {_say(new.get(name))}, was {_say(old.get(name))}"
            yield f"{place} {said}".lstrip()


def _lists(place: str, name: str, before: list[Any], after: list[Any]) -> Iterator[str]:
    old, new = _by_name(before), _by_name(after)
    for key in [*old, *(key for key in new if key not in old)]:
        here = f"{place}, {name} {_title(key)}" if place else f"[[{name}]] {_title(key)}"
        if key not in new:
            yield f"{here} is gone"
        elif key not in old:
            yield f"{here} is new"
            former = [table for (code, _), table in old.items() if code == key[0]]
            yield from _succeeds(here, former[-1], new[key]) if former else ()
        else:
            yield from _tables(here, old[key], new[key])


def _succeeds(place: str, before: msgspec.Struct, after: msgspec.Struct) -> Iterator[str]:
    """What a version says differently from the one before it, its days apart."""
    days = {name: getattr(before, name) for name in DAYS if hasattr(before, name)}
    yield from _tables(place, before, msgspec.structs.replace(after, **days))


def _by_name(tables: list[Any]) -> dict[Named, Any]:
    """Tables by what tells them apart."""
    return {_name(table): table for table in tables}


def _name(table: Any) -> Named:
    """A table's code, and where several have one, the day from which it holds; a letter's event and
    language.
    """
    if not toml.has_code(table):
        return table.event, f' in "{table.language}"'
    start = getattr(table, "from_", None)
    return table.code, f" from {start}" if start else ""


def _title(key: Named) -> str:
    code, which = key
    return f'"{code}"{which}'


def _is_list_of_named(value: Any) -> bool:
    return isinstance(value, list) and all(toml.has_code(one) or _is_letter(one) for one in value)


def _is_letter(table: Any) -> bool:
    return hasattr(table, "event") and hasattr(table, "language")


def _say(value: Any) -> str:
    return "left out" if value is None else toml.inline(value)
