"""Which tier was held at a past moment, by what is known today and by what was known then."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from common import clock
from program.models import Program
from tests.cast import ACTOR, ana, earn, utc
from tiers import grants, past, standing
from tiers.models import Tier

pytestmark = pytest.mark.django_db


def held(found: list[past.Held]) -> list[str]:
    return [tier.code if tier else "" for _ladder, tier in found]


def test_a_tier_is_held_from_the_day_it_was_earned(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 2, 12), tick=False):
        earn(member, 3, unit="visit", at=utc(2026, 4, 1, 12))
        standing.reassess(member, actor=ACTOR)
        first = [tier.code for tier in standing.ladders(quay)[0].rungs]
        before = past.happened(member, at=utc(2026, 3, 31), program=quay)
        after = past.happened(member, at=utc(2026, 4, 2), program=quay)
        now = standing.current(member)
    assert held(before)[0] == ""
    assert held(after)[0] in first
    assert now is not None
    assert held(after)[0] == now.code


def test_what_was_not_recorded_yet_was_not_known(quay: Program) -> None:
    member = ana()
    earn(member, 3, unit="visit", at=clock.now() - timedelta(days=40))
    then = clock.now() - timedelta(days=30)
    assert held(past.happened(member, at=then, program=quay))[0] != ""
    assert held(past.known(member, at=then, program=quay))[0] == ""


def test_a_given_tier_counts_from_when_it_was_given(quay: Program) -> None:
    member = ana()
    tier = Tier.objects.order_by("-rank").first()
    assert tier is not None
    with time_machine.travel(utc(2026, 5, 2, 12), tick=False):
        grants.grant(member, tier=tier, reason="A friend of the house", actor=ACTOR)
    assert tier.code in held(past.happened(member, at=utc(2026, 5, 3), program=quay))
    assert tier.code not in held(past.happened(member, at=utc(2026, 5, 1), program=quay))
