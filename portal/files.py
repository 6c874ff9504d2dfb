"""Files a browser asks for beside the pages: the stylesheet, the manifest, the service worker."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.ui import colors
from portal import shell, stylesheet

FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The stylesheet in the program's colors; for ever, when asked for by its digest."""
    program = shell.program(request)
    response = HttpResponse(stylesheet.text(program), content_type="text/css; charset=utf-8")
    is_current = request.GET.get("v") == stylesheet.digest(program)
    response["Cache-Control"] = FOREVER if is_current else BRIEFLY
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What makes the portal installable, under the program's name and colors."""
    program = shell.program(request)
    paper = colors.schemes(*stylesheet.brand(program))["light"]["paper"]
    icons = [
        {"src": static("icons/maskable.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": p}
        for p in ("any", "maskable")
    ]
    body = {
        "name": program.name if program else "Pennant",
        "short_name": program.name[:12] if program else "Pennant",
        "start_url": reverse("portal:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": paper,
        "theme_color": paper,
        "icons": icons,
    }
    response = JsonResponse(body, content_type="application/manifest+json")
    response["Cache-Control"] = BRIEFLY
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may keep pages of the whole portal."""
    found = finders.find("js/sw.js")
    if not isinstance(found, str):
        raise FileNotFoundError("static/js/sw.js is missing.")
    body = Path(found).read_text("utf-8")
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
