"""What goes on between accounts, on paper: sending, paying together, and what a till reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.points.naive import BERLIN, Note, PaperAccount, PaperLot, Refused

TERRACE = 5  # points more for a table on the terrace


@dataclass(eq=False)
class PaperTransfer:
    """What was sent: from which lot into which."""

    sender: int
    receiver: int
    unit: str
    amount: int
    at: datetime
    pairs: list[tuple[PaperLot, PaperLot]]
    is_undone: bool = False


def send(
    giving: PaperAccount, taking: PaperAccount, amount: int
) -> list[tuple[PaperLot, PaperLot]]:
    """One lot arrives for each that it came from, with the same award and the same end."""
    return [(lot, taking.award(piece, lot.at, lot.end)) for lot, piece in giving.take(amount)]


def send_back(
    made: PaperTransfer, giving: PaperAccount, taking: PaperAccount, now: datetime
) -> int:
    """Only what is left, and free, in the very lots that it made."""
    left = [(home, lot, lot.free) for home, lot in made.pairs if lot.free]
    if made.is_undone or not left:
        raise Refused("nothing_to_reverse")
    made.is_undone = True
    for _, lot, amount in left:
        lot.left -= amount
    giving.give_back([(home, amount) for home, _, amount in left], now)
    return sum(amount for _, _, amount in left)


def same_month(one: datetime, other: datetime) -> bool:
    first, second = one.astimezone(BERLIN), other.astimezone(BERLIN)
    return (first.year, first.month) == (second.year, second.month)


def pay_together(accounts: Iterable[PaperAccount], price: int, now: datetime) -> list[Note]:
    """What ends first goes first, whosever it is; who owes something gives nothing. Returns what
    each gave, in the accounts' order.
    """
    people = list(accounts)
    if sum(max(0, account.available()) for account in people) < price:
        raise Refused("insufficient_points")
    owners = {id(lot): account for account in people for lot in account.lots}
    notes = {id(account): Note("spend", 0) for account in people}
    everything = [lot for account in people for lot in account.lots]
    for lot in sorted(everything, key=PaperLot.turn):
        piece = min(price, lot.free)
        if piece:
            lot.left -= piece
            price -= piece
            note = notes[id(owners[id(lot)])]
            note.taken.append((lot, piece))
            note.amount += piece
    for account in people:
        if notes[id(account)].amount:
            account.stir(now, now)
    return [notes[id(account)] for account in people]


@dataclass(eq=False)
class PaperAward:
    """What stands of one rule: what it pays now, the lots it made, what of it was gone before."""

    stands: int = 0
    lapsed: int = 0
    lots: list[PaperLot] = field(default_factory=list)


@dataclass(eq=False)
class PaperActivity:
    """A visit as the till tells it: what was paid in cents, what came back, and where one sat.

    A point a euro, of which the share of what came back is taken, rounded down; five more on the
    terrace; one visit.
    """

    name: str
    member: int
    cents: int
    terrace: bool
    back: int = 0
    is_cancelled: bool = False
    at: datetime | None = None  # None until it is reported
    awards: dict[str, PaperAward] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first = (self.cents, self.terrace)  # what the till will report, whatever changed

    def pays(self) -> dict[str, int]:
        if self.is_cancelled:
            return {}
        euros = self.cents // 100
        taken = euros * self.back // self.cents if self.cents else 0
        found = {"paid": euros - taken, "visit": 1, "terrace": TERRACE if self.terrace else 0}
        return {rule: amount for rule, amount in found.items() if amount}

    def require_open(self) -> None:
        if self.is_cancelled:
            raise Refused("activity_cancelled")

    def settle(self, points: PaperAccount, visits: PaperAccount, now: datetime) -> None:
        """Post what it pays now, against what stands: more first, then less."""
        if self.at is None:
            return
        pays = self.pays()
        for rule in [*pays]:
            self.awards.setdefault(rule, PaperAward())
        changes = {r: pays.get(r, 0) - award.stands for r, award in self.awards.items()}
        for rule, change in changes.items():
            award = self.awards[rule]
            award.stands += change
            if rule == "visit":
                visits.count += change
            elif change > 0:
                award.lots += points.earn(change, self.at, now).lots
        for rule, change in changes.items():
            if change < 0 and rule != "visit":
                award = self.awards[rule]
                siblings = [
                    lot for name, other in self.awards.items() if name != rule for lot in other.lots
                ]
                award.lapsed += points.claim(-change, award.lots, siblings, award.lapsed)
