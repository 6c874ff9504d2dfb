"""Transfers: what is sent keeps its dates, and what both have together stays the same."""

from __future__ import annotations

import pytest
import time_machine

from events.models import Event
from members import merging
from members.models import Member
from points import expiry, transfers
from points.errors import (
    InsufficientPoints,
    NothingToReverse,
    ReasonMissing,
    SourceUsed,
    TransferLimit,
    TransferRefused,
    UnitInvalid,
)
from points.models import Lot, Posting, Transfer
from program.models import Program, Unit
from tests import cast
from tests.cast import (
    ACTOR,
    amounts,
    ana,
    balance,
    earn,
    facts,
    hold,
    home,
    reverse,
    send,
    spend,
    utc,
)


@pytest.fixture
def pair(quay: Program) -> tuple[Member, Member]:
    return ana(), ana(name="Bruno Lima")


def left(member: Member) -> list[tuple[int, object]]:
    """What is left, with its end, soonest first."""
    rows = Lot.objects.live().filter(member=member).order_by("expires_at", "id")
    return list(rows.values_list("remaining", "expires_at"))


def test_each_lot_arrives_with_its_own_dates(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    with time_machine.travel(utc(2026, 12, 1, 12)):
        earn(sender, 100)
    with time_machine.travel(utc(2026, 12, 20, 12)):
        earn(sender, 80)
        made = send(sender, receiver, 120)
        assert [one.amount for one in expiry.calendar(receiver, unit="point")] == [100, 20]
        ends = [one.at for one in expiry.calendar(receiver, unit="point")]
        assert ends == [utc(2027, 1, 1, 23), utc(2027, 1, 20, 23)]
    assert balance(sender) + balance(receiver) == 180
    assert amounts(made.posting) == [("sent", -120)]
    assert sorted(amounts(made.arrival)) == [("received", 20), ("received", 100)]
    arrived = Lot.objects.filter(member=receiver)
    assert all(lot.origin and lot.awarded_at == lot.origin.awarded_at for lot in arrived)


def test_the_same_source_sends_once(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    earn(sender, 100)
    first = send(sender, receiver, 40, source="attempt:1")
    assert send(sender, receiver, 40, source="attempt:1").pk == first.pk
    assert (balance(sender), balance(receiver)) == (60, 40)
    with pytest.raises(SourceUsed):
        send(sender, receiver, 41, source="attempt:1")


def test_who_owes_or_has_all_held_sends_nothing(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    earned = earn(sender, 100)
    held = hold(sender, 100)
    with pytest.raises(InsufficientPoints, match="100 points are held"):
        send(sender, receiver, 1)
    cast.release(held)
    spend(sender, 100)
    reverse(earned)
    assert balance(sender) == -100
    with pytest.raises(InsufficientPoints):
        send(sender, receiver, 1)
    assert not Transfer.objects.exists()


def test_what_has_ended_is_not_sent(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earn(sender, 100)
    with time_machine.travel(utc(2026, 3, 1)), pytest.raises(InsufficientPoints):
        send(sender, receiver, 1)


def test_what_arrives_repays_a_debt_first(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    earn(sender, 100)
    earned = earn(receiver, 30)
    spend(receiver, 30)
    reverse(earned)
    send(sender, receiver, 50)
    assert facts(receiver) == (20, 0, 20)


def test_counters_and_unknown_units_are_never_sent(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    earn(sender, 5, unit="visit")
    for unit in ("visit", "pebble"):
        with pytest.raises(UnitInvalid):
            send(sender, receiver, 1, unit=unit)


def test_the_program_says_to_whom(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    earn(sender, 500, unit="cent")
    earn(sender, 50, unit="coin")
    with pytest.raises(TransferRefused, match="credits cannot be sent"):
        send(sender, receiver, 1, unit="cent")
    with pytest.raises(TransferRefused, match="your own household only"):
        send(sender, receiver, 2, unit="coin")
    with pytest.raises(TransferRefused, match="your own card"):
        send(sender, sender, 2)
    home(sender, receiver)
    send(sender, receiver, 2, unit="coin")
    assert balance(receiver, "coin") == 2


def test_a_closed_membership_sends_and_receives_nothing(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    earn(sender, 100)
    receiver.status = Member.Status.CLOSED
    with pytest.raises(TransferRefused, match="closed"):
        send(sender, receiver, 1)


def test_least_step_and_limits_of_a_period_hold(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    third = ana(name="Carla Lima")
    home(sender, receiver, third)
    for member in (sender, third):
        earn(member, 100, unit="coin")
    with time_machine.travel(utc(2026, 12, 30, 12)):
        with pytest.raises(TransferLimit, match="least that can be sent is 2 coins"):
            send(sender, receiver, 1, unit="coin")
        with pytest.raises(TransferLimit, match="multiple of 2 coins"):
            send(sender, receiver, 3, unit="coin")
        send(sender, receiver, 8, unit="coin")
        with pytest.raises(TransferLimit, match="2 coins more in this month") as error:
            send(sender, receiver, 4, unit="coin")
        assert error.value.data["left"] == 2
        with pytest.raises(TransferLimit, match="They have been sent"):
            send(third, receiver, 6, unit="coin")
        unit = Unit.objects.get(code="coin")
        assert transfers.room_to_send(sender, unit=unit, program=Program.objects.get()) == 2
    with time_machine.travel(utc(2026, 12, 31, 23, 30)):  # January already, in Berlin
        send(sender, receiver, 10, unit="coin")


def test_what_was_merged_counts_towards_the_limits(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    other = ana(name="Ana L.")
    home(sender, receiver)
    earn(sender, 100, unit="coin")
    with time_machine.travel(utc(2026, 12, 30, 12)):
        send(sender, receiver, 8, unit="coin")
        merging.merge(other, sender, reason="One person", actor=ACTOR)
        with pytest.raises(TransferLimit, match="2 coins more in this month"):
            send(other, receiver, 4, unit="coin")
        last = ana(name="Bruno L.")
        merging.merge(last, receiver, reason="One person", actor=ACTOR)
        Unit.objects.filter(code="coin").update(transfer_sent_most=None)
        with pytest.raises(TransferLimit, match="They have been sent"):
            send(other, last, 6, unit="coin")


def test_a_reversal_takes_back_what_is_left_and_no_more(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    with time_machine.travel(utc(2026, 12, 1, 12)):
        earn(sender, 100)
    with time_machine.travel(utc(2026, 12, 20, 12)):
        earn(sender, 80)
        earn(receiver, 10)
        made = send(sender, receiver, 120)
        spend(receiver, 70)
        hold(receiver, 15)
        assert transfers.reverse(made, reason="Wrong card", actor=ACTOR) == 35
        assert facts(receiver) == (25, 15, 10)
        assert left(sender) == [(15, utc(2027, 1, 1, 23)), (80, utc(2027, 1, 20, 23))]
        assert transfers.returned(made) == 35
        with pytest.raises(NothingToReverse, match="already"):
            transfers.reverse(made, reason="Again", actor=ACTOR)
    assert balance(sender) + balance(receiver) == 120


def test_a_reversal_of_what_is_gone_is_refused(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    earn(sender, 100)
    made = send(sender, receiver, 60)
    with pytest.raises(ReasonMissing):
        transfers.reverse(made, reason="", actor=ACTOR)
    spend(receiver, 60)
    with pytest.raises(NothingToReverse, match="Nothing of it is left"):
        transfers.reverse(made, reason="Wrong card", actor=ACTOR)
    with pytest.raises(NothingToReverse):
        reverse(made.posting)


def test_what_comes_back_after_its_old_end_dies_at_home(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    with time_machine.travel(utc(2026, 12, 1, 12)):
        earn(sender, 100)
        made = send(sender, receiver, 100)
        expiry.extend(
            receiver, unit="point", until=utc(2027, 6, 1).date(), reason="Ill", actor=ACTOR,
            source="extension:1",
        )  # fmt: skip
    with time_machine.travel(utc(2027, 3, 1, 12)):
        transfers.reverse(made, reason="Wrong card", actor=ACTOR)
    assert (balance(sender), balance(receiver)) == (0, 0)
    back = Posting.objects.get(member=sender, kind="reversal")
    assert amounts(back) == [("restore", 100), ("expiry", -100)]


def test_both_are_told(pair: tuple[Member, Member]) -> None:
    sender, receiver = pair
    earn(sender, 100)
    send(sender, receiver, 60)
    told = dict(Event.objects.filter(type__startswith="points_").values_list("type", "member_id"))
    assert told == {"points_sent": sender.pk, "points_received": receiver.pk}
