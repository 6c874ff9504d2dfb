"""How the API reads bodies and writes answers: JSON and nothing else.

Django REST framework loads these with its views, so nothing here imports its views.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.conf import settings
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from common import bodies
from common.problems import BodyTooLarge, MediaTypeUnsupported


class JSONRenderer(BaseRenderer):
    """Structs and plain values as JSON."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return b"" if data is None else msgspec.json.encode(data)


class StrictJSONParser(BaseParser):
    """Reads a body strictly (`common.bodies`): of at most as many bytes as the view says
    (`body_max`), or DATA_UPLOAD_MAX_MEMORY_SIZE.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        view = (parser_context or {}).get("view")
        most = getattr(view, "body_max", None) or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        headers = parser_context["request"].headers if parser_context else {}
        if headers.get("Content-Encoding", "identity") != "identity":
            raise MediaTypeUnsupported("Send the body as it is, without a Content-Encoding.")
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise BodyTooLarge(f"A body has at most {most // 1024} KiB. Send less in one request.")
        return bodies.read(raw)


class AlwaysJSON(BaseContentNegotiation):
    """One format in, one format out: what a caller accepts changes nothing."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser when the body says it is JSON; None makes it a 415."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type
