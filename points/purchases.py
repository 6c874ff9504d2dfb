"""What was bought with points, as far as the ledger's neighbors can undo it.

Points do not know what they bought. Whoever sells for points registers how an unused purchase is
called off, so that a claw-back may do it without knowing what it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence

from members import lineage
from points import clawback
from points.books import Key
from points.models import Entry, Lot, LotUse, Posting

CallOff = Callable[[uuid.UUID, str, str], bool]

PAID = (Entry.Kind.SPEND, Entry.Kind.CAPTURE)  # at once, or out of what was held

_sellers: dict[str, CallOff] = {}


def register(prefix: str, call_off: CallOff) -> None:
    """Say how purchases whose postings' sources start with `prefix` are called off.

    `call_off(posting id, reason, actor)` gives the points back to their lots and returns True; or,
    where the purchase is used, over or called off already, returns False and does nothing.
    """
    _sellers[prefix] = call_off


def call_off(
    key: Key, entries: Collection[uuid.UUID], *, amount: int, reason: str, actor: str
) -> bool:
    """Call off unused purchases that were paid from the lots of `entries`, also before or after
    these came along with a merge, the latest first, until `amount` can be taken from these lots.
    The caller holds the account, and reads it anew if any was called off.
    """
    own, whose = clawback.followed(entries)[0], lineage.among([key[0]])
    lots = list(Lot.objects.filter(member__in=whose, entry__in=own))
    missing = amount - sum(lot.remaining for lot in lots)
    done = False
    for posting, used in _purchases(lots):
        if missing <= 0:
            break
        if _seller(posting.source)(posting.pk, reason, actor):
            missing, done = missing - used, True
    return done


def _purchases(lots: Sequence[Lot]) -> list[tuple[Posting, int]]:
    """What was paid from some lots and not given back yet, latest first, with how much of them."""
    rows = LotUse.objects.filter(lot__in=lots, amount__gt=0, entry__kind__in=PAID)
    rows = rows.exclude(entry__posting__reversals__isnull=False)
    found: dict[Posting, int] = {}
    for use in rows.select_related("entry__posting").order_by("-entry__posting_id"):
        posting = use.entry.posting
        if posting.source.startswith(tuple(_sellers)):
            found[posting] = found.get(posting, 0) + use.amount
    return list(found.items())


def _seller(source: str) -> CallOff:
    return next(seller for prefix, seller in _sellers.items() if source.startswith(prefix))
