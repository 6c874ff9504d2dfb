"""What every API call has in common: JSON in and out, and each refusal as problem+json.

What must stay true: under /api/ no error leaves as anything but application/problem+json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from common.errors import LoyaltyError
from common.formats import AlwaysJSON, JSONRenderer, StrictJSONParser
from common.problems import Busy, LengthRequired, general, problem

BUSY_S = 1  # when to come back after a lock or a connection could not be had

log = structlog.get_logger("pennant.api")


class ApiViewSet(ViewSet):
    """The base of every resource. The site's defaults say who may call: a key with the scope."""

    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJSON
    http_method_names = ["get", "head", "post"]  # no OPTIONS: CORS is off

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
            raise LengthRequired("Send the body in one piece, with its Content-Length.")

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        if "ETag" not in final:
            final["Cache-Control"] = "no-store"  # balances are nobody's to keep on the way
        return final


class NowhereView(APIView):
    """Answers for every address under an API that is no other's, whatever the method."""

    authentication_classes = []
    permission_classes = []
    content_negotiation_class = AlwaysJSON
    default_response_headers = {}  # no header Allow: nothing is
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
