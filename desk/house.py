"""What surrounds every page of the desk: the program it works for, its zone, and who is acting."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from members.models import User
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


def clerk(request: HttpRequest) -> User:
    """Whoever is signed in; the admin lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def actor(request: HttpRequest) -> str:
    """How whoever is signed in is written down beside what they do."""
    return f"staff:{request.user.pk}"


def context(request: HttpRequest, *, title: Any) -> dict[str, Any]:
    """What every page of the desk's own shows around its content."""
    return {**admin.site.each_context(request), "title": title, "program": program(request)}


def require(request: HttpRequest, permission: str) -> None:
    """Let only those go on who may."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
