"""Corrections: points or counters set right by hand, with the tiers that follow from them."""

from __future__ import annotations

from django.db import transaction

from members import lineage
from members.models import Member
from points import approvals, ledger
from points.approvals import Wish
from points.books import Books
from points.models import Posting
from program import catalog
from tiers import standing
from tiers.ladders import rules


def adjust(
    member: Member, *, unit: str, amount: int, reason: str, actor: str, source: str
) -> Posting:
    """Add or take points or counted units, with a reason; status follows at once: that of whoever
    the member is part of by now.

    Raises what `ledger.adjust` raises.
    """
    with transaction.atomic():
        Books.open({(member.pk, held) for held in _locks(unit)})  # all at once, in their order
        posting = ledger.adjust(
            member, unit=unit, amount=amount, reason=reason, actor=actor, source=source
        )
        standing.reassess(lineage.by_now(member), actor=actor)
    return posting


def _locks(unit: str) -> set[str]:
    """Everything that counts for a tier, and the unit itself: what `adjust` locks."""
    return {unit, *(counter for rule in rules(catalog.current()) for counter in rule.units)}


def _perform(wish: Wish, actor: str) -> Posting:
    return adjust(
        wish.member,
        unit=wish.unit,
        amount=wish.amount,
        reason=wish.reason,
        actor=actor,
        source=wish.source,
    )


def install() -> None:
    """What is adjusted by hand moves status, too. Called once, when the app is ready."""
    approvals.register(approvals.ADJUSTMENT, approvals.Verb(_perform, _locks))
