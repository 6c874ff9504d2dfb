"""What every API call has in common: JSON in and out, and each refusal as problem+json (RFC 9457).

What must stay true: under /api/ no error leaves as anything but application/problem+json, its
`code` is stable, and its `type` is the address of a page that explains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from common import bodies
from common.errors import LoyaltyError

PROBLEM_JSON = "application/problem+json"
PROBLEMS = "/api/v1/problems/"  # where each code has its page
OWN = frozenset({"pointer", "errors", "constraint"})  # of an error's data: told in another place
BUSY_S = 1  # when to come back after a lock or a connection could not be had

log = structlog.get_logger("pennant.api")


class BodyTooLarge(LoyaltyError):
    code = "body_too_large"
    status = 413
    title = "The body is too large"


class MediaTypeUnsupported(LoyaltyError):
    code = "media_type_unsupported"
    status = 415
    title = "The body is in a format that is not read here"


class NotAcceptable(LoyaltyError):
    code = "not_acceptable"
    status = 406
    title = "The answer cannot be given in that format"


class Unauthenticated(LoyaltyError):
    code = "key_missing"
    status = 401
    title = "A key is needed"


class Forbidden(LoyaltyError):
    code = "forbidden"
    status = 403
    title = "This is not allowed"


class AddressUnknown(LoyaltyError):
    code = "not_found"
    status = 404
    title = "There is nothing at this address"


class MethodNotAllowed(LoyaltyError):
    code = "method_not_allowed"
    status = 405
    title = "This address does not take that method"


class TooManyRequests(LoyaltyError):
    code = "too_many_requests"
    status = 429
    title = "Too many requests"


class BadRequest(LoyaltyError):
    code = "bad_request"
    status = 400
    title = "The request could not be understood"


class Failure(LoyaltyError):
    """Our fault. What was sent may be sent again under the same reference."""

    code = "internal_error"
    status = 500
    title = "Something failed on our side"


class Busy(LoyaltyError):
    code = "busy"
    status = 503
    title = "The program is busy"


GENERAL: dict[int, tuple[type[LoyaltyError], str]] = {
    400: (BadRequest, "The request could not be understood. Check its address and headers."),
    401: (Unauthenticated, "Send your key in a header: Authorization: Bearer pn_live_…"),
    403: (Forbidden, "This is not allowed with the key that was sent."),
    404: (AddressUnknown, "There is nothing at this address. Check it against /api/v1/docs."),
    405: (MethodNotAllowed, "Use one of the methods in the header Allow."),
    406: (NotAcceptable, "Ask for application/json, or leave the header Accept out."),
    413: (BodyTooLarge, "Send less in one request."),
    415: (MediaTypeUnsupported, "Send JSON, with the header Content-Type: application/json."),
    429: (TooManyRequests, "Wait for the seconds in the header Retry-After, then go on."),
    500: (Failure, "It is written down under the request id. Send the same again later."),
    503: (Busy, "Send the same again in a second: nothing was recorded."),
}


class JSONRenderer(BaseRenderer):
    """Structs and plain values as JSON."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return b"" if data is None else msgspec.json.encode(data)


class StrictJSONParser(BaseParser):
    """Reads a body of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes, strictly (`common.bodies`)."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
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


class ApiViewSet(ViewSet):
    """The base of every resource. The site's defaults say who may call: a key with the scope."""

    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJSON
    metadata_class = None  # OPTIONS tells nothing; CORS is off

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"  # balances are nobody's to keep on the way
        return final


class NowhereView(APIView):
    """Answers for every address under an API that is no other's, whatever the method."""

    authentication_classes = []
    permission_classes = []
    content_negotiation_class = AlwaysJSON
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


def problem_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Django REST framework's door for exceptions.

    None lets what nobody foresaw rise to the site's own handler, which logs it and answers 500.
    """
    known = _refusal(error)
    if known is None:
        return None
    request: Request = context["request"]
    response = problem(request._request, known)
    view = context["view"]
    if response.status_code == 401:
        response["WWW-Authenticate"] = view.get_authenticate_header(request) or "Bearer"
    if response.status_code == 405:
        response["Allow"] = ", ".join(view.allowed_methods)
    wait = BUSY_S if isinstance(known, Busy) else getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(round(wait))
    return response


def _refusal(error: Exception) -> LoyaltyError | None:
    if isinstance(error, LoyaltyError):
        return error
    if isinstance(error, Http404):
        return general(404)
    if isinstance(error, PermissionDenied):
        return general(403)
    if isinstance(error, exceptions.APIException):
        return general(error.status_code)
    if isinstance(error, OperationalError):
        log.error("database_refused", exc_info=error)
        return general(503)
    return None


def general(status: int) -> LoyaltyError:
    """The refusal that stands for an HTTP status and nothing more precise."""
    kind, message = GENERAL[status if status in GENERAL else 500]
    return kind(message)


def problem(request: HttpRequest, error: LoyaltyError) -> HttpResponse:
    """A refusal as problem+json, for callers and as a word in the request's log line."""
    structlog.contextvars.bind_contextvars(problem=error.code)
    body = {
        "type": f"{PROBLEMS}{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "instance": request.path,
        "code": error.code,
        "request_id": getattr(request, "request_id", ""),
        "errors": _errors(error),
    }
    extra = {name: value for name, value in error.data.items() if name not in OWN | body.keys()}
    return HttpResponse(
        msgspec.json.encode(body | extra), status=error.status, content_type=PROBLEM_JSON
    )


def _errors(error: LoyaltyError) -> list[dict[str, str]]:
    """Each place in the body that is wrong; empty when it is not about a place."""
    if "errors" in error.data:
        return list(error.data["errors"])
    if "pointer" in error.data:
        pointer = error.data["pointer"]
        return [{"pointer": pointer, "code": error.code, "detail": error.message}]
    return []
