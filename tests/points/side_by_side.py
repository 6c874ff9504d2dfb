"""Two ledgers side by side, in the database and on paper: how they are asked and compared."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from common.errors import LoyaltyError
from members.models import Member
from points import expiry
from points.models import Hold, Posting, Transfer
from rewards.models import Redemption
from tests import books, cast
from tests.points.naive import (
    BERLIN,
    NEVER,
    Note,
    Numbers,
    PaperAccount,
    PaperHold,
    PaperLot,
    Refused,
    a_month_later,
    two_months_later,
)
from tests.points.naive_world import PaperActivity, PaperTransfer

UNITS = ("point", "coin", "star", "visit")
LIVES = {"point": a_month_later, "star": two_months_later}
START = cast.utc(2026, 1, 29, 12)
NAMES = ("Ana", "Bruno", "Carla")  # the first two have a household, and pay together
Key = tuple[int, str]


class TwoLedgers(RuleBasedStateMachine):
    """The same members in the database and on paper, and what is compared after each step."""

    operations = 0

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(START, tick=False)
        self.time, self.now = self.clock.start(), START
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.members = [cast.ana(name=name) for name in NAMES]
        self.cards = [member.cards.get().number for member in self.members]
        cast.pooled(*self.members[:2])
        self.numbers = Numbers()
        self.paper = {(n, unit): _paper(unit, self.numbers) for n in range(3) for unit in UNITS}
        self.owner = [0, 1, 2]
        self.done: list[tuple[Key, Posting, Note]] = []
        self.held: list[tuple[Key, Hold, PaperHold]] = []
        self.sent: list[tuple[Transfer, PaperTransfer]] = []
        self.told: list[PaperActivity] = []
        self.last_change: dict[str, Any] | None = None
        self.pooled: list[tuple[Redemption, list[Note]]] = []
        self.lot_of: dict[uuid.UUID, PaperLot] = {}
        self.touched, self.has_parted = 0, False

    def teardown(self) -> None:
        try:
            faults = books.faults()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)
            self.clock.stop()
        assert not faults, faults

    # What both must show

    @invariant()
    def both_show_the_same(self) -> None:
        type(self).operations += 1
        if self._has_overdue_holds():
            with transaction.atomic():  # whoever comes late finds the same
                expiry.run()
                self._compare()
                transaction.set_rollback(True)
        else:
            self._compare()
        self._go(timedelta(seconds=1))

    def _has_overdue_holds(self) -> bool:
        late = Hold.objects.filter(member__in=self.members, expires_at__lte=self.now)
        return bool(self.held) and late.filter(status="open").exists()

    def _compare(self) -> None:
        numbers = {member.pk: number for number, member in enumerate(self.members)}
        ids = list(numbers)
        found: dict[Key, list[Any]] = {}
        ended: Counter[Key] = Counter()
        for pk, member, unit, left, held, end, origin, kind in _rows(LOTS, ids):
            if pk not in self.lot_of:
                self.lot_of[pk] = self._drawn(kind, origin)
            key = (numbers[member], unit)
            over = left - held if end is not None and end <= self.now else 0
            ended[key] += over
            if left - over:
                found.setdefault(key, []).append((self.lot_of[pk], left - over, held, end))
        assert not self.numbers.made
        balances = {(numbers[m], unit): (b, h) for m, unit, b, h in _rows(ACCOUNTS, ids)}
        for key, paper in self.paper.items():
            balance, held = balances.get(key, (0, 0))
            assert (balance - ended[key], held) == (paper.balance(), paper.held())
            assert _summed(found.get(key, [])) == _summed(
                (lot, lot.left, lot.held, lot.end) for lot in paper.lots if lot.left
            )
        self._compare_calendar()

    def _drawn(self, kind: str, origin: uuid.UUID | None) -> PaperLot:
        """A lot on paper: the next one that was made, or the one that moved. What only repays a
        debt that goes back with its owner is none.
        """
        if kind != "merge":
            return self.numbers.made.pop(0)
        return self.lot_of[origin] if origin else PaperLot(0, 0, 0, self.now, None)

    def _compare_calendar(self) -> None:
        """Of one after the other."""
        number = self.touched = (self.touched + 1) % 3
        told: dict[str, list[Any]] = {}
        for end in expiry.calendar(self.members[number]):
            over = end.at is not None and end.at <= self.now
            if not over or end.held:
                amount = end.held if over else end.amount
                told.setdefault(end.unit, []).append((end.at or NEVER, amount, end.held))
        for unit in UNITS:
            assert told.get(unit, []) == self.paper[number, unit].calendar()

    # How it is done

    def _key(self, member: int, unit: str) -> Key:
        return (self.owner[member], unit)

    def _person(self, member: int) -> Member:
        return self.members[self.owner[member]]

    def _account(self, key: Key) -> PaperAccount:
        """Where it is now that was here."""
        return self.paper[self._key(*key)]

    def _keep(self, key: Key, posting: Posting, note: Note | None) -> None:
        if note is not None:
            self.done.append((key, posting, note))

    def _a_hold(self, data: st.DataObject) -> tuple[Key, Hold, PaperHold]:
        return data.draw(st.sampled_from(self.held))

    def _settle(self, one: PaperActivity) -> None:
        point, visit = self._key(one.member, "point"), self._key(one.member, "visit")
        one.settle(self.paper[point], self.paper[visit], self.now)

    def _day(self, days: int) -> tuple[date, datetime]:
        """So many days from today in Berlin, and the moment at which that day is over."""
        day = self.now.astimezone(BERLIN).date() + timedelta(days=days)
        return day, datetime(*(day + timedelta(days=1)).timetuple()[:3], tzinfo=BERLIN)

    def _require_day(self, days: int) -> None:
        if days < 0:
            raise Refused("day_invalid")

    def _go(self, step: timedelta) -> None:
        self.now += step
        self.time.move_to(self.now, tick=False)
        for account in self.paper.values():
            account.tick(self.now)

    def _reread(self) -> None:
        for member in self.members:
            member.refresh_from_db()

    @contextmanager
    def _both(self, on_paper: Callable[[], Any]) -> Iterator[Any]:
        """What the paper answers; where it refuses, so must the body, with the same code."""
        try:
            answer = on_paper()
        except Refused as said:
            with self._refused(str(said)):
                yield None
        else:
            yield answer

    @contextmanager
    def _refused(self, code: str) -> Iterator[None]:
        before = _written(self.members)
        with pytest.raises(LoyaltyError) as refused:
            yield
        assert refused.value.code == code
        assert _written(self.members) == before


LOTS = """SELECT l.id, l.member_id, a.unit_id, l.remaining, l.held, l.expires_at, l.origin_id,
                 e.kind
          FROM points_lot l JOIN points_account a ON a.id = l.account_id
          JOIN points_entry e ON e.id = l.entry_id WHERE l.member_id = ANY(%s) ORDER BY l.id"""
ACCOUNTS = """SELECT member_id, unit_id, balance, held FROM points_account
              WHERE member_id = ANY(%s)"""
WRITTEN = """SELECT a.id, a.version, (SELECT count(*) FROM points_posting p
                                      WHERE p.member_id = a.member_id)
             FROM points_account a WHERE a.member_id = ANY(%s) AND a.version > 0 ORDER BY a.id"""


def _rows(query: str, ids: list[uuid.UUID]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [ids])
        return cursor.fetchall()


def _written(members: list[Member]) -> list[tuple[Any, ...]]:
    return _rows(WRITTEN, [member.pk for member in members])


def _summed(lots: Any) -> dict[int, tuple[int, int, datetime | None]]:
    """What is left and held of each lot, and its end; a lot that moved in parts counts as one."""
    found: dict[int, tuple[int, int, datetime | None]] = {}
    for lot, left, held, end in lots:
        known = found.get(id(lot), (0, 0, end))
        assert known[2] == end
        found[id(lot)] = (known[0] + left, known[1] + held, end)
    return found


def _paper(unit: str, numbers: Numbers) -> PaperAccount:
    return PaperAccount(
        has_lots=unit != "visit", lives=LIVES.get(unit), stirs=unit == "star", numbers=numbers
    )
