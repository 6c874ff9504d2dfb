"""What the ledger holds about people: amounts under a pseudonym, and reasons in words."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.privacy import Sheet, plain, register, words


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = [
    Sheet(
        "points.Account",
        plain("id member unit balance version closed_at forwards_to"),
        title=_("Your balances"),
        member="member",
    ),
    Sheet(
        "points.Posting",
        plain("id member kind source actor reverses occurred_at recorded_at") | words("note"),
        title=_("What happened to your points"),
        member="member",
    ),
    Sheet(
        "points.Entry",
        plain("id member account posting kind amount balance_after version occurred_at recorded_at")
        | words("reason"),
        title=_("Every movement of your points"),
        member="member",
        only=Q(kind="adjustment"),  # elsewhere it is the house that speaks
    ),
    Sheet(
        "points.Lot",
        plain("id member account entry awarded remaining origin awarded_at expires_at"),
        title=_("Your points, and when they end"),
        member="member",
    ),
    Sheet(
        "points.Extension",
        plain("id member account posting source until recorded_at"),
        title=_("What kept your points alive"),
        member="member",
    ),
    Sheet(
        "points.LotUse",
        plain("id member lot entry amount"),
        title=_("Which points were used for what"),
        member="member",
    ),
]
