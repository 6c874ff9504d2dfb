"""Webhooks: signed, at least once, tried for three days, and never into our own network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from common import clock
from events import outbox
from events.models import Event
from members import enrolment
from partners import delivery, outside, signing, webhooks
from partners.errors import AddressForbidden, WebhookInvalid
from partners.models import Delivery, Endpoint, RememberedCall
from points import audit
from program.models import Partner
from tests.receiver import Receiver, receiving
from tests.till import ACTOR, Till, code, marta

pytestmark = pytest.mark.django_db(transaction=True)
TYPES = ["activity_recorded", "member_enrolled", "member_updated"]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    with receiving() as found:
        yield found


@pytest.fixture
def told(till: Till, receiver: Receiver) -> dict[str, Any]:
    """An endpoint of the till, with its secret."""
    body = {"url": receiver.url, "types": TYPES, "contact": "it@example.com"}
    made = till.send("webhooks", body)
    assert made.status_code == 201, made.content
    return dict(made.json())


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver does it, by the text of Standard Webhooks and nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{made}" in headers["webhook-signature"].split(" ")


def test_what_happens_is_delivered_signed(
    till: Till, told: dict[str, Any], receiver: Receiver
) -> None:
    marta()
    till.post()
    assert states() == ["waiting", "waiting"]
    assert delivery.drain() == 2
    assert states() == ["delivered", "delivered"]
    headers, body = receiver.got[-1]
    assert all(verify(told["secret"], *one) for one in receiver.got)
    assert not verify(told["secret"], headers, body + b" ")
    sent = {json.loads(one)["type"]: json.loads(one) for _, one in receiver.got}
    with time_machine.travel(clock.now() + timedelta(seconds=3)):
        listed = till.get("events").json()["data"]
    assert sent["activity_recorded"] in listed
    assert "actor" not in sent["member_enrolled"]["data"]
    assert delivery.drain() == 0


def test_nothing_is_sent_before_it_is_true(told: dict[str, Any], receiver: Receiver) -> None:
    with transaction.atomic():
        marta()
        assert states() == ["waiting"]
        transaction.set_rollback(True)
    assert states() == []
    assert delivery.drain() == 0


def test_what_fails_is_tried_again_for_three_days(told: dict[str, Any], receiver: Receiver) -> None:
    receiver.status = 500
    now = clock.now()
    with time_machine.travel(now, tick=False) as at:
        marta()
        waits = []
        while states() == ["waiting"]:
            Endpoint.objects.update(status="active", failing_since=None)
            assert delivery.drain() == 1
            row = Delivery.objects.get()
            if row.due_at:
                waits.append((row.due_at - clock.now()).total_seconds())
                at.move_to(row.due_at)
        assert states() == ["given_up"]
    assert waits[0] < 10
    assert sorted(waits[:8]) == waits[:8]
    assert clock.now() - now < timedelta(days=1)
    assert sum(waits) >= timedelta(days=3).total_seconds() - 1
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    assert len(ids) == 1
    assert len(receiver.got) == Delivery.objects.get().attempts.count()


def test_after_a_day_of_failures_it_is_paused_and_somebody_is_told(
    till: Till, told: dict[str, Any], receiver: Receiver
) -> None:
    receiver.status = 503
    start = clock.now()
    marta()
    delivery.drain()
    with time_machine.travel(start + timedelta(hours=25)):
        delivery.drain()
        assert Endpoint.objects.get().status == "paused"
        letter = Event.objects.get(type="webhook_paused")
        assert letter.payload["contact"] == "it@example.com"
        assert delivery.drain() == 0
        receiver.status = 200
        resumed = till.send(f"webhooks/{told['webhook']['id']}/resume")
        assert resumed.json()["status"] == "active"
        delivery.drain()
    assert states() == ["delivered"]


def test_a_receiver_that_is_gone_is_paused_at_once(
    told: dict[str, Any], receiver: Receiver
) -> None:
    receiver.status = 410
    marta()
    delivery.drain()
    assert Endpoint.objects.get().status == "paused"


def test_what_waits_at_a_paused_one_is_given_up_after_three_days(told: dict[str, Any]) -> None:
    marta()
    Endpoint.objects.update(status="paused")
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert delivery.give_up() == 0
    with time_machine.travel(clock.now() + timedelta(days=4)):
        assert delivery.give_up() == 1
    assert states() == ["given_up"]


def test_one_or_a_range_is_sent_again_under_its_id(
    till: Till, told: dict[str, Any], receiver: Receiver
) -> None:
    begun = clock.now() - timedelta(minutes=1)
    marta()
    till.post()
    delivery.drain()
    where = f"webhooks/{told['webhook']['id']}"
    (first, _) = till.get(f"{where}/deliveries").json()["data"]
    assert till.send(f"deliveries/{first['id']}/replay").status_code == 202
    delivery.drain()
    assert receiver.got[-1][0]["webhook-id"] == first["id"]
    later = (clock.now() + timedelta(minutes=1)).isoformat()
    got = till.send(f"{where}/replay", {"since": begun.isoformat(), "until": later})
    assert got.json() == {"replayed": 2}
    delivery.drain()
    assert len(receiver.got) == 5
    assert till.get(where).json()["counts"] == {"waiting": 0, "delivered": 2, "given_up": 0}


def test_for_a_day_two_secrets_hold(till: Till, told: dict[str, Any], receiver: Receiver) -> None:
    rotated = till.send(f"webhooks/{told['webhook']['id']}/rotate", key="r").json()
    assert rotated["secret"] != told["secret"]
    marta()
    delivery.drain()
    headers, body = receiver.got[-1]
    assert verify(told["secret"], headers, body)
    assert verify(rotated["secret"], headers, body)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        enrolment.enroll(name="Later", actor=ACTOR)
        delivery.drain()
    headers, body = receiver.got[-1]
    assert not verify(told["secret"], headers, body)
    assert verify(rotated["secret"], headers, body)


def test_secrets_are_kept_nowhere_and_told_again_to_a_repeat(
    till: Till, receiver: Receiver
) -> None:
    body = {"url": receiver.url, "types": TYPES, "contact": "it@example.com"}
    first = till.send("webhooks", body, key="w")
    again = till.send("webhooks", body, key="w")
    assert first.content == again.content
    secret = first.json()["secret"]
    assert secret == signing.secret(Endpoint.objects.get())
    assert secret not in RememberedCall.objects.get().body
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, '') FROM partners_apirequest r")
        assert secret not in cursor.fetchone()[0]
    assert secret not in till.get(f"webhooks/{first.json()['webhook']['id']}").content.decode()


def test_one_partner_is_not_told_what_another_did(till: Till, receiver: Receiver) -> None:
    Partner.objects.create(code="web", name="Web shop")
    other = Till("web")
    body = {"url": receiver.url, "types": [*TYPES, "voucher_used"], "contact": "it@example.com"}
    mine = other.send("webhooks", body).json()["webhook"]["id"]
    marta()
    till.post()
    outbox.publish("voucher_used", payload={"actor": "partner:front-desk"})
    outbox.publish("voucher_used", payload={"actor": "partner:web"})
    types = list(Delivery.objects.order_by("id").values_list("type", flat=True))
    assert sorted(types) == ["member_enrolled", "voucher_used"]
    assert code(till.get(f"webhooks/{mine}")) == "nothing_there"
    with time_machine.travel(clock.now() + timedelta(seconds=3)):
        listed = [one["type"] for one in other.get("events").json()["data"]]
        own = [one["type"] for one in till.get("events").json()["data"]]
    assert sorted(listed) == ["member_enrolled", "voucher_used"]
    expected = ["activity_recorded", "member_enrolled", "tier_changed", "voucher_used"]
    assert sorted(own) == expected
    RememberedCall.objects.all().delete()


def test_a_slow_receiver_holds_up_only_itself(
    till: Till, told: dict[str, Any], receiver: Receiver
) -> None:
    receiver.seconds = 0.5
    with receiving() as quick:
        body = {"url": quick.url, "types": TYPES, "contact": "it@example.com"}
        till.send("webhooks", body)
        for number in range(6):
            enrolment.enroll(name=f"Guest {number}", actor=ACTOR)
        claimed = delivery.claim(100)
        assert len(claimed) == 4  # two of each endpoint
        assert delivery.claim(100) == []
        Delivery.objects.update(leased_until=None)
        delivery.drain()
        assert len(quick.got) == len(receiver.got) == 6


def test_what_a_killed_worker_held_is_sent_by_the_next(
    told: dict[str, Any], receiver: Receiver
) -> None:
    marta()
    assert len(delivery.claim(10)) == 1
    assert delivery.drain() == 0
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert delivery.drain() == 1
    assert states() == ["delivered"]


def test_a_redirect_is_not_followed(told: dict[str, Any], receiver: Receiver) -> None:
    receiver.status = 302
    with receiving() as canary:
        receiver.location = canary.url
        marta()
        delivery.drain()
        assert canary.got == []
    assert states() == ["waiting"]


def test_a_test_is_sent_to_the_one_that_asked(
    till: Till, told: dict[str, Any], receiver: Receiver
) -> None:
    got = till.send(f"webhooks/{told['webhook']['id']}/test")
    assert got.status_code == 202
    delivery.drain()
    assert json.loads(receiver.got[-1][1])["type"] == "webhook_test"


def test_test_keys_have_endpoints_of_their_own(till: Till, receiver: Receiver) -> None:
    test = Till(kind="test")
    body = {"url": receiver.url, "types": TYPES, "contact": "it@example.com"}
    assert test.send("webhooks", body).status_code == 201
    assert till.get("webhooks").json() == {"data": []}
    marta()
    assert states() == []
    test.send("members", {"name": "Tess Probe"})
    assert states() == ["waiting"]
    delivery.drain()
    assert json.loads(receiver.got[-1][1])["type"] == "member_enrolled"
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA sandbox CASCADE")


def test_a_removed_one_is_told_nothing_more(till: Till, told: dict[str, Any]) -> None:
    marta()
    where = f"webhooks/{told['webhook']['id']}"
    assert till.send(where, method="delete").status_code == 204
    assert states() == ["given_up"]
    enrolment.enroll(name="Later", actor=ACTOR)
    assert states() == ["given_up"]
    assert code(till.get(where)) == "nothing_there"


def test_the_audit_misses_a_lost_delivery(told: dict[str, Any]) -> None:
    Endpoint.objects.update(subscribed_at=clock.now() - timedelta(hours=1))
    marta()
    assert [str(one) for one in audit.check()] == []
    Delivery.objects.all().delete()
    assert {one.invariant for one in audit.check()} == {
        "every event has its delivery",
        "outbox count is delivered and waiting and given up",
    }
    Endpoint.objects.all().delete()


PRIVATE = [
    "127.0.0.1",
    "127.1",
    "0.0.0.0",
    "0",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "localhost",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_no_address_leads_into_our_network(host: str) -> None:
    with pytest.raises((AddressForbidden, outside.Unreachable)):
        outside.post(f"https://{host}/hook", body=b"{}", headers={})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://user:pass@example.com/",
        "https://example.com:22/",
        "https://example.com:99999/",
        "https:///nothing",
        "https://exa mple.com/",
        "https://example.com/#there",
        "https://ex\u00e4mple.com/",
        "//example.com",
        "example.com",
    ],
)
def test_an_address_is_https_and_plain(url: str) -> None:
    with pytest.raises(WebhookInvalid):
        outside.check_address(url)


def test_a_name_that_moves_into_our_network_is_refused_at_the_call(
    told: dict[str, Any], receiver: Receiver, settings: Any
) -> None:
    marta()
    settings.WEBHOOK_NETWORKS = ()
    Endpoint.objects.update(url="https://localhost/hook")
    delivery.drain()
    assert receiver.got == []
    assert "not public" in Delivery.objects.get().attempts.get().problem


def test_an_endpoint_in_our_network_is_not_made(till: Till) -> None:
    body = {"url": "https://127.0.0.1/", "types": TYPES, "contact": "it@example.com"}
    assert code(till.send("webhooks", body)) == "address_forbidden"
    body["url"] = "https://169.254.169.254/latest/meta-data"
    assert code(till.send("webhooks", body)) == "address_forbidden"


def test_events_are_chosen_from_those_there_are(till: Till, receiver: Receiver) -> None:
    body = {"url": receiver.url, "types": ["api_key_issued"], "contact": "it@example.com"}
    assert code(till.send("webhooks", body)) == "webhook_invalid"
    body = {"url": receiver.url, "types": TYPES, "contact": "nobody"}
    assert code(till.send("webhooks", body)) == "webhook_invalid"


def test_a_partner_has_no_more_than_ten(till: Till, receiver: Receiver) -> None:
    body = {"url": receiver.url, "types": TYPES, "contact": "it@example.com"}
    made = [till.send("webhooks", body).status_code for _ in range(11)]
    assert made == [201] * 10 + [400]
    assert webhooks.of(till.key).count() == 10
