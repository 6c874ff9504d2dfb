"""Types of a blueprint's keys in words, for the reference and for whoever mistook one."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

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
