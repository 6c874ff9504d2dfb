"""Webhooks among many: signed as others sign, none held up by another, a letter for each pause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from common import clock
from members import enrolment
from partners import delivery, notices, outside, signing
from partners.models import Delivery, Endpoint
from tests.receiver import receiving
from tests.till import ACTOR, Till, code, marta

TYPES = ["member_enrolled"]


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    """The vector of the reference libraries of Standard Webhooks."""
    made = signing.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_who_answers_byte_by_byte_is_cut_off(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every byte comes in good time; all of them together never do."""
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    monkeypatch.setattr(outside, "WHOLE_S", 0.6)
    with receiving() as slow:
        slow.drip = 0.05
        with pytest.raises(outside.Unreachable, match="No answer in time"):
            outside.post(slow.url, body=b"{}", headers={})


@pytest.mark.django_db(transaction=True)
def test_who_fails_leaves_room_for_those_who_answer(till: Till, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    with receiving() as one, receiving() as other:
        for number in range(9):
            hook = {"url": f"{one.url}/{number}", "types": TYPES, "contact": "it@example.com"}
            assert till.send("webhooks", hook).status_code == 201
        Endpoint.objects.update(failing_since=clock.now())
        well = {"url": other.url, "types": TYPES, "contact": "it@example.com"}
        mine = till.send("webhooks", well).json()["webhook"]["id"]
        for number in range(3):
            enrolment.enroll(name=f"Guest {number}", actor=ACTOR)
        claimed = delivery.claim(delivery.THREADS)
        healthy = [row for row in claimed if row.endpoint.public_id == mine]
        assert len(healthy) == delivery.AT_ONCE
        assert len(claimed) - len(healthy) == delivery.FAILING_AT_ONCE
        assert delivery.claim(100) == []
        Delivery.objects.update(leased_until=None)
        delivery.drain()
        assert len(other.got) == 3
        assert len(one.got) == 27


@pytest.mark.django_db(transaction=True)
def test_the_contact_of_a_paused_one_gets_a_letter_once(till: Till, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    with receiving() as hook:
        body = {"url": hook.url, "types": TYPES, "contact": "it@example.com"}
        made = till.send("webhooks", body).json()["webhook"]["id"]
        hook.status = 500
        marta()
        delivery.drain()
        with time_machine.travel(clock.now() + timedelta(hours=25)):
            delivery.drain()
            assert notices.tell() == 1
            assert notices.tell() == 0
    [letter] = mail.outbox
    assert letter.to == ["it@example.com"]
    assert hook.url in letter.body
    assert made in letter.body
    assert "resume" in letter.body
    assert letter.extra_headers["Message-ID"].startswith("<webhook-")


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_breaks_is_written_down_and_the_others_go_on(
    till: Till, settings: Any
) -> None:
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    with receiving() as hook:
        till.send("webhooks", {"url": hook.url, "types": TYPES, "contact": "it@example.com"})
        for name in ("Ana", "Bea", "Carla"):
            marta(name=name, reference=name, email="", phone="")
        broken = Delivery.objects.order_by("id")[0]
        Delivery.objects.filter(pk=broken.pk).update(body={})
        assert delivery.drain() == 3
        assert len(hook.got) == 2
    assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == [
        "waiting", "delivered", "delivered",
    ]  # fmt: skip
    assert broken.attempts.get().problem.startswith("KeyError")


@pytest.mark.parametrize(
    "url", ["https://[x", "https://till.example.com:99999/", "https://", "till.example.com"]
)
def test_what_is_no_address_is_refused_in_words(till: Till, url: str) -> None:
    refused = till.send("webhooks", {"url": url, "types": TYPES, "contact": "it@example.com"})
    assert code(refused) == "webhook_invalid"
    assert "https://till.example.com/hook" in refused.json()["detail"]
