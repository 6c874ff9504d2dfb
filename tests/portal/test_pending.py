"""What is pending is announced to the member, with its day, and is in no balance."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from earning import returns
from members.models import Member
from program.models import ActivityType, Program
from tests import cast
from tests.cast import ACTOR, utc
from tests.portal import cast as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(quay: Program) -> tuple[Client, Member]:
    member = people.person("Ana Lima", "ana@guest.example")
    return people.signed_in(member), member


@pytest.mark.parametrize("place", ["portal:home", "portal:activity"])
def test_what_is_on_its_way_says_when_it_is_there(
    signed_in: tuple[Client, Member], place: str
) -> None:
    browser, member = signed_in
    ActivityType.objects.filter(code="visit").update(confirm="days", confirm_days=14)
    cast.visit(member, occurred_at=utc(2026, 9, 10, 12), attributes={"paid": "70"})
    shown = browser.get(reverse(place)).content.decode()
    assert "On its way" in shown
    assert "Yours on 24 September 2026" in shown
    assert "70" in shown


def test_what_was_corrected_says_why(signed_in: tuple[Client, Member]) -> None:
    browser, member = signed_in
    done = cast.visit(member, attributes={"paid": "70"})
    assert done.activity is not None
    returns.amend(
        partner="till",
        activity=done.activity.public_id,
        reference="c1",
        reason="Cold",
        actor=ACTOR,
        returned={"paid": "20"},
    )
    shown = browser.get(reverse("portal:activity")).content.decode()
    assert "Visit, corrected" in shown
    assert "EUR 70.00 became EUR 50.00, 20 points taken back" in shown
    assert "On its way" not in shown
