"""One page for every verb: a form, a preview where the verb has one, a refusal that keeps what was
typed.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache

from common.errors import LoyaltyError
from desk import house, rehearsal
from desk.attempts import Repeated
from desk.rehearsal import Rehearsal
from desk.verbs import ends, gifts, homes, keys, people, points
from desk.verbs.base import Done, VerbForm
from earning.models import UnclaimedActivity
from members.models import Household, Member
from partners.models import ApiKey
from points.models import Hold, Transfer
from rewards.models import Redemption
from tiers import standing

View = Callable[..., HttpResponse]


@dataclasses.dataclass(frozen=True, slots=True)
class Verb:
    """A verb's address (`name`), the model it is about, its form, and the icon of its button."""

    name: str
    model: str
    form: type[VerbForm]
    icon: str

    @property
    def url_name(self) -> str:
        return f"{self.model.replace('.', '_')}_{self.name}"


VERBS = (
    Verb("adjust", "members.member", points.Adjust, "exposure"),
    Verb("redeem", "members.member", points.Redeem, "redeem"),
    Verb("send", "members.member", gifts.Send, "send"),
    Verb("extend", "members.member", ends.Extend, "update"),
    Verb("reinstate", "members.member", ends.Reinstate, "restore"),
    Verb("found", "members.member", homes.Found, "add_home"),
    Verb("move_in", "members.member", homes.MoveIn, "home"),
    Verb("move_out", "members.member", homes.MoveOut, "logout"),
    Verb("head", "members.member", homes.MakeHead, "supervisor_account"),
    Verb("correct", "members.member", people.Correct, "edit"),
    Verb("code", "members.member", people.IssueCode, "password"),
    Verb("card", "members.member", people.ReplaceCard, "credit_card"),
    Verb("cancel", "rewards.redemption", points.CancelVoucher, "undo"),
    Verb("release", "points.hold", gifts.ReleaseHold, "lock_open"),
    Verb("take_back", "points.transfer", gifts.TakeBack, "undo"),
    Verb("add", "members.household", homes.AddPerson, "person_add"),
    Verb("claim", "earning.unclaimedactivity", points.Claim, "person_check"),
    Verb("revoke", "partners.apikey", keys.RevokeKey, "key_off"),
)


