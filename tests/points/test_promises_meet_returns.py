"""A return while the points it takes are held, sent, or given together with others: in any order,
everybody ends with what is theirs.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from earning import returns
from members import households, merging
from members.models import Member
from points import expiry, holds
from points.models import Hold
from program.models import Program
from rewards import redemption, together
from rewards.models import Redemption, Reward
from tests import books
from tests.cast import (
    ACTOR,
    ana,
    balance,
    capture,
    earn,
    facts,
    hold,
    lots,
    pooled,
    release,
    send,
    utc,
    visit,
)

pytestmark = pytest.mark.django_db
_turn = itertools.count(1)


@pytest.fixture(autouse=True)
def march(quay: Program) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False) as clock:
        yield clock


def told(**said: Any) -> None:
    words = {
        "partner": "till", "activity": "sale", "reference": f"told-{next(_turn)}",
        "reason": "Brought back", "actor": ACTOR,
    }  # fmt: skip
    returns.amend(**words, **said) if said else returns.cancel(**words)


def worth(euros: int) -> None:
    told(attributes={"paid": str(euros)})


def sale(member: Member) -> None:
    visit(member, attributes={"paid": "40"}, reference="sale")


def part_of(held: Hold) -> None:
    capture(held, 10)


def timed_out(_held: Hold) -> None:
    with time_machine.travel(utc(2026, 3, 10, 20), tick=False):
        holds.time_out()


ENDS: dict[str, tuple[Callable[[Hold], object], int]] = {
    "captured": (capture, 30),
    "captured in part": (part_of, 10),
    "released": (release, 0),
    "timed out": (timed_out, 0),
}


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("values", [(10, 60), (60, 10), (25, 10)])
@pytest.mark.parametrize("ends_after", [1, 2])
def test_amended_while_held_the_end_is_the_last_word_less_what_was_bought(
    how: str, values: tuple[int, int], ends_after: int
) -> None:
    member = ana()
    sale(member)
    held = hold(member, 30)
    end, bought = ENDS[how]
    for place, euros in enumerate((*values, None)):
        if place == ends_after:
            end(held)
        if euros is not None:
            worth(euros)
            assert facts(member)[2] <= max(0, balance(member))
    assert facts(member) == (values[1] - bought, 0, max(0, values[1] - bought))
    assert books.faults() == []
    told()
    assert facts(member) == (-bought, 0, 0)


@pytest.mark.parametrize("how", ENDS)
def test_cancelled_while_held_and_never_known_before(how: str) -> None:
    """The return of a part came before the sale, the cancellation while its points are held."""
    member = ana()
    told(returned={"paid": "10"})
    sale(member)
    assert balance(member) == 30
    held = hold(member, 30)
    told()
    assert facts(member) == (0, 30, 0)
    end, bought = ENDS[how]
    end(held)
    assert facts(member) == (-bought, 0, 0)


@pytest.mark.parametrize("how", ENDS)
def test_what_is_held_past_its_end_is_not_taken_twice(
    march: time_machine.Coordinates, how: str
) -> None:
    member = ana()
    visit(member, attributes={"paid": "40"}, reference="sale", occurred_at=utc(2026, 2, 10, 12))
    march.move_to(utc(2026, 3, 10, 22, 55))
    held = hold(member, 30, minutes=10)
    march.move_to(utc(2026, 3, 10, 23, 2))
    told()  # ten have ended, thirty are promised
    assert facts(member) == (0, 30, 0)
    end, bought = ENDS[how]
    if how == "timed out":
        march.move_to(utc(2026, 3, 11, 12))
        expiry.run()
    else:
        end(held)
    assert facts(member) == (-bought, 0, 0)


def test_what_was_sent_on_is_owed_by_who_sent_it() -> None:
    one, other = ana(), ana(name="Bea Lima")
    sale(one)
    send(one, other, 30)
    told(returned={"paid": "20"})
    assert (balance(one), balance(other)) == (-10, 30)
    told()
    assert (balance(one), balance(other)) == (-30, 30)


# Together


def coffee(member: Member) -> Redemption:
    reward = Reward.objects.get(code="coffee")
    return together.redeem(member, reward=reward, attempt=uuid.uuid4(), actor=ACTOR)


def cancel(row: Redemption) -> None:
    redemption.cancel(row, reason="Out of milk", actor=ACTOR)


@pytest.mark.parametrize("what", ["left", "merged", "merged and parted", "the others merged"])
def test_paid_together_each_gets_back_their_own_whatever_became_of_them(what: str) -> None:
    one, mate, third = ana(), ana(name="Bea Lima"), ana(name="Carla")
    earn(one, 6)
    earn(mate, 7, at=utc(2026, 3, 9))
    pooled(one, mate)
    taken = coffee(one)
    assert (balance(one), balance(mate)) == (3, 0)
    row = None
    if what == "left":
        households.leave(mate, actor=ACTOR)
    elif what == "the others merged":
        merging.merge(one, mate, reason="One person", actor=ACTOR)
    else:
        row = merging.merge(third, mate, reason="One person", actor=ACTOR)
        if what.endswith("parted"):
            merging.undo(row, reason="Two people", actor=ACTOR)
            row = None
    cancel(taken)
    owner = {"merged": third, "the others merged": one}.get(what, mate)
    assert balance(owner) == (13 if owner is one else 7)
    assert balance(one) + balance(mate) + balance(third) == 13
    if row is not None:
        merging.undo(row, reason="Two people", actor=ACTOR)
        assert (balance(mate), balance(third)) == (7, 0)
        assert lots(mate) == [(7, 7)]


def test_who_was_merged_out_of_a_pool_gives_nothing_until_they_agree_anew() -> None:
    one, mate, third = ana(), ana(name="Bea Lima"), ana(name="Carla")
    earn(mate, 50)
    pooled(one, mate)
    row = merging.merge(third, mate, reason="One person", actor=ACTOR)
    assert together.balance(one, unit="point") == 0
    merging.undo(row, reason="Two people", actor=ACTOR)
    assert together.balance(one, unit="point") == 50
    coffee(one)
    assert (balance(one), balance(mate), balance(third)) == (0, 40, 0)
