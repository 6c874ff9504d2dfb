"""The members' pages: one function a page. Parse, call, render."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from common.errors import LoyaltyError
from earning import referring
from plans import subscribing
from portal import shell
from portal.forms import ClaimForm, ProfileForm
from portal.pages import activity as activities
from portal.pages import home as homes
from portal.pages import invitations
from portal.pages import landing as landings
from portal.pages import membership as memberships
from portal.pages import plans as subscriptions
from portal.pages import rewards as shelves
from portal.pages import statements as sheets
from portal.pages import tiers as ladders
from portal.pages import vouchers as wallets
from portal.shell import MemberRequest, members_only, program_of
from program import catalog
from program.models import Unit
from rewards import offers, redemption, together

YEAR_S = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The member's home; the landing page for strangers."""
    if not request.user.is_authenticated:
        return landing(request)
    member = shell.member_of(request)
    if member is None:
        return shell.no_card(request)
    if invitations.KEPT in request.session:
        invitations.accept(request, member)
    page = homes.gather(member, program=program_of(request))
    return shell.privately(render(request, "portal/home.html", {"page": page, "place": "home"}))


def landing(request: HttpRequest) -> HttpResponse:
    """What the program is, for somebody who is not signed in."""
    found = shell.program(request)
    page = landings.gather(found) if found else None
    return render(request, "portal/landing.html", {"page": page})


@require_safe
@members_only
def activity(request: MemberRequest) -> HttpResponse:
    """What happened, newest first; a fragment of more lines for htmx."""
    page = activities.gather(
        request.member,
        program=program_of(request),
        unit=request.GET.get("unit", ""),
        before=request.GET.get("before", ""),
    )
    template = "portal/_lines.html" if shell.wants_fragment(request) else "portal/activity.html"
    return render(request, template, {"page": page, "place": "activity"})


@require_safe
@members_only
def tiers(request: MemberRequest) -> HttpResponse:
    """The ladder, and where the member stands on it."""
    page = ladders.gather(request.member, program=program_of(request))
    if page is None:
        raise Http404(_("This program has no tiers."))
    return render(request, "portal/tiers.html", {"page": page, "place": "home"})


@require_safe
@members_only
def rewards(request: MemberRequest) -> HttpResponse:
    """The catalogue with its filters; a fragment of the list for htmx."""
    page = shelves.shelf(
        request.member,
        program=program_of(request),
        is_affordable_only=request.GET.get("can") == "1",
        category=request.GET.get("category", ""),
    )
    template = "portal/_offers.html" if shell.wants_fragment(request) else "portal/rewards.html"
    return render(request, template, {"page": page, "place": "rewards"})


@require_safe
@members_only
def reward(request: MemberRequest, code: str) -> HttpResponse:
    """One reward: what it is, what it costs, how it works."""
    offer = shelves.one(request.member, code, program=program_of(request))
    context = {"offer": offer, "why_not": shelves.why_not(offer), "place": "rewards"}
    context["pool"] = shelves.pool_for(request.member, offer, program=program_of(request))
    context["limit"] = shelves.limit_words(offer)
    context["undo_minutes"] = redemption.UNDO_MINUTES
    context["dates"] = shelves.dates(offer.reward, program=program_of(request))
    context["given"] = shelves.given(offer.reward)
    return render(request, "portal/reward.html", context)


