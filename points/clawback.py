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
    own, back = followed(claim.entries)
    lapsed = min(claim.amount, max(0, _expired(books, own, back) - claim.lapsed))
    amount = claim.amount - lapsed
    if not amount:
        return Taken(None, lapsed)
    key = claim.key
    entry = books.enter(
        posting, key=key, kind=Entry.Kind.CLAWBACK, amount=-amount, reason=claim.reason
    )
    siblings = followed(claim.siblings)[0] if claim.siblings else set()
    if books.accounts[key].forwards_to_id:  # what is left of it is with the survivor
        books.claims.setdefault(key, []).append(([own, siblings], amount))
        return Taken(entry, lapsed)
    for entries in (own, siblings):
        amount -= books.take_of(entry, entries, key=key, amount=amount)
    books.take_in_order(entry, key=key, amount=amount)
    return Taken(entry, lapsed)


def followed(entries: Collection[uuid.UUID]) -> tuple[set[uuid.UUID], list[Lot]]:
    """These entries with those that carried their lots on when two memberships became one; and the
    lots in which what had expired of them was brought back, but for those taken back themselves.
    """
    own, back, fresh = set(entries), list[Lot](), set(entries)
    while fresh:
        rows = Lot.objects.filter(
            origin__entry__in=fresh, entry__kind__in=(Entry.Kind.MERGE, Entry.Kind.REINSTATE)
        ).exclude(entry__kind=Entry.Kind.REINSTATE, entry__posting__reversals__isnull=False)
        found = list(rows.select_related("entry"))
        back += [lot for lot in found if lot.entry.kind == Entry.Kind.REINSTATE]
        fresh = {lot.entry_id for lot in found if lot.entry.kind == Entry.Kind.MERGE} - own
        own |= fresh
    return own, back


def _expired(books: Books, own: set[uuid.UUID], back: Collection[Lot]) -> int:
    """How much of the lots of these entries has expired, stored or about to be, and was not brought
    back; what was brought back may have expired once more.
    """
    uses = LotUse.objects.filter(lot__entry__in=own, entry__kind=Entry.Kind.EXPIRY)
    stored = uses.aggregate(total=Sum("amount"))["total"] or 0
    fresh = (use for use in books.uses if use.lot.entry_id in own)
    gone = stored + sum(use.amount for use in fresh if use.entry.kind == Entry.Kind.EXPIRY)
    return gone - sum(lot.awarded - _expired(books, *followed({lot.entry_id})) for lot in back)
