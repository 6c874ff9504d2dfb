"""Kill -9, and storms of repeats, on a whole deployment: nothing acknowledged is lost, nothing is
done twice.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.deployment import Caller, Deployment, deployed, eventually
from tests.receiver import Receiver, receiving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
GUESTS = 40
WEB = ("web-1", "web-2")
IS_NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
STORM = 100_000 if IS_NIGHT else 1_500  # requests
THREADS = 8
BATCH, FILE = 100, 1_800  # activities
LAST = "2026-05-02"  # after all others: nothing comes late
UNNAMED = 15  # one of so many names nobody, and is told by the webhook

BOOKS = """
import json
import django; django.setup()
from collections import Counter
from earning.models import Activity, UnclaimedActivity
from partners.models import Delivery
from points import audit
from rewards.models import Redemption
print(json.dumps({
    "references": dict(Counter(
        [*Activity.objects.values_list("reference", flat=True),
         *UnclaimedActivity.objects.values_list("reference", flat=True)])),
    "unclaimed": UnclaimedActivity.objects.count(),
    "redemptions": Redemption.objects.count(),
    "deliveries": dict(Counter(Delivery.objects.values_list("state", flat=True))),
    "faults": [str(one) for one in audit.check()],
}))
"""
LOGGED = """
import json
import django; django.setup()
from partners.models import ApiRequest
print(json.dumps(ApiRequest.objects.count()))
"""
LATER = """
import json
import django; django.setup()
import time_machine
from datetime import timedelta
from common import clock
from partners import delivery
with time_machine.travel(clock.now() + timedelta(minutes=30)):
    print(json.dumps(delivery.drain(limit=1_000_000)))
"""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def site(receiver: Receiver) -> Iterator[Deployment]:
    with deployed(guests=GUESTS, hook=receiver.url) as made:
        for name in WEB:
            made.start(name)
        for name in WEB:
            made.answers(name)
        yield made


def who(number: int) -> str:
    return f"guest-{number % GUESTS}" if number % UNNAMED else ""


def stay(reference: str, guest: int | None, *, on: str = "2026-03-02") -> dict[str, Any]:
    named = {} if guest is None else {"member": {"reference": f"guest-{guest}"}}
    return named | {
        "reference": reference,
        "type": "stay",
        "occurred_at": on,
        "location": "resort-hotel",
        "attributes": {"outcome": "stayed", "nights": 1, "suite": False, "revenue": "100.00"},
    }


def later(reference: str, number: int) -> dict[str, Any]:
    return stay(reference, number % GUESTS if number % UNNAMED else None, on=LAST)


def test_a_storm_of_repeats_has_each_effect_once(site: Deployment) -> None:
    before, logged = site.python(BOOKS), site.python(LOGGED)
    kinds = max(1, STORM // 15)  # each call is made about fifteen times, from both servers
    answers: list[list[tuple[str, int, str]]] = [[] for _ in range(THREADS)]

    def call(turn: int) -> None:
        dice, lines = random.Random(turn), [Caller(site, name) for name in WEB]
        for _ in range(STORM // THREADS):
            number = dice.randrange(kinds)
            line = lines[dice.randrange(2)]
            name = f"storm-{number}"
            if number % 4:
                key = name if number % 2 else ""  # by reference alone, or by both names
                status, told = line.send("activities", stay(name, number % GUESTS), key=key)
            else:
                take = {"member": {"reference": f"guest-{number % GUESTS}"}}
                take |= {"reward": "late-checkout"}
                status, told = line.send("redemptions", take, key=name)
            answers[turn].append((name, status, (told or {}).get("id", (told or {}).get("code"))))

    threads = [threading.Thread(target=call, args=(turn,)) for turn in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [one for each in answers for one in each]
    assert len(told) == STORM // THREADS * THREADS
    strange = Counter((status, code) for _, status, code in told if status not in (200, 201))
    assert set(strange) <= {(409, "twin_running"), (503, "busy")}, strange
    ids: dict[str, set[str]] = {}
    for name, status, made in told:
        if status in (200, 201):
            ids.setdefault(name, set()).add(made)
    assert {len(found) for found in ids.values()} == {1}  # one name, one effect
    books = site.python(BOOKS)
    assert books["faults"] == []
    assert set(books["references"].values()) == {1}
    taken = {name for name in ids if int(name.removeprefix("storm-")) % 4 == 0}
    recorded = set(books["references"]) - set(before["references"])
    assert recorded >= ids.keys() - taken
    assert books["redemptions"] - before["redemptions"] == len(taken)
    assert eventually(lambda: site.python(LOGGED) == logged + len(told))


def test_a_server_that_is_stopped_has_logged_every_call_that_it_answered(site: Deployment) -> None:
    site.start("web-3")
    site.answers("web-3")
    logged, till = site.python(LOGGED), Caller(site, "web-3")
    answered = [till.send("activities", stay(f"shift-{n}", n % GUESTS))[0] for n in range(20)]
    site.end("web-3")
    assert set(answered) == {201}
    assert site.python(LOGGED) == logged + len(answered)


def test_kill_9_of_everything_loses_nothing_and_does_nothing_twice(
    site: Deployment, receiver: Receiver
) -> None:
    site.start("worker")
    rows = "".join(
        f"file-{n},stay,2026-04-0{1 + n % 9},{who(n)},resort-hotel,stayed,1,false,50\n"
        for n in range(FILE)
    )
    head = "reference,type,occurred_at,member,location,outcome,nights,suite,revenue\n"
    line = Caller(site, "web-1")
    status, sent = line.send("imports?apply=yes", (head + rows).encode(), kind="text/csv")
    assert status == 202
    batches = [
        {"activities": [later(f"batch-{turn}-{n}", n) for n in range(BATCH)]} for turn in range(4)
    ]
    done: list[tuple[int, Any]] = []

    def post() -> None:
        till = Caller(site, "web-1")
        done.extend(till.insist("activities/batch", batch, key="") for batch in batches)

    poster = threading.Thread(target=post)
    poster.start()
    for victim in ("web-1", "worker", "database"):
        time.sleep(1.5)
        site.kill(victim)
        if victim != "database":
            site.start(victim)
    poster.join()
    assert [(status, told["refused"]) for status, told in done] == [(200, 0)] * len(batches)
    where = f"imports/{sent['id']}"
    assert eventually(lambda: _state(line, where) == "applied"), line.send(where)
    told = line.send(where)[1]
    assert told["outcome"]["refused"] == 0
    assert told["outcome"]["recorded"] + told["outcome"]["unclaimed"] == FILE
    site.kill("worker")  # while it delivers; whoever comes after its leases delivers the rest
    site.python(LATER)
    books = site.python(BOOKS)
    assert books["faults"] == []
    assert set(books["references"].values()) == {1}
    wanted = {f"file-{n}" for n in range(FILE)}
    wanted |= {one["reference"] for batch in batches for one in batch["activities"]}
    assert wanted <= set(books["references"])
    assert set(books["deliveries"]) == {"delivered"}
    heard = {json.loads(body)["data"]["subject"] for _, body in receiver.got}
    unnamed = len(range(0, FILE, UNNAMED)) + len(batches) * len(range(0, BATCH, UNNAMED))
    assert len(heard) == books["unclaimed"] == unnamed


def _state(line: Caller, where: str) -> str:
    status, told = line.send(where)
    return str(told["state"]) if status == 200 else ""
