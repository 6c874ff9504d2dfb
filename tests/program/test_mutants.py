"""Programs that went wrong on their way: each is refused with the place of its fault, or applied
whole; never a traceback, and a refusal leaves everything as it was.

Every night two thousand of them are tried; a share of them, of every kind, always.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from common.errors import LoyaltyError
from earning import rules
from program import blueprint, catalog, scenarios, toml
from program.models import Revision
from tests.cast import ROOT, apply
from tests.program.mutating import SPOILERS, Mutant, mutants
from tiers import ladders

NAMES = ["beauty", "cruise", "mileage", "toms", "prime", "rei"]
IS_NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EACH = 340 if IS_NIGHT else 25  # of each program: 2,040 in a night, 150 always
TRIED = 1 if IS_NIGHT else 4  # of those that can be read, one in so many is applied
PLACE = re.compile(r"in (\[\[|program|the file|\w+[,:])|line \d+|end of document|not UTF-8")


class _Undone(Exception):
    """A mutant could be applied: it is taken back."""


def made(name: str, tmp_path: Path) -> Iterator[tuple[Mutant, Path]]:
    """Every mutant of a program, in a folder of its own."""
    text = (ROOT / "blueprints" / name / "program.toml").read_text(encoding="utf-8")
    for mutant in mutants(text, seed=name, count=EACH):
        (tmp_path / "program.toml").write_bytes(mutant.data)
        yield mutant, tmp_path


def refusal(folder: Path) -> str | None:
    """Why a blueprint cannot be read, if it cannot."""
    try:
        blueprint.load(folder)
    except LoyaltyError as error:
        return error.message.replace(str(folder), "")
    return None


def attempt(folder: Path) -> str | None:
    """Apply a blueprint, use what came of it, and take it back. Returns why it was refused."""
    try:
        with transaction.atomic():
            blueprint.apply(folder, actor="system:test")
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            program = catalog.current()
            rules.compiled(program)
            ladders.rules(program)
            again = blueprint.read(toml.write(blueprint.export()))
            assert not [line for lines in blueprint.write(again).values() for line in lines]
            assert blueprint.apply(folder, actor="system:test") == []
            raise _Undone
    except _Undone:
        return None
    except LoyaltyError as error:
        return error.message


def check(name: str, tmp_path: Path, *, turn: int) -> list[str]:
    """Read all mutants, try every so manieth of this turn. Returns what the refusals left out."""
    before = (blueprint.export(), Revision.objects.count()) if turn else None
    strange, readable = [], 0
    for mutant, folder in made(name, tmp_path):
        if mutant.number // len(SPOILERS) % 2 != turn:
            continue
        said = refusal(folder)
        if said is None:
            readable += 1
            said = attempt(folder) if readable % TRIED == 0 else None
            if said and before:
                assert (blueprint.export(), Revision.objects.count()) == before, mutant
        if said is not None and not PLACE.search(said):
            strange.append(f"{mutant.number}, {mutant.kind}: {said}")
    return strange


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_mutant_is_refused_with_its_place_or_applied_whole(name: str, tmp_path: Path) -> None:
    assert check(name, tmp_path, turn=0) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_mutant_of_what_is_in_force_changes_all_or_nothing(name: str, tmp_path: Path) -> None:
    apply(ROOT / "blueprints" / name)
    assert check(name, tmp_path, turn=1) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_mutant_of_a_scenario_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    path, strange = tmp_path / "story.toml", []
    for original in scenarios.paths(ROOT / "blueprints" / name):
        text = original.read_text(encoding="utf-8")
        for mutant in mutants(
            text, seed=original.name, count=len(SPOILERS) * (4 if IS_NIGHT else 1)
        ):
            path.write_bytes(mutant.data)
            try:
                scenarios.load(path)
            except LoyaltyError as error:
                said = error.message.replace(str(path), "")
                if not PLACE.search(said):
                    strange.append(f"{original.name} {mutant.number}, {mutant.kind}: {said}")
    assert strange == []


def test_every_kind_of_mutant_is_among_those_that_are_always_tried() -> None:
    text = (ROOT / "blueprints" / "toms" / "program.toml").read_text(encoding="utf-8")
    tried = list(mutants(text, seed="toms", count=25))
    assert {mutant.kind for mutant in tried} == set(SPOILERS)
    assert tried == list(mutants(text, seed="toms", count=25)), "the same seed, the same mutants"
