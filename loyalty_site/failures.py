"""Pages for requests that fail: words and a way back for people, problem+json for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from common.problems import general, problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, status=400)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return _answer(request, status=500)


def _answer(request: HttpRequest, *, status: int) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return problem(request, general(status))
    template = get_template(f"{status}.html")
    # A wrong host comes before the session, a failure may come from the database: those two pages
    # are plain and are given nothing.
    is_plain = status in {400, 500}
    page = template.render() if is_plain else template.render({}, request)
    return HttpResponse(page, status=status)
