"""Every blueprint's every scenario, on the real verbs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from earning import explaining
from points.models import Entry
from program import scenarios
from program.models import Program, Unit
from tests.cast import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "blueprints").glob("*/program.toml"))
STORIES = [(folder, path) for folder in FOLDERS for path in scenarios.paths(folder)]
NIGHTS = [("night", "nights"), ("night point", "night points")]


def untold() -> list[str]:
    """Entries of a story whose explanation is missing, unfinished, or wrong in number."""
    names = [(unit.singular, unit.plural) for unit in Unit.objects.all()]
    return [
        f"{entry.posting.source}, {entry.kind}: {said!r} is no sentence"
        for entry in Entry.objects.select_related("posting", "account")
        for said in [explaining.explain(entry).sentence]
        if not said or "%(" in said or "None" in said or _miscounts(said, names)
    ]


def _miscounts(said: str, names: list[tuple[str, str]]) -> bool:
    """Whether a sentence says `1 points` or `5 point`."""
    rest = said
    for plural in sorted((plural for _, plural in names), key=len, reverse=True):
        rest = rest.replace(plural, "…")  # "7 cruise points" has no cruise in it
    return any(
        re.search(rf"(?<![\d.,])1 {re.escape(plural)}\b", said)
        or re.search(rf"(?<!\S)(?!1 )\S*\d {re.escape(singular)}\b", rest)
        for singular, plural in names
        if singular != plural
    )


@pytest.mark.parametrize(
    ("said", "is_wrong"),
    [
        ("Nights: 1 night × 1 = 1 night", False),
        ("Nights: 1 nights × 1 = 1 night", True),
        ("Nights: 21 night", True),
        ("Nights: 1.1 night", True),
        ("Nights: 11 nights", False),
        ("Nights: 7 nights × 1 = 7 night points", False),
    ],
)
def test_a_wrong_number_is_noticed(said: str, is_wrong: bool) -> None:
    assert _miscounts(said, NIGHTS) == is_wrong


@pytest.fixture(autouse=True)
def every_entry_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end of every story each entry, of whatever kind, has a true sentence."""
    monkeypatch.setattr(scenarios, "_closing", [*scenarios._closing, untold])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("folder", "path"), STORIES, ids=[f"{folder.name}-{path.stem}" for folder, path in STORIES]
)
def test_what_the_blueprint_promises_comes_true(folder: Path, path: Path) -> None:
    verdicts = scenarios.run(folder, path)
    failed = [
        "\n".join([f"{one.place}: {one.expected}, but found {one.found}", *one.because])
        for one in verdicts
        if not one.holds
    ]
    assert not failed, "\n\n".join(failed)
    assert verdicts, "A story without an expectation proves nothing"
    assert not Program.objects.exists()
    assert not Entry.objects.exists()


def test_every_blueprint_has_a_story() -> None:
    assert [folder.name for folder in FOLDERS if not scenarios.paths(folder)] == []
    assert len(FOLDERS) >= 6
