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
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache

from common.errors import LoyaltyError
from desk import house, rehearsal
from desk.attempts import Repeated
from desk.rehearsal import Rehearsal
from desk.verbs import identity, keys, people, register
from desk.verbs.base import Done, VerbForm
from desk.verbs.register import Verb
from members.models import Member
from tiers import standing

View = Callable[..., HttpResponse]


def urls_of(model: str, site: AdminSite) -> list[URLPattern]:
    """The pages of a model's verbs, for its admin's addresses."""
    return [
        path(f"<uuid:pk>/{verb.name}/", site.admin_view(_page(verb)), name=verb.url_name)
        for verb in register.VERBS
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
        for verb in register.VERBS
        if verb.model == subject._meta.label_lower
        and request.user.has_perm(verb.form.permission)
        and verb.fits(subject)
    ]


def _page(verb: Verb) -> View:
    @never_cache
    def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        house.require(request, verb.form.permission)
        return run(request, verb.form, subject=get_object_or_404(register.rows(verb.model), pk=pk))

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
    begun = kind.begun(request.GET)
    form = kind(
        request.POST or _asked(request, kind), request.FILES or None, subject=subject, clerk=clerk,
        **({"initial": begun} if begun else {}),
    )  # fmt: skip
    if getattr(request, "htmx", False):
        return render(request, "desk/_preview.html", _previewed(request, form))
    if request.method != "POST" and kind.previews_at_once:
        return _shown(request, form, **_previewed(request, kind({}, subject=subject, clerk=clerk)))
    if request.method != "POST" and form.is_bound:
        shown = _previewed(request, form)
        form.errors.pop("reason", None)  # nobody has been asked for it yet
        return _shown(request, form, **shown)
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


def _asked(request: HttpRequest, kind: type[VerbForm]) -> dict[str, str] | None:
    """Whom a link named to merge with: the form opens with the comparison."""
    who = request.GET.get("who", "")
    return {"who": who} if who and kind is identity.Merge else None


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
    form.cleaned_data["attempt"] = None  # a rehearsal is no attempt
    try:
        found: Rehearsal = rehearsal.of(form.member, lambda: form.act(actor=house.actor(request)))
    except LoyaltyError as refusal:
        return {"rehearsal": None, "faults": [refusal.message]}
    shown = {"rehearsal": found, "rehearsed_for": form.member, "notice": notice}
    if isinstance(form, identity.Merge) and form.found is not None:
        names = ["", form.subject.name, form.found.name]
        shown |= {"compared": form.compared, "headings": names}
    return shown


def _shown(request: HttpRequest, form: VerbForm, **extra: Any) -> HttpResponse:
    if isinstance(form, identity.Erase):
        extra["compared"] = form.compared
    shown = house.context(request, title=form.title) | {
        "form": form,
        "subject": form.subject,
        **extra,
    }
    if isinstance(form.subject, Member):
        shown["progress"] = standing.progress(form.subject)
    return render(request, "desk/verb.html", shown)
