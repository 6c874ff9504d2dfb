"""The members' pages about others: sending points, and the household they live in."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.errors import LoyaltyError
from common.templatetags import ui
from members import households
from members.models import Invitation, Member
from points import transfers
from portal.pages import household as homes
from portal.pages import sending
from portal.shell import MemberRequest, members_only, program_of


@members_only
def send(request: MemberRequest) -> HttpResponse:
    """Ask to whom and how much (GET), ask back (POST), and then send."""
    units = sending.sendable(request.member, program=program_of(request))
    if not units:
        raise Http404(_("Points cannot be sent in this program."))
    form = sending.SendForm(request.POST or None, member=request.member, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            if "attempt" in request.POST:
                return _sent(request, form)
            page = sending.question(form)
            context = {"page": page, "form": form, "place": "profile"}
            return render(request, "portal/send_confirm.html", context)
        except LoyaltyError as error:
            form.add_error(None, error.message)
    context = {"form": form, "units": units, "place": "profile"}
    return render(request, "portal/send.html", context)


def _sent(request: MemberRequest, form: sending.SendForm) -> HttpResponse:
    """Send once for each attempt."""
    try:
        attempt = uuid.UUID(request.POST["attempt"])
    except ValueError:
        return redirect("portal:send")
    data, member = form.cleaned_data, request.member
    transfers.send(
        member,
        data["receiver"],
        unit=data["unit"].code,
        amount=data["amount"],
        reason=data["note"],
        actor=f"member:{member.pk}",
        source=f"transfer:{attempt}",
    )
    said = ui.words(data["amount"], data["unit"])
    messages.success(request, _("%(amount)s sent.") % {"amount": said})
    return redirect("portal:activity")


@members_only
def household(request: MemberRequest) -> HttpResponse:
    """Who lives here, what is shared, and what can be done about it."""
    return _page(request)


def _page(
    request: MemberRequest,
    invite: homes.InviteForm | None = None,
    found: homes.FoundForm | None = None,
) -> HttpResponse:
    page = homes.gather(request.member, program=program_of(request))
    context = {"page": page, "place": "profile"}
    context["invite"] = invite or homes.InviteForm()
    context["found"] = found or homes.FoundForm()
    return render(request, "portal/household.html", context)


@require_POST
@members_only
def found(request: MemberRequest) -> HttpResponse:
    """Found a household."""
    form = homes.FoundForm(request.POST)
    if not form.is_valid():
        return _page(request, found=form)
    name, member = form.cleaned_data["name"], request.member
    return _done(
        request, lambda actor: households.found(member, name=name, actor=actor), _("Founded.")
    )


@require_POST
@members_only
def invite(request: MemberRequest) -> HttpResponse:
    """Invite somebody by the number of their card."""
    form = homes.InviteForm(request.POST)
    said = form.save(request.member)
    if not said:
        return _page(request, invite=form)
    messages.success(request, said)
    return redirect("portal:household")


@require_POST
@members_only
def answer(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Accept or decline an invitation; its sender takes it back."""
    row = get_object_or_404(Invitation.objects.select_related("household"), pk=pk)
    if row.member_id == request.member.pk and "accept" in request.POST:
        return _done(request, lambda actor: households.accept(row, actor=actor), _("Welcome home."))
    if row.member_id == request.member.pk:
        return _done(request, lambda actor: households.decline(row, actor=actor), _("Declined."))
    home = households.living(request.member)
    if home is None or not home.is_head or home.household_id != row.household_id:
        raise Http404
    return _done(request, lambda actor: households.withdraw(row, actor=actor), _("Taken back."))


@require_POST
@members_only
def consent(request: MemberRequest) -> HttpResponse:
    """Agree, or agree no longer, that the others redeem with one's points."""
    member, is_given = request.member, request.POST.get("agree") == "1"
    return _done(
        request,
        lambda actor: households.consent(member, is_given=is_given, actor=actor),
        _("The others can redeem with your points, and you with theirs.")
        if is_given
        else _("Only you spend your points now."),
    )


@require_POST
@members_only
def leave(request: MemberRequest) -> HttpResponse:
    """Leave the household, or ask somebody to leave it, as its head."""
    member, other = request.member, request.POST.get("member", "")
    if not other:
        return _done(request, lambda actor: households.leave(member, actor=actor), _("You left."))
    person = get_object_or_404(Member, pk=other if _is_id(other) else uuid.UUID(int=0))
    return _done(
        request,
        lambda actor: households.remove(member, person, actor=actor),
        _("They live elsewhere now."),
    )


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _done(request: HttpRequest, verb: Callable[[str], object], said: str) -> HttpResponse:
    """Do it as the member, say so or say why not, and show the page."""
    try:
        verb(f"member:{request.member.pk}")  # type: ignore[attr-defined]
        messages.success(request, said)
    except LoyaltyError as error:
        messages.error(request, error.message)
    return redirect("portal:household")
