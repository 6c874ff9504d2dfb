"""The login's row arrives together with its member's: one query a request."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from members.models import User


class MemberBackend(AuthenticationBackend):
    """allauth's backend (code, password, e-mail), loading user and member in one query."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("member").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
