"""What PostgreSQL itself refuses about households, whoever asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from members import households
from members.models import HouseholdMember
from tests.cast import ACTOR, ana
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def test_nobody_lives_in_two_households() -> None:
    member = ana()
    home = households.found(member, name="Lima", actor=ACTOR)
    with refused("members_household_member_lives_in_one"):
        HouseholdMember.objects.create(member=member, household=home, joined_at=clock.now())


def test_nobody_leaves_before_joining() -> None:
    member = ana()
    households.found(member, name="Lima", actor=ACTOR)
    with refused("members_household_member_leaves_after_joining"):
        HouseholdMember.objects.update(left_at=clock.now() - timedelta(days=1))
