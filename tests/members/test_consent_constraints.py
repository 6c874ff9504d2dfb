"""What PostgreSQL itself refuses about consent, and that it is written once a topic."""

from __future__ import annotations

import pytest

from common import clock
from events.models import Event
from members import consent
from members.models import Consent
from tests.cast import ACTOR, ana
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_topic_is_said_once_by_each_member() -> None:
    member = ana()
    consent.record(member, topic="surveys", is_given=False, actor=ACTOR)
    with refused("members_consent_topic_is_unique"):
        Consent.objects.create(
            member=member, topic="surveys", is_given=True, said_at=clock.now(), actor=ACTOR
        )
    with refused("members_consent_names_a_topic"):
        Consent.objects.update(topic="")


def test_who_said_nothing_may_be_written_to_until_they_say_no() -> None:
    member = ana()
    assert not consent.is_refused(member, topic="surveys")
    consent.record(member, topic="surveys", is_given=False, actor=ACTOR)
    consent.record(member, topic="surveys", is_given=False, actor=ACTOR)
    assert consent.is_refused(member, topic="surveys")
    assert not consent.is_refused(member, topic="other")
    assert Event.objects.filter(type="consent_changed").count() == 1
    consent.record(member, topic="surveys", is_given=True, actor=ACTOR)
    assert not consent.is_refused(member, topic="surveys")
