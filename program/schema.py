"""The JSON Schema of blueprints and scenarios, for editors, with what each key means."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import msgspec

from program import describing

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# TOML writes decimals as numbers, or as texts where every digit counts.
DECIMAL = {"type": ["number", "string"]}


def of(kind: Any) -> dict[str, Any]:
    """The schema of a type, its tables and keys described."""
    schema: dict[str, Any] = {"$schema": DRAFT, **msgspec.json.schema(kind)}
    for table in describing.tables(kind):
        known = describing.of(table)
        made = schema["$defs"][table.__name__]
        made["description"] = known.about
        for name, key in known.keys.items():
            if name in made["properties"]:
                about = {"description": key.text, "examples": [example(name, key.example)]}
                made["properties"][name] = {**made["properties"][name], **about}
    return _without_null(schema)


def example(name: str, text: str) -> Any:
    """The value of an example as JSON has it: numbers as numbers, dates as texts."""
    value = tomllib.loads(f"{name} = {text}", parse_float=Decimal)[name]
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return msgspec.json.decode(format(value, "f"))
    return value if isinstance(value, bool | int | str) else value.isoformat()


def _without_null(node: Any) -> Any:
    """TOML has no null: what may be null may be left out, and that is all."""
    if isinstance(node, list):
        return [_without_null(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == "decimal":
        return {**{k: v for k, v in node.items() if k not in ("type", "format")}, **DECIMAL}
    made = {name: _without_null(inner) for name, inner in node.items()}
    if made.get("default", 0) is None:
        del made["default"]
    ways = made.get("anyOf")
    if ways is not None:
        kept = [way for way in ways if way != {"type": "null"}]
        if len(kept) == 1:
            del made["anyOf"]
            return {**kept[0], **made}
        made["anyOf"] = kept
    return made
