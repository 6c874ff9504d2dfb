"""What a person said about letters holds for all of their memberships."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from members import consent
from members.models import Member
from program.models import Program
from tests.cast import ACTOR, ana, utc
from tests.members.test_merging import bea, join, part

pytestmark = pytest.mark.django_db


def test_a_no_to_letters_is_the_persons_whichever_card_it_was_said_with(quay: Program) -> None:
    survivor, absorbed, other = ana(), bea(), ana(name="Eva")

    def say(member: Member, is_given: bool) -> None:
        topic = consent.SURVEYS
        consent.record(member, topic=topic, is_given=is_given, actor=ACTOR)

    def refused() -> set[Any]:
        people = [survivor.pk, other.pk]
        return consent.refused(people, topic=consent.SURVEYS)

    with time_machine.travel(utc(2026, 3, 1, 12)) as moment:
        say(absorbed, False)
        say(survivor, True)
        moment.shift(60)
        say(absorbed, True)
        say(absorbed, False)
        row = join(survivor, absorbed)
        assert refused() == {survivor.pk}
        assert consent.said(survivor) == {"surveys": False}
        moment.shift(60)
        say(survivor, True)  # which they had said before, and takes back the other
        assert refused() == set()
        moment.shift(60)
        say(absorbed, False)  # the link of an old letter
        assert refused() == {survivor.pk}
        part(row)
        assert refused() == set()
        assert consent.is_refused(absorbed, topic=consent.SURVEYS)
