"""What the tables of partners hold about people: nothing about members."""

from __future__ import annotations

from common.privacy import house, register


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = house(
    "partners",
    {
        "ApiKey": (
            "id partner name kind last_four key_hash scopes created_by created_at expires_at "
            "revoked_at revoked_by last_used_on"
        ),
    },
)
