"""The names of webhooks: looked up while nothing waits for it, and again at every call."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.db import connection

from partners import delivery
from partners.models import Delivery, Endpoint
from program.models import Program
from tests.till import Till, code, marta

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "till.example.com"
HOOK = {
    "url": f"https://{HOST}/hook",
    "types": ["member_enrolled"],
    "contact": "it@example.com",
}
PUBLIC, METADATA = "93.184.215.14", "169.254.169.254"


class Names:
    """Name servers that know one host: where it leads, and whether a transaction was open each time
    they were asked.
    """

    def __init__(self) -> None:
        self.leads_to = PUBLIC
        self.asked: list[bool] = []
        self.real = socket.getaddrinfo

    def look_up(self, host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if host != HOST:
            return self.real(host, port, *args, **more)
        self.asked.append(connection.in_atomic_block)
        if not self.leads_to:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.leads_to, port))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    found = Names()
    monkeypatch.setattr(socket, "getaddrinfo", found.look_up)
    return found


@pytest.mark.parametrize("kind", ["live", "test"])
def test_no_transaction_is_open_while_name_servers_are_asked(
    hotel: Program, names: Names, kind: str
) -> None:
    till = Till(kind=kind)
    made = till.send("webhooks", HOOK)
    assert made.status_code == 201
    where = f"webhooks/{made.json()['webhook']['id']}"
    moved = HOOK | {"url": f"https://{HOST}:8443/other"}
    assert till.send(where, moved, method="patch").json()["url"] == moved["url"]
    assert names.asked == [False, False]


def test_nobody_is_asked_where_no_address_was_sent(till: Till, names: Names) -> None:
    where = f"webhooks/{till.send('webhooks', HOOK).json()['webhook']['id']}"
    names.asked.clear()
    assert till.send(where, {"description": "Bar"}, method="patch").status_code == 200
    assert code(till.send("webhooks", HOOK | {"more": 1})) == "body_invalid"
    assert code(till.send("webhooks", [HOOK])) == "body_invalid"
    assert code(till.send(where, {"url": 7}, method="patch")) == "body_invalid"
    assert names.asked == []
    assert Endpoint.objects.get().url == HOOK["url"]


def test_a_repeat_gets_its_first_answer_whatever_name_servers_say_by_now(
    till: Till, names: Names
) -> None:
    first = till.send("webhooks", HOOK, key="first")
    names.leads_to = ""
    again = till.send("webhooks", HOOK, key="first")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert code(till.send("webhooks", HOOK, key="second")) == "webhook_invalid"
    names.leads_to = PUBLIC
    assert till.send("webhooks", HOOK, key="second").status_code == 201


def test_a_webhook_does_not_move_into_our_network(till: Till, names: Names) -> None:
    where = f"webhooks/{till.send('webhooks', HOOK).json()['webhook']['id']}"
    names.leads_to = METADATA
    moved = {"url": f"https://{HOST}/latest/meta-data"}
    assert code(till.send(where, moved, method="patch")) == "address_forbidden"
    assert Endpoint.objects.get().url == HOOK["url"]


def test_what_a_name_led_to_when_it_was_made_counts_for_no_call(till: Till, names: Names) -> None:
    till.send("webhooks", HOOK)
    marta()
    names.leads_to = METADATA
    assert delivery.drain() == 1
    assert "not public" in Delivery.objects.get().attempts.get().problem
    assert names.asked == [False, False]
