"""The demo's post box and its sample till. Their addresses exist only in the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from loyalty_site.demo import mail


@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/inbox.html", {"letters": mail.newest(settings.MAIL_DIR)})


@require_safe
@never_cache
def letter(request: HttpRequest, letter_id: str) -> HttpResponse:
    found = mail.find(settings.MAIL_DIR, letter_id=letter_id)
    if found is None:
        raise Http404
    return render(request, "demo/letter.html", {"letter": found})


@require_safe
@never_cache
def till(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/till.html")
