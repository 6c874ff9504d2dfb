"""A ledger as one would keep it on paper: lists, one loop at a time, no code shared with the house.

Points die, and holds are let go, the moment their time is over; nobody has to come by. Amounts are
whole numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def a_month_later(moment: datetime) -> datetime:
    """The midnight in Berlin after the same day of the next month (or after its last day)."""
    return months_later(moment, 1)


def two_months_later(moment: datetime) -> datetime:
    """The midnight in Berlin after the same day two months on (or after that month's last day)."""
    return months_later(moment, 2)


def months_later(moment: datetime, count: int) -> datetime:
    local = moment.astimezone(BERLIN)
    year, month = local.year, local.month + count
    if month > 12:
        year, month = year + 1, month - 12
    longest = 29 if month == 2 and year % 4 == 0 else DAYS[month]
    day = min(local.day, longest) + 1
    if day > longest:
        day, month = 1, month + 1
        if month == 13:
            year, month = year + 1, 1
    return datetime(year, month, day, tzinfo=BERLIN).astimezone(UTC)


class Numbers:
    """Lots are numbered as they are made, whosever they are."""

    def __init__(self) -> None:
        self._turn = itertools.count(1)
        self.made: list[PaperLot] = []

    def next(self) -> int:
        return next(self._turn)


@dataclass(eq=False)
class PaperLot:
    number: int
    awarded: int
    left: int
    at: datetime
    end: datetime | None
    held: int = 0
    expired: int = 0
    back: list[PaperLot] = field(default_factory=list)  # what was brought back of what had expired

    @property
    def free(self) -> int:
        return self.left - self.held

    def gone(self) -> int:
        """What has expired for good: less what was brought back and has not expired once more."""
        return self.expired - sum(lot.awarded - lot.gone() for lot in self.back)

    def turn(self) -> tuple[datetime, datetime, int]:
        """Its place in the one spend order."""
        return (self.end or NEVER, self.at, self.number)


@dataclass(eq=False)
class Note:
    """One thing that was done: what it awarded, what it took from which lots."""

    kind: str
    amount: int
    lots: list[PaperLot] = field(default_factory=list)
    taken: list[tuple[PaperLot, int]] = field(default_factory=list)
    is_undone: bool = False


@dataclass(eq=False)
class PaperHold:
    """What a till was promised of which lots, until when, and how it ended."""

    amount: int
    until: datetime
    parts: list[tuple[PaperLot, int]]
    state: str = "open"
    captured: int = 0


class Refused(Exception):
    """The paper says no; its argument is the code the ledger has to answer with."""


class PaperAccount:
    """One member's account in one unit. `lives` is None for ever, else it tells a lot's end; where
    `stirs`, whatever is earned or spent moves the ends of all that is live.
    """

    def __init__(
        self,
        *,
        has_lots: bool,
        lives: object = None,
        stirs: bool = False,
        numbers: Numbers | None = None,
    ) -> None:
        self.has_lots, self.lives, self.stirs = has_lots, lives, stirs
        self.numbers = numbers or Numbers()
        self.lots: list[PaperLot] = []
        self.holds: list[PaperHold] = []
        self.debt, self.count = 0, 0

    def balance(self) -> int:
        return sum(lot.left for lot in self.lots) - self.debt if self.has_lots else self.count

    def held(self) -> int:
        return sum(lot.held for lot in self.lots)

    def available(self) -> int:
        return self.balance() - self.held()

    def calendar(self) -> list[tuple[datetime, int, int]]:
        """Every end with the amount that ends then, and what is held of it, soonest first."""
        found: dict[datetime, list[int]] = {}
        for lot in self.lots:
            if lot.left:
                row = found.setdefault(lot.end or NEVER, [0, 0])
                row[0] += lot.left
                row[1] += lot.held
        return [(end, found[end][0], found[end][1]) for end in sorted(found)]

    # What time does

    def tick(self, now: datetime) -> None:
        for hold in sorted(self.holds, key=lambda one: one.until):
            if hold.state == "open" and hold.until <= now:
                self._bury(hold.until)
                self._let_go(hold, "timed_out")
        self._bury(now)

    def _bury(self, now: datetime) -> None:
        for lot in self.lots:
            if lot.end is not None and lot.end <= now:
                lot.expired += lot.free
                lot.left -= lot.free

    def stir(self, at: datetime, now: datetime) -> None:
        """Something happened at a moment: what has not ended lives on from there."""
        if not self.stirs or not callable(self.lives):
            return
        until = self.lives(at)
        for lot in self.lots:
            if lot.left and lot.end is not None and now < lot.end < until:
                lot.end = until

    # What comes in

    def award(self, amount: int, at: datetime, end: datetime | None) -> PaperLot:
        lot = PaperLot(self.numbers.next(), amount, amount, at, end)
        self.lots.append(lot)
        self.numbers.made.append(lot)
        self.debt -= self._repay(lot)
        return lot

    def _repay(self, lot: PaperLot) -> int:
        repaid = min(self.debt, lot.free)
        lot.left -= repaid
        return repaid

    def hand(self, amount: int, now: datetime) -> Note:
        """Given by hand: no activity, so nothing else lives any longer."""
        stirs, self.stirs = self.stirs, False
        note = self.earn(amount, now, now)
        self.stirs = stirs
        return note

    def earn(self, amount: int, at: datetime, now: datetime) -> Note:
        if not self.has_lots:
            self.count += amount
            return Note("earn", amount)
        lot = self.award(amount, at, self.lives(at) if callable(self.lives) else None)
        self.stir(at, now)
        self.tick(now)
        return Note("earn", amount, lots=[lot])

    # What goes out

    def require(self, amount: int) -> None:
        if self.available() < amount:
            raise Refused("insufficient_points")

    def spend(self, amount: int, now: datetime) -> Note:
        self.require(amount)
        if not self.has_lots:
            raise Refused("unit_invalid")
        note = Note("spend", amount, taken=self.take(amount))
        self.stir(now, now)
        return note

    def lower(self, amount: int) -> Note:
        self.require(amount)
        if not self.has_lots:
            self.count -= amount
            return Note("spend", amount)
        return Note("spend", amount, taken=self.take(amount))

    def take(
        self, amount: int, lots: Iterable[PaperLot] | None = None
    ) -> list[tuple[PaperLot, int]]:
        """Up to so much of what is free, in spend order; of all lots, or of these."""
        taken = []
        for lot in sorted(self.lots if lots is None else lots, key=PaperLot.turn):
            piece = min(amount, lot.free)
            if piece:
                lot.left -= piece
                amount -= piece
                taken.append((lot, piece))
        return taken

    # Holds

    def hold(self, amount: int, until: datetime) -> PaperHold:
        if not self.has_lots:
            raise Refused("unit_invalid")
        self.require(amount)
        hold = PaperHold(amount, until, [])
        for lot in sorted(self.lots, key=PaperLot.turn):
            piece = min(amount, lot.free)
            if piece:
                lot.held += piece
                amount -= piece
                hold.parts.append((lot, piece))
        self.holds.append(hold)
        return hold

    def capture(self, hold: PaperHold, amount: int, now: datetime) -> Note | None:
        """None: it was captured just so before, and is not a second time."""
        if hold.state == "captured" and hold.captured == amount:
            return None
        if hold.state != "open":
            raise Refused("hold_ended")
        if amount > hold.amount:
            raise Refused("amount_invalid")
        hold.captured = amount
        note = Note("spend", amount)
        for lot, part in sorted(hold.parts, key=lambda pair: pair[0].turn()):
            piece = min(amount, part)
            lot.held -= part
            lot.left -= piece
            amount -= piece
            if piece:
                note.taken.append((lot, piece))
        self._settle(hold, "captured")
        self.stir(now, now)
        self.tick(now)
        return note

    def release(self, hold: PaperHold, now: datetime) -> None:
        if hold.state == "captured":
            raise Refused("hold_ended")
        if hold.state == "open":
            self._let_go(hold, "released")
            self.tick(now)

    def _let_go(self, hold: PaperHold, state: str) -> None:
        for lot, part in hold.parts:
            lot.held -= part
        self._settle(hold, state)

    def _settle(self, hold: PaperHold, state: str) -> None:
        """Who owes something repays it out of what is held no longer."""
        hold.state = state
        for lot, _ in sorted(hold.parts, key=lambda pair: pair[0].turn()):
            self.debt -= self._repay(lot)

    # What is undone, and what is brought back

    def undo(self, note: Note, now: datetime) -> None:
        if note.is_undone:
            raise Refused("nothing_to_reverse")
        note.is_undone = True
        if not self.has_lots:
            self.count += note.amount if note.kind == "spend" else -note.amount
        elif note.kind == "spend":
            self.give_back(note.taken, now)
        else:
            for lot in note.lots:
                self.claim(lot.awarded, own=[lot])
            if note.kind == "back":
                for lot in self.lots:
                    lot.back = [one for one in lot.back if one not in note.lots]

    def give_back(self, taken: Iterable[tuple[PaperLot, int]], now: datetime) -> None:
        for lot, amount in sorted(taken, key=lambda pair: pair[0].turn()):
            repaid = min(self.debt, amount)
            self.debt -= repaid
            lot.left += amount - repaid
        self.tick(now)

    def claim(
        self,
        amount: int,
        own: list[PaperLot],
        siblings: Iterable[PaperLot] = (),
        lapsed: int = 0,
    ) -> int:
        """Take back so much of what made `own`; first from there. Returns what of it had expired
        (`lapsed` of which an earlier claim has passed over already).
        """
        over = min(amount, max(0, sum(lot.gone() for lot in own) - lapsed))
        due = amount - over
        for lots in (own, siblings, self.lots):
            due -= sum(piece for _, piece in self.take(due, lots))
        self.debt += due
        return over

    def extend(self, until: datetime) -> None:
        moved = [lot for lot in self.lots if lot.left and lot.end is not None and lot.end < until]
        if not moved:
            raise Refused("nothing_to_extend")
        for lot in moved:
            lot.end = until

    def bring_back(self, ended: Iterable[tuple[PaperLot, int]], until: datetime) -> Note:
        note = Note("back", 0)
        for lot, amount in ended:
            fresh = self.award(amount, lot.at, until)
            lot.back.append(fresh)
            note.lots.append(fresh)
            note.amount += amount
            assert sum(one.awarded for one in lot.back) <= lot.expired
        return note

    # Two memberships become one

    def absorb(self, other: PaperAccount, now: datetime) -> None:
        """Everything the other has, with its dates; what one owes is paid by what both have."""
        for hold in other.holds:
            if hold.state == "open":
                other._let_go(hold, "released")
        other.tick(now)
        self.count, other.count = self.count + other.count, 0
        for lot in sorted(other.lots, key=PaperLot.turn):
            lot.number = self.numbers.next()
            self.lots.append(lot)
            self.debt -= self._repay(lot)
        other.lots = []
        self.debt += other.debt - sum(piece for _, piece in self.take(other.debt))
        other.debt = 0
