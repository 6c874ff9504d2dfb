"""The pages on which members see everything that is held about them, and leave for good."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import LoyaltyError
from members import erasure, export
from members.export import Chapter
from portal.forms import LeaveForm
from portal.pages import leaving
from portal.shell import MemberRequest, members_only, program_of

HERE = "<!-- held -->"  # where the rows go in their page
ROWS = 200  # rendered at a time


@require_safe
@members_only
def held(request: MemberRequest) -> HttpResponseBase:
    """Everything that is held about the member, to read; sent while it is read."""
    if not leaving.allowed("held", request.member, most=leaving.EXPORTS_AN_HOUR):
        return _too_often(request)
    frame = render_to_string("portal/held.html", {"place": "profile"}, request=request)
    export.announce(request.member, actor=f"member:{request.member.pk}")
    return StreamingHttpResponse(_rows(frame, export.chapters(request.member)))


@require_POST
@members_only
def held_file(request: MemberRequest) -> HttpResponseBase:
    """The same as a file for programs."""
    if not leaving.allowed("held", request.member, most=leaving.EXPORTS_AN_HOUR):
        return _too_often(request)
    export.announce(request.member, actor=f"member:{request.member.pk}")
    answer = StreamingHttpResponse(export.as_json(request.member), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="about-me.json"'
    return answer


def _rows(frame: str, chapters: Iterator[Chapter]) -> Iterator[str]:
    head, _here, foot = frame.partition(HERE)
    yield head
    for number, chapter in enumerate(chapters):
        shown = {"chapter": chapter, "is_first": number == 0}
        yield render_to_string("portal/_held_head.html", shown)
        while rows := list(islice(chapter.rows, ROWS)):
            read = [_read(chapter, row) for row in rows]
            yield render_to_string("portal/_held_rows.html", {"rows": read})
        yield render_to_string("portal/_held_foot.html", {"chapter": chapter})
    yield foot


def _read(chapter: Chapter, row: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """What a row says, without the ids that only programs read, and without what is empty."""
    pairs = zip(chapter.labels, row, strict=True)
    return [
        (label, value if hasattr(value, "year") else export.as_text(value))
        for label, value in pairs
        if not isinstance(value, uuid.UUID) and value not in (None, "", {}, [])
    ]


def _too_often(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("You had this several times within the hour. Try again later."))
    return redirect("portal:profile")


@members_only
def leave(request: MemberRequest) -> HttpResponse:
    """Leave for good: what goes and what stays, a code by e-mail, a word to type."""
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_proven(request, form):
        try:
            erasure.erase(request.member, reason="asked", actor=f"member:{request.member.pk}")
        except LoyaltyError as refusal:
            form.add_error(None, refusal.message)
        else:
            logout(request)
            response = redirect("portal:left")
            response["Clear-Site-Data"] = '"cache", "storage"'
            return response
    page = leaving.gather(request.member, program=program_of(request))
    shown = {"page": page, "form": form, "place": "profile"}
    return render(request, "portal/leave.html", shown | {"sent": leaving.is_waiting(request)})


def _is_proven(request: MemberRequest, form: LeaveForm) -> bool:
    if leaving.check_code(request, form.cleaned_data["code"]):
        return True
    form.add_error("code", _("This is not the code, or its time is over. Have a new one sent."))
    return False


@require_POST
@members_only
def leave_code(request: MemberRequest) -> HttpResponse:
    """Send the code."""
    if not leaving.allowed("leaving", request.member, most=leaving.LETTERS_AN_HOUR):
        return _too_often(request)
    leaving.send_code(request, request.member)
    return redirect("portal:leave")


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Good-bye."""
    return render(request, "portal/left.html")
