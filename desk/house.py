"""What surrounds every page of the desk: the program it works for, its zone, and who is acting."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest

from program import catalog
from program.errors import ProgramMissing
from program.models import Program

KEPT = "_desk_program"


def program(request: HttpRequest) -> Program | None:
    """The Program row, read once a request; None before a blueprint has been applied."""
    if not hasattr(request, KEPT):
        try:
            setattr(request, KEPT, catalog.current())
        except ProgramMissing:
            setattr(request, KEPT, None)
    found: Program | None = getattr(request, KEPT)
    return found


def zone(request: HttpRequest) -> ZoneInfo:
    """The zone in which the desk tells the time."""
    known = program(request)
    return ZoneInfo(known.time_zone if known else "UTC")


def actor(request: HttpRequest) -> str:
    """How whoever is signed in is written down beside what they do."""
    return f"staff:{request.user.pk}"
