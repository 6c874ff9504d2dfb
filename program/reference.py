"""The reference in docs/PROGRAMS.md: every table and every key, made from the types themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from program import describing, scenarios, toml
from program.describing import Document
from program.errors import MarksMissing

BEGIN = "<!-- begin: made by `manage.py program reference` -->"
END = "<!-- end -->"
PLAIN = {
    str: "text",
    int: "whole number",
    Decimal: "number",
    bool: "true or false",
    date: "date",
    datetime: "moment",
    Any: "anything",
}
CODES = {  # what a pattern means, told by something it accepts and something it does not
    ("a-b", "a_b"): "code",
    ("a_b", "a-b"): "attribute code",
    ("#1a2b3c", "red"): "color",
    ("EUR", "eur"): "currency",
    ("en", "english"): "language",
}


def text() -> str:
    """The whole reference as Markdown."""
    parts = [part for one in describing.documents() for part in _document(one)]
    return "\n\n".join([*parts, *_refusals()]) + "\n"


def _refusals() -> Iterator[str]:
    """Every code that a step can be refused with, by the app whose verb refuses."""
    yield "## What a step can be refused with"
    yield (
        "`refused` names one of these codes; what a member would read stands beside a failed "
        "expectation."
    )
    yield "\n".join(f"- `{code}`: {title}" for code, title in sorted(scenarios.refusals().items()))


def put_into(page: str) -> str:
    """A page with the reference between its marks. Raises MarksMissing."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise MarksMissing(f"The page needs the lines {BEGIN} and {END}, once each.")
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{text()}\n{END}{rest.split(END)[1]}"


def _document(document: Document) -> Iterator[str]:
    yield f"## {document.title}"
    yield document.about
    seen: set[type] = set()
    whole = document.type()
    if describing.of(whole).keys:
        yield from _table("", whole, seen)
        return
    for field in msgspec.structs.fields(whole):
        for table in describing.structs_in(field.type):
            yield from _table(_header("", field), table, seen)


def _table(header: str, table: type[msgspec.Struct], seen: set[type]) -> Iterator[str]:
    """A table under its header, then the tables inside it."""
    if table in seen:
        return
    seen.add(table)
    known = describing.of(table)
    if header:
        yield f"### {header}"
        yield known.about
    rows = ["| Key | Is | Says | For instance |", "| --- | --- | --- | --- |"]
    for field in msgspec.structs.fields(table):
        key = known.keys[field.encode_name]
        example = f"`{field.encode_name} = {key.example}`"
        if any(map(toml.has_code_field, describing.structs_in(field.type))):
            example += f", or as blocks {_header(header, field)}"
        cells = (f"`{field.encode_name}`", _kind(field), key.text, example)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    yield "\n".join(rows)
    for field in msgspec.structs.fields(table):
        for inner in describing.structs_in(field.type):
            yield from _table(_header(header, field), inner, seen)


def _header(outer: str, field: msgspec.structs.FieldInfo) -> str:
    """`[[ladder.tier]]` for blocks; `expiry`, in `[[unit]]` for what stands on a line."""
    kind = describing.plain(field.type)[0]
    tables = list(describing.structs_in(kind))
    is_block = not outer or any(map(toml.has_code_field, tables))
    name = field.encode_name
    if not is_block:
        return f"`{name}`, in {outer}"
    path = re.sub(r"[`\[\]]", "", outer)
    whole = f"{path}.{name}" if path else name
    return f"`[[{whole}]]`" if get_origin(kind) is list else f"`[{whole}]`"


def _kind(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return f"{words(field.type)}; needed"
    default = field.default
    if default in (None, "", msgspec.NODEFAULT):
        return words(field.type)
    return f"{words(field.type)}; `{toml.inline(default)}` if left out"


def words(kind: Any) -> str:
    """A type in words."""
    origin = get_origin(kind)
    if origin is Annotated:
        inner, meta = get_args(kind)[:2]
        return _limited(inner, meta)
    if origin in (Union, UnionType):
        found = [words(one) for one in get_args(kind) if one is not type(None)]
        numbers = {"whole number", "number"}
        found = [one for one in found if one != "whole number" or not numbers <= set(found)]
        return " or ".join(found)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if origin is list:
        return f"list of {_several(words(get_args(kind)[0]))}"
    if origin is dict:
        return f"table of {_several(words(get_args(kind)[1]))}"
    return PLAIN.get(kind, "table")


def _several(word: str) -> str:
    """`table` as `tables`; what is one of several ways stays."""
    if word == "anything":
        return word
    return f"{word}s" if word.isalpha() else f"({word})"


def _limited(kind: Any, meta: msgspec.Meta) -> str:
    if meta.pattern is not None:
        for (good, bad), word in CODES.items():
            if re.search(meta.pattern, good) and not re.search(meta.pattern, bad):
                return word
    if meta.ge is not None and meta.le is not None:
        return f"{words(kind)}, {meta.ge} to {meta.le}"
    if meta.ge is not None:
        return f"{words(kind)}, {meta.ge} or more"
    if get_origin(kind) is not list and meta.max_length is not None:
        return f"{words(kind)}, up to {meta.max_length} characters"
    return words(kind)
