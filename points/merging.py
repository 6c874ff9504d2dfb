"""What a merge does to points: everything live moves, with its dates, and can move back.

Each lot becomes a lot of the same amount, award date and end on the survivor's account; what
counters counted moves under the dates on which it was counted; what one of the two owes is repaid
out of what the other has, in spend order. Every movement has its counterpart under the same
source, so no total changes.

Undone, what is left of each lot goes back to the lot it came from; debts that were repaid are owed
again by who owed them. What was earned, spent or expired since stays with the survivor. What was
taken back meanwhile of what the absorbed member had been given is theirs to bear: in the end both
stand as if it had been taken back right after the two had parted.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Prefetch, Sum
from django.utils.translation import gettext as _

from common import clock
from members import merging
from members.merging import Merging
from members.models import Member
from points import endings, policy
from points.books import Books, Key, spend_order
from points.forwarding import Pair, is_counter
from points.models import Account, Entry, Extension, Lot, LotUse
from program import catalog

REPAYING = (Entry.Kind.CLAWBACK, Entry.Kind.SETTLE, Entry.Kind.MERGE)
Moved = tuple[str, list[Entry]]  # the source of one movement, and its entries at the survivor


def install() -> None:
    """Take part in merges."""
    merging.register(merging.Part("points", _move, _restore, lock=lock, parted=_part))


def lock(member_ids: list[uuid.UUID]) -> Books:
    """Every account of these members, and of those who are part of them, locked in id order."""
    family = Member.objects.filter(merged_into__in=member_ids).values_list("pk", flat=True)
    units = catalog.of(catalog.current()).units
    return Books.open({(pk, unit) for pk in {*member_ids, *family} for unit in units})


def _move(work: Merging, _surveyed: Any) -> list[str]:
    """Move what the absorbed member has; close its accounts. Returns the units that moved."""
    kept, gone, now = work.survivor.pk, work.absorbed.pk, clock.now()
    units = list(catalog.of(catalog.current()).units)
    books = Books.open({(pk, unit) for pk in (kept, gone) for unit in units})
    moved = []
    for unit in units:
        key, to = (gone, unit), (kept, unit)
        pair = Pair(books, key=key, to=to, source=f"merge:{work.row.pk}:{unit}", actor=work.actor)
        if is_counter(unit):
            rows = Entry.objects.filter(account=books.accounts[key]).order_by()
            pair.mirror(rows.values_list("occurred_at").annotate(Sum("amount")))
        else:
            words = str(_("Two memberships became one"))
            endings.release_all(books, key=key, now=now, actor=work.actor, reason=words)
            endings.expire_into(books, key=to, now=now)
            pair.settle()
        moved += [unit] if pair.is_used else []
    books.write()
    for unit in units:
        own, heir = Account.id_for(gone, unit), Account.id_for(kept, unit)
        Account.objects.filter(forwards_to=own).update(forwards_to=heir)
        Account.objects.filter(pk=own).update(closed_at=now, forwards_to=heir)
    return moved


def _restore(work: Merging, _memo: Any) -> None:
    """Open the absorbed member's accounts again and give them what they had counted."""
    kept, gone = work.survivor.pk, work.absorbed.pk
    family = set(Member.objects.filter(merged_into=gone).values_list("pk", flat=True))
    for unit in catalog.of(catalog.current()).units:
        own = Account.id_for(gone, unit)
        Account.objects.filter(pk=own).update(closed_at=None, forwards_to=None)
        parts = [Account.id_for(pk, unit) for pk in family]
        Account.objects.filter(pk__in=parts).update(forwards_to=own)
    books = lock([kept, gone])
    for one in _partings(books, work, are_counters=True):
        one.count_back()
    books.write()


def _part(work: Merging) -> None:
    """Give the absorbed member what is left, once it is known again what status keeps alive."""
    books, now = lock([work.survivor.pk, work.absorbed.pk]), clock.now()
    keys = [key for key in books.accounts if not is_counter(key[1])]
    for key in keys:
        endings.expire_into(books, key=key, now=now)
    partings = list(_partings(books, work, are_counters=False))
    came = {lot.pk for one in partings for _entry, lot in one.came}
    for one in partings:
        one.give_back()
    for one in partings:  # only then, so that nobody's are taken for somebody else's
        one.make_good()
    for key in keys:  # what has ended meanwhile repays nothing
        endings.expire_into(books, key=key, now=now)
    for one in partings:
        one.owe_again(came)
    for key in keys:
        endings.expire_into(books, key=key, now=now)
    books.write()


def _partings(books: Books, work: Merging, *, are_counters: bool) -> Iterator[Parting]:
    for number, (source, moved) in enumerate(_movements(work)):
        if is_counter(moved[0].account.unit_id) == are_counters:
            yield Parting(books, work, source=source, moved=moved, number=number)


def _movements(work: Merging) -> Iterator[Moved]:
    """What came to the survivor with this merge, by source and unit, in the order it came."""
    uses = Prefetch("uses", LotUse.objects.select_related("lot"))
    taken = Prefetch("uses", LotUse.objects.select_related("entry__posting"))
    came = Lot.objects.select_related("origin__account").prefetch_related(taken)
    rows = (
        Entry.objects.filter(
            member=work.survivor,
            kind=Entry.Kind.MERGE,
            posting__source__startswith=f"merge:{work.row.pk}:",
        )
        .select_related("posting", "account")
        .prefetch_related(uses, Prefetch("lots", came))
        .order_by("id")
    )
    found: dict[str, list[Entry]] = {}
    for row in rows:
        found.setdefault(row.posting.source, []).append(row)
    yield from found.items()


