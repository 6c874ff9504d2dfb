"""What every request gets: an id, one line in the log, and a content policy."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from typing import Any, cast

import structlog
from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from loyalty_site import health, metrics
from partners.log import middleware as log_of_calls

View = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("pennant.request")

# An id from outside ends up in logs and headers: only what can do no harm there.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

# The admin's Alpine evaluates attributes and its theme writes styles; without these two words an
# invisible overlay swallows the click on "Log in". The API's reader writes styles only.
ADMIN_POLICY: dict[str, Any] = {
    "script-src": [SELF, NONCE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
API_PAGES = ("/api/v1/docs", "/api/v1/schema", "/api/v1/problems")
API_POLICY = "default-src 'none'; frame-ancestors 'none'"  # an answer is no page, and never framed
API_READER_POLICY: dict[str, Any] = {"style-src": [SELF, UNSAFE_INLINE]}


def request_id(get_response: View) -> View:
    """Take X-Request-Id or make one; say it in the reply and in every log line of the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        known = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = known  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=known)
        started = time.perf_counter()
        response = get_response(request)
        response["X-Request-Id"] = known
        _record(request, response, seconds=time.perf_counter() - started)
        return response

    return middleware


def _record(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    match = request.resolver_match
    route = match.route if match else "(none)"
    metrics.observe(
        method=request.method or "", route=route, status=response.status_code, seconds=seconds
    )
    # The route, not the path: paths carry card numbers and voucher codes.
    log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
    )


def probes(get_response: View) -> View:
    """Answer /healthz and /readyz (and /metrics, if enabled) before anything asks for a host.

    Load balancers and Prometheus call by address and by http; no cookie or session is involved.
    """
    answers: dict[str, View] = {"/healthz": health.alive, "/readyz": health.ready}

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        answer = answers.get(path)
        if answer is None and path == "/metrics" and settings.METRICS_ENABLED:
            answer = metrics.view
        if answer is None:
            return get_response(request)
        request.resolver_match = resolve(path)
        return answer(request)

    return middleware


def api_lane(get_response: View) -> View:
    """Lead calls of the API past what only pages need: sessions, cookies, messages, files.

    What stands above in the list holds for them, too; below it, only `partners.log`. Pages under
    the API's address (its reader, its problems) go the way of pages.
    """
    inner: Any = BaseHandler()
    inner._view_middleware = []
    inner._template_response_middleware = []
    inner._exception_middleware = []
    logged = log_of_calls(cast("View", convert_exception_to_response(inner._get_response)))
    answer = cast("View", convert_exception_to_response(logged))

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith("/api/v1/") or path.startswith(API_PAGES):
            return get_response(request)
        request.get_host()  # raises DisallowedHost
        response = answer(request)
        if not response.streaming and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))
        response["Content-Security-Policy"] = API_POLICY
        response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        return response

    return middleware


def content_policy(get_response: View) -> View:
    """Relax the content policy under the admin's and the API reader's paths, and nowhere else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path_info.startswith("/admin/"):
            response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined]
        elif request.path_info.startswith("/api/v1/docs"):
            response._csp_replace = API_READER_POLICY  # type: ignore[attr-defined]
        return response

    return middleware
