"""Numbers about requests for Prometheus, shown only when METRICS_ENABLED.

The web server has several workers and a scrape reaches one of them, so they count in shared files.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

from loyalty_site import env

REQUESTS = Counter("pennant_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "pennant_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. Routes come from our own table, so their number is bounded."""
    if not settings.METRICS_ENABLED:
        return
    known = method if method in METHODS else "other"
    REQUESTS.labels(method=known, route=route, status=str(status)).inc()
    SECONDS.labels(route=route).observe(seconds)


@require_safe
def view(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_ENABLED:
        raise Http404
    registry = REGISTRY
    if env.is_declared(env.METRICS_FOLDER):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