class Parting:
    """One movement of a merge, taken back as far as it is still there."""

    def __init__(
        self, books: Books, work: Merging, *, source: str, moved: list[Entry], number: int
    ) -> None:
        self.books, self.moved, self.prefix = books, moved, f"merge:{work.row.pk}:"
        self.unit = moved[0].account.unit_id
        other = Entry.objects.exclude(member=work.survivor).filter(posting__source=source)
        owner = other.values_list("member", flat=True)[0]
        self.kept, self.gone = (work.survivor.pk, self.unit), (owner, self.unit)
        self.pair = Pair(
            books,
            key=self.kept,
            to=self.gone,
            source=f"unmerge:{work.row.pk}:{number}",
            actor=work.actor,
            reason=_("One membership became two again"),
        )

    @property
    def came(self) -> list[tuple[Entry, Lot]]:
        """The lots that came, each with the entry that brought it."""
        return [(entry, lot) for entry in self.moved for lot in entry.lots.all()]

    def count_back(self) -> None:
        """Of a counter: everything, under its own dates."""
        self.pair.mirror((entry.occurred_at, entry.amount) for entry in self.moved)

    def give_back(self) -> None:
        """Return what is free of the lots that came to the lots they came from."""
        for _entry, stored in self.came:
            lot = self._live(stored, self.kept)
            if lot.free:
                amount = lot.free
                self.books.take(self.pair.enter(self.kept, -amount), lot, amount)
                self._return(lot, stored.origin, amount)

    def make_good(self) -> None:
        """Return what is not free of them out of the survivor's own, then as a debt: what is held,
        if it has not ended, and what of it repaid the survivor's debts, which are owed again.
        """
        for _entry, stored in self.came:
            lot = self._live(stored, self.kept)
            has_ended = lot.expires_at is not None and lot.expires_at <= clock.now()
            amount = 0 if has_ended else lot.held
            amount += sum(use.amount for use in stored.uses.all() if self._repaid(use.entry))
            if amount:
                debit = self.pair.enter(self.kept, -amount)
                self.books.take_in_order(debit, key=self.kept, amount=amount)
                self._return(lot, stored.origin, amount)

    def _repaid(self, entry: Entry) -> bool:
        """Whether an entry repaid what others owe than the absorbed member."""
        is_theirs = entry.amount < 0 and entry.posting.source.startswith(self.prefix)
        return entry.kind in REPAYING and not is_theirs

    def _return(self, lot: Lot, origin: Lot | None, amount: int) -> None:
        assert origin is not None  # whatever came was in a lot before
        home = self._live(origin, self.gone)
        self._keep_longer(home, lot)
        self.books.take(self.pair.enter(self.gone, amount), home, -amount)

    def owe_again(self, came: Collection[uuid.UUID]) -> None:
        """What the survivor paid for the other is owed by the other again, and the survivor's lots
        are filled up; what was paid out of the lots that `came` was the other's own.
        """
        for entry in self.moved:
            if entry.amount < 0:
                uses = [use for use in entry.uses.all() if use.lot_id not in came]
                theirs = sum(use.amount for use in entry.uses.all()) - sum(u.amount for u in uses)
                self._owe_again(-entry.amount - theirs, sorted(uses, key=_turn))

    def _live(self, stored: Lot, key: Key) -> Lot:
        """The lot as the books have it, among the live ones of its account."""
        lots = self.books.lots(key)
        found = next((lot for lot in lots if lot.pk == stored.pk), None)
        if found is None:
            lots.append(stored)
            lots.sort(key=spend_order)
        return found or stored

    def _keep_longer(self, home: Lot, lot: Lot) -> None:
        """A later end that the points were given meanwhile goes back with them."""
        if home.expires_at is None or lot.expires_at is None or lot.expires_at <= home.expires_at:
            return
        ended, home.expires_at = home.expires_at, lot.expires_at
        self.books.extensions.append(
            Extension(
                member_id=self.gone[0],
                account=self.books.accounts[self.gone],
                posting=self.pair.side(self.gone),
                source=self.pair.source,
                until=lot.expires_at,
                moved={str(home.pk): ended.isoformat()},
            )
        )

    def _owe_again(self, amount: int, uses: list[LotUse]) -> None:
        if not amount:
            return
        used = sum(use.amount for use in uses)
        self._repay(amount - used)
        if used:
            self._refill(used, uses)
        debt = self.pair.enter(self.gone, -amount)
        self.books.take_in_order(debt, key=self.gone, amount=amount)

    def _repay(self, amount: int) -> None:
        """What the survivor owed for the other, and may have repaid since: then with new points."""
        if amount:
            unit = catalog.of(catalog.current()).units[self.unit]
            zone, now = catalog.current().time_zone, clock.now()
            ends = policy.expires_at(unit, occurred_at=now, zone=zone, posted_at=now)
            latest = policy.latest_at(unit, occurred_at=now, zone=zone, posted_at=now)
            credit = self.pair.enter(self.kept, amount)
            self.books.award(credit, key=self.kept, expires_at=ends, latest_at=latest)

    def _refill(self, amount: int, uses: list[LotUse]) -> None:
        credit = self.pair.enter(self.kept, amount)
        owed = self.books.owed_before(credit, key=self.kept)
        for use in uses:
            repaid = min(owed, use.amount)
            owed -= repaid
            self.books.take(credit, self._live(use.lot, self.kept), repaid - use.amount)


def _turn(use: LotUse) -> tuple[object, ...]:
    return spend_order(use.lot)
