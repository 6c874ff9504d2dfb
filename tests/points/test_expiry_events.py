"""Points that expire on the way to something else are announced like those of the nightly run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from events.models import Event
from tests.cast import ana, balance, earn, spend, utc

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def test_what_expired_when_a_member_spends_is_announced_once() -> None:
    start = utc(2026, 1, 1, 12)
    with clock.standing_at(start):
        member = ana()
        earn(member, 10)
    with clock.standing_at(start + timedelta(days=60)):
        earn(member, 5)
        spend(member, 5)
        assert balance(member) == 0
    event = Event.objects.get(type="points_expired", member_id=member.pk)
    assert (event.payload["unit"], event.payload["amount"]) == ("point", 10)
