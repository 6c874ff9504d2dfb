"""What the tables of letters hold about people: the letters themselves, which go with them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.privacy import Sheet, gone, house, plain, register


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = [
    *house("messaging", {"Template": "id event language subject text is_active"}),
    Sheet(
        "messaging.Letter",
        plain(
            "id member event_id event_type event_subject status why attempts doubts due_at "
            "taken_at sent_at made_at"
        )
        | gone("payload subject address"),
        title=_("Letters to you"),
        member="member",
        is_deleted=True,
    ),
]
