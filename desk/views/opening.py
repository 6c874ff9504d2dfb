"""Opening balances at the desk: a file is read in, its report looked at, and posted by somebody
else.
"""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from common import sheets
from common.errors import LoyaltyError
from desk import house, roles
from points.models import OpeningRun
from tiers import opening
from tiers.opening_rows import FIELDS, Shape

LARGEST_MB = 20  # larger files are read by the command
TEMPLATE = "K-1001,,ana@example.com,,Ana Lima,2019-05-04,point,1200,2025-03-31,2027-03-31,,"


class PairsField(forms.CharField):
    """Pairs, one a line: `name = value`."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"})
        super().__init__(widget=widget, required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        found: dict[str, str] = {}
        for line in (super().to_python(value) or "").splitlines():
            name, _equals, text = (part.strip() for part in line.partition("="))
            if name and text:
                found[name] = text
            elif line.strip():
                raise ValidationError(
                    _("Write one pair a line: name = value. This line is not: %(line)s")
                    % {"line": line.strip()}
                )
        return found


class FileForm(forms.Form):
    file = forms.FileField(
        label=later("File"),
        widget=UnfoldAdminFileFieldWidget(),
        help_text=later("CSV with a first line of names, or NDJSON; UTF-8."),
    )
    columns = PairsField(
        label=later("Columns"),
        help_text=later("Where a column has another name than its field: reference = Number"),
    )
    always = PairsField(
        label=later("The same in every line"), help_text=later("For example: unit = point")
    )
    expected = PairsField(
        label=later("What the source adds up to"),
        help_text=later("One unit a line, in whole units: point = 123456"),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_MB * 1_000_000:
            raise ValidationError(
                _("This is larger than %(most)s MB. Let manage.py opening read it.")
                % {"most": LARGEST_MB}
            )
        return file


def urls(site: AdminSite) -> list[URLPattern]:
    own = (
        ("template/", template, "template"),
        ("<uuid:pk>/errors/", errors, "errors"),
        ("<uuid:pk>/post/", post, "post"),
    )
    return [
        path(address, site.admin_view(view), name=f"points_openingrun_{name}")
        for address, view, name in own
    ]


@never_cache
def read(request: HttpRequest) -> HttpResponse:
    """Read a file in; its report is the next page."""
    house.require(request, roles.READ_OPENING)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            run = opening.read(
                data["file"].file,
                name=data["file"].name,
                shape=Shape(data["columns"], data["always"]),
                expected=data["expected"],
                actor=house.actor(request),
            )
        except LoyaltyError as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("admin:points_openingrun_change", run.pk)
    shown = house.context(request, title=later("Read opening balances")) | {"form": form}
    return render(request, "desk/opening_read.html", shown | {"fields": FIELDS})


@never_cache
def show(request: HttpRequest, run: OpeningRun) -> HttpResponse:
    """What a file would do, or has done."""
    shown = house.context(request, title=run.file_name) | {
        "run": run,
        "report": opening.report(run),
        "left": opening.left(run),
        "refusals": list(zip(range(12), opening.refusals(run), strict=False)),
        "is_own": run.read_by == house.actor(request),
    }
    return render(request, "desk/opening.html", shown)


@never_cache
@require_POST
def post(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Release a file to be posted by the worker."""
    house.require(request, roles.POST_OPENING)
    run = get_object_or_404(OpeningRun, pk=pk)
    try:
        opening.release(run, actor=house.actor(request))
    except LoyaltyError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It is being posted. Reload this page to see how far it is."))
    return redirect("admin:points_openingrun_change", pk)


@never_cache
def errors(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The lines that were refused, as a file to correct."""
    house.require(request, "points.view_openingrun")
    run = get_object_or_404(OpeningRun, pk=pk)
    head = (_("line"), _("who"), _("what to do"))

    def rows() -> Any:
        yield head
        yield from opening.refusals(run)

    answer = StreamingHttpResponse(sheets.lines(rows()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="refused.csv"'
    return answer


@never_cache
def template(request: HttpRequest) -> HttpResponse:
    """A file to fill in: every field as a column, and one line as it may look."""
    house.require(request, "points.view_openingrun")
    body = "".join(sheets.lines([FIELDS, TEMPLATE.split(",")]))
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="opening.csv"'
    return answer
