"""Who is calling, and whether the key is for that: a bearer key, and a scope for each action."""

from __future__ import annotations

from typing import Any

import structlog
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common.api import general
from partners import keys
from partners.errors import ScopeMissing
from partners.models import ApiKey


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer pn_live_…`. Puts the ApiKey, with its partner, into `request.auth`."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = keys.authenticate(text.strip())
        structlog.contextvars.bind_contextvars(partner=key.partner_id)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Pennant API"'


class HasScope(BasePermission):
    """The key's scopes hold the one that the view names for the action: `scopes = {"create": …}`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            raise general(401)
        if view.action is None:  # a method that this address does not take: 405 in a moment
            return True
        needed = view.scopes[view.action]
        if needed not in request.auth.scopes:
            raise ScopeMissing(
                f"This needs the scope {needed}. The key {request.auth.hint} has: "
                f"{', '.join(request.auth.scopes)}.",
                scope=needed,
            )
        return True
