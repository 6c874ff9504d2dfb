"""A letter before anybody is written to: its words filled with an example."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from desk import house
from messaging import delivery, registry, writing
from messaging.errors import TemplateInvalid
from messaging.models import Template
from messaging.registry import Kind
from program import catalog

SEE = "messaging.view_template"


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("look/", site.admin_view(look), name="messaging_template_look")]


def known(row: Template | None) -> list[Kind]:
    """The letters whose words may be written here: this one, or any that is yet to be chosen."""
    kinds = registry.kinds()
    if row is not None:
        return [kinds[row.event]] if row.event in kinds else []
    return sorted(kinds.values(), key=lambda kind: kind.name)


@never_cache
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """The words of the form as a letter; nothing is kept. Empty words are the house's own."""
    house.require(request, SEE)
    kind, language = _asked(request)
    shown = house.context(request, title=later("A look at the letter"))
    if kind is None:
        fault = _("Choose first what the letter is about.")
        return render(request, "desk/letter.html", shown | {"fault": fault}, status=400)
    with translation.override(language):
        own = (str(kind.subject), str(kind.text))
    words = (request.POST.get("subject") or own[0], request.POST.get("text") or own[1])
    try:
        writing.check(*words, known=kind.known())
    except TemplateInvalid as error:
        shown |= {"fault": error.message}
        return render(request, "desk/letter.html", shown, status=400)
    return render(request, "desk/letter.html", shown | {"letter": _written(kind, words, language)})


def _asked(request: HttpRequest) -> tuple[Kind | None, str]:
    """Which letter, in which language: of the form, or of the row that it changes."""
    event, language = request.POST.get("event", ""), request.POST.get("language", "")
    try:
        row = Template.objects.filter(pk=uuid.UUID(request.POST.get("row", ""))).first()
    except ValueError:
        row = None
    if row is not None:
        event, language = row.event, row.language
    return registry.kinds().get(event), language or catalog.current().language


def _written(kind: Kind, words: tuple[str, str], language: str) -> Any:
    program = catalog.current()
    with translation.override(language):
        told = kind.example()
    return writing.filled(
        kind, words, told, values=delivery.values("Ana", program), program=program,
        language=language, stop_url="#" if kind.topic else "",
    )  # fmt: skip
