"""The demo's people, on the hotel's program with one real stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate

from common import clock
from earning import intake
from earning.submissions import Submission
from loyalty_site.demo import seed
from members import enrolment
from members.models import Member, User
from partners import admission
from rewards.models import Redemption

pytestmark = pytest.mark.django_db


@pytest.fixture
def agents(hotel: object) -> list[Member]:
    """Two agents: one above every threshold, one on the way."""
    made = []
    for number, nights in ((1, 300), (2, 90)):
        agent = enrolment.enroll(name=f"Agent {number}", reference=f"agent-{number}", actor="test")
        for stay in range(3):
            intake.record(
                Submission(
                    partner="front-desk",
                    reference=f"stay-{number}-{stay}",
                    type="stay",
                    occurred_at=clock.now() - timedelta(days=10 + stay),
                    attributes={
                        "outcome": "stayed",
                        "nights": nights,
                        "suite": False,
                        "revenue": "900.00",
                    },
                    kind="reference",
                    value=f"agent-{number}",
                    location="city-hotel",
                ),
                actor="test",
            )
        made.append(agent)
    return made


def test_the_demo_member_is_the_agent_closest_below_the_top(agents: list[Member]) -> None:
    known = seed.people()
    assert known.member_name == "Agent 2"
    assert Member.objects.get(user__email=known.member_email) == agents[1]


def test_every_printed_login_and_key_works(agents: list[Member]) -> None:
    known = seed.people()
    for email, password in (
        (known.member_email, known.member_password),
        (known.clerk_email, known.clerk_password),
        (known.owner_email, known.owner_password),
    ):
        assert authenticate(None, username=email, email=email, password=password), email
    assert admission.admit(known.api_key).key.partner_id == "front-desk"


def test_each_login_has_the_rights_of_its_role(agents: list[Member]) -> None:
    known = seed.people()
    member = User.objects.get(email=known.member_email)
    clerk = User.objects.get(email=known.clerk_email)
    owner = User.objects.get(email=known.owner_email)
    assert (member.is_staff, clerk.is_staff, owner.is_superuser) == (False, True, True)
    assert clerk.has_perm("members.add_member")
    assert not clerk.has_perm("program.change_program")
    assert not clerk.is_superuser


def test_one_voucher_waits_and_one_was_used(agents: list[Member]) -> None:
    seed.people()
    states = set(Redemption.objects.filter(member=agents[1]).values_list("status", flat=True))
    assert states == {Redemption.Status.ISSUED, Redemption.Status.USED}


def test_a_second_start_changes_passwords_and_nothing_else(agents: list[Member]) -> None:
    first, second = seed.people(), seed.people()
    assert first.member_card == second.member_card
    assert first.clerk_password != second.clerk_password
    assert User.objects.count() == 3
    assert Redemption.objects.count() == 2
