"""Taking back what was awarded: from the lots of the very thing that is undone, then from the
member's other lots in spend order, and what is left of it as a debt.

What must stay true: what has expired unused is gone and is not taken a second time; in however many
steps something is taken back, never more goes than was awarded, and in the end exactly all of it.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection

from django.db.models import Sum

from points.books import Books, Key
from points.models import Entry, Lot, LotUse, Posting


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """What is to be taken back: so much of what `entries` awarded, for a reason in words.

    `siblings` are other entries of the same thing; `lapsed` is how much earlier claims found
    expired.
    """

    key: Key
    amount: int
    reason: str
    entries: Collection[uuid.UUID]
    siblings: Collection[uuid.UUID] = ()
    lapsed: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """The entry that took it, None where all of it had expired; and how much had."""

    entry: Entry | None
    lapsed: int


def take(books: Books, posting: Posting, claim: Claim) -> Taken:
    """Take back one claim under `posting`; the caller holds the account and writes the books.

    Counters have no lots and simply go down.
    """
    expired = _expired(books, claim)
    lapsed = min(claim.amount, max(0, expired - claim.lapsed))
    amount = claim.amount - lapsed
    if not amount:
        return Taken(None, lapsed)
    key = claim.key
    entry = books.enter(
        posting, key=key, kind=Entry.Kind.CLAWBACK, amount=-amount, reason=claim.reason
    )
    for own in (claim.entries, claim.siblings):
        for lot in [lot for lot in books.lots(key) if lot.entry_id in own]:
            amount -= books.take(entry, lot, amount)
    books.take_in_order(entry, key=key, amount=amount)
    return Taken(entry, lapsed)


def _expired(books: Books, claim: Claim) -> int:
    """How much of the lots of a claim has expired, stored or about to be."""
    uses = LotUse.objects.filter(
        member_id=claim.key[0], lot__entry__in=claim.entries, entry__kind=Entry.Kind.EXPIRY
    )
    stored = uses.aggregate(total=Sum("amount"))["total"] or 0
    fresh = (use for use in books.uses if use.lot.entry_id in claim.entries)
    gone = stored + sum(use.amount for use in fresh if use.entry.kind == Entry.Kind.EXPIRY)
    return gone - _brought_back(books, claim)


def _brought_back(books: Books, claim: Claim) -> int:
    """How much of what had expired was reinstated, and has not expired once more."""
    lots = Lot.objects.filter(
        member_id=claim.key[0],
        origin__entry__in=claim.entries,
        entry__kind=Entry.Kind.REINSTATE,
    )
    return sum(
        lot.awarded - _expired(books, dataclasses.replace(claim, entries=(lot.entry_id,)))
        for lot in lots
    )
