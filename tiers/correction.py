"""Corrections: points or counters set right by hand, with the tiers that follow from them."""

from __future__ import annotations

from django.db import transaction

from members.models import Member
from points import ledger
from points.books import Books
from points.models import Posting
from program import catalog
from tiers import standing
from tiers.ladders import rules


def adjust(
    member: Member, *, unit: str, amount: int, reason: str, actor: str, source: str
) -> Posting:
    """Add or take points or counted units, with a reason; status follows at once.

    Raises what `ledger.adjust` raises.
    """
    counters = {counter for rule in rules(catalog.current()) for counter in rule.units}
    with transaction.atomic():
        Books.open({(member.pk, held) for held in counters | {unit}})  # all at once, in their order
        posting = ledger.adjust(
            member, unit=unit, amount=amount, reason=reason, actor=actor, source=source
        )
        standing.reassess(member, actor=actor)
    return posting
