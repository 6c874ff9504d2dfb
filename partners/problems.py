"""The catalogue of problems: every code the API can answer with, what it means, what to do.

Codes, statuses and titles are those of the error classes, so the pages, docs/API.md and the answers
cannot say different things.
"""

from __future__ import annotations

import dataclasses

from partners.advice import CHAPTERS


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue."""

    code: str
    status: int
    title: str
    meaning: str
    remedy: str


def entries(chapter: str) -> list[Entry]:
    """The problems of one chapter."""
    return [
        Entry(kind.code, kind.status, str(kind.title), meaning, remedy)
        for kind, meaning, remedy in CHAPTERS[chapter]
    ]


def catalogue() -> dict[str, Entry]:
    """Every problem by its code."""
    return {entry.code: entry for chapter in CHAPTERS for entry in entries(chapter)}


def as_markdown() -> str:
    """The catalogue as the section of docs/API.md."""
    lines: list[str] = []
    for chapter in CHAPTERS:
        lines += [f"### {chapter}", "", "| Code | Status | What it means | What to do |"]
        lines += ["|---|---|---|---|"]
        lines += [
            f"| `{one.code}` | {one.status} | {one.meaning} | {one.remedy} |"
            for one in entries(chapter)
        ]
        lines += [""]
    return "\n".join(lines)
