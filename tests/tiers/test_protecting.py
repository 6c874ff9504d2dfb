"""Points that do not end while a tier is held: what would end is kept to the end of status."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from events.models import Event
from members import merging
from members.models import Member
from points import expiry, notices, past, transfers
from points.models import Extension
from tests.cast import ACTOR, ana, apply, balance, earn, send, spend, utc, variant
from tiers import grants
from tiers.models import Tier

pytestmark = pytest.mark.django_db
BLUE = 'name = "Blue"\n'


@pytest.fixture(autouse=True)
def kept_from_blue_on(db: None, tmp_path: Path) -> None:
    said = f'{BLUE}expiry = [{{ unit = "point", while_held = true }}]\n'
    apply(variant(tmp_path, (BLUE, said)))


def holder(tier: str, until: datetime | None) -> Member:
    """Somebody with 30 points to the end of 10 February, and a tier."""
    with time_machine.travel(utc(2026, 1, 10, 12), tick=False):
        member = ana(joined_at=utc(2026, 1, 1))
        earn(member, 30)
        held = Tier.objects.get(code=tier)
        grants.grant(member, tier=held, ends_at=until, reason="A match", actor=ACTOR)
    return member


@pytest.mark.parametrize("tier", ["blue", "gold"])
def test_points_end_with_the_tier_or_one_above_it(tier: str) -> None:
    member = holder(tier, utc(2026, 6, 30, 22))
    with time_machine.travel(utc(2026, 2, 11, 12), tick=False):
        assert expiry.run() == 0
        assert [end.at for end in expiry.calendar(member)] == [utc(2026, 6, 30, 22)]
        earn(member, 5)
        spend(member, 1)
    with time_machine.travel(utc(2026, 6, 30, 21), tick=False):
        assert (expiry.run(), balance(member)) == (0, 34)
    with time_machine.travel(utc(2026, 7, 1, 12), tick=False):
        assert (expiry.run(), balance(member)) == (34, 0)
    assert Extension.objects.filter(member=member).count() == 2


def test_a_run_that_comes_late_finds_the_same() -> None:
    member = holder("blue", utc(2026, 6, 30, 22))
    with time_machine.travel(utc(2026, 9, 1), tick=False):
        assert (expiry.run(), balance(member)) == (30, 0)
    ended = member.entries.latest("version")
    assert ended.occurred_at == utc(2026, 6, 30, 22)
    state = past.happened(member, unit="point", at=utc(2026, 2, 11))
    assert state.balance == 30


def test_a_tier_for_life_keeps_points_for_ever() -> None:
    member = holder("gold", None)
    with time_machine.travel(utc(2030, 1, 1), tick=False):
        assert (expiry.run(), balance(member)) == (0, 30)


def test_a_lower_tier_and_one_that_has_ended_keep_nothing() -> None:
    low, over = holder("white", None), holder("gold", utc(2026, 2, 1))
    with time_machine.travel(utc(2026, 2, 11, 12), tick=False):
        assert expiry.run() == 60
        assert (balance(low), balance(over)) == (0, 0)


def test_nobody_is_warned_of_an_end_that_does_not_come() -> None:
    holder("blue", utc(2026, 6, 30, 22))
    with time_machine.travel(utc(2026, 2, 8, 12), tick=False):
        notices.run()
    assert not Event.objects.filter(type="points_expiring").exists()


def test_points_posted_late_are_kept_as_well() -> None:
    member = holder("blue", utc(2026, 6, 30, 22))
    with time_machine.travel(utc(2026, 4, 1, 12), tick=False):
        earn(member, 7, at=utc(2026, 1, 20, 12))
        assert balance(member) == 37


def test_what_comes_back_from_a_transfer_is_kept_as_well() -> None:
    member = holder("blue", utc(2026, 6, 30, 22))
    with time_machine.travel(utc(2026, 1, 11, 12), tick=False):
        other = ana(name="Bruno Lima", joined_at=utc(2026, 1, 1))
        made = send(member, other, 30)
        day = utc(2026, 12, 1).date()
        expiry.extend(other, unit="point", until=day, reason="Ill", actor=ACTOR, source="ill:1")
    with time_machine.travel(utc(2026, 4, 1, 12), tick=False):
        assert transfers.reverse(made, reason="Wrong card", actor=ACTOR) == 30
        assert (balance(member), balance(other)) == (30, 0)
        assert [end.at for end in expiry.calendar(member)] == [utc(2026, 6, 30, 22)]


def test_what_comes_back_from_a_merge_is_kept_as_well() -> None:
    member = holder("gold", utc(2026, 6, 30, 22))
    with time_machine.travel(utc(2026, 2, 1, 12), tick=False):
        one = ana(name="Ana L.", joined_at=utc(2026, 1, 1))
        row = merging.merge(one, member, reason="One person", actor=ACTOR)
    with time_machine.travel(utc(2026, 2, 20, 12), tick=False):
        expiry.run()
        there = balance(one)
        merging.undo(row, reason="Two people", actor=ACTOR)
        assert (balance(one), balance(member)) == (0, there)
