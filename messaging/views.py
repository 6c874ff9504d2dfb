"""The page behind a letter's last line: no more of these."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from messaging import registry, stopping
from messaging.errors import LinkRefused


@csrf_exempt  # the mail program posts here by itself; the link is signed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first (GET), then do it (POST); and take it back, if it was a mistake."""
    is_again = request.method == "POST" and "again" in request.POST
    is_done = request.method == "POST" and not is_again
    try:
        act = stopping.resume if is_again else stopping.stop if is_done else stopping.read
        _member, topic = act(token)
    except LinkRefused as error:
        return render(request, "messaging/refused.html", {"error": error}, status=error.status)
    shown = {"topic_words": registry.topics().get(topic, topic), "is_done": is_done}
    return render(request, "messaging/stop.html", {**shown, "is_again": is_again})
