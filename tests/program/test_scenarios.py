"""Every blueprint's every scenario, on the real verbs."""

from __future__ import annotations

from pathlib import Path

import pytest

from points.models import Entry
from program import scenarios
from program.models import Program
from tests.cast import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "blueprints").glob("*/program.toml"))
STORIES = [(folder, path) for folder in FOLDERS for path in scenarios.paths(folder)]


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
