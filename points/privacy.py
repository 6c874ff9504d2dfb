"""What the ledger holds about people: amounts under a pseudonym, and reasons in words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.privacy import Person, Sheet, gone, house, plain, register, sentences, words
from points.records import OpeningRow


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


def _brought(person: Person) -> models.QuerySet[OpeningRow]:
    """Lines of files that still wait, or were refused, and are about somebody."""
    known = Q(known__in=person.members)
    for kind in ("reference", "card", "email", "phone"):
        known |= Q(**{f"{kind}__in": person.marks})
    return OpeningRow.objects.filter(known)


SHEETS = [
    Sheet(
        "points.Account",
        plain("id member unit balance held version closed_at forwards_to"),
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
        plain(
            "id member account entry awarded remaining held origin awarded_at expires_at is_fixed "
            "latest_at"
        ),
        title=_("Your points, and when they end"),
        member="member",
    ),
    Sheet(
        "points.Extension",
        plain("id member account posting lot source ended_at until moved actor recorded_at")
        | words("reason"),
        title=_("What kept your points alive"),
        member="member",
    ),
    Sheet(
        "points.LotUse",
        plain("id member lot entry amount"),
        title=_("Which points were used for what"),
        member="member",
    ),
    Sheet(
        "points.Hold",
        plain(
            "id member account amount captured status source purpose actor opened_at expires_at "
            "ended_at ended_by posting"
        )
        | words("reason"),
        title=_("Points that carts and tills held"),
        member="member",
    ),
    Sheet(
        "points.HoldLot",
        plain("id member hold lot amount"),
        title=_("Which of your points were held"),
        member="member",
    ),
    Sheet(
        "points.Transfer",
        plain("id member receiver unit amount source actor posting arrival occurred_at")
        | words("note"),
        title=_("Points that you sent"),
        member="member",
    ),
    Sheet(
        "points.ExpiryNotice",
        plain("id member account expires_at days amount given_at"),
        title=_("When you were told that points end"),
        member="member",
    ),
    Sheet(
        "points.AdjustmentRequest",
        plain(
            "id member unit kind amount source asked_by asked_at state decided_by "
            "decided_at posting"
        )
        | words("reason decision")
        | sentences("details"),
        title=_("Points that waited for a second person"),
        member="member",
    ),
    Sheet(
        "points.OpeningRow",
        plain("id run line person known joined_at unit amount awarded_at expires_at turn is_there")
        | plain("tier tier_until")
        | gone("named reference card email phone problem"),
        title=_("What was to be brought over from another system"),
        rows=_brought,
        is_deleted=True,
    ),
    Sheet(
        "points.OpeningRun",
        plain("id digest expected counts state read_by read_at posted_by finished_at")
        | sentences("file_name"),
    ),
    *house(
        "points",
        {
            "AuditRun": (
                "id started_at finished_at since invariants entries faults first_invariant "
                "first_row first_finding actor recorded_at"
            ),
        },
    ),
]
