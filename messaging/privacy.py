"""What the tables of messaging hold about people: where letters went, and what they were about."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.privacy import Sheet, house, personal, plain, register, sentences, words


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = [
    *house("messaging", {"Template": "id event language subject text is_active"}),
    Sheet(
        "messaging.Letter",
        plain(
            "id member event_id event_type event_subject status attempts doubts due_at taken_at "
            "sent_at made_at"
        )
        | personal(address="")
        | words("subject", "")
        | words("payload", dict)
        | sentences("why"),
        title=_("Letters to you"),
        member="member",
    ),
]
