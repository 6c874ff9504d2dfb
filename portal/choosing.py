"""The member's page of a choice: options (GET), a question back (POST), and then it is made."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from common.errors import LoyaltyError
from earning import choosing
from portal.pages import choices
from portal.shell import MemberRequest, members_only


@members_only
def choose(request: MemberRequest, public_id: str) -> HttpResponse:
    """Choose once and for good: what there is, then whether this is meant, then what was given."""
    page = choices.one(request.member, public_id)
    if request.method != "POST" or not page.is_open:
        return _shown(request, page)
    picks = choices.picked(request.POST, page)
    try:
        choosing.check(page.choice, picks)
        if request.POST.get("sure") != "1":
            page = choices.one(request.member, public_id, picked=picks)
            return render(request, "portal/choose_confirm.html", {"page": page, "place": "home"})
        choosing.choose(page.choice, picks=picks, actor=f"member:{request.member.pk}")
    except LoyaltyError as error:
        page = choices.one(request.member, public_id, picked=picks)
        return _shown(request, page, refusal=error.message, status=error.status)
    messages.success(request, _("Yours. What you chose has been given."))
    return redirect("portal:choose", public_id)


def _shown(
    request: HttpRequest, page: choices.Page, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"page": page, "refusal": refusal, "place": "home"}
    return render(request, "portal/choose.html", context, status=status)
