"""The working set of the ledger: accounts held under lock, changed in memory, written in a handful
of statements.

Order of work, always: `open` locks the accounts by id, lots are read only after that, everything is
decided on what was read under the lock, `write` stores it. Nothing here opens a transaction: the
verb that uses it does.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Subquery, Value

from common import bulk
from common.errors import translate
from points import forwarding
from points.errors import REFUSALS
from points.models import Account, Entry, Extension, Hold, HoldLot, Lot, LotUse, Posting

Key = tuple[uuid.UUID, str]  # member, unit code
Claimed = tuple[list[set[uuid.UUID]], int]  # entries whose lots give first, and how much goes back
ENDS = ("status", "captured", "ended_at", "ended_by", "reason", "posting")  # of a hold


class Books:
    """Accounts of one or several members, locked for the rest of the transaction."""

    def __init__(self, accounts: dict[Key, Account]) -> None:
        self.accounts = accounts
        self.postings: list[Posting] = []
        self.entries: list[Entry] = []
        self._sent = (0, 0)  # how many of them are on their way
        self.uses: list[LotUse] = []
        self.extensions: list[Extension] = []
        self.holds: list[Hold] = []
        self.parts: list[HoldLot] = []
        self.ended: list[Hold] = []
        self.claims: dict[Key, list[Claimed]] = {}  # on closed accounts, for their survivors
        self._lots: dict[Key, list[Lot]] = {}
        self._new_lots: dict[uuid.UUID, Lot] = {}
        self._changed: dict[uuid.UUID, Lot] = {}
        self._touched: set[Key] = set()

    @classmethod
    def open(cls, keys: Iterable[Key]) -> Books:
        """Lock the accounts of `keys` (member id, unit code), in id order, making those that are
        missing.

        While one is missing none is locked: whoever waits for another's new account holds nothing
        that the other may want. With the account of a merged member comes its survivor's, where
        `write` leaves what happened to it. Raises MemberErased.
        """
        wanted = {Account.id_for(member, unit): (member, unit) for member, unit in keys}
        found = _lock(wanted)
        if len(found) < len(wanted):
            rows = [
                Account(id=pk, member_id=member, unit_id=unit)
                for pk, (member, unit) in sorted(wanted.items())
            ]
            Account.objects.bulk_create(rows, ignore_conflicts=True)
            wanted |= forwarding.heirs(wanted)
            found = forwarding.lock(wanted)
        return cls({wanted[pk]: account for pk, account in found.items()})

    def lots(self, key: Key) -> list[Lot]:
        """The live lots of an account in spend order, read once, under the lock; with those made
        since.
        """
        if key not in self._lots:
            account = self.accounts[key]
            fresh = [
                lot
                for lot in self._new_lots.values()
                if lot.account_id == account.pk and lot.remaining
            ]
            stored = list(
                Lot.objects.filter(account=account, member_id=key[0]).live().in_spend_order()
            )
            self._lots[key] = sorted(stored + fresh, key=spend_order)
        return self._lots[key]

    def post(
        self, key: Key, kind: str, *, source: str, actor: str, at: datetime, note: str = ""
    ) -> Posting:
        """Add a posting to the member of `key`: one thing that happened at `at`."""
        posting = bulk.new(
            Posting,
            member_id=key[0],
            kind=kind,
            source=source,
            actor=actor,
            note=note[:240],
            occurred_at=at,
        )
        self.postings.append(posting)
        return posting

    def left(self, key: Key) -> list[Lot]:
        """Every lot of an account in which something is left now, with those just filled again."""
        own = self.accounts[key].pk
        known = {lot.pk: lot for lot in self.lots(key)}
        known |= {pk: lot for pk, lot in self._changed.items() if lot.account_id == own}
        return sorted((lot for lot in known.values() if lot.remaining), key=spend_order)

    def enter(
        self,
        posting: Posting,
        *,
        key: Key,
        kind: str,
        amount: int,
        reason: str,
        occurred_at: datetime | None = None,
    ) -> Entry:
        """Add an entry to `posting`: moves the account's balance and version in memory.

        It happened when the posting did, unless `occurred_at` says otherwise.
        """
        account = self.accounts[key]
        account.balance += amount
        account.version += 1
        self._touched.add(key)
        entry = bulk.new(
            Entry,
            member_id=key[0],
            account=account,
            posting=posting,
            kind=kind,
            amount=amount,
            balance_after=account.balance,
            version=account.version,
            reason=reason[:240],
            occurred_at=occurred_at or posting.occurred_at,
        )
        self.entries.append(entry)
        return entry

    def owed_before(self, credit: Entry, *, key: Key) -> int:
        """How much of a credit that was just entered repays what the member owed.

        Held points are promised: they repay nothing until their hold ends.
        """
        before = credit.balance_after - credit.amount
        return min(credit.amount, max(0, self.accounts[key].held - before))

    def award(
        self,
        entry: Entry,
        *,
        key: Key,
        expires_at: datetime | None,
        is_fixed: bool = False,
        latest_at: datetime | None = None,
        origin: Lot | None = None,
    ) -> Lot:
        """Give a credit entry its lot. What the member owed is repaid out of it first.

        Points that were in a lot before (`origin`) keep the day on which they were awarded, and
        whether, and how far, activity moves their end.
        """
        repaid = self.owed_before(entry, key=key)
        lot = bulk.new(
            Lot,
            member_id=key[0],
            account=entry.account,
            entry=entry,
            awarded=entry.amount,
            remaining=entry.amount - repaid,
            awarded_at=origin.awarded_at if origin else entry.occurred_at,
            expires_at=expires_at,
            is_fixed=origin.is_fixed if origin else is_fixed,
            latest_at=origin.latest_at if origin else latest_at,
            origin=origin,
        )
        self._new_lots[lot.pk] = lot
        if repaid:
            self.uses.append(LotUse(member_id=key[0], lot=lot, entry=entry, amount=repaid))
        if key in self._lots and lot.remaining:
            self._lots[key] = sorted([*self._lots[key], lot], key=spend_order)
        return lot

    def take(self, entry: Entry, lot: Lot, amount: int) -> int:
        """Consume up to `amount` of what is free in a lot (negative: give back).

        Returns what was moved.
        """
        moved = min(amount, lot.free) if amount > 0 else amount
        if moved:
            lot.remaining -= moved
            self.uses.append(LotUse(member_id=lot.member_id, lot=lot, entry=entry, amount=moved))
            if lot.pk not in self._new_lots:
                self._changed[lot.pk] = lot
        return moved

    def take_of(self, entry: Entry, entries: set[uuid.UUID], *, key: Key, amount: int) -> int:
        """Consume up to `amount` of what is free in the lots that some entries awarded.

        Returns what could be taken.
        """
        left = amount
        for lot in [lot for lot in self.lots(key) if lot.entry_id in entries]:
            left -= self.take(entry, lot, left)
        return amount - left

    def take_in_order(self, entry: Entry, *, key: Key, amount: int) -> int:
        """Consume up to `amount` from what is free in the account's live lots, in spend order.

        Returns what could be taken.
        """
        left = amount
        for lot in self.lots(key):
            if not left:
                break
            left -= self.take(entry, lot, left)
        return amount - left

    def hold(self, lot: Lot, amount: int, *, key: Key) -> int:
        """Hold up to `amount` of what is free in a lot (negative: let go).

        Returns what was moved.
        """
        moved = min(amount, lot.free) if amount > 0 else amount
        if moved:
            lot.held += moved
            self.accounts[key].held += moved
            self._touched.add(key)
            if lot.pk not in self._new_lots:
                self._changed[lot.pk] = lot
        return moved

    def extend(self, lot: Lot, extension: Extension, *, key: Key) -> None:
        """Move the end of one lot to a later moment, with what says why."""
        lot.expires_at = extension.until
        self.extensions.append(extension)
        if lot.pk not in self._new_lots:
            self._changed[lot.pk] = lot
        if key in self._lots:
            self._lots[key] = sorted(self._lots[key], key=spend_order)

    def keep_alive(
        self,
        *,
        key: Key,
        since: datetime,
        until: datetime,
        now: datetime,
        source: str,
        posting: Posting | None,
    ) -> None:
        """Move the end of every lot that is live after `since` to `until`, or to the last end that
        it can have, if that is later and it has no end of its own.

        A stored lot that has ended by now is dead, whether the expiry run has come by or not.
        """
        moved: dict[datetime, dict[str, str]] = {}
        for lot in self.lots(key):
            if lot.expires_at is None or lot.is_fixed or not lot.remaining:
                continue
            is_dead = lot.pk not in self._new_lots and lot.expires_at <= now
            end = min(until, lot.latest_at or until)
            if since < lot.expires_at < end and not is_dead:
                moved.setdefault(end, {})[str(lot.pk)] = lot.expires_at.isoformat()
                lot.expires_at = end
                if lot.pk not in self._new_lots:
                    self._changed[lot.pk] = lot
        if moved:
            self._lots[key] = sorted(self._lots[key], key=spend_order)
        self.extensions += [
            Extension(
                member_id=key[0],
                account=self.accounts[key],
                posting=posting,
                source=source,
                until=end,
                moved=lots,
            )
            for end, lots in moved.items()
        ]

    def send(self) -> None:
        """Store the postings and entries so far, which never change, while others are made."""
        postings, entries = self._sent
        self._sent = len(self.postings), len(self.entries)
        bulk.insert(Posting, self.postings[postings:])
        bulk.insert(Entry, self.entries[entries:])

    def write(self) -> None:
        """Store everything that was decided.

        Constraint violations come back as the ledger's own errors.
        """
        forwarding.forward(self)
        with translate(REFUSALS), bulk.together():
            self.send()
            bulk.insert(Lot, self._new_lots.values())
            bulk.insert(LotUse, _netted(self.uses))
            bulk.insert(Extension, self.extensions)
            bulk.insert(Hold, self.holds)
            bulk.insert(HoldLot, self.parts)
            for hold in self.ended:
                hold.save(update_fields=ENDS)
            touched = [self.accounts[key] for key in self._touched]
            bulk.update(touched, ("balance", "held", "version"))
            bulk.update(list(self._changed.values()), ("remaining", "held", "expires_at"))


def spend_order(lot: Lot) -> tuple[bool, datetime, datetime, uuid.UUID]:
    """Sort key of the one spend order (the queryset `in_spend_order` says it in SQL)."""
    return (lot.expires_at is None, lot.expires_at or lot.awarded_at, lot.awarded_at, lot.pk)


def _lock(wanted: dict[uuid.UUID, Key]) -> dict[uuid.UUID, Account]:
    """All accounts, locked in id order; or, if one of several is missing or closed, none, and none
    locked.
    """
    rows = Account.objects.filter(pk__in=bulk.some(wanted), closed_at__isnull=True)
    if len(wanted) > 1:
        count = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk"))
        rows = rows.alias(there=Subquery(count.values("n"))).filter(there=len(wanted))
    locked = rows.select_for_update(no_key=True).order_by("pk")
    return {account.pk: account for account in bulk.read(locked)}


def _netted(uses: list[LotUse]) -> list[LotUse]:
    """One row per lot and entry: what an entry took and gave back at once is netted."""
    merged: dict[tuple[uuid.UUID, uuid.UUID], LotUse] = {}
    for use in uses:
        known = merged.setdefault((use.lot_id, use.entry_id), use)
        if known is not use:
            known.amount += use.amount
    return [use for use in merged.values() if use.amount]
