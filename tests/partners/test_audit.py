"""The auditor finds a delivery that was lost, doubled or made up, and names the first row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from common import clock
from partners import audit as proof
from partners import delivery
from partners.models import Delivery, Endpoint
from points import audit
from tests.points.test_audit import plant
from tests.receiver import Receiver, receiving
from tests.till import Till, marta

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = "(SELECT min(id::text)::uuid FROM partners_delivery)"
# Invariant: the fault, and a query for the row that is to be named first.
PLANTED = {
    "every event has its delivery": (
        f"""DELETE FROM partners_attempt WHERE delivery_id = {FIRST};
            DELETE FROM partners_delivery WHERE id = {FIRST}""",
        """SELECT v.id FROM events_event v JOIN partners_endpoint e ON v.type = ANY (e.types)
           WHERE v.id NOT IN (SELECT event_id FROM partners_delivery)""",
    ),
    "outbox count is delivered and waiting and given up": (
        f"""ALTER TABLE partners_delivery DROP CONSTRAINT partners_delivery_waits_or_ended;
            UPDATE partners_delivery SET state = 'lost' WHERE id = {FIRST}""",
        "SELECT id FROM partners_endpoint",
    ),
    "every delivery has its event": (
        f"UPDATE partners_delivery SET event_id = gen_random_uuid() WHERE id = {FIRST}",
        f"SELECT {FIRST}",
    ),
    "a delivered event was answered": (
        f"DELETE FROM partners_attempt WHERE delivery_id = {FIRST}",
        f"SELECT {FIRST}",
    ),
}


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    with receiving() as found:
        yield found


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(PLANTED) == set(proof.INVARIANTS)
    assert audit.invariants().items() >= proof.INVARIANTS.items()


def test_each_planted_fault_is_found_and_named(till: Till, receiver: Receiver) -> None:
    types = ["activity_recorded", "member_enrolled"]
    body = {"url": receiver.url, "types": types, "contact": "it@example.com"}
    assert till.send("webhooks", body).status_code == 201
    Endpoint.objects.update(subscribed_at=clock.now() - timedelta(hours=1))
    marta()
    till.post()
    assert delivery.drain() == 2
    marta(name="Ines Duarte", reference="guest-2", email="", phone="")  # waits
    states = Delivery.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["delivered", "delivered", "waiting"]
    assert list(audit.check()) == []
    for invariant, (fault, wanted) in PLANTED.items():
        with transaction.atomic():
            plant(fault)
            with connection.cursor() as cursor:
                cursor.execute(wanted)
                (row,) = cursor.fetchone()
            found = [one for one in audit.check() if one.invariant == invariant]
            transaction.set_rollback(True)
        assert found, invariant
        assert (found[0].row, bool(found[0].found)) == (str(row), True), invariant
    assert list(audit.check()) == []
