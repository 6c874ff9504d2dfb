"""What surrounds every page: the program it belongs to, the reader's choice of light or dark, and
who is reading.
"""

from __future__ import annotations

from functools import wraps
from typing import Any, Protocol, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from members import merging
from members.models import Member
from program import catalog
from program.errors import ProgramMissing
from program.models import Program, Unit

SCHEMES = ("light", "dark")
SCHEME_COOKIE = "scheme"
KEPT = "_portal_program"
Response = TypeVar("Response", bound=HttpResponseBase)


class MemberRequest(HttpRequest):
    """A request whose reader is a member: `member` is set."""

    member: Member


class MemberView(Protocol):
    def __call__(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


class View(Protocol):
    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def program(request: HttpRequest) -> Program | None:
    """The Program row, read once a request; None before a blueprint has been applied."""
    if not hasattr(request, KEPT):
        try:
            setattr(request, KEPT, catalog.current())
        except ProgramMissing:
            setattr(request, KEPT, None)
    found: Program | None = getattr(request, KEPT)
    return found


def program_of(request: HttpRequest) -> Program:
    """The Program row. Raises ProgramMissing before a blueprint has been applied."""
    return program(request) or catalog.current()


def default_unit(request: HttpRequest) -> Unit:
    """The unit that is shown first."""
    return catalog.of(program_of(request)).default_unit


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; a restored history entry needs the whole one."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request


def scheme(request: HttpRequest) -> str:
    """`light`, `dark`, or nothing: as the device says."""
    asked = request.COOKIES.get(SCHEME_COOKIE, "")
    return asked if asked in SCHEMES else ""


def member_of(request: HttpRequest) -> Member | None:
    """The member behind the login, None for strangers and for staff without a card."""
    return getattr(request.user, "member", None) if request.user.is_authenticated else None


def members_only(view: MemberView) -> View:
    """Send strangers to the sign-in and back again; tell logins without a card what to do."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        member = member_of(request)
        if member is None:
            return no_card(request)
        request.member = member  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        return privately(response)

    return wrapped


def privately(response: Response) -> Response:
    """A page of one member: no shared cache keeps it, and the browser asks again."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def no_card(request: HttpRequest) -> HttpResponse:
    """The page of a login that no card belongs to."""
    merged = merging.detached(request.user.pk)
    kept = merged.survivor.user if merged else None
    shown = {"merged": merged, "other_address": masked(kept.email) if kept else ""}
    return render(request, "portal/no_member.html", shown, status=403)


def masked(address: str) -> str:
    """Enough of an address for its owner: `m…a@example.com`."""
    box, _at, place = address.partition("@")
    return f"{box[:1]}…{box[-1:]}@{place}"
