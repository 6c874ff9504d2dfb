"""A database of its own for every run, dropped afterwards: no deployment is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
NAME = "pennant_benchmarks"


@contextmanager
def fresh(blueprint_folder: str) -> Iterator[None]:
    """An empty database with a program, for as long as the block lasts."""
    from program import blueprint

    connection.settings_dict["TEST"]["NAME"] = NAME
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        blueprint.apply(ROOT / "blueprints" / blueprint_folder, actor="system:benchmark")
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
