"""Matched tiers with a challenge: kept by whoever counts enough in time."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine

from common.errors import InvalidInput
from events.models import Event
from members import erasure
from members.models import Member
from program.models import Program, Unit
from tests.cast import ACTOR, ana, earn, utc
from tiers import challenges, grants, standing
from tiers.models import Standing, Tier
from tiers.tasks import settle_challenges

pytestmark = pytest.mark.django_db
GIVEN, DUE, KEPT = utc(2026, 1, 10), utc(2026, 4, 1), utc(2027, 1, 1)


def matched(member: Member, *, keeps_until: datetime | None = KEPT, amount: int = 2) -> Standing:
    with time_machine.travel(GIVEN, tick=False):
        return challenges.match(
            member,
            tier=Tier.objects.get(code="gold"),
            unit=Unit.objects.get(code="visit"),
            amount=amount,
            ends_at=DUE,
            keeps_until=keeps_until,
            reason="Gold elsewhere",
            actor=ACTOR,
        )


def tier_on(member: Member, moment: datetime) -> str | None:
    with time_machine.travel(moment, tick=False):
        held = standing.current(member)
    return held.code if held else None


def settled(moment: datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return challenges.settle()


def test_who_counts_enough_in_time_keeps_it(quay: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    row = matched(member)
    earn(member, 1, unit="visit", at=utc(2026, 1, 9))  # before it was given
    earn(member, 1, unit="visit", at=utc(2026, 2, 1))
    assert settled(utc(2026, 3, 1)) == 0
    earn(member, 1, unit="visit", at=utc(2026, 3, 31))
    assert settled(utc(2026, 3, 31, 12)) == 1
    assert settled(utc(2026, 3, 31, 13)) == 0
    row.refresh_from_db()
    assert row.ends_at == KEPT
    assert tier_on(member, utc(2026, 12, 1)) == "gold"
    assert Event.objects.filter(type="tier_kept", member_id=member.pk).count() == 1


def test_who_does_not_loses_it_at_its_end(quay: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    matched(member, amount=3)
    earn(member, 2, unit="visit", at=utc(2026, 2, 1))
    earn(member, 1, unit="visit", at=DUE)  # a moment too late
    assert settled(utc(2026, 4, 2)) == 0
    assert tier_on(member, utc(2026, 3, 1)) == "gold"
    assert tier_on(member, utc(2026, 4, 2)) != "gold"


def test_a_run_that_comes_late_sees_what_was_done_in_time(quay: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    matched(member, keeps_until=None)
    earn(member, 2, unit="visit", at=utc(2026, 3, 31))
    assert settled(utc(2026, 4, 10)) == 1
    assert tier_on(member, utc(2030, 1, 1)) == "gold"
    settle_challenges()


def test_a_challenge_asks_for_something_and_gives_something(quay: Program) -> None:
    with pytest.raises(InvalidInput, match="asks for something"):
        matched(ana(), amount=0)
    with pytest.raises(InvalidInput, match="for longer"):
        matched(ana(name="Rui"), keeps_until=DUE)


def test_what_is_withdrawn_is_not_kept(quay: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    row = matched(member)
    earn(member, 2, unit="visit", at=utc(2026, 1, 20))
    with time_machine.travel(utc(2026, 2, 1), tick=False):
        grants.withdraw(row, reason="By mistake", actor=ACTOR)
    assert settled(utc(2026, 2, 2)) == 0


def test_an_erased_members_challenge_ends_and_stops_nobody(quay: Program) -> None:
    gone, other = ana(joined_at=utc(2026, 1, 1)), ana(name="Rui", joined_at=utc(2026, 1, 1))
    row, waiting = matched(gone), matched(other)
    for member in (gone, other):
        earn(member, 2, unit="visit", at=utc(2026, 1, 20))
    with time_machine.travel(utc(2026, 2, 1), tick=False):
        erasure.erase(gone, reason="asked", actor=ACTOR)
    assert settled(utc(2026, 2, 2)) == 1
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.ends_at, row.challenge_unit) == (utc(2026, 2, 1), None)
    assert waiting.ends_at == KEPT
