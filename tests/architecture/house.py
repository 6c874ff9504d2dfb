"""The floors of the house, and how to walk through it: what the architecture tests share."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]

# An app may use what is on lower floors; two apps on one floor do not know each other.
FLOORS = {
    "common": 0,
    "program": 1,
    "events": 2,
    "members": 3,
    "points": 4,
    "tiers": 5,
    "plans": 6,
    "earning": 7,
    "rewards": 7,
    "partners": 8,
    "messaging": 8,
    "surveys": 8,
    "portal": 9,
    "desk": 9,
    "loyalty_site": 10,
}
CORE = ("common", "program", "events", "members", "points", "tiers", "plans", "earning", "rewards")


def python_files(*names: str) -> Iterator[Path]:
    """Every Python file of the house (or of some of its apps), without migrations."""
    for app in names or FLOORS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def trees(*names: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in python_files(*names):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def house_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in FLOORS]


def may_use(user: str, used: str) -> bool:
    return user == used or FLOORS[user] > FLOORS[used]
