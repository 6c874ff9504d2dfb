"""The machine that does everything twice: each rule is one verb of the house."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from earning import returns
from members import merging
from points import expiry, holds, transfers
from points.models import Entry, Hold, Posting
from rewards import exchange, redemption, together
from rewards.models import Conversion, Reward
from tests import cast
from tests.points import naive_world as world
from tests.points.naive import Note, Refused
from tests.points.naive_world import PaperActivity, PaperTransfer
from tests.points.side_by_side import UNITS, Key, TwoLedgers

STEP, LEAST, COINS = 10, 20, 3  # points that are exchanged at a time, at least, and for how much
COFFEE = 10  # points
people = st.integers(0, 2)
units = st.sampled_from(UNITS)
amounts = st.integers(1, 60) | st.sampled_from([1, 100])
until = st.sampled_from([-1, 0, 5, 40])  # days from today
_turn = itertools.count(1)


class LedgerOnPaper(TwoLedgers):
    """Every rule does one thing twice: in the database, and on paper. Both must answer alike.

    A verb of the ledger that is new gets a rule here and a method of `PaperAccount`, or a function
    of `naive_world` where it goes on between accounts.
    """

    # What comes in and goes out

    @rule(member=people, unit=units, amount=amounts, days=st.sampled_from([0, 0, 1, 20, 40]))
    def earn(self, member: int, unit: str, amount: int, days: int) -> None:
        at, key = self.now - timedelta(days=days), self._key(member, unit)
        note = self.paper[key].earn(amount, at, self.now)
        self._keep(key, cast.earn(self._person(member), amount, unit=unit, at=at), note)

    @rule(member=people, unit=units, amount=amounts)
    def spend(self, member: int, unit: str, amount: int) -> None:
        key = self._key(member, unit)
        with self._both(lambda: self.paper[key].spend(amount, self.now)) as note:
            self._keep(key, cast.spend(self._person(member), amount, unit=unit), note)

    @rule(member=people, unit=units, amount=amounts, is_up=st.booleans())
    def adjust(self, member: int, unit: str, amount: int, is_up: bool) -> None:
        key = self._key(member, unit)
        paper, signed = self.paper[key], amount if is_up else -amount
        with self._both(
            lambda: paper.hand(amount, self.now) if is_up else paper.lower(amount)
        ) as note:
            self._keep(key, cast.adjust(self._person(member), signed, unit=unit), note)

    @rule(member=people, amount=amounts)
    def convert(self, member: int, amount: int) -> None:
        """Points for coins: whole steps only, both or neither."""
        point, coin = self._key(member, "point"), self._key(member, "coin")
        taken = amount // STEP * STEP
        given = taken // STEP * COINS

        def on_paper() -> tuple[Note, Note]:
            if taken < LEAST:
                raise Refused("amount_invalid")
            spent = self.paper[point].spend(taken, self.now)
            return spent, self.paper[coin].earn(given, self.now, self.now)

        with self._both(on_paper) as notes:
            done = exchange.exchange(
                self._person(member),
                conversion=Conversion.objects.get(code="coins"),
                amount=amount,
                attempt=uuid.uuid4(),
                actor=cast.ACTOR,
            )
            assert (done.taken, done.given) == (taken, given)
            self._keep(point, done.spent, notes and notes[0])
            self._keep(coin, done.earned, notes and notes[1])

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        key, posting, note = data.draw(st.sampled_from(self.done))
        with self._both(lambda: self._account(key).undo(note, self.now)):
            cast.reverse(posting)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """The same source again is refused, and leaves everything as it was."""
        (number, unit), posting, _ = data.draw(st.sampled_from(self.done))
        with self._refused("source_used"):
            cast.earn(self.members[number], 5, unit=unit, source=posting.source)

    # Holds

    @rule(member=people, unit=units, amount=amounts, minutes=st.sampled_from([5, 20]))
    def hold(self, member: int, unit: str, amount: int, minutes: int) -> None:
        key, end = self._key(member, unit), self.now + timedelta(minutes=minutes)
        with self._both(lambda: self.paper[key].hold(amount, end)) as paper:
            row = cast.hold(self._person(member), amount, unit=unit, minutes=minutes)
            self.held += [(key, row, paper)] if paper else []

    @precondition(lambda self: self.held)
    @rule(data=st.data(), share=st.sampled_from([1, 2, 2, 2, 3]))
    def capture(self, data: st.DataObject, share: int) -> None:
        """A half of it, all, or (refused) half as much again."""
        key, row, paper = self._a_hold(data)
        amount = max(1, paper.amount * share // 2)
        with self._both(lambda: self._account(key).capture(paper, amount, self.now)) as note:
            posting = cast.capture(row, amount)
            if note is not None:
                self._keep(key, posting, note)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        key, row, paper = self._a_hold(data)
        with self._both(lambda: self._account(key).release(paper, self.now)):
            cast.release(row)

    @rule()
    def time_out(self) -> None:
        holds.time_out()
        overdue = Hold.objects.filter(status="open", expires_at__lte=self.now)
        assert not overdue.filter(member__in=self.members).exists()

    # From one to another

    @rule(sender=people, receiver=people, unit=units, amount=st.integers(1, 20))
    def send(self, sender: int, receiver: int, unit: str, amount: int) -> None:
        giving, taking = self._key(sender, unit), self._key(receiver, unit)

        def on_paper() -> PaperTransfer:
            self._require_sendable(giving, taking, amount)
            pairs = world.send(self.paper[giving], self.paper[taking], amount)
            return PaperTransfer(giving[0], taking[0], unit, amount, self.now, pairs)

        with self._both(on_paper) as paper:
            row = cast.send(self._person(sender), self._person(receiver), amount, unit=unit)
            self.sent += [(row, paper)] if paper else []

    def _require_sendable(self, giving: Key, taking: Key, amount: int) -> None:
        unit, mates = giving[1], {0, 1}
        if unit == "visit":
            raise Refused("unit_invalid")
        is_far = unit == "coin" and not {giving[0], taking[0]} <= mates
        if giving == taking or unit == "star" or is_far:
            raise Refused("transfer_refused")
        if unit == "coin" and (amount < 2 or amount % 2):
            raise Refused("transfer_limit")
        self.paper[giving].require(amount)
        if unit == "coin":
            now = [t for _, t in self.sent if t.unit == unit and world.same_month(t.at, self.now)]
            sent = sum(one.amount for one in now if one.sender == giving[0])
            received = sum(one.amount for one in now if one.receiver == taking[0])
            if sent + amount > 10 or received + amount > 12:
                raise Refused("transfer_limit")

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_back(self, data: st.DataObject) -> None:
        row, paper = data.draw(st.sampled_from(self.sent))
        giving = self._account((paper.sender, paper.unit))
        taking = self._account((paper.receiver, paper.unit))
        with self._both(lambda: world.send_back(paper, giving, taking, self.now)) as amount:
            taken = transfers.reverse(row, reason="By mistake", actor=cast.ACTOR)
            assert amount is None or taken == amount

    @rule(member=st.integers(0, 1))
    def pay_together(self, member: int) -> None:
        accounts = [self.paper[number, "point"] for number in (0, 1)]
        with self._both(lambda: world.pay_together(accounts, COFFEE, self.now)) as notes:
            row = together.redeem(
                self.members[member],
                reward=Reward.objects.get(code="coffee"),
                attempt=uuid.uuid4(),
                actor=cast.ACTOR,
            )
            if notes:
                self.pooled.append((row, notes))

    @precondition(lambda self: self.pooled)
    @rule(data=st.data())
    def call_off(self, data: st.DataObject) -> None:
        """A reward that was paid together goes back to each who gave; the second time changes
        nothing.
        """
        row, notes = data.draw(st.sampled_from(self.pooled))
        for number, note in enumerate(notes):
            if not note.is_undone:
                self.paper[number, "point"].undo(note, self.now)
        redemption.cancel(row, reason="Called off", actor=cast.ACTOR)

    # What a till reports, and what becomes of it

    @rule(member=people, cents=st.integers(0, 6_000), is_outside=st.booleans())
    def foresee(self, member: int, cents: int, is_outside: bool) -> None:
        """A visit of which changes may come before it is reported."""
        self.told.append(PaperActivity(f"visit-{next(_turn)}", member, cents, is_outside))

    @rule(member=people, cents=st.integers(0, 6_000), is_outside=st.booleans())
    def visit(self, member: int, cents: int, is_outside: bool) -> None:
        self.foresee(member, cents, is_outside)
        self._report(self.told[-1], self.now)

    @precondition(lambda self: any(one.at is None for one in self.told))
    @rule(data=st.data(), days=st.sampled_from([0, 1, 20, 40]))
    def report(self, data: st.DataObject, days: int) -> None:
        """The visit itself, now or late, by the card that one has, or had."""
        one = data.draw(st.sampled_from([one for one in self.told if one.at is None]))
        self._report(one, self.now - timedelta(days=days))

    def _report(self, one: PaperActivity, at: datetime) -> None:
        first = one.first
        one.at = at
        self._settle(one)
        attributes = {"paid": _euros(first[0]), "table": "terrace" if first[1] else "inside"}
        cast.visit(
            reference=one.name,
            kind="card",
            value=self.cards[one.member],
            occurred_at=at,
            attributes=attributes,
        )

    @precondition(lambda self: self.told)
    @rule(data=st.data(), what=st.sampled_from(["cancel", "back", "back", "paid", "table"]))
    def change(self, data: st.DataObject, what: str) -> None:
        one = data.draw(st.sampled_from(self.told))
        fields: dict[str, Any] = {}
        if what == "back":
            if one.cents == one.back:
                return
            part = data.draw(st.integers(1, one.cents - one.back))
            fields["returned"] = {"paid": _euros(part)}
        elif what == "paid":
            part = data.draw(st.integers(0, 6_000))
            fields["attributes"] = {"paid": _euros(part)}
        elif what == "table":
            fields["attributes"] = {"table": "inside" if one.terrace else "terrace"}

        def on_paper() -> None:
            one.require_open()
            if what == "back":
                one.back += part
            elif what == "paid":
                one.cents, one.back = part, 0
            elif what == "table":
                one.terrace = not one.terrace
            else:
                one.is_cancelled = True
            self._settle(one)

        fields |= {"partner": "till", "activity": one.name, "reference": f"change-{next(_turn)}"}
        with self._both(on_paper):
            self._send_change(fields)
            self.last_change = fields

    def _send_change(self, fields: dict[str, Any]) -> returns.Changed:
        is_part = "returned" in fields or "attributes" in fields
        verb: Callable[..., returns.Changed] = returns.amend if is_part else returns.cancel
        return verb(**fields, reason="Told later", actor=cast.ACTOR)

    @precondition(lambda self: self.last_change)
    @rule()
    def change_again(self) -> None:
        """The same change once more is the first one."""
        assert self.last_change is not None
        assert self._send_change(self.last_change).is_replay

    # Time

    @rule()
    def expire(self) -> None:
        expiry.run()

    @rule(hours=st.sampled_from([1, 11, 24, 24 * 8, 24 * 31]))
    def pass_time(self, hours: int) -> None:
        self._go(timedelta(hours=hours))

    @rule(member=people, unit=units, days=until)
    def extend(self, member: int, unit: str, days: int) -> None:
        key, (day, end) = self._key(member, unit), self._day(days)

        def on_paper() -> None:
            self._require_day(days)
            self.paper[key].extend(end)

        with self._both(on_paper):
            expiry.extend(
                self._person(member),
                unit=unit,
                until=day,
                reason="Kindness",
                actor=cast.ACTOR,
                source=f"extension:{next(_turn)}",
            )

    @rule(data=st.data(), days=until)
    def bring_back(self, data: st.DataObject, days: int) -> None:
        """What ended comes back, once."""
        expiry.run()
        rows = Entry.objects.filter(member__in=self.members, kind="expiry").order_by("id")
        ended = list(rows.select_related("account", "member").prefetch_related("uses"))
        if not ended:
            return
        entry = data.draw(st.sampled_from(ended))
        number = [member.pk for member in self.members].index(entry.member_id)
        key, (day, end) = (number, entry.account.unit_id), self._day(days)
        source = f"reinstatement:{entry.pk}"
        is_again = Posting.objects.filter(member=entry.member_id, source=source).exists()
        uses = sorted(entry.uses.all(), key=lambda use: use.pk)
        lots = [(self.lot_of[use.lot_id], use.amount) for use in uses]

        def on_paper() -> Note | None:
            self._require_day(days)
            return None if is_again else self._account(key).bring_back(lots, end)

        with self._both(on_paper) as note:
            posting = expiry.reinstate(
                entry.member, expired=entry.pk, until=day, reason="Kindness", actor=cast.ACTOR
            )
            if note is not None:
                self._keep(key, posting, note)

    # Two memberships become one

    @precondition(lambda self: self.owner[2] == 2 and not self.has_parted and len(self.done) > 5)
    @rule(pair=st.sampled_from([(0, 2), (1, 2), (2, 0)]))
    def merge_and_part(self, pair: tuple[int, int]) -> None:
        """Undone at once it leaves all as it was, but for what was held: that is let go."""
        for unit in UNITS:
            account = self.paper[pair[1], unit]
            for hold in account.holds:
                account.release(hold, self.now) if hold.state == "open" else None
        kept, gone = (self.members[number] for number in pair)
        self.has_parted = True  # once in a history: it takes as long as fifty others
        row = merging.merge(kept, gone, reason="One person", actor=cast.ACTOR)
        merging.undo(row, reason="Two people", actor=cast.ACTOR)
        self._reread()

    @precondition(lambda self: self.owner[2] == 2 and len(self.told) > 3)
    @rule(into=st.integers(0, 1))
    def merge(self, into: int) -> None:
        """For good: what Carla had, did and still does goes to somebody else."""
        for unit in UNITS:
            self.paper[into, unit].absorb(self.paper[2, unit], self.now)
        kept, gone = self.members[into], self.members[2]
        merging.merge(kept, gone, reason="One person", actor=cast.ACTOR)
        self.owner[2] = into
        self._reread()


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
