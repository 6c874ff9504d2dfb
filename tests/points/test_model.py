"""The ledger against paper: thousands of random verbs, and after each one the same points.

`HYPOTHESIS_PROFILE=nightly` looks for hours; what it finds becomes a test of its own beside this.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from common.errors import LoyaltyError
from points import audit, expiry
from points.models import Account, Lot, Posting
from program.models import Program
from rewards import exchange
from rewards.models import Conversion
from tests import cast
from tests.points.naive import Note, PaperAccount, Refused, a_month_later, two_months_later

UNITS = ("point", "coin", "star", "visit")
LIVES = {"point": a_month_later, "star": two_months_later}
STEP, LEAST, COINS = 10, 20, 3  # points that are exchanged at a time, at least, and for how much
STEPS = 50
members = st.integers(0, 1)
units = st.sampled_from(UNITS)
amounts = st.integers(1, 60) | st.sampled_from([1, 100])
_sources = itertools.count(1)


class LedgerOnPaper(RuleBasedStateMachine):
    """Every rule does one thing twice: in the database, and on paper. Both must answer alike.

    A verb of the ledger that is new gets a rule here and a method of `PaperAccount`: what moves
    between two members goes through both of their paper accounts, as `convert` does with two units;
    what is held stays in `lots` and is left out of `available`.
    """

    operations = 0

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(cast.utc(2026, 1, 29, 12), tick=False)
        self.time = self.clock.start()
        self.now = cast.utc(2026, 1, 29, 12)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.members = [cast.ana(name=name) for name in ("Ana", "Bruno")]
        self.paper = {(number, unit): _paper(unit) for number in (0, 1) for unit in UNITS}
        self.done: list[tuple[tuple[int, str], Posting, Note]] = []

    def teardown(self) -> None:
        try:
            faults = list(audit.check())
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)
            self.clock.stop()
        assert not faults

    @rule(member=members, unit=units, amount=amounts, days=st.sampled_from([0, 0, 1, 20, 40]))
    def earn(self, member: int, unit: str, amount: int, days: int) -> None:
        at = self.now - timedelta(days=days)
        note = self.paper[member, unit].earn(amount, at, self.now)
        posting = cast.earn(self.members[member], amount, unit=unit, at=at)
        self.done.append(((member, unit), posting, note))

    @rule(member=members, unit=units, amount=amounts)
    def spend(self, member: int, unit: str, amount: int) -> None:
        self._both(
            (member, unit),
            lambda account: account.spend(amount, self.now),
            lambda: cast.spend(self.members[member], amount, unit=unit),
        )

    @rule(member=members, unit=units, amount=amounts, is_up=st.booleans())
    def adjust(self, member: int, unit: str, amount: int, is_up: bool) -> None:
        self._both(
            (member, unit),
            lambda a: a.hand(amount, self.now) if is_up else a.lower(amount),
            lambda: cast.adjust(self.members[member], amount if is_up else -amount, unit=unit),
        )

    @rule(member=members, amount=amounts)
    def convert(self, member: int, amount: int) -> None:
        """Points for coins: whole steps only, both or neither."""
        before = cast.state(self.members[member])
        taken = amount // STEP * STEP
        refusal, notes = "", []
        try:
            if taken < LEAST:
                raise Refused("amount_invalid")
            notes.append(self.paper[member, "point"].spend(taken, self.now))
            given = taken // STEP * COINS
            notes.append(self.paper[member, "coin"].earn(given, self.now, self.now))
        except Refused as said:
            refusal = str(said)
        if refusal:
            with pytest.raises(LoyaltyError) as refused:
                self._exchange(member, amount)
            assert refused.value.code == refusal
            assert cast.state(self.members[member]) == before
            return
        done = self._exchange(member, amount)
        assert (done.taken, done.given) == (taken, taken // STEP * COINS)
        self.done.append(((member, "point"), done.spent, notes[0]))
        self.done.append(((member, "coin"), done.earned, notes[1]))

    def _exchange(self, member: int, amount: int) -> exchange.Exchanged:
        return exchange.exchange(
            self.members[member],
            conversion=Conversion.objects.get(code="coins"),
            amount=amount,
            attempt=uuid.uuid4(),
            actor=cast.ACTOR,
        )

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        if self.done:
            key, posting, note = data.draw(st.sampled_from(self.done))
            self._both(
                key, lambda account: account.undo(note, self.now), lambda: cast.reverse(posting)
            )

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """The same source again is refused, and leaves everything as it was."""
        if self.done:
            key, posting, _ = data.draw(st.sampled_from(self.done))
            member = self.members[key[0]]
            before = cast.state(member)
            with pytest.raises(LoyaltyError) as refused:
                cast.earn(member, 5, unit=key[1], source=posting.source)
            assert refused.value.code == "source_used"
            assert cast.state(member) == before

    @rule()
    def expire(self) -> None:
        expiry.run()
        assert not Lot.objects.live().filter(expires_at__lte=self.now).exists()

    @rule(hours=st.sampled_from([1, 11, 24, 24 * 8, 24 * 31]))
    def pass_time(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.time.move_to(self.now, tick=False)
        for account in self.paper.values():
            account.tick(self.now)

    @invariant()
    def both_show_the_same(self) -> None:
        type(self).operations += 1
        balances = {(a.member_id, a.unit_id): a.balance for a in Account.objects.all()}
        lots = Lot.objects.select_related("account").order_by("id")
        held: dict[tuple[Any, str], list[Lot]] = {}
        for lot in lots:
            held.setdefault((lot.member_id, lot.account.unit_id), []).append(lot)
        for (number, unit), paper in self.paper.items():
            key = (self.members[number].pk, unit)
            mine = held.get(key, [])
            ended = sum(lot.remaining for lot in mine if self._has_ended(lot))
            assert balances.get(key, 0) - ended == paper.available()
            live = [lot for lot in mine if not self._has_ended(lot)]
            drawn = [lot for lot in paper.lots if not lot.end or lot.end > self.now]
            found = [(lot.awarded, lot.remaining, lot.expires_at) for lot in live]
            assert found == [(lot.awarded, lot.left, lot.end) for lot in drawn]
            told = expiry.calendar(self.members[number], unit=unit)
            coming = [(end.at, end.amount) for end in told if end.at and end.at > self.now]
            assert coming == paper.calendar(self.now)

    def _has_ended(self, lot: Lot) -> bool:
        return lot.expires_at is not None and lot.expires_at <= self.now

    def _both(
        self,
        key: tuple[int, str],
        write: Callable[[PaperAccount], Any],
        post: Callable[[], Posting],
    ) -> None:
        member = self.members[key[0]]
        before = cast.state(member)
        note, refusal = None, ""
        try:
            note = write(self.paper[key])
        except Refused as said:
            refusal = str(said)
        if not refusal:
            posting = post()
            self.done += [(key, posting, note)] if note is not None else []
            return
        with pytest.raises(LoyaltyError) as refused:
            post()
        assert refused.value.code == refusal
        assert cast.state(member) == before


def _paper(unit: str) -> PaperAccount:
    return PaperAccount(has_lots=unit != "visit", lives=LIVES.get(unit), stirs=unit == "star")


@pytest.fixture
def pier(db: None, tmp_path: Path) -> Program:
    """The small program with stars, which end after two quiet months, and coins for points."""
    star = (
        '[[unit]]\ncode = "star"\nkind = "spendable"\nsingular = "star"\nplural = "stars"\n'
        "expiry = { inactivity = { months = 2 } }\n\n"
        '[[conversion]]\ncode = "coins"\nname = "Coins"\nleast = 20\n'
        'takes = { unit = "point", amount = 10 }\ngives = { unit = "coin", amount = 3 }\n\n'
    )
    first = '[[partner]]\ncode = "till"\n'
    return cast.apply(cast.variant(tmp_path / "pier", (first, star + first)))


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_the_ledger_does_what_paper_does(pier: Program) -> None:
    LedgerOnPaper.operations = 0
    asked = settings(stateful_step_count=STEPS)
    run_state_machine_as_test(LedgerOnPaper, settings=asked)
    assert LedgerOnPaper.operations >= 2_000
