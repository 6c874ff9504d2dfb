"""What a merge does to points: everything live moves, with its dates, and can move back.

Each lot becomes a lot of the same amount, award date and end on the survivor's account; what
counters counted moves under the dates on which it was counted; what one of the two owes is repaid
out of what the other has, in spend order. Every movement has its counterpart under the same
source, so no total changes.

Undone, what is left of each lot goes back to the lot it came from; debts that were repaid are owed
again by who owed them. What was earned, spent or expired since stays with the survivor.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
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


def install() -> None:
    """Take part in merges."""
    merging.register(merging.Part("points", _move, _restore, lock=lock))


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
    """Open the absorbed member's accounts again and give them what is left."""
    kept, gone = work.survivor.pk, work.absorbed.pk
    family = set(Member.objects.filter(merged_into=gone).values_list("pk", flat=True))
    units = list(catalog.of(catalog.current()).units)
    for unit in units:
        own = Account.id_for(gone, unit)
        Account.objects.filter(pk=own).update(closed_at=None, forwards_to=None)
        parts = [Account.id_for(pk, unit) for pk in family]
        Account.objects.filter(pk__in=parts).update(forwards_to=own)
    books = Books.open({(pk, unit) for pk in {kept, gone, *family} for unit in units})
    for unit in units:
        if not is_counter(unit):
            endings.expire_into(books, key=(kept, unit), now=clock.now())
    for number, (source, moved) in enumerate(_movements(work)):
        Parting(books, work, source=source, moved=moved, number=number).part()
    books.write()


def _movements(work: Merging) -> Iterator[tuple[str, list[Entry]]]:
    """What came to the survivor with this merge, by source and unit, in the order it came."""
    uses = Prefetch("uses", LotUse.objects.select_related("lot"))
    rows = (
        Entry.objects.filter(
            member=work.survivor,
            kind=Entry.Kind.MERGE,
            posting__source__startswith=f"merge:{work.row.pk}:",
        )
        .select_related("posting", "account")
        .prefetch_related(uses, Prefetch("lots", Lot.objects.select_related("origin__account")))
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
        self.books, self.moved = books, moved
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

    def part(self) -> None:
        if is_counter(self.unit):
            self.pair.mirror((entry.occurred_at, entry.amount) for entry in self.moved)
            return
        came = [(entry, lot) for entry in self.moved for lot in entry.lots.all()]
        for _entry, lot in came:
            self._give_back(lot, self._live(lot, self.kept).remaining)
        for entry, lot in came:  # only then what of it repaid a debt: it is owed again
            uses = (use for use in entry.uses.all() if use.lot_id == lot.pk)
            self._give_back(lot, sum(use.amount for use in uses))
        for entry in self.moved:
            if entry.amount < 0:
                self._owe_again(entry)

    def _give_back(self, stored: Lot, amount: int) -> None:
        """Return so much to the lot it came from: out of what is left, then of the survivor's own,
        then as a debt.
        """
        lot, home = self._live(stored, self.kept), stored.origin
        if not amount or home is None:
            return
        debit = self.pair.enter(self.kept, -amount)
        taken = self.books.take(debit, lot, amount)
        self.books.take_in_order(debit, key=self.kept, amount=amount - taken)
        home = self._live(home, self.gone)
        self._keep_longer(home, lot)
        credit = self.pair.enter(self.gone, amount)
        self.books.take(credit, home, -amount)
        if home.expires_at is not None and home.expires_at <= clock.now():
            endings.bury(self.books, self.pair.side(self.gone), [home], key=self.gone)

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
        home.expires_at = lot.expires_at
        self.books.extensions.append(
            Extension(
                member_id=self.gone[0],
                account=self.books.accounts[self.gone],
                posting=self.pair.side(self.gone),
                source=self.pair.source,
                until=lot.expires_at,
            )
        )

    def _owe_again(self, entry: Entry) -> None:
        """A debt that came with the merge is owed by the other again; the survivor's lots that
        repaid it are filled up.
        """
        amount = -entry.amount
        uses = sorted(entry.uses.all(), key=lambda use: spend_order(use.lot))
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
        dead = []
        for use in uses:
            lot = self._live(use.lot, self.kept)
            repaid = min(owed, use.amount)
            owed -= repaid
            self.books.take(credit, lot, repaid - use.amount)
            if lot.expires_at is not None and lot.expires_at <= clock.now():
                dead.append(lot)
        endings.bury(self.books, self.pair.side(self.kept), dead, key=self.kept)
