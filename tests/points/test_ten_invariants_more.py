"""What loyalty software most often gets wrong about time, holds and sharing, on random streams.

Every stream is made from a seed, so that a failure can be told again. The books are audited after
each.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from common.errors import LoyaltyError
from members import households
from members.models import Member
from points import expiry, holds, transfers
from points.models import Account, Hold, Lot, Posting, Transfer
from program.models import Program
from tests import cast
from tests.cast import (
    ACTOR,
    ana,
    apply,
    balance,
    capture,
    earn,
    hold,
    home,
    release,
    send,
    spend,
    utc,
    variant,
)
from tiers import standing

pytestmark = pytest.mark.usefixtures("quay")
START = utc(2026, 1, 5, 12)


def expiries(member: Member) -> list[tuple[datetime, int]]:
    rows = Posting.objects.filter(member=member, kind="expiry").order_by("occurred_at", "id")
    return sorted(rows.values_list("occurred_at", "entries__amount"))


@pytest.mark.parametrize("seed", range(3))
def test_7_time(quay: Program, seed: int) -> None:
    """The expiry run at any hour or days late gives the same movements and effective instants."""
    punctual, late = ana(name="Punctual"), ana(name="Late")
    chance = random.Random(seed)
    moment, runs = START, 0
    for _ in range(12):
        moment += timedelta(hours=chance.randrange(1, 200))
        amount, do_hold = chance.randrange(1, 50), chance.random() < 0.4
        with time_machine.travel(moment, tick=False):
            for member in (punctual, late):
                earn(member, amount, source=f"earn:{moment}")
                if do_hold:
                    hold(member, 1, minutes=chance.choice([5]), source=f"hold:{moment}")
        for ends in sorted(set(Lot.objects.values_list("expires_at", flat=True))):
            if ends <= moment + timedelta(hours=1):
                with time_machine.travel(max(ends, moment) + timedelta(minutes=20), tick=False):
                    key = (punctual.pk, "point")
                    expiry._expire([key], max(ends, moment) + timedelta(minutes=20))
                    runs += 1
    with time_machine.travel(moment + timedelta(days=400)):
        expiry.run()
    by_end = [Counter(), Counter()]  # type: list[Counter[datetime]]
    for member, total in zip((punctual, late), by_end, strict=True):
        for at, amount in expiries(member):
            total[at] += amount
    assert by_end[0] == by_end[1]
    assert runs
    assert (balance(punctual), balance(late)) == (0, 0)


def test_7_time_clips_month_ends_from_the_original_date(quay: Program) -> None:
    """31 January and a month is the end of February; the next month counts from January again."""
    member = ana()
    with time_machine.travel(utc(2026, 2, 2, 12)):
        earn(member, 5, at=utc(2026, 1, 31, 12))
        extension = expiry.extend(
            member, unit="point", until=date(2026, 3, 31), reason="A month more", actor=ACTOR,
            source="extension:1",
        )  # fmt: skip
    assert (extension[0].ended_at, extension[0].until) == (
        utc(2026, 2, 28, 23),
        utc(2026, 3, 31, 22),
    )


def steps(members: list[Member], chance: random.Random) -> list[Callable[[], Any]]:
    """One of each thing that can happen to points that are held, spent or sent."""
    one, two = chance.sample(members, 2)
    amount, open_holds = chance.randrange(1, 40), list(Hold.objects.filter(status="open"))
    found: list[Callable[[], Any]] = [
        lambda: earn(one, amount),
        lambda: spend(one, amount),
        lambda: hold(one, amount, minutes=chance.choice([1, 15, 60])),
        lambda: send(one, two, amount),
        expiry.run,
        holds.time_out,
    ]
    if open_holds:
        held = chance.choice(open_holds)
        found += [
            lambda: capture(held, chance.randrange(1, held.amount + 1)),
            lambda: release(held),
        ]
    earned = Posting.objects.filter(kind="earn", reversals=None).first()
    if earned is not None and chance.random() < 0.3:
        found.append(lambda: cast.reverse(earned))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_8_holds(quay: Program, seed: int) -> None:
    """available = remaining - held >= 0 for each lot; nothing is both promised and spendable; each
    hold ends once.
    """
    chance, moment = random.Random(seed), START
    members = [ana(name=f"Ana {number}") for number in range(2)]
    with time_machine.travel(moment, tick=False):
        for member in members:
            earn(member, 100)
    done = Counter[str]()
    for _ in range(40):
        moment += timedelta(minutes=chance.choice([1, 7, 30, 60 * 24, 60 * 24 * 9]))
        with time_machine.travel(moment, tick=False):
            try:
                chance.choice(steps(members, chance))()
                done["ok"] += 1
            except LoyaltyError as error:
                done[error.code] += 1
        for lot in Lot.objects.all():
            assert 0 <= lot.held <= lot.remaining <= lot.awarded
        for account in Account.objects.filter(unit="point"):
            left = sum(lot.remaining for lot in account.lots.all())
            promised = sum(h.amount for h in account.holds.filter(status="open"))
            assert account.held == promised
            assert account.available == max(0, account.balance - promised)
            assert left - promised == account.available
            assert not (account.debt and account.available)
    assert done["ok"] >= 15
    ended = Hold.objects.exclude(status="open")
    assert all((row.ended_at is not None) for row in ended)


@pytest.mark.parametrize("seed", range(3))
def test_9_household_and_transfer(quay: Program, tmp_path: Path, seed: int) -> None:
    """Totals are equal before and after, the multiset of (end, quantity) is preserved, and a
    household's tier is its highest.
    """
    said = 'validity = "life"\n'
    apply(variant(tmp_path, (said, said + 'shared = "household"\n')))
    chance = random.Random(seed)
    members = [ana(name=f"Ana {number}") for number in range(4)]
    with time_machine.travel(START, tick=False):
        home(*members[:3])
        earn(members[1], 3, unit="visit")
        standing.reassess(members[1], actor=ACTOR)
        held = [str(standing.current(member)) for member in members]
        assert held == ["Blue", "Blue", "Blue", "None"]
        for day in range(6):
            for member in members:
                earn(member, chance.randrange(5, 60), at=START - timedelta(days=day))
        before, total = ends(), sum(balance(member) for member in members)
        for _ in range(15):
            one, two = chance.sample(members, 2)
            free = cast.account(one).available
            if free:
                made = send(one, two, chance.randrange(1, free + 1))
                if chance.random() < 0.3:
                    transfers.reverse(made, reason="Wrong", actor=ACTOR)
            assert sum(balance(member) for member in members) == total
            assert ends() == before
        households.leave(members[0], actor=ACTOR)
        assert ends() == before
        assert standing.current(members[0]) is None
    assert Transfer.objects.count() >= 5


def ends() -> Counter[datetime | None]:
    """What is left of all members' points, by its end."""
    found: Counter[datetime | None] = Counter()
    for lot in Lot.objects.live():
        found[lot.expires_at] += lot.remaining
    return found
