"""What PostgreSQL itself refuses about events."""

import pytest

from events import outbox
from tests.refusals import refused


@pytest.mark.django_db
def test_an_event_says_what_happened() -> None:
    with refused("events_event_has_a_type"):
        outbox.publish("")
