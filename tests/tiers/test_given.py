"""Given status and corrections: beside what is earned, with a reason, and tiers follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from common import clock
from common.errors import BrokenRule, InvalidInput
from points.errors import ReasonMissing
from program.models import Program
from tests.cast import ACTOR, ana, awarded, utc, visit
from tiers import correction, grants, standing
from tiers.models import Standing, Tier


def gold() -> Tier:
    return Tier.objects.get(code="gold")


def test_a_given_tier_counts_until_its_end(quay: Program) -> None:
    member = ana()
    ends_at = clock.now() + timedelta(days=30)
    grants.grant(member, tier=gold(), ends_at=ends_at, reason="Moved here", actor=ACTOR)
    assert standing.current(member) == gold()
    with time_machine.travel(ends_at, tick=False):
        assert standing.current(member) is None


def test_a_given_tier_pays_its_bonus(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1), tick=False):
        grants.grant(member, tier=gold(), reason="Matched", actor=ACTOR, source="matched")
    assert awarded(visit(member, occurred_at=utc(2026, 3, 2)))["blue-bonus"] == 5


def test_recording_leaves_what_was_given_alone(quay: Program) -> None:
    member = ana()
    row = grants.grant(member, tier=gold(), reason="Moved here", actor=ACTOR)
    visit(member)
    assert Standing.objects.filter(pk=row.pk).exists()
    sources = Standing.objects.filter(member=member).values_list("source", flat=True)
    assert set(sources) == {"granted", "earned"}


def test_a_grant_needs_a_reason_an_end_ahead_and_no_twin(quay: Program) -> None:
    member = ana()
    with pytest.raises(ReasonMissing):
        grants.grant(member, tier=gold(), reason=" ", actor=ACTOR)
    with pytest.raises(InvalidInput, match="later day"):
        grants.grant(member, tier=gold(), ends_at=clock.now(), reason="x", actor=ACTOR)
    grants.grant(member, tier=gold(), reason="x", actor=ACTOR)
    with pytest.raises(BrokenRule):
        grants.grant(member, tier=gold(), reason="x", actor=ACTOR)


def test_withdrawing_ends_a_given_tier_now(quay: Program) -> None:
    member = ana()
    row = grants.grant(member, tier=gold(), reason="x", actor=ACTOR)
    with pytest.raises(ReasonMissing):
        grants.withdraw(row, reason="", actor=ACTOR)
    grants.withdraw(row, reason="By mistake", actor=ACTOR)
    assert standing.current(member) is None
    with pytest.raises(InvalidInput):
        grants.withdraw(row, reason="Again", actor=ACTOR)


def test_what_was_earned_cannot_be_withdrawn(quay: Program) -> None:
    member = ana()
    visit(member)
    with pytest.raises(InvalidInput):
        grants.withdraw(Standing.objects.get(member=member), reason="x", actor=ACTOR)


def test_a_correction_of_a_counter_moves_the_tier(quay: Program) -> None:
    member = ana()
    correction.adjust(member, unit="visit", amount=6, reason="Paper card", actor=ACTOR, source="s")
    assert standing.current(member) == gold()
