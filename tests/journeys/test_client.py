"""The Python client against a real server: a day at a till, and a storm of repeats."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from partners.models import RememberedCall
from program.models import Program
from rewards.models import Redemption
from tests.cast import balance, earn
from tests.conftest import ROOT
from tests.till import STAY, Till, marta

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def library() -> Iterator[Any]:
    """The client as its users have it: from its own folder."""
    folder = str(ROOT / "clients" / "python")
    sys.path.insert(0, folder)
    import pennant_client

    yield pennant_client
    sys.path.remove(folder)


def test_a_day_at_a_till(live_server: LiveServer, hotel: Program, library: Any) -> None:
    pennant = library.Client(live_server.url, key=Till().text)
    guest = pennant.enroll({"name": "Marta Silva", "reference": "guest-1"})
    assert pennant.find(card=guest["card"])["id"] == guest["id"]
    made = pennant.post_activity(STAY)
    assert (made.status, made.is_replay) == (201, False)
    assert pennant.post_activity(STAY).is_replay
    assert pennant.receipt(guest["id"], activity=made.body["id"])["line"].startswith(
        "You earned 11,800 points."
    )
    batch = [STAY | {"reference": f"b{number}"} for number in range(5)]
    assert pennant.post_activities(batch).body["recorded"] == 5
    assert len(list(pennant.activities(limit="2"))) == 6
    assert len(list(pennant.entries(guest["id"], unit="point"))) == 6
    taken = pennant.redeem({"card": guest["card"]}, "late-checkout", key="mine")
    assert pennant.redeem({"card": guest["card"]}, "late-checkout", key="mine") == taken
    assert pennant.check_voucher(taken["code"])["status"] == "ready"
    assert pennant.use_voucher(taken["code"], location="resort-hotel")["status"] == "used"
    with pytest.raises(library.Refused) as refused:
        pennant.use_voucher(taken["code"])
    assert refused.value.code == "voucher_used"
    assert Redemption.objects.count() == 1


def test_a_broken_line_is_tried_again_under_the_same_key(
    live_server: LiveServer, hotel: Program, library: Any
) -> None:
    waits: list[float] = []
    pennant = library.Client(live_server.url, key=Till().text, sleep=waits.append)
    once, sent = pennant._once, []

    def lossy(method: str, target: str, raw: bytes, headers: dict[str, str]) -> Any:
        answer = once(method, target, raw, headers)
        sent.append(headers["Idempotency-Key"])
        return None if len(sent) < 4 else answer  # it arrived, and the answer was lost

    pennant._once = lossy
    guest = pennant.enroll({"name": "Ines Duarte"})
    assert guest["name"] == "Ines D."
    assert len(set(sent)) == 1
    assert len(waits) == 3
    assert RememberedCall.objects.count() == 1


def test_a_storm_of_repeats_redeems_each_once(
    live_server: LiveServer, hotel: Program, library: Any
) -> None:
    member = marta()
    earn(member, 10_000_000)
    pennant = library.Client(live_server.url, key=Till(per_minute=100_000).text, attempts=60)
    taken: list[tuple[int, str]] = []

    def storm(turn: int) -> None:
        for number in range(12):
            key = (number + turn) % 12
            got = pennant.redeem({"reference": "guest-1"}, "late-checkout", key=f"k{key}")
            taken.append((key, got["id"]))

    threads = [threading.Thread(target=storm, args=(turn,)) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(taken) == 72
    assert len(set(taken)) == 12
    assert Redemption.objects.count() == 12
    price = Redemption.objects.first().price
    assert balance(member) == 10_000_000 - 12 * price
    assert set(Counter(key for key, _ in taken).values()) == {6}
