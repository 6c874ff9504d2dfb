"""Pages for requests that fail: words and a way back for people, problem+json for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from common.problems import general, problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, status=400, title="The request could not be understood")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, status=403, title="This is not allowed")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, status=404, title="There is nothing at this address")


def broken(request: HttpRequest) -> HttpResponse:
    return _answer(request, status=500, title="Something failed on our side")


def _answer(request: HttpRequest, *, status: int, title: str) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return problem(request, general(status))
    if status == 500:
        # Nothing may depend on what has just failed: no request, no user, no database.
        return HttpResponse(get_template("500.html").render(), status=500)
    template = f"{status}.html"
    try:
        get_template(template)
    except TemplateDoesNotExist:
        template = "404.html"
    return render(request, template, {"status": status, "title": title}, status=status)
