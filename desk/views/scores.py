"""The page of scores: each figure with its interval, as a picture, a table, JSON and CSV."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common import sheets
from common.ui import chart
from common.ui.chart import Mark
from desk import api, house, roles
from desk.admin.base import CappedPaginator
from partners import calls
from partners.errors import ParameterInvalid
from surveys import figures, kinds, tallies, wording
from surveys.figures import LEAST, Group, Scores
from surveys.measures import Estimate
from surveys.models import Answer, Survey

COMMENTS = 25
TAG_LENGTH = 30
SCALES = {
    kinds.NPS: (-100, 100, (-100, -50, 0, 50, 100)),
    kinds.CES: (1, 7, (1, 2, 3, 4, 5, 6, 7)),
    kinds.CSAT: (0, 100, (0, 25, 50, 75, 100)),
    kinds.CLI: (0, 100, (0, 25, 50, 75, 100)),
}
TITLES = {
    "month": later("By month"),
    "tier": later("By tier"),
    "location": later("By place"),
    "trigger": later("By what made us ask"),
}
COLUMNS = ("name", "answers", "asked", "value", "low", "high", "standard_error")
HEADINGS = ("group", *COLUMNS[1:], "hidden")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A group in words, for the table behind the picture."""

    name: str
    answers: int
    asked: int
    value: str
    interval: str
    response: str
    hidden: str


def urls(site: AdminSite) -> list[URLPattern]:
    pages: list[tuple[str, Any, str]] = [
        ("scores/", show, "scores"),
        ("scores.csv", as_csv, "csv"),
        ("scores.json", as_json, "json"),
        ("scores/count/", count, "count"),
        ("scores/<uuid:pk>/tag/", tag, "tag"),
    ]
    return [
        path(address, site.admin_view(view), name=f"surveys_survey_{name}")
        for address, view, name in pages
    ]


def asked_for(request: HttpRequest) -> Scores | None:
    """The scores that a request names; None before there is a survey."""
    house.require(request, roles.SEE_SCORES)
    surveys = Survey.objects.order_by("position", "code")
    code = request.GET.get("survey", "")
    survey = get_object_or_404(surveys, pk=code) if code else surveys.first()
    first = _month(request.GET.get("from", ""))
    return figures.of(survey, by=request.GET.get("by", "month"), first=first) if survey else None


def _month(text: str) -> date | None:
    try:
        return calls.month_of(text)
    except ParameterInvalid:
        return None


@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Figure, interval, comparison, groups, spread and comments of one survey."""
    found = asked_for(request)
    shown = house.context(request, title=later("Scores"))
    if found is None:
        return render(request, "desk/scores.html", shown)
    kind = found.survey.kind
    rows = _rows(found)
    marks = [_mark(group, row, kind) for group, row in zip(found.groups, rows, strict=True)]
    least, most, ticks = SCALES[kind]
    drawn = chart.intervals(marks, least=least, most=most, ticks=ticks)
    shown |= {
        "scores": found,
        "surveys": Survey.objects.order_by("position", "code"),
        "whole": _row(found.whole, kind),
        "headline": _headline(found.whole.figure, kind),
        "moved": wording.moved(found),
        "rows": rows,
        "chart": mark_safe(drawn),  # noqa: S308
        "spread": mark_safe(chart.bars(found.spread)) if found.spread else "",  # noqa: S308
        "by": [(code, TITLES[code]) for code in figures.ways(found.survey)],
        "by_title": TITLES[found.by],
        "least": LEAST,
        "from": request.GET.get("from", ""),
        **_comments(request, found),
    }
    return render(request, "desk/scores.html", shown)


def _headline(figure: Estimate | None, kind: str) -> str:
    return wording.shown(kind, figure.value) if figure else ""


def _rows(found: Scores) -> list[Row]:
    return [_row(group, found.survey.kind) for group in found.groups]


def _row(group: Group, kind: str) -> Row:
    figure, share = group.figure, group.response
    words = {}
    if figure is not None:
        words = {name: wording.shown(kind, getattr(figure, name)) for name in ("low", "high")}
    return Row(
        name=str(group.name),
        answers=group.answers,
        asked=group.asked,
        value=_headline(figure, kind),
        interval=_("%(low)s to %(high)s") % words if words else "",
        response="" if share is None else f"{min(share, Decimal(100)):.0f} %",
        hidden=_hidden(group),
    )


def _hidden(group: Group) -> str:
    """Why a group is not shown; empty where it is."""
    if group.is_few:
        return _("hidden, fewer than %(least)s") % {"least": LEAST}
    return _("hidden, so that others stay unknown") if group.is_hidden else ""


def _mark(group: Group, row: Row, kind: str) -> Mark:
    figure = group.figure
    if figure is None:
        return Mark(row.name, row.hidden or "–")
    return Mark(row.name, row.value, figure.value, figure.low, figure.high)


def _comments(request: HttpRequest, found: Scores) -> dict[str, Any]:
    """What people wrote, searched and by tag; none where too few answered to stay unknown."""
    if found.whole.answers < LEAST:
        return {"comments": [], "few": True}
    text, chosen = request.GET.get("q", "").strip()[:80], request.GET.get("tag", "").strip()
    rows = Answer.objects.filter(survey=found.survey).with_words().saying(text)
    if chosen:
        rows = rows.filter(tags__contains=[chosen])
    rows = rows.only("comment", "score", "tags", "answered_on")
    page = CappedPaginator(rows, COMMENTS).get_page(request.GET.get("p"))
    return {"comments": page, "q": text, "tag": chosen, "can_tag": _may_tag(request)}


def _may_tag(request: HttpRequest) -> bool:
    return request.user.has_perm("surveys.change_answer")


@never_cache
def as_json(request: HttpRequest) -> JsonResponse:
    """The same figures for programs; groups that are hidden here are hidden there."""
    found = asked_for(request)
    if found is None:
        return JsonResponse({"surveys": []})
    return JsonResponse(msgspec.to_builtins(api.answer_of(found)))


@never_cache
def as_csv(request: HttpRequest) -> HttpResponse:
    """The groups as a file for a spreadsheet."""
    found = asked_for(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="scores.csv"'
    response.writelines(sheets.lines([HEADINGS, *(_lines(found) if found else ())]))
    return response


def _lines(found: Scores) -> Iterator[list[str]]:
    for group in found.groups:
        plain = api.group_of(group)
        cells = ["" if (cell := getattr(plain, key)) is None else str(cell) for key in COLUMNS]
        yield [*cells, "yes" if group.is_hidden else ""]


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Count everything now."""
    house.require(request, roles.SEE_SCORES)
    tallies.count()
    messages.success(request, _("Counted just now."))
    return redirect(_back(request))


@require_POST
def tag(request: HttpRequest, pk: str) -> HttpResponse:
    """Set the tags of a comment: words separated by commas."""
    house.require(request, "surveys.change_answer")
    words = (word.strip().lower()[:TAG_LENGTH] for word in request.POST.get("tags", "").split(","))
    tags = sorted({word for word in words if word})[:10]
    Answer.objects.filter(pk=pk).update(tags=tags)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    survey = request.POST.get("survey", "")
    known = Survey.objects.filter(pk=survey).exists()
    home = reverse("admin:surveys_survey_scores")
    return f"{home}?survey={survey}" if known else home
