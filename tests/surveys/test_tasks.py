"""The jobs are safe before there is a program, and run twice."""

from __future__ import annotations

import pytest

from messaging.tasks import deliver
from surveys.models import Tally
from surveys.tasks import escalate, invite, send_waves, tally
from tests.surveys import world
from tests.surveys.world import guest

JOBS = (invite, send_waves, escalate, tally, deliver)


@pytest.mark.django_db
def test_before_there_is_a_program_they_do_nothing() -> None:
    for job in JOBS:
        job()
    assert not Tally.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("quay_asks")
def test_twice_is_as_once() -> None:
    world.answered(guest())
    for _turn in range(2):
        for job in JOBS:
            job()
    answered = Tally.objects.filter(series__startswith="nps")
    assert [row.answers for row in answered] == [1]