def urls_of(model: str, site: AdminSite) -> list[URLPattern]:
    """The pages of a model's verbs, for its admin's addresses."""
    return [
        path(f"<uuid:pk>/{verb.name}/", site.admin_view(_page(verb)), name=verb.url_name)
        for verb in VERBS
        if verb.model == model
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class Button:
    title: Any
    icon: str
    url: str


def open_to(request: HttpRequest, subject: Model) -> list[Button]:
    """The buttons of the verbs that make sense for a row and that this clerk may press."""
    return [
        Button(verb.form.title, verb.icon, reverse(f"admin:{verb.url_name}", args=[subject.pk]))
        for verb in VERBS
        if verb.model == subject._meta.label_lower
        and request.user.has_perm(verb.form.permission)
        and _makes_sense(verb, subject)
    ]


def _makes_sense(verb: Verb, subject: Any) -> bool:
    if verb.form is people.IssueCode:
        return subject.user_id is None
    if verb.form is points.CancelVoucher:
        return bool(subject.status == Redemption.Status.ISSUED)
    if verb.form is keys.RevokeKey:
        return subject.revoked_at is None
    if verb.form is gifts.ReleaseHold:
        return bool(subject.status == Hold.Status.OPEN)
    if verb.model == "members.member" and verb.form in OF_HOMES:
        return _fits_home(verb, subject)
    return not (verb.form is points.Claim and subject.claimed_at is not None)


OF_HOMES = {homes.Found: False, homes.MoveIn: False, homes.MoveOut: True, homes.MakeHead: True}


def _fits_home(verb: Verb, subject: Any) -> bool:
    """Moving in is for who lives alone, moving out for who does not."""
    home = homes.now(subject)
    if verb.form is homes.MakeHead and home is not None:
        return not home.is_head
    return OF_HOMES[verb.form] == (home is not None)


def rows(model: str) -> QuerySet[Any]:
    """The rows a model's verbs are about, with what their pages show."""
    if model == "rewards.redemption":
        return Redemption.objects.select_related("reward", "unit", "member")
    if model == "points.hold":
        return Hold.objects.select_related("member", "account__unit")
    if model == "points.transfer":
        return Transfer.objects.select_related("member", "receiver", "unit")
    if model == "members.household":
        return Household.objects.all()
    if model == "earning.unclaimedactivity":
        return UnclaimedActivity.objects.select_related("type", "partner", "location")
    return (
        ApiKey.objects.select_related("partner")
        if model == "partners.apikey"
        else Member.objects.all()
    )


def _page(verb: Verb) -> View:
    @never_cache
    def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        house.require(request, verb.form.permission)
        return run(request, verb.form, subject=get_object_or_404(rows(verb.model), pk=pk))

    return view


@never_cache
def enrol(request: HttpRequest) -> HttpResponse:
    """Enrol a member: a verb that is about nobody yet."""
    house.require(request, people.Enrol.permission)
    return run(request, people.Enrol, subject=None)


@never_cache
def issue_key(request: HttpRequest) -> HttpResponse:
    """Issue an API key: a verb that is about no key yet."""
    house.require(request, keys.IssueKey.permission)
    return run(request, keys.IssueKey, subject=None)


def run(request: HttpRequest, kind: type[VerbForm], *, subject: Any) -> HttpResponse:
    """Show the form; preview it; do it and go on; or show it again with the reason why not."""
    clerk = house.clerk(request)
    form = kind(request.POST or None, subject=subject, clerk=clerk)
    if getattr(request, "htmx", False):
        return render(request, "desk/_preview.html", _previewed(request, form))
    if request.method != "POST" and kind.previews_at_once:
        return _shown(request, form, **_previewed(request, kind({}, subject=subject, clerk=clerk)))
    if request.method != "POST" or not form.is_valid():
        return _shown(request, form)
    if "preview" in request.POST:
        return _shown(request, form, **_previewed(request, form))
    try:
        done = form.act(actor=house.actor(request))
    except Repeated as repeated:
        messages.info(request, repeated.message)
        return redirect(form.home)
    except LoyaltyError as refusal:
        form.add_error(None, refusal.message)
        return _shown(request, form)
    return _finished(request, form, done)


def _finished(request: HttpRequest, form: VerbForm, done: Done) -> HttpResponse:
    """Go on to the next page, or hand over what is shown once: it is the answer itself, because it
    is never kept.
    """
    if done.handed_over is None:
        messages.success(request, done.message)
        return redirect(done.url)
    shown = house.context(request, title=done.message) | {
        "slip": done.handed_over,
        "next": done.url,
    }
    shown["portal_address"] = request.get_host()
    return render(request, done.template, shown)


def _previewed(request: HttpRequest, form: VerbForm) -> dict[str, Any]:
    """What it would do, or why it would be refused."""
    if not form.is_ready_to_preview():
        return {"rehearsal": None, "faults": form.non_field_errors()}
    assert form.member is not None
    try:
        found: Rehearsal = rehearsal.of(form.member, lambda: form.act(actor=house.actor(request)))
    except LoyaltyError as refusal:
        return {"rehearsal": None, "faults": [refusal.message]}
    return {"rehearsal": found, "rehearsed_for": form.member}


def _shown(request: HttpRequest, form: VerbForm, **extra: Any) -> HttpResponse:
    shown = house.context(request, title=form.title) | {
        "form": form,
        "subject": form.subject,
        **extra,
    }
    if isinstance(form.subject, Member):
        shown["progress"] = standing.progress(form.subject)
    return render(request, "desk/verb.html", shown)
