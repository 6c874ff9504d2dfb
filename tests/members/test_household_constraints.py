"""What PostgreSQL itself refuses about households, whoever asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from members import households
from members.models import HouseholdMember, Invitation
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


def test_nobodys_points_are_shared_where_they_no_longer_live() -> None:
    member = ana()
    households.found(member, name="Lima", actor=ACTOR)
    with refused("members_household_member_pools_while_living_there"):
        HouseholdMember.objects.update(left_at=clock.now(), pooled_at=clock.now())
    with refused("members_household_member_pools_while_living_there"):
        HouseholdMember.objects.update(pooled_at=clock.now() - timedelta(days=1))


def test_an_invitation_makes_sense() -> None:
    head, guest = ana(), ana(name="Bruno Lima")
    home = households.found(head, name="Lima", actor=ACTOR)
    households.invite(head, guest, actor=ACTOR)
    with refused("members_invitation_one_open"):
        Invitation.objects.create(
            member=guest, household=home, invited_by=head, invited_at=clock.now()
        )
    with refused("members_invitation_answer_has_its_time"):
        Invitation.objects.update(status="accepted")
    with refused("members_invitation_is_of_somebody_else"):
        Invitation.objects.update(invited_by=guest)
