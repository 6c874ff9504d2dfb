"""Refusals as problem+json (RFC 9457), and those of HTTP itself: addresses, methods, bodies.

What must stay true: a `code` is stable, and its `type` is the address of a page that explains it.
"""

from __future__ import annotations

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse

from common.errors import LoyaltyError

PROBLEM_JSON = "application/problem+json"
PROBLEMS = "/api/v1/problems/"  # where each code has its page
OWN = frozenset({"pointer", "errors", "constraint"})  # of an error's data: told in another place


class BodyTooLarge(LoyaltyError):
    code = "body_too_large"
    status = 413
    title = "The body is too large"


class LengthRequired(LoyaltyError):
    code = "length_required"
    status = 411
    title = "The length of the body is missing"


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
    503: (Busy, "Send the same again in a second: it counts once."),
}


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
