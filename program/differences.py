"""Differences: what a draft would change in the program, and whom it would touch.

Each app brings the aspects in which it can be touched. An aspect reads what it needs of the program
into memory, once as it stands and once as the draft would make it, and compares the two with what
members hold. Nothing is written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.text import counted
from program import blueprint, catalog, comparing, drafts
from program.models import Program
from program.verbs import Progress

WHOLE = ""  # the blueprint itself, beside the aspects


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """What a draft means in one respect: sentences, and the numbers behind them as rows of
    `headings`.
    """

    title: str
    sentences: tuple[str, ...]
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Aspect:
    """One respect in which a program matters to members.

    `read(program)` is called on the program as it stands and on the draft; `compare(before, after,
    progress)` on what it returned, when the draft is gone.
    """

    name: str
    read: Callable[[Program], Any]
    compare: Callable[[Any, Any, Progress], Sequence[Finding]]


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What a draft would change, in sentences and key by key, and what it means for members."""

    changes: tuple[str, ...]
    keys: tuple[str, ...]
    findings: tuple[Finding, ...]

    def lines(self) -> Iterator[str]:
        """The whole of it, to be printed."""
        if not self.changes:
            yield "Nothing would change: the program says this already."
            return
        yield "What would change"
        yield from (f"  {change}" for change in self.changes)
        yield ""
        yield "In the words of the blueprint"
        yield from (f"  {key}" for key in self.keys)
        yield ""
        yield "Whom it touches"
        for finding in self.findings:
            yield f"  {finding.title}"
            yield from (f"    {sentence}" for sentence in finding.sentences)
            yield from (f"      {_row(row)}" for row in finding.rows)
        yield ""
        count = counted(len(self.changes), "change", "changes")
        yield f"{count}. Nothing was written; to make it so: manage.py program apply FOLDER"


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """One thing of a program: its name, and what it is in a few words."""

    name: str
    words: str


def told(
    title: str,
    before: Mapping[str, Said],
    after: Mapping[str, Said],
    *,
    touched: Callable[[str], str],
) -> list[Finding]:
    """What comes, goes, or is something else than before, by code; each time with what `touched`
    says of whom it concerns. No finding where nothing differs.
    """
    sentences = []
    for code in sorted({*before, *after}):
        old, new = before.get(code), after.get(code)
        if old == new:
            continue
        if old is None and new is not None:
            sentences.append(f"{new.name} is new: {new.words}.")
        elif old is not None:
            change = f"{old.name} goes."
            if new is not None:
                change = f"{old.name} is called {new.name}."
            if new is not None and new.words != old.words:
                change = f"{new.name}: {new.words} instead of {old.words}."
            sentences.append(f"{change} {touched(code)}".strip())
    return [Finding(title, tuple(sentences))] if sentences else []


_aspects: list[Aspect] = []


def register(*aspects: Aspect) -> None:
    """Add aspects of an app; called once, when the app is ready."""
    known = {aspect.name for aspect in _aspects}
    _aspects.extend(aspect for aspect in aspects if aspect.name not in known)


def of(folder: Path, *, progress: Progress = lambda done, total: None) -> Difference:
    """What the blueprint of a folder would change if it were applied now, and whom it would touch.

    Raises BlueprintInvalid and HistoryProtected as applying would.
    """
    before = _read(catalog.current())
    changes, after = drafts.on_top(folder, _read)
    findings = [
        finding
        for aspect in (_aspects if changes else ())
        for finding in aspect.compare(before[aspect.name], after[aspect.name], progress)
    ]
    keys = comparing.compare(before[WHOLE], after[WHOLE])
    return Difference(tuple(changes), tuple(keys), tuple(findings))


def _read(program: Program) -> dict[str, Any]:
    whole = {WHOLE: blueprint.export()}
    return whole | {aspect.name: aspect.read(program) for aspect in _aspects}


def _row(row: tuple[Any, ...]) -> str:
    """`Skiff -> Sloop: 30`."""
    *names, count = row
    return f"{' -> '.join(str(name) for name in names)}: {count:,}"
