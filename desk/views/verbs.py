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
from desk.verbs import (
    approvals,
    cases,
    ends,
    gifts,
    homes,
    keys,
    people,
    points,
    rewards,
)
from desk.verbs.base import Done, VerbForm
from earning.models import UnclaimedActivity
from members.models import Household, Member
from partners.models import ApiKey
from points.models import AdjustmentRequest, Hold, Transfer
from rewards.models import Codes, Fulfilment, Kind, Redemption, Reward
from surveys.models import Case
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
    Verb("codes", "rewards.reward", rewards.UploadCodes, "upload"),
    Verb("draw", "rewards.reward", rewards.DrawWinners, "casino"),
    Verb("ship", "rewards.fulfilment", rewards.Ship, "local_shipping"),
    Verb("deliver", "rewards.fulfilment", rewards.Deliver, "inventory"),
    Verb("claim", "earning.unclaimedactivity", points.Claim, "person_check"),
    Verb("reply", "surveys.case", cases.Reply, "reply"),
    Verb("goodwill", "surveys.case", cases.MakeGood, "volunteer_activism"),
    Verb("note", "surveys.case", cases.Note, "sticky_note_2"),
    Verb("assign", "surveys.case", cases.Assign, "person_add"),
    Verb("close", "surveys.case", cases.Close, "task_alt"),
    Verb("revoke", "partners.apikey", keys.RevokeKey, "key_off"),
    Verb("approve", "points.adjustmentrequest", approvals.Approve, "check"),
    Verb("decline", "points.adjustmentrequest", approvals.Decline, "close"),
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
    if verb.model == "members.member" and verb.form in OF_HOMES:
        return _fits_home(verb, subject)
    if isinstance(subject, Case | Hold):
        return subject.status not in (Case.Status.CLOSED, *ENDED)
    if verb.model == "points.adjustmentrequest":
        return bool(subject.state == AdjustmentRequest.State.WAITING)
    if verb.model in ("rewards.reward", "rewards.fulfilment"):
        return _fits_kind(verb, subject)
    return not (verb.form is points.Claim and subject.claimed_at is not None)


def _fits_kind(verb: Verb, subject: Any) -> bool:
    """Whether a reward is of the kind, or an order has come as far, that a verb is for."""
    if verb.form is rewards.UploadCodes:
        return bool(subject.codes == Codes.UPLOADED)
    if verb.form is rewards.DrawWinners:
        return bool(subject.kind == Kind.CONTEST and not subject.draws.exists())
    is_next = verb.form is rewards.Deliver
    wanted = Fulfilment.Status.SHIPPED if is_next else Fulfilment.Status.ORDERED
    return bool(subject.status == wanted)


ENDED = (Hold.Status.CAPTURED, Hold.Status.RELEASED, Hold.Status.TIMED_OUT)
OF_HOMES = {homes.Found: False, homes.MoveIn: False, homes.MoveOut: True, homes.MakeHead: True}


def _fits_home(verb: Verb, subject: Any) -> bool:
    """Moving in is for who lives alone, moving out for who does not."""
    home = homes.now(subject)
    if verb.form is homes.MakeHead and home is not None:
        return not home.is_head
    return OF_HOMES[verb.form] == (home is not None)


JOINED: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "rewards.redemption": (Redemption, ("reward", "unit", "member")),
    "rewards.reward": (Reward, ("unit",)),
    "rewards.fulfilment": (Fulfilment, ("member", "redemption__reward")),
    "points.hold": (Hold, ("member", "account__unit")),
    "points.transfer": (Transfer, ("member", "receiver", "unit")),
    "points.adjustmentrequest": (AdjustmentRequest, ("member", "unit")),
    "members.household": (Household, ()),
    "surveys.case": (Case, ("member", "survey", "answer")),
    "earning.unclaimedactivity": (UnclaimedActivity, ("type", "partner", "location")),
    "partners.apikey": (ApiKey, ("partner",)),
}


def rows(model: str) -> QuerySet[Any]:
    """The rows a model's verbs are about, with what their pages show."""
    kind, joined = JOINED.get(model, (Member, ()))
    found = kind._default_manager.all()
    return found.select_related(*joined) if joined else found


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
    form = kind(request.POST or None, request.FILES or None, subject=subject, clerk=clerk)
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
    notice = form.notice
    try:
        found: Rehearsal = rehearsal.of(form.member, lambda: form.act(actor=house.actor(request)))
    except LoyaltyError as refusal:
        return {"rehearsal": None, "faults": [refusal.message]}
    return {"rehearsal": found, "rehearsed_for": form.member, "notice": notice}


def _shown(request: HttpRequest, form: VerbForm, **extra: Any) -> HttpResponse:
    shown = house.context(request, title=form.title) | {
        "form": form,
        "subject": form.subject,
        **extra,
    }
    if isinstance(form.subject, Member):
        shown["progress"] = standing.progress(form.subject)
    return render(request, "desk/verb.html", shown)
