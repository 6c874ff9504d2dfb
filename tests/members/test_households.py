"""Households: one at a time, and what is shared in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from members import households
from members.errors import AlreadyInHousehold
from members.models import HouseholdMember
from program.models import Program
from tests.cast import ACTOR, ana, apply, awarded, balance, utc, variant, visit
from tiers import standing
from tiers.models import Standing

VALIDITY = 'validity = "life"\n'


def test_one_lives_in_one_household(quay: Program) -> None:
    member = ana()
    home = households.found(member, name="Lima", actor=ACTOR)
    with pytest.raises(AlreadyInHousehold, match="Let them leave it first"):
        households.join(home, member, actor=ACTOR)
    households.leave(member, actor=ACTOR)
    households.join(home, member, actor=ACTOR)
    assert HouseholdMember.objects.filter(member=member).count() == 2


def test_leaving_nowhere_is_harmless(quay: Program) -> None:
    households.leave(ana(), actor=ACTOR)
    assert not HouseholdMember.objects.exists()


def test_the_highest_status_holds_for_all_and_counters_stay_each_ones_own(
    db: None, tmp_path: Path
) -> None:
    apply(variant(tmp_path, (VALIDITY, VALIDITY + 'shared = "household"\n')))
    flier, other = ana(), ana(name="Bruno Lima")
    home = households.found(flier, name="Lima", actor=ACTOR)
    for day in (1, 2, 3):
        visit(flier, occurred_at=utc(2026, 3, day))
    households.join(home, other, actor=ACTOR)
    assert str(standing.current(other)) == "Blue"
    assert balance(other, "visit") == 0
    assert awarded(visit(other))["blue-bonus"] == 5
    households.leave(other, actor=ACTOR)
    assert str(standing.current(other)) == "White"
    assert "blue-bonus" not in awarded(visit(other))


def test_nothing_is_shared_where_the_ladder_does_not_say_so(quay: Program) -> None:
    flier, other = ana(), ana(name="Bruno Lima")
    home = households.found(flier, name="Lima", actor=ACTOR)
    households.join(home, other, actor=ACTOR)
    for day in (1, 2, 3):
        visit(flier, occurred_at=utc(2026, 3, day))
    assert standing.current(other) is None
    assert not Standing.objects.of(other).exists()
