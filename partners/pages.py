"""The page behind each problem's `type`: words for people, JSON for programs."""

from __future__ import annotations

import dataclasses

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from common.problems import general
from common.problems import problem as answer
from partners import advice, problems
from partners.problems import Entry


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every code."""
    chapters = {chapter: problems.entries(chapter) for chapter in advice.CHAPTERS}
    if _is_for_people(request):
        shown = {chapter: [_marked(one) for one in found] for chapter, found in chapters.items()}
        return render(request, "partners/problems.html", {"chapters": shown})
    return JsonResponse(
        {chapter: [dataclasses.asdict(one) for one in found] for chapter, found in chapters.items()}
    )


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """One code."""
    entry = problems.catalogue().get(code)
    if entry is None:
        return answer(request, general(404))
    if _is_for_people(request):
        return render(request, "partners/problem.html", {"entry": _marked(entry)})
    return JsonResponse(dataclasses.asdict(entry))


def _marked(entry: Entry) -> Entry:
    """The same with what stands between backticks marked as code."""
    return dataclasses.replace(entry, meaning=_html(entry.meaning), remedy=_html(entry.remedy))


def _html(text: str) -> str:
    parts = (
        ("<code>{}</code>" if index % 2 else "{}", part)
        for index, part in enumerate(text.split("`"))
    )
    return mark_safe("".join(format_html(form, part) for form, part in parts))  # noqa: S308


def _is_for_people(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")
