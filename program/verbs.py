"""The verbs of `manage.py program`: each app brings those it can answer for."""

from __future__ import annotations

import dataclasses
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, Protocol

Options = dict[str, Any]
Progress = Callable[[int, int], None]  # how much is done, of how much


class Console(Protocol):
    """Where a verb says what it found, and how far it has come."""

    def line(self, text: str = "") -> None:
        """Print a line."""

    def progress(self, noun: str) -> Progress:
        """A report of progress in `noun`s, for what may take longer than a person likes to wait."""


@dataclasses.dataclass(frozen=True, slots=True)
class Verb:
    """One verb: what it is called, what it does, what it takes, and the doing."""

    name: str
    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Options, Console], None]


_verbs: dict[str, Verb] = {}


def register(*verbs: Verb) -> None:
    """Add verbs of an app; called once, when the app is ready."""
    _verbs.update({verb.name: verb for verb in verbs})


def known() -> dict[str, Verb]:
    """Every verb by its name."""
    return dict(_verbs)
