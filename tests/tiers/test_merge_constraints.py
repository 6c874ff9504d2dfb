"""What PostgreSQL itself refuses about standings kept from before a merge."""

from __future__ import annotations

import pytest

from common import clock
from members import merging
from members.merges import MemberMerge
from members.models import Member
from tests.cast import ACTOR, ana
from tests.refusals import refused
from tiers.models import Standing, Tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def kept(member: Member, merge: MemberMerge | None, source: str = "merged") -> Standing:
    tier = Tier.objects.get(code="blue")
    return Standing.objects.create(
        member=member,
        tier=tier,
        ladder=tier.ladder,
        source=source,
        merge=merge,
        starts_at=clock.now(),
        reason="Held before",
        actor=ACTOR,
    )


def test_a_standing_kept_by_a_merge_names_it() -> None:
    member = ana()
    with refused("tiers_standing_merged_names_its_merge"):
        kept(member, None)
    row = merging.merge(member, ana(name="Bea"), reason="Twice", actor=ACTOR)
    with refused("tiers_standing_merged_names_its_merge"):
        kept(member, row, source="granted")


def test_each_merge_keeps_its_own_periods() -> None:
    member = ana()
    first, second = (
        merging.merge(member, ana(name=name), reason="Twice", actor=ACTOR)
        for name in ("Bea", "Cleo")
    )
    kept(member, first)
    kept(member, second)
    with refused("tiers_standing_periods_do_not_overlap"):
        kept(member, first)
