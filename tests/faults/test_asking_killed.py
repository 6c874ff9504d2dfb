"""The worker is killed, really, between any two of its steps: no invitation is lost, no letter is
sent more than twice, and twice only under one Message-ID.

A step is a statement to the database or a word to the mail server (`tests.faults.killing`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from common import clock
from messaging import tasks as letters
from messaging.models import Letter
from surveys import tasks as questions
from surveys.models import Decision, Invitation
from tests import cast
from tests.faults.killing import lived
from tests.postbox import Postbox, serving
from tests.surveys import world
from tests.surveys.world import guest

IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"  # then it dies before every step
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.timeout(7200 if IS_NIGHTLY else 400),
]
OUT_OF_HAND = timedelta(minutes=11)  # when a letter that was in hand is found again
TRIES = 50


@pytest.fixture
def postbox(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Postbox]:
    cast.apply(world.folder(tmp_path / "asks"))
    with serving(settings) as box:
        yield box


def work(*, since: datetime, kill_before: int) -> bool:
    """The worker's turns after a visit, in a process of its own. Returns whether it lived."""

    def turns() -> None:
        for late in (timedelta(0), timedelta(hours=3)):
            with time_machine.travel(since + late):
                questions.invite()
                letters.deliver()

    return lived(turns, kill_before=kill_before)


def recovered(*, since: datetime) -> None:
    """Another worker comes, when what was in hand is nobody's any more."""
    for _turn in range(TRIES):  # until PostgreSQL has noticed that the other one is gone
        assert work(since=since + OUT_OF_HAND, kill_before=0)
        if Letter.objects.exists() and not Letter.objects.exclude(status="sent").exists():
            return


def test_whenever_the_worker_dies_everybody_is_asked_and_nobody_three_times(
    postbox: Postbox,
) -> None:
    step, doubles = 1, 0
    while True:
        member = guest(step)
        cast.visit(member)
        since = clock.now()
        has_lived = work(since=since, kill_before=step)
        recovered(since=since)
        assert Decision.objects.filter(member=member).count() == 1, step
        assert Invitation.objects.get(member=member).opened_at is not None, step
        got = [one for one in postbox.letters if one["To"] == member.email]
        assert len(got) in (1, 2), step
        assert len({one["Message-ID"] for one in got}) == 1, step
        doubles += len(got) == 2
        if has_lived:
            break
        step += 1 if IS_NIGHTLY else 11
    assert step > 40
    assert doubles <= 8
