"""The addresses of questions: they work without signing in, by signed links, and record nothing
when they are only looked at.

Mail scanners follow links, so a GET never counts. The page that opens posts the tapped number by
itself where scripts run, and shows it chosen, with one button, where they do not. The links are
signed and cannot be guessed, so these forms need no cookie against forgery.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import LoyaltyError
from common.templatetags.ui import words
from portal.pages import surveys as pages
from portal.shell import MemberRequest, members_only, program_of
from program import catalog
from surveys import answering, links
from surveys.errors import AlreadyAnswered
from surveys.models import Authorship, Invitation

THANKS = "survey_thanks"  # what taking part earned, for the page that follows
READ_MAX = 4_000_000  # bytes of a form that are read back, so that nothing typed is lost


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show the scale (GET); record the number that was tapped (POST)."""
    try:
        invitation_id, score = links.read_score(token)
        one = answering.invitation(invitation_id)
        answering.require_open(one)
        if request.method == "POST":
            return _tapped(request, one, score)
    except AlreadyAnswered as error:
        return _answered_before(request, one, error)
    except LoyaltyError as error:
        return refused(request, error)
    page = pages.ask(one, program=program_of(request), score=score)
    return render(request, "portal/ask.html", {"page": page})


def _tapped(request: HttpRequest, one: Invitation, score: int | None) -> HttpResponse:
    text = request.POST.get("score", "")
    is_number = text.isascii() and text.isdigit() and len(text) < 4
    chosen = int(text) if is_number else score if not text else None
    if chosen is None:
        answering.check_score(one, -1)
    assert chosen is not None
    taken = answering.answer(one.pk, score=chosen, actor=f"member:{one.member_id}")
    awards = taken.recorded.awards if taken.recorded else ()
    units = catalog.of(program_of(request)).units
    request.session[THANKS] = [words(each.amount, units[each.unit_id]) for each in awards]
    return redirect("portal:answer", links.to_answer(taken.answer.pk))


def _answered_before(request: HttpRequest, one: Invitation, error: AlreadyAnswered) -> HttpResponse:
    """Go on where the member stopped; an anonymous answer cannot be found again."""
    written = Authorship.objects.filter(member=one.member_id, invitation=one).first()
    if written is None:
        return refused(request, error)
    return redirect("portal:answer", links.to_answer(written.answer_id))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks, and whatever the member likes to add; it can be left and taken up again."""
    program = program_of(request)
    typed = _typed(request) if request.method == "POST" else {}
    try:
        made = answering.stored(links.read_answer(token))
    except LoyaltyError as error:
        return refused(request, error)
    fault = None
    if request.method == "POST":
        try:
            pages.add(made.pk, typed)
            return redirect(f"{request.path}?{urlencode({'saved': 1})}")
        except LoyaltyError as error:
            fault = error
    page = pages.thanks(made, program=program, typed=typed)
    shown = {"page": page, "fault": fault, "is_saved": "saved" in request.GET}
    shown["earned"] = request.session.pop(THANKS, [])
    return render(request, "portal/answer.html", shown, status=fault.status if fault else 200)


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed, however long it is: a text that is refused must be shown again."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {name: str(value) for name, value in request.POST.items()}
    size = request.headers.get("Content-Length", "")
    whole = request.read(READ_MAX) if size.isdigit() and int(size) <= READ_MAX else b""
    return {name: str(value) for name, value in QueryDict(whole, encoding="utf-8").items()}


def refused(request: HttpRequest, error: LoyaltyError) -> HttpResponse:
    """A link that opens nothing, in words."""
    shown = {"error": error, "title": _(error.title)}
    return render(request, "portal/ask_refused.html", shown, status=error.status)


@require_safe
@members_only
def inbox(request: MemberRequest) -> HttpResponse:
    """Open questions, and what became of what the member told us."""
    page = pages.inbox(request.member, program=program_of(request))
    return render(request, "portal/inbox.html", {"page": page, "place": "profile"})
