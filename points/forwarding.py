"""Forwarding: whatever still happens to a merged member's account happens to the survivor's.

A closed account keeps no balance (the database says so). A voucher that is cancelled after a merge
gives its points back to the lots they came from, and in the same breath they go on to the
survivor, with their dates. The two movements are paired: same source, opposite amounts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from common import clock
from members import merging
from members.errors import MemberErased
from members.models import Member
from points.models import Account, Entry, Lot, Posting
from program import catalog
from program.models import Unit

if TYPE_CHECKING:
    from points.books import Books, Key

ATTEMPTS = 5  # merges that may overtake one call


def accounts(member: Member) -> frozenset[Key]:
    """The accounts of a merged member, which forward what they get; of anybody else none."""
    if member.merged_into_id is None:
        return frozenset()
    rows = Account.objects.filter(member=member, forwards_to__isnull=False).order_by()
    return frozenset(rows.values_list("member", "unit"))


def heirs(wanted: Mapping[uuid.UUID, Key]) -> dict[uuid.UUID, Key]:
    """The accounts to which the closed ones among these forward."""
    rows = Account.objects.filter(forwarded__in=list(wanted)).order_by()
    return {pk: (member, unit) for pk, member, unit in rows.values_list("pk", "member", "unit")}


def lock(wanted: dict[uuid.UUID, Key]) -> dict[uuid.UUID, Account]:
    """All accounts, locked in id order; those to which closed ones forward are added to `wanted`.

    Raises MemberErased for an account that was closed for good.
    """
    for _attempt in range(ATTEMPTS):
        rows = Account.objects.filter(pk__in=list(wanted)).order_by("pk")
        found = {row.pk: row for row in rows.select_for_update(no_key=True)}
        missing = {row.forwards_to_id for row in found.values() if row.forwards_to_id} - set(wanted)
        if not missing:
            break
        wanted |= heirs(wanted)
    for account in found.values():
        if account.closed_at and account.forwards_to_id is None:
            raise MemberErased(
                _("This member was erased. Nothing can be recorded for them any more.")
            )
    return found


def forward(books: Books) -> None:
    """Leave what happened to closed accounts with the survivors', in paired movements."""
    by_id = {account.pk: key for key, account in books.accounts.items()}
    touched = {entry.account_id for entry in books.entries}
    for key, account in list(books.accounts.items()):
        if account.forwards_to_id is None or account.pk not in touched:
            continue
        to = by_id[account.forwards_to_id]
        row = merging.through(key[0], to[0])
        source = f"merge:{row}:{key[1]}:{account.version}"
        pair = Pair(books, key=key, to=to, source=source)
        if is_counter(key[1]):
            mine = [entry for entry in books.entries if entry.account_id == account.pk]
            pair.mirror((entry.occurred_at, entry.amount) for entry in mine)
        else:
            pair.settle()


def is_counter(unit: str) -> bool:
    """Whether a unit only counts, and has no lots."""
    return catalog.of(catalog.current()).units[unit].kind == Unit.Kind.COUNTER


class Pair:
    """Two postings of one source, which move amounts from one account to another."""

    def __init__(
        self,
        books: Books,
        *,
        key: Key,
        to: Key,
        source: str,
        actor: str = "system:merge",
        reason: str = "",
    ) -> None:
        self.books, self.key, self.to = books, key, to
        self.source, self.actor = source, actor
        self.reason = reason or _("Two memberships became one")
        self._sides: dict[uuid.UUID, Posting] = {}

    @property
    def is_used(self) -> bool:
        """Whether anything was moved."""
        return bool(self._sides)

    def side(self, key: Key) -> Posting:
        """The posting on one side, made when it is first needed."""
        if key[0] not in self._sides:
            posting = Posting(
                member_id=key[0],
                kind=Posting.Kind.MERGE,
                source=self.source,
                actor=self.actor,
                occurred_at=clock.now(),
            )
            self._sides[key[0]] = posting
            self.books.postings.append(posting)
        return self._sides[key[0]]

    def enter(self, key: Key, amount: int, *, occurred_at: datetime | None = None) -> Entry:
        """One entry of the pair."""
        return self.books.enter(
            self.side(key),
            key=key,
            kind=Entry.Kind.MERGE,
            amount=amount,
            reason=self.reason,
            occurred_at=occurred_at,
        )

    def settle(self) -> None:
        """Move every live lot with its dates, and what is owed."""
        carried = {lot.entry_id: self.carry(lot).entry_id for lot in self.books.left(self.key)}
        owed = -self.books.accounts[self.key].balance
        if owed > 0:
            self.enter(self.key, owed)
            debt = self.enter(self.to, -owed)
            for groups, amount in self.books.claims.pop(self.key, []):
                part = min(amount, owed)
                owed -= part
                for group in groups:
                    own = group | {carried[pk] for pk in group & carried.keys()}
                    part -= self.books.take_of(debt, own, key=self.to, amount=part)
                self.books.take_in_order(debt, key=self.to, amount=part)
            self.books.take_in_order(debt, key=self.to, amount=owed)

    def carry(self, lot: Lot) -> Lot:
        """Move what is left of a lot, as a lot of the same dates."""
        amount = lot.remaining
        self.books.take(self.enter(self.key, -amount), lot, amount)
        credit = self.enter(self.to, amount)
        return self.books.award(credit, key=self.to, expires_at=lot.expires_at, origin=lot)

    def mirror(self, counted: Iterable[tuple[datetime, int]]) -> None:
        """Move what a counter counted, each amount under its own date."""
        dated: dict[datetime, int] = {}
        for moment, amount in counted:
            dated[moment] = dated.get(moment, 0) + amount
        for moment, amount in sorted(dated.items()):
            if amount:
                self.enter(self.key, -amount, occurred_at=moment)
                self.enter(self.to, amount, occurred_at=moment)
