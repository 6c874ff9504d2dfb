"""The worker is killed, really, between any two of its steps: every contact is told, and told twice
only where nobody knew, under one Message-ID.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from common import clock
from partners import notices, webhooks
from partners.models import Endpoint, Notice
from program.models import Program
from tests.cast import ACTOR
from tests.faults.killing import lived
from tests.postbox import Postbox, serving

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.timeout(400),
]
OUT_OF_HAND = timedelta(minutes=11)  # when a notice that was in hand is found again
TRIES = 50


@pytest.fixture
def postbox(hotel: Program, settings: Any) -> Iterator[Postbox]:
    with serving(settings) as box:
        yield box


def paused(contact: str) -> None:
    now = clock.now()
    with transaction.atomic():
        row = Endpoint.objects.create(
            partner_id="front-desk", url="https://till.example", types=["voucher_used"],
            contact=contact, subscribed_at=now, created_by=ACTOR, created_at=now,
        )  # fmt: skip
        webhooks.pause(row)


def work(*, at: datetime, kill_before: int) -> bool:
    def turn() -> None:
        with time_machine.travel(at):
            notices.tell()

    return lived(turn, kill_before=kill_before)


def recovered(*, since: datetime) -> None:
    """Another worker comes, when what was in hand is nobody's any more."""
    for _turn in range(TRIES):  # until PostgreSQL has noticed that the other one is gone
        assert work(at=since + OUT_OF_HAND, kill_before=0)
        if not Notice.objects.exclude(status="sent").exists():
            return


def test_whenever_the_worker_dies_every_contact_is_told_and_nobody_three_times(
    postbox: Postbox,
) -> None:
    step, doubles = 0, 0
    has_lived = False
    while not has_lived:
        step += 1
        people = [f"it{step}{side}@desk.example" for side in "ab"]
        for address in people:
            paused(address)
        since = clock.now()
        has_lived = work(at=since, kill_before=step)
        recovered(since=since)
        got = [one for one in postbox.letters if one["To"] in people]
        assert {str(one["To"]) for one in got} == set(people), step
        assert len(got) in (2, 3), step  # whoever dies has one in hand
        assert len({one["Message-ID"] for one in got}) == 2, step
        assert not Notice.objects.exclude(status="sent").exists(), step
        doubles += len(got) == 3
    assert step > 12
    assert 0 < doubles < step / 2
