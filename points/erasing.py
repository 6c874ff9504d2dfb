"""What erasing a person does to points: they are forfeited, and the accounts are closed for good.

The entries stay, under an id that means nobody. Debts are written off in the same way.
"""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from common import clock
from members import erasure
from points import endings
from points.books import Books
from points.forwarding import is_counter
from points.merging import lock
from points.models import Account, Entry, Posting
from program import catalog


def install() -> None:
    """Take part in erasures."""
    erasure.register(erasure.Part("points", _forfeit, lock=lock))


def _forfeit(member_ids: list[uuid.UUID], actor: str) -> None:
    now, units = clock.now(), list(catalog.of(catalog.current()).units)
    books = Books.open({(pk, unit) for pk in member_ids for unit in units})
    for pk in member_ids:
        posting = Posting(
            member_id=pk,
            kind=Posting.Kind.ADJUSTMENT,
            source=f"erasure:{pk}",
            actor=actor,
            note=_("The membership ended"),
            occurred_at=now,
        )
        entries = len(books.entries)
        for unit in units:
            _write_off(books, posting, (pk, unit))
        if any(entry.posting is posting for entry in books.entries[entries:]):
            books.postings.append(posting)
    books.write()
    accounts = Account.objects.filter(member__in=member_ids)
    accounts.update(forwards_to=None)
    accounts.filter(closed_at__isnull=True).update(closed_at=now)


def _write_off(books: Books, posting: Posting, key: tuple[uuid.UUID, str]) -> None:
    counts = is_counter(key[1])
    if not counts:
        endings.release_all(
            books, key=key, now=posting.occurred_at, actor=posting.actor, reason=posting.note
        )
    balance = books.accounts[key].balance
    if not balance:
        return
    entry = books.enter(
        posting, key=key, kind=Entry.Kind.ADJUSTMENT, amount=-balance, reason=posting.note
    )
    if not counts and balance > 0:
        books.take_in_order(entry, key=key, amount=balance)
    elif not counts:
        books.award(entry, key=key, expires_at=None)
