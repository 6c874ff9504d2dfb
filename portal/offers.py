"""The member's page of offers: one tap activates, another undoes what was not used."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import LoyaltyError
from earning import activating
from portal.pages import offers
from portal.shell import MemberRequest, members_only, program_of


@require_safe
@members_only
def shown(request: MemberRequest) -> HttpResponse:
    """Offers to activate, those that hold, and those that are over."""
    return _page(request)


@require_POST
@members_only
def activate(request: MemberRequest, code: str) -> HttpResponse:
    """Activate an offer, for the day that was picked where it asks for one."""
    actor = f"member:{request.member.pk}"
    try:
        day = _day(request.POST.get("day", ""))
        row = activating.activate(request.member, offer=code, day=day, actor=actor)
    except LoyaltyError as error:
        return _page(request, refusal=error.message, status=error.status)
    messages.success(request, _("%(offer)s is yours.") % {"offer": row.offer.name})
    return redirect("portal:offers")


@require_POST
@members_only
def undo(request: MemberRequest, public_id: str) -> HttpResponse:
    """Let go of an offer that was not used."""
    try:
        row = activating.one(request.member, public_id)
        activating.undo(row, actor=f"member:{request.member.pk}")
    except LoyaltyError as error:
        return _page(request, refusal=error.message, status=error.status)
    messages.success(request, _("Undone. It is as if it had never been activated."))
    return redirect("portal:offers")


def _day(text: str) -> date | None:
    """The day of a form; None where none was given, or what was is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(request: HttpRequest, *, refusal: str = "", status: int = 200) -> HttpResponse:
    member = request.member  # type: ignore[attr-defined]
    page = offers.gather(member, program=program_of(request))
    context = {"page": page, "refusal": refusal, "place": "rewards"}
    return render(request, "portal/offers.html", context, status=status)
