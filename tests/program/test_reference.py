"""The reference and the schema: every key is described, every example is true, nothing drifts."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command

from earning.mapping import MappingTable
from program import blueprint, describing, reference, scenarios, schema
from tests.cast import ROOT

PAGE = ROOT / "docs" / "PROGRAMS.md"
KINDS = {
    "blueprint": blueprint.type_of,
    "scenario": scenarios.type_of,
    "mapping": lambda: MappingTable,
}


def fields() -> Iterator[tuple[type[msgspec.Struct], msgspec.structs.FieldInfo]]:
    whole = blueprint.type_of()
    for document in describing.documents():
        for table in describing.tables(document.type()):
            if table is not whole:
                yield from ((table, field) for field in msgspec.structs.fields(table))


def test_every_kind_of_file_is_there() -> None:
    kinds = [document.type() for document in describing.documents()]
    assert kinds == [blueprint.type_of(), scenarios.type_of(), MappingTable] or [
        kind.__name__ for kind in kinds
    ] == ["Blueprint", "Scenario", "MappingTable"]


def test_every_table_and_every_key_is_described() -> None:
    silent = [
        f"{table.__name__}.{field.encode_name}"
        for table, field in fields()
        if field.encode_name not in describing.of(table).keys
    ]
    assert silent == [], "Describe it in the app's descriptions.py"
    tables = {table for table, _ in fields()} - {MappingTable}
    assert [table.__name__ for table in tables if not describing.of(table).about] == []


def test_nothing_is_described_that_does_not_exist() -> None:
    known = {(table.__name__, field.encode_name) for table, field in fields()}
    described = {
        (name, key) for name, table in describing.all_described().items() for key in table.keys
    }
    assert described - known == set()


def test_every_example_is_one() -> None:
    """Each value fits the type of its key; wrong ones are told together."""
    wrong = []
    for table, field in fields():
        key = describing.of(table).keys[field.encode_name]
        try:
            line = f"{field.encode_name} = {key.example}"
            value = tomllib.loads(line, parse_float=Decimal)[field.encode_name]
            msgspec.convert(value, field.type)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            wrong.append(f"{table.__name__}.{field.encode_name}: {error}")
    assert wrong == []


def test_an_example_says_something_else_than_the_default() -> None:
    same = [
        f"{table.__name__}.{field.encode_name}"
        for table, field in fields()
        if not field.required
        and schema.example(field.encode_name, describing.of(table).keys[field.encode_name].example)
        == field.default
    ]
    assert set(same) <= {"ProgramTable.language"}


def test_the_page_has_the_reference_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert reference.put_into(page) == page, "manage.py program reference --into docs/PROGRAMS.md"


def test_the_reference_is_put_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Before\n\n{reference.BEGIN}\nyesterday\n{reference.END}\n\nAfter\n")
    call_command("program", "reference", into=page, stdout=StringIO())
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before\n\n<!-- begin")
    assert text.endswith("<!-- end -->\n\nAfter\n")
    assert "yesterday" not in text
    assert "### `[[unit]]`" in text
    page.write_text("No marks")
    with pytest.raises(CommandError, match="once each"):
        call_command("program", "reference", into=page, stdout=StringIO())


def test_every_key_stands_in_the_reference() -> None:
    out = StringIO()
    call_command("program", "reference", stdout=out)
    text = out.getvalue()
    for title in ("## A program", "## A scenario", "## A file of activities"):
        assert title in text
    for _, field in fields():
        assert f"| `{field.encode_name}` |" in text
    cells = {len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line[:1] == "|"}
    assert cells == {5}


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_describes_every_key(kind: str) -> None:
    whole = KINDS[kind]()
    made = schema.of(whole)
    json.dumps(made)
    for name, table in made["$defs"].items():
        if name == "Blueprint":
            continue
        assert table["additionalProperties"] is False
        for key, said in table["properties"].items():
            assert said["description"], f"{name}.{key}"
            assert len(said["examples"]) == 1
    assert "null" not in re.findall(r'"type": "(\w+)"', json.dumps(made))


def test_the_schema_is_printed() -> None:
    out = StringIO()
    call_command("program", "schema", stdout=out)
    made = json.loads(out.getvalue())
    assert made["$schema"] == schema.DRAFT
    unit = made["$defs"]["UnitTable"]["properties"]
    assert unit["decimals"]["maximum"] == 2
    assert unit["expiry"]["$ref"] == "#/$defs/ExpiryTable"
    price = made["$defs"]["PriceTable"]["properties"]["amount"]
    assert price["type"] == ["number", "string"]
    out = StringIO()
    call_command("program", "schema", "--scenario", stdout=out)
    assert "Step" in json.loads(out.getvalue())["$defs"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (int, "whole number"),
        (list[str], "list of texts"),
        (int | Decimal | None, "number"),
        (bool | int | str, "true or false or whole number or text"),
        (dict[str, Any], "table of anything"),
    ],
)
def test_types_are_told_in_words(kind: Any, said: str) -> None:
    assert reference.words(kind) == said
