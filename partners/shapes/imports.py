"""Imports: files of activities, how far they have come, and what they do."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from partners.answers import one_of
from partners.models import Import
from partners.shapes import shown

Lines = Annotated[int, Meta(ge=0)]


@shown
class ImportProgress(Struct):
    """How far it has come, in lines."""

    read: Lines
    looked_at: Annotated[int, Meta(ge=0, description="For the report.")]
    to_apply: Lines
    applied: Lines


@shown
class ImportReport(Struct):
    """What the file would do, as things stand; nothing of it is recorded by being said here."""

    lines: Lines
    good: Annotated[int, Meta(ge=0, description="Lines that will be recorded.")]
    repeated: Annotated[int, Meta(ge=0, description="Recorded before, or twice in the file.")]
    refused: Lines
    types: Annotated[dict[str, int], Meta(description="Good lines by activity type.")]
    earned: Annotated[
        dict[str, int], Meta(description="By unit, in whole numbers of its smallest part.")
    ]
    unclaimed: Annotated[int, Meta(ge=0, description="Of nobody known: kept until claimed.")]
    pending: Annotated[int, Meta(ge=0, description="That have to be confirmed before they count.")]
    new_members: Lines


@shown
class ImportOutcome(Struct):
    """What was recorded by now."""

    recorded: Lines
    repeated: Lines
    unclaimed: Lines
    pending: Lines
    refused: Lines
    earned: dict[str, int]


@shown
class ImportProblemAnswer(Struct):
    """A line that was refused."""

    line: int
    column: Annotated[str, Meta(description="Of CSV; of NDJSON the place in its JSON.")]
    code: str
    detail: str


@shown
class ImportAnswer(Struct):
    """A file of activities, and what became of it by now."""

    id: str
    state: Annotated[str, one_of(Import.State.values)]
    file: str
    format: Annotated[str, one_of(Import.Form.values)]
    size: Annotated[int, Meta(ge=0, description="In bytes, as it came.")]
    created_at: datetime
    finished_at: datetime | None
    progress: ImportProgress
    report: Annotated[ImportReport | None, Meta(description="Null until it is checked.")]
    outcome: Annotated[ImportOutcome | None, Meta(description="Null until it is applied.")]
    problem: Annotated[str, Meta(description="Why it was stopped, or cannot be read.")]
    refused: Annotated[list[ImportProblemAnswer], Meta(description="The first of them.")]


@shown
class ImportsAnswer(Struct):
    """A page of imports, newest first."""

    data: list[ImportAnswer]
    next: str | None