def redeem(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask first (GET), then take the points (POST)."""
    return take(request, code) if request.method == "POST" else ask(request, code)


@require_safe
@members_only
def ask(request: MemberRequest, code: str) -> HttpResponse:
    """Cost, balance before and after, validity, the way back: everything to decide by."""
    program = program_of(request)
    offer = shelves.one(request.member, code, program=program)
    pool = shelves.pool_for(request.member, offer, program=program)
    if not offer.is_affordable and pool is None:
        return redirect("portal:reward", code)
    page = shelves.question(offer, program=program, pool=pool)
    return render(request, "portal/redeem.html", {"page": page, "place": "rewards"})


@require_POST
@members_only
def take(request: MemberRequest, code: str) -> HttpResponse:
    """Redeem once for each attempt, then show the voucher."""
    member = request.member
    try:
        attempt = uuid.UUID(request.POST.get("attempt", ""))
    except ValueError:
        return redirect("portal:redeem", code)
    try:
        chosen = offers.reward_by_code(code)
        redeem_it = together.redeem if request.POST.get("together") == "1" else redemption.redeem
        done = redeem_it(
            member,
            reward=chosen,
            attempt=attempt,
            actor=f"member:{member.pk}",
            choice=shelves.choice_of(request.POST),
        )
    except LoyaltyError as error:
        return refuse(request, error)
    return redirect("portal:voucher", done.public_id)


@require_safe
@members_only
def vouchers(request: MemberRequest) -> HttpResponse:
    """The member's vouchers."""
    page = wallets.gather(request.member)
    return render(request, "portal/vouchers.html", {"page": page, "place": "rewards"})


@require_safe
@members_only
def voucher(request: MemberRequest, public_id: str) -> HttpResponse:
    """One voucher with its code; kept on the phone for places without a network."""
    found = wallets.one(request.member, public_id)
    page = wallets.page(found, member=request.member)
    return render(request, "portal/voucher.html", {"page": page, "place": "rewards"})


@members_only
def undo(request: MemberRequest, public_id: str) -> HttpResponse:
    """Give an unused voucher back: ask first, then do it."""
    found = wallets.one(request.member, public_id)
    page = wallets.page(found, member=request.member)
    if request.method != "POST":
        return render(request, "portal/undo.html", {"page": page, "place": "rewards"})
    try:
        redemption.undo(found, actor=f"member:{request.member.pk}")
    except LoyaltyError as error:
        return refuse(request, error)
    messages.success(request, _("Given back. Your points are with you again."))
    return redirect("portal:vouchers")


@require_safe
@members_only
def plans(request: MemberRequest) -> HttpResponse:
    """The member's paid plans, and those that can be had."""
    page = subscriptions.gather(request.member, program=program_of(request))
    return render(request, "portal/plans.html", {"page": page, "place": "profile"})


@members_only
def start_plan(request: MemberRequest, code: str, period: str) -> HttpResponse:
    """Start a plan by oneself: what it costs (GET), then in one step (POST)."""
    member = request.member
    page = subscriptions.starting(member, code, period, program=program_of(request))
    if request.method != "POST":
        return render(request, "portal/start_plan.html", {"page": page, "place": "profile"})
    verb = subscribing.start_trial if page.is_trial else subscribing.start
    try:
        verb(member, plan=page.plan.code, period=period, actor=f"member:{member.pk}")
    except LoyaltyError as error:
        return refuse(request, error)
    messages.success(request, _("Yours from now on."))
    return redirect("portal:plans")


@members_only
def leave_plan(request: MemberRequest, public_id: str) -> HttpResponse:
    """Cancel a plan: what follows in words (GET), then in one step (POST)."""
    held = subscriptions.one(request.member, public_id, program=program_of(request))
    if request.method != "POST":
        return render(request, "portal/leave_plan.html", {"held": held, "place": "profile"})
    verb = subscribing.cancel_now if request.POST.get("when") == "now" else subscribing.cancel
    try:
        verb(held.subscription, reason=_("By the member"), actor=f"member:{request.member.pk}")
    except LoyaltyError as error:
        return refuse(request, error)
    messages.success(request, _("Cancelled."))
    return redirect("portal:plans")


@require_safe
@members_only
def card(request: MemberRequest) -> HttpResponse:
    """The membership card; kept on the phone for places without a network."""
    page = memberships.gather(request.member, program=program_of(request))
    return render(request, "portal/card.html", {"page": page, "place": "card"})


@members_only
def profile(request: MemberRequest) -> HttpResponse:
    """What the member may change, the card, and the way out."""
    member = request.member
    form = ProfileForm(request.POST) if request.method == "POST" else ProfileForm.of(member)
    if request.method == "POST" and form.save(member):
        messages.success(request, _("Saved."))
        return redirect("portal:profile")
    page = memberships.gather(member, program=program_of(request))
    context = {"page": page, "form": form, "place": "profile"}
    context["can_invite"] = bool(referring.active(program_of(request)))
    units = catalog.of(program_of(request)).units.values()
    context["can_send"] = any(unit.transfers != Unit.Transfers.NEVER for unit in units)
    return render(request, "portal/profile.html", context)


@require_safe
@members_only
def expiry(request: MemberRequest) -> HttpResponse:
    """When which points end."""
    page = memberships.calendar(request.member, program=program_of(request))
    return render(request, "portal/expiry.html", {"page": page, "place": "profile"})


@require_safe
@members_only
def invite(request: MemberRequest) -> HttpResponse:
    """The member's own link, and what became of each invitation."""
    page = invitations.gather(request, request.member, program=program_of(request))
    if page is None:
        raise Http404(_("Nobody can be invited at the moment."))
    return render(request, "portal/invite.html", {"page": page, "place": "profile"})


@require_safe
def join(request: HttpRequest, code: str) -> HttpResponse:
    """An invitation: who invites, and the way in."""
    if shell.member_of(request):
        return redirect("portal:home")
    try:
        name = invitations.keep(request, code)
    except LoyaltyError as error:
        return render(request, "portal/join.html", {"refusal": error.message}, status=error.status)
    terms = referring.active(program_of(request))[0]
    return render(request, "portal/join.html", {"name": name, "terms": terms})


def claim(request: HttpRequest) -> HttpResponse:
    """Take over a card that was given at a desk, with the code that came with it."""
    if not request.user.is_authenticated or shell.member_of(request):
        return redirect("portal:home")
    form = ClaimForm(request.POST or None)
    if form.is_bound and form.save(request.user):
        messages.success(request, _("This card is yours now."))
        return redirect("portal:home")
    return render(request, "portal/claim.html", {"form": form})


@require_safe
@members_only
def statements(request: MemberRequest) -> HttpResponse:
    """The months of which there is a statement, newest first."""
    months = sheets.months(request.member, program=program_of(request))
    return render(request, "portal/statements.html", {"months": months, "place": "profile"})


@require_safe
@members_only
def statement(request: MemberRequest, month: str) -> HttpResponse:
    """A month's opening, movements and closing, on paper too."""
    page = sheets.gather(request.member, month=month, program=program_of(request))
    context = {"page": page, "member": request.member, "place": "profile"}
    return render(request, "portal/statement.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, and leave nothing of the member on the device."""
    logout(request)
    response = redirect("portal:home")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says."""
    response = redirect("portal:profile")
    asked = request.POST.get("scheme", "")
    if asked in shell.SCHEMES:
        is_secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(
            shell.SCHEME_COOKIE, asked, max_age=YEAR_S, samesite="Lax", secure=is_secure
        )
    else:
        response.delete_cookie(shell.SCHEME_COOKIE, samesite="Lax")
    return response


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What shows when there is no network and no kept page."""
    return render(request, "portal/offline.html")


def refuse(request: MemberRequest, error: LoyaltyError) -> HttpResponse:
    """A refusal of the verbs as a page, with the balance that proves nothing was taken."""
    unit = shell.default_unit(request)
    page = shelves.refused(error, member=request.member, unit=unit)
    return render(request, "portal/refused.html", {"page": page}, status=error.status)
