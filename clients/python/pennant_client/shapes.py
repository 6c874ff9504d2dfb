"""Shapes of answers that programs look into deeper than a field or two."""

from __future__ import annotations

from typing import Literal, TypedDict


class Option(TypedDict):
    """What can be chosen: what one of it gives, and how many were chosen."""

    code: str
    name: str
    unit: str
    amount: int
    at_most: int | None
    default: int
    chosen: int


class Choice(TypedDict):
    """What a member may choose because a milestone was reached."""

    id: str
    member: str
    milestone: str
    name: str
    level: int
    reached: str
    status: Literal["open", "made", "defaulted", "lapsed", "void"]
    is_open: bool
    choose: int
    last_day: str | None
    ended_at: str | None
    options: list[Option]


class Progress(TypedDict):
    """How far an import is, in lines."""

    read: int
    looked_at: int
    to_apply: int
    applied: int


class Report(TypedDict):
    """What an import would do."""

    lines: int
    good: int
    repeated: int
    refused: int
    types: dict[str, int]
    earned: dict[str, int]
    unclaimed: int
    pending: int
    new_members: int


class Outcome(TypedDict):
    """What an import has recorded."""

    recorded: int
    repeated: int
    unclaimed: int
    pending: int
    refused: int
    earned: dict[str, int]


class RefusedLine(TypedDict):
    """A line that cannot be recorded, and what to do about it."""

    line: int
    column: str
    code: str
    detail: str


class Import(TypedDict):
    """A file of activities, and what became of it by now."""

    id: str
    state: Literal["received", "checked", "applying", "applied", "cancelled", "refused"]
    file: str
    format: Literal["csv", "ndjson"]
    size: int
    created_at: str
    finished_at: str | None
    progress: Progress
    report: Report | None
    outcome: Outcome | None
    problem: str
    refused: list[RefusedLine]
