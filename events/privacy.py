"""What the tables of events hold about people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.jsons import blanked
from common.privacy import Sheet, house, plain, register, words

TYPED = ["reason", "note", "name"]  # what a payload may quote of what somebody typed


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


def _without_words() -> Any:
    return blanked("payload", TYPED)


SHEETS = [
    Sheet(
        "events.Event",
        plain("id type member_id subject occurred_at recorded_at")
        | words("payload", _without_words),
        title=_("What was announced about you"),
        member="member_id",
    ),
    *house("events", {"Heartbeat": "name beat_at"}),
]
