"""The pool: a mandate to spend from the points of several members, who each agreed to it.

It is no account of its own. Points stay in their owners' lots, are taken in the one spend order
across all of them (what ends first, whosever it is), and leave a posting with each member they came
from. Who owes something, or has all held, has nothing to give.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import F, Sum
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from common import clock
from points import endings, ledger
from points.books import Books, Key, spend_order
from points.errors import InsufficientPoints
from points.models import Account, Entry, Lot, Posting
from points.wording import in_units
from program import catalog
from program.models import Program


def available(member_ids: Collection[uuid.UUID], *, unit: str) -> int:
    """What these members could spend together, in the unit's smallest part."""
    rows = Account.objects.filter(member__in=list(member_ids), unit=unit)
    free = Greatest(F("balance") - F("held"), 0)
    return int(rows.aggregate(total=Sum(free))["total"] or 0)


def spend_into(
    books: Books,
    keys: Collection[Key],
    *,
    amount: int,
    source: str,
    actor: str,
    reason: str,
    program: Program,
    kind: str = Posting.Kind.SPEND,
) -> list[Posting]:
    """Take `amount` from the lots of several open accounts of one unit; the caller writes it.

    Returns one posting for each member who gave something. Raises InsufficientPoints.
    """  # fmt: skip
    ledger.require_amount(amount)
    now, lots = clock.now(), list[tuple[Lot, Key]]()
    for key in keys:
        endings.expire_into(books, key=key, now=now)
        if books.accounts[key].available:
            lots += [(lot, key) for lot in books.lots(key) if lot.free]
    shares = _shares(lots, amount)
    if sum(shares.values()) < amount:
        there = sum(books.accounts[key].available for key in keys)
        unit = catalog.of(program).units[next(iter(books.accounts))[1]]
        raise InsufficientPoints(
            _("This needs %(amount)s, and together there are %(there)s. Nothing was taken.")
            % {"amount": in_units(amount, unit), "there": in_units(there, unit)},
            available=there,
            missing=amount - there,
        )
    postings = []
    for key, share in shares.items():
        posting = books.post(key, kind, source=source, actor=actor, at=now)
        entry = books.enter(posting, key=key, kind=Entry.Kind.SPEND, amount=-share, reason=reason)
        books.take_in_order(entry, key=key, amount=share)
        ledger.keep_alive_by_spend(books, posting, key=key, program=program)
        postings.append(posting)
    return postings


def _shares(lots: list[tuple[Lot, Key]], amount: int) -> dict[Key, int]:
    """How much each account gives, when the lots of all are taken in the one spend order."""
    shares: dict[Key, int] = {}
    for lot, key in sorted(lots, key=lambda pair: spend_order(pair[0])):
        taken = min(amount, lot.free)
        amount -= taken
        if taken:
            shares[key] = shares.get(key, 0) + taken
    return shares
