"""A ledger as one would keep it on paper: lists, one loop at a time, no code shared with the house.

Points die the moment they end; nobody has to come by. Amounts are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


def a_month_later(moment: datetime) -> datetime:
    """The midnight in Berlin after the same day of the next month (or after its last day)."""
    local = moment.astimezone(BERLIN)
    year, month, day = local.year, local.month + 1, local.day
    if month == 13:
        year, month = year + 1, 1
    longest = 29 if month == 2 and year % 4 == 0 else DAYS[month]
    while day > longest:
        day -= 1
    day += 1
    if day > longest:
        day, month = 1, month + 1
        if month == 13:
            year, month = year + 1, 1
    return datetime(year, month, day, tzinfo=BERLIN).astimezone(UTC)


def two_months_later(moment: datetime) -> datetime:
    """The midnight in Berlin after the same day two months on (or after that month's last day)."""
    local = moment.astimezone(BERLIN)
    year, month = local.year, local.month + 2
    if month > 12:
        year, month = year + 1, month - 12
    longest = 29 if month == 2 and year % 4 == 0 else DAYS[month]
    day = min(local.day, longest) + 1
    if day > longest:
        day, month = 1, month + 1
        if month == 13:
            year, month = year + 1, 1
    return datetime(year, month, day, tzinfo=BERLIN).astimezone(UTC)


@dataclass
class PaperLot:
    number: int
    awarded: int
    left: int
    at: datetime
    end: datetime | None
    expired: int = 0


@dataclass
class Note:
    """One thing that was done: what it awarded, what it took from which lots."""

    kind: str
    amount: int
    lot: PaperLot | None = None
    taken: list[tuple[PaperLot, int]] = field(default_factory=list)
    is_undone: bool = False


class Refused(Exception):
    """The paper says no; its argument is the code the ledger has to answer with."""


class PaperAccount:
    """One member's account in one unit. `lives` is None for ever, else it tells a lot's end; where
    `stirs`, whatever is earned or spent moves the ends of all that is live.
    """

    def __init__(self, *, has_lots: bool, lives: object = None, stirs: bool = False) -> None:
        self.has_lots, self.lives, self.stirs = has_lots, lives, stirs
        self.lots: list[PaperLot] = []
        self.debt, self.count = 0, 0

    def available(self) -> int:
        return sum(lot.left for lot in self.lots) - self.debt if self.has_lots else self.count

    def tick(self, now: datetime) -> None:
        for lot in self.lots:
            if lot.end is not None and lot.end <= now:
                lot.expired += lot.left
                lot.left = 0

    def calendar(self, now: datetime) -> list[tuple[datetime, int]]:
        """Every date still to come, with the amount that ends on it, soonest first."""
        found: dict[datetime, int] = {}
        for lot in self.lots:
            if lot.end is not None and lot.left and lot.end > now:
                found[lot.end] = found.get(lot.end, 0) + lot.left
        return [(end, found[end]) for end in sorted(found)]

    def stir(self, at: datetime) -> None:
        """Something happened at a moment: what was live then lives on from there."""
        if not self.stirs or not callable(self.lives):
            return
        until = self.lives(at)
        for lot in self.lots:
            if lot.left and lot.end is not None and at < lot.end < until:
                lot.end = until

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
        end = self.lives(at) if callable(self.lives) else None
        lot = PaperLot(len(self.lots), amount, amount, at, end)
        self.lots.append(lot)
        repaid = min(self.debt, amount)
        self.debt -= repaid
        lot.left -= repaid
        self.stir(at)
        self.tick(now)
        return Note("earn", amount, lot=lot)

    def spend(self, amount: int, now: datetime) -> Note:
        note = self._spend(amount)
        self.stir(now)
        return note

    def _spend(self, amount: int) -> Note:
        if self.available() < amount:
            raise Refused("insufficient_points")
        if not self.has_lots:
            raise Refused("unit_invalid")
        return Note("spend", amount, taken=self._take(amount))

    def lower(self, amount: int) -> Note:
        if self.available() < amount:
            raise Refused("insufficient_points")
        if not self.has_lots:
            self.count -= amount
            return Note("spend", amount)
        return Note("spend", amount, taken=self._take(amount))

    def undo(self, note: Note, now: datetime) -> None:
        if note.is_undone:
            raise Refused("nothing_to_reverse")
        note.is_undone = True
        if not self.has_lots:
            self.count += note.amount if note.kind == "spend" else -note.amount
        elif note.kind == "spend":
            self._give_back(note, now)
        else:
            self._take_back(note)

    def _give_back(self, note: Note, now: datetime) -> None:
        for lot, amount in sorted(note.taken, key=lambda pair: self._turn(pair[0])):
            repaid = min(self.debt, amount)
            self.debt -= repaid
            lot.left += amount - repaid
        self.tick(now)

    def _take_back(self, note: Note) -> None:
        lot = note.lot
        assert lot is not None
        due = lot.awarded - lot.expired
        own = min(due, lot.left)
        lot.left -= own
        due -= own
        due -= sum(amount for _, amount in self._take(min(due, max(0, self.available()))))
        self.debt += due

    def _take(self, amount: int) -> list[tuple[PaperLot, int]]:
        taken = []
        for lot in sorted(self.lots, key=self._turn):
            piece = min(amount, lot.left)
            if piece:
                lot.left -= piece
                amount -= piece
                taken.append((lot, piece))
        assert amount == 0
        return taken

    @staticmethod
    def _turn(lot: PaperLot) -> tuple[datetime, datetime, int]:
        never = datetime(9000, 1, 1, tzinfo=UTC) + timedelta(0)
        return (lot.end or never, lot.at, lot.number)
