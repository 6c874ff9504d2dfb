"""Corrections: points or counters set right by hand, with the tiers that follow from them."""

from __future__ import annotations

from django.db import transaction

from members.models import Member
from points import ledger
from points.models import Posting
from tiers import standing


def adjust(
    member: Member, *, unit: str, amount: int, reason: str, actor: str, source: str
) -> Posting:
    """Add or take points or counted units, with a reason; status follows at once.

    Raises what `ledger.adjust` raises.
    """
    with transaction.atomic():
        posting = ledger.adjust(
            member, unit=unit, amount=amount, reason=reason, actor=actor, source=source
        )
        standing.reassess(member, actor=actor)
    return posting
