"""Who is calling, and whether the key is for that: a bearer key, and a scope for each action."""

from __future__ import annotations

from typing import Any

import structlog
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common.problems import general
from partners import admission, limits
from partners.errors import ScopeMissing
from partners.models import ApiKey

# What a view has for a method that its address does not take: 405 in a moment.
NO_ACTION = (None, "metadata")


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer pn_live_…`. Puts the ApiKey, with its partner, into `request.auth`."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        admitted = admission.admit(text.strip())
        key, window = admitted.key, admitted.window
        plain = request._request
        plain.api_key, plain.api_window = key, window  # type: ignore[attr-defined]
        plain.api_is_fresh = admitted.is_fresh  # type: ignore[attr-defined]
        limits.refuse_excess(window)
        structlog.contextvars.bind_contextvars(partner=key.partner_id)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Pennant API"'


class HasScope(BasePermission):
    """The key has the scope that the view names for the action: `scopes = {"create": …}`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            raise general(401)
        if view.action in NO_ACTION:
            return True
        needed = view.scopes[view.action]
        if needed not in key.scopes:
            raise ScopeMissing(
                f"This needs the scope {needed}. The key {key.hint} has: {', '.join(key.scopes)}.",
                scope=needed,
            )
        return True
