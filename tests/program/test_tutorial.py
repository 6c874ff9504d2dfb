"""docs/PROGRAMS.md, run as it stands: its files, its commands, and what it says they print."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command

from program import blueprint, toml
from program.blueprint import Table
from tests.cast import ROOT

PAGE = (ROOT / "docs" / "PROGRAMS.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\w+)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MANAGE = ".venv/bin/python manage.py "
PREPARING = {"make setup", "export DEBUG=1", f"{MANAGE}migrate"}  # what a test has done already

Block = tuple[str, str, str, str]  # language, what to do, with which file, the text


def blocks(title: str) -> list[Block]:
    """The code blocks of one chapter."""
    chapter = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    text = next(part for part in chapter if part.startswith(title))
    return [match.groups(default="") for match in BLOCK.finditer(text)]  # type: ignore[misc]


@pytest.mark.django_db
def test_the_tutorial_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed, seen = "", set()
    for language, action, name, text in blocks("Ten minutes"):
        seen.add(language)
        if language == "sh":
            printed = "".join(_run(line) for line in text.splitlines())
        elif language == "text":
            assert printed.strip() == text.strip()
        elif language == "diff":
            _edit(Path(name), text)
        elif action == "append":
            path = Path(name)
            path.write_text(path.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
        else:
            Path(name).write_text(text, encoding="utf-8")
    assert seen == {"sh", "text", "diff", "toml"}
    _assert_the_cafe_has_it(tmp_path / "corner")


def _run(line: str) -> str:
    """A command of the tutorial and what it prints."""
    if line in PREPARING:
        return ""
    if line.startswith("mkdir -p "):
        Path(line.removeprefix("mkdir -p ")).mkdir(parents=True)
        return ""
    assert line.startswith(MANAGE), line
    out = StringIO()
    try:
        call_command(*shlex.split(line.removeprefix(MANAGE)), stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}CommandError: {error}"
    return out.getvalue()


def _edit(path: Path, change: str) -> None:
    """Replace each line with a minus by the line with a plus below it."""
    text = path.read_text(encoding="utf-8")
    lines = change.splitlines()
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert (old[0], new[0]) == ("-", "+")
        assert text.count(old[1:] + "\n") == 1, old
        text = text.replace(old[1:] + "\n", new[1:] + "\n")
    path.write_text(text, encoding="utf-8")


def _assert_the_cafe_has_it(corner: Path) -> None:
    """All that the tutorial says stands in blueprints/cafe, but for the dearer coffee."""
    ours, cafe = (blueprint.load(folder)[0] for folder in (corner, ROOT / "blueprints" / "cafe"))
    ours.reward = [one for one in ours.reward if one.code != "coffee"]
    assert list(_missing(ours, cafe)) == []
    for path in sorted((corner / "scenarios").glob("*.toml")):
        assert (ROOT / "blueprints" / "cafe" / "scenarios" / path.name).exists(), path.name


def _missing(less: Any, more: Any) -> Iterator[str]:
    """What the first says and the second does not; the second may say more."""
    said = dict(toml.said(more))
    for name, value in toml.said(less):
        other = said.get(name)
        if isinstance(value, list) and all(map(toml.has_code, value)):
            by_code = {table.code: table for table in other}
            for table in value:
                yield from _missing(table, by_code[table.code])
        elif isinstance(value, list) and isinstance(other, list):
            yield from (f"{name}: {one}" for one in value if one not in other)
        elif isinstance(value, Table) and isinstance(other, Table):
            yield from _missing(value, other)
        elif value != other:
            yield f"{name} = {toml.inline(value)}"


def test_what_is_shown_can_be_said() -> None:
    shown = [text for *_, text in blocks("How to say it")]
    assert len(shown) >= 15
    for text in shown:
        for name, tables in tomllib.loads(text, parse_float=Decimal).items():
            section = next(one for one in blueprint.sections() if one.name == name)
            msgspec.convert(tables, section.type)


def test_every_verb_is_named() -> None:
    from program import verbs

    named = set(re.findall(r"^\| `manage.py program (\w+)", PAGE, re.MULTILINE))
    assert named | {"reference"} == set(verbs.known())


def test_links_within_the_page_lead_somewhere() -> None:
    wanted = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    assert wanted <= set(_anchors())


def _anchors() -> Iterator[str]:
    for title in re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
