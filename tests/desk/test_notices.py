"""What became of the letters to partners' contacts, as the desk tells it."""

from __future__ import annotations

import pytest
from django.core import mail

from common import clock
from partners import notices
from partners.models import Endpoint, KeyDay, Notice
from program.models import Partner
from tests.cast import ACTOR
from tests.desk.counter import Counter, listing, page, text
from tests.till import Till

pytestmark = pytest.mark.django_db


def test_the_desk_says_whom_nobody_could_tell(owner: Counter) -> None:
    Partner.objects.create(code="kiosk", name="Kiosk", contact="it@kiosk.example")
    key, now = Till("kiosk", points_per_day=10).key, clock.now()
    notices.of_limit(KeyDay.objects.create(key=key, day=now.date(), alerted_at=now))
    assert notices.tell() == 1
    row = Endpoint.objects.create(
        partner_id="kiosk", url="https://kiosk.example/hook", types=["voucher_used"],
        contact="it\n@kiosk.example", status="paused", subscribed_at=now, created_by=ACTOR,
        created_at=now,
    )  # fmt: skip
    failed = notices.of_pause(row)
    assert notices.tell() == 0
    assert len(mail.outbox) == 1
    shown = text(owner.get(listing(Notice)))
    assert "https://kiosk.example/hook given up" in shown
    assert "BadHeaderError" in shown
    assert f"{key.name}, " in shown
    assert "given up" in text(owner.get(page(failed)))
