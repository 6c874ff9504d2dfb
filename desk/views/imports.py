"""Files of activities at the desk: sent in for a partner, looked at, applied, stopped, gone on
with.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanWidget,
)

from common import sheets
from common.errors import LoyaltyError
from desk import house, roles
from partners import imports, uploads
from partners.imports import Order
from partners.models import Import
from partners.reading import BODY, MEMBER
from partners.views.imports import errors_file
from program import catalog
from program.models import ActivityType, Partner

JSON_NAMES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
DEEDS: dict[str, Callable[..., Import]] = {
    "apply": imports.release,
    "cancel": imports.cancel,
    "resume": imports.resume,
}


class FileForm(forms.Form):
    partner = forms.ModelChoiceField(
        queryset=Partner.objects.filter(is_active=True),
        label=later("Partner"),
        widget=UnfoldAdminSelectWidget(),
        help_text=later("Whose references the lines have."),
    )
    file = forms.FileField(
        label=later("File"),
        widget=UnfoldAdminFileFieldWidget(),
        help_text=later(
            "CSV with a first line of names, or NDJSON; UTF-8; packed with gzip or not."
        ),
    )
    type = forms.ModelChoiceField(
        queryset=ActivityType.objects.all(),
        required=False,
        label=later("What lines are that do not say it"),
        widget=UnfoldAdminSelectWidget(),
    )
    enrolls = forms.BooleanField(
        required=False,
        label=later("Enrol whom nobody knows"),
        widget=UnfoldBooleanWidget(),
        help_text=later("A member's number that nobody has makes a new member."),
    )


def urls(site: AdminSite) -> list[URLPattern]:
    own: tuple[tuple[str, Any, str], ...] = (
        ("template/<slug:type>/", template, "template"),
        ("<uuid:pk>/errors/", errors, "errors"),
        ("<uuid:pk>/do/<slug:deed>/", act, "act"),
    )
    return [
        path(address, site.admin_view(view), name=f"partners_import_{name}")
        for address, view, name in own
    ]


@never_cache
def send(request: HttpRequest) -> HttpResponse:
    """Send a file in; its report is the next page."""
    house.require(request, roles.IMPORT)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run, is_repeat = _receive(request, form.cleaned_data)
        except LoyaltyError as refusal:
            form.add_error("file", refusal.message)
        else:
            if is_repeat:
                messages.info(request, _("This file has come before. Nothing was changed."))
            return redirect("admin:partners_import_change", run.pk)
    types = ActivityType.objects.order_by("name")
    shown = house.context(request, title=later("Import activities"))
    return render(request, "desk/import_send.html", shown | {"form": form, "types": types})


def _receive(request: HttpRequest, data: dict[str, Any]) -> tuple[Import, bool]:
    file = data["file"]
    is_json = file.name.lower().endswith(JSON_NAMES)
    form = Import.Form.NDJSON if is_json else Import.Form.CSV
    order = Order(
        partner=data["partner"],
        name=file.name,
        actor=house.actor(request),
        type=data["type"].code if data["type"] else "",
        enrolls=data["enrolls"],
    )
    return imports.receive(uploads.receive(file, form=form), order)


@never_cache
def show(request: HttpRequest, run: Import) -> HttpResponse:
    """How far a file is, what it would do, or has done."""
    known = catalog.of(catalog.current())
    units, types = known.units, known.types
    is_begun = bool(run.applied_by)
    found = (run.outcome or imports.outcome(run)) if is_begun else run.report
    earned = found.get("earned", {})
    shown = house.context(request, title=run.file_name) | {
        "run": run,
        "found": found,
        "earned": [(unit, earned[code]) for code, unit in units.items() if code in earned],
        "types": [
            (types[code].name if code in types else code, count)
            for code, count in sorted(run.report.get("types", {}).items())
        ],
        "is_begun": is_begun,
        "is_moving": run.state in (Import.State.RECEIVED, Import.State.APPLYING),
        "progress": imports.progress(run),
        "percent": imports.percent(run),
        "refusals": imports.first_refusals(run),
        "refused": found.get("refused", 0) if found else run.problems.count(),
    }
    return render(request, "desk/import.html", shown)


@never_cache
@require_POST
def act(request: HttpRequest, pk: uuid.UUID, deed: str) -> HttpResponse:
    """Apply, stop or resume a file; the worker does the rest."""
    house.require(request, roles.IMPORT)
    run = get_object_or_404(Import, pk=pk)
    verb = DEEDS.get(deed)
    if verb is None:
        return redirect("admin:partners_import_change", pk)
    try:
        verb(run, actor=house.actor(request))
    except LoyaltyError as refusal:
        messages.error(request, refusal.message)
    return redirect("admin:partners_import_change", pk)


@never_cache
def errors(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The lines that were refused, as a file to correct."""
    house.require(request, "partners.view_import")
    return errors_file(get_object_or_404(Import, pk=pk))


@never_cache
def template(request: HttpRequest, type: str) -> HttpResponse:
    """A file to fill in: every column that activities of a type can have."""
    house.require(request, "partners.view_import")
    kind = get_object_or_404(ActivityType, pk=type)
    codes = [one.code for one in kind.attributes.order_by("position", "code")]
    head = [*BODY, *MEMBER, *(f"attributes.{c}" if c in (*BODY, *MEMBER) else c for c in codes)]
    answer = HttpResponse("".join(sheets.lines([head])), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kind.code}.csv"'
    return answer
