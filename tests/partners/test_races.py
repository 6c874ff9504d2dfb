"""The same post from many tills at once, over real connections to a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from earning.models import Activity, UnclaimedActivity
from members.models import Member
from partners import keys
from points.models import Account, Entry
from program.models import Program
from tests.conftest import ROOT
from tests.till import STAY, Till, code, marta

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
HANG_S = 300  # a hang, not a slow machine
Answer = tuple[int, str | None, bytes]


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """Call from eight threads that all wait for the same starting shot."""
    answers: list[Any] = [None] * THREADS
    shot = threading.Barrier(THREADS)

    def run(index: int) -> None:
        shot.wait(timeout=HANG_S)
        answers[index] = call(index)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=HANG_S)
    assert all(answer is not None for answer in answers)
    return answers


def send(server: LiveServer, till: Till, body: dict[str, Any]) -> Answer:
    link = HTTPConnection(urlsplit(server.url).netloc, timeout=HANG_S)
    headers = {"Authorization": f"Bearer {till.text}", "Content-Type": "application/json"}
    link.request("POST", "/api/v1/activities", json.dumps(body), headers)
    response = link.getresponse()
    answer = (response.status, response.headers["Idempotent-Replayed"], response.read())
    link.close()
    return answer


@pytest.mark.slow
def test_eight_tills_that_post_the_same_record_it_once(
    live_server: LiveServer, hotel: Program
) -> None:
    till = Till()
    marta()
    answers = at_once(lambda _: send(live_server, till, STAY))
    assert Counter(status for status, _, _ in answers) == {201: 1, 200: THREADS - 1}
    assert Counter(replayed for _, replayed, _ in answers) == {None: 1, "true": THREADS - 1}
    assert len({body for _, _, body in answers}) == 1
    assert Activity.objects.count() == 1
    assert Entry.objects.count() == 3
    assert Account.objects.get(unit="point").balance == 11800


@pytest.mark.slow
def test_of_eight_contents_under_one_reference_one_is_recorded(
    live_server: LiveServer, hotel: Program
) -> None:
    till = Till()
    marta()
    bodies = [
        STAY | {"attributes": STAY["attributes"] | {"nights": nights}} for nights in range(1, 9)
    ]
    answers = at_once(lambda index: send(live_server, till, bodies[index]))
    assert Counter(status for status, _, _ in answers) == {201: 1, 409: THREADS - 1}
    won = next(index for index, answer in enumerate(answers) if answer[0] == 201)
    assert Activity.objects.get().attributes["nights"] == won + 1


@pytest.mark.slow
def test_of_eight_members_under_one_reference_one_earns(
    live_server: LiveServer, hotel: Program
) -> None:
    till = Till()
    for index in range(THREADS):
        marta(reference=f"guest-{index}", email="", phone="")
    bodies = [STAY | {"member": {"reference": f"guest-{index}"}} for index in range(THREADS)]
    answers = at_once(lambda index: send(live_server, till, bodies[index]))
    assert Counter(status for status, _, _ in answers) == {201: 1, 409: THREADS - 1}
    assert Activity.objects.count() == 1
    assert Account.objects.filter(balance__gt=0).values("member").distinct().count() == 1


@pytest.mark.slow
def test_eight_posts_that_name_nobody_are_kept_once(
    live_server: LiveServer, hotel: Program
) -> None:
    till = Till()
    body = {name: value for name, value in STAY.items() if name != "member"}
    answers = at_once(lambda _: send(live_server, till, body))
    assert {status for status, _, _ in answers} == {202}
    assert len({content for _, _, content in answers}) == 1
    assert UnclaimedActivity.objects.count() == 1


@pytest.mark.slow
def test_eight_stays_of_one_member_all_count(live_server: LiveServer, hotel: Program) -> None:
    till = Till()
    marta()
    bodies = [STAY | {"reference": f"booking-{index}"} for index in range(THREADS)]
    answers = at_once(lambda index: send(live_server, till, bodies[index]))
    assert {status for status, _, _ in answers} == {201}
    balances = sorted(json.loads(body)["balances"]["night"] for _, _, body in answers)
    assert balances == [14 * turn for turn in range(1, THREADS + 1)]


@pytest.mark.slow
def test_a_key_is_refused_as_soon_as_it_is_revoked(live_server: LiveServer, hotel: Program) -> None:
    till = Till()
    marta()
    assert send(live_server, till, STAY)[0] == 201
    keys.revoke(till.key, actor="staff:1")
    assert send(live_server, till, STAY)[0] == 401


ELSEWHERE = """
import sys
import django
from django.test import Client
from django.test.utils import setup_test_environment

django.setup()
setup_test_environment()
from django.db import connection

connection.settings_dict["NAME"] = sys.argv[1]
for line in sys.stdin:
    client = Client(headers={"Authorization": f"Bearer {line.strip()}"})
    print(client.get("/api/v1/program").status_code, flush=True)
"""


@pytest.mark.slow
def test_a_key_is_refused_by_the_next_request_of_another_process(hotel: Program) -> None:
    """The other process has seen the key work before, so that nothing it remembers may help it."""
    till = Till()
    name = str(connection.settings_dict["NAME"])
    other = subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, name],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    try:
        told = []
        for turn in range(3):
            if turn == 2:
                keys.revoke(till.key, actor="staff:1")
            other.stdin.write(f"{till.text}\n")
            other.stdin.flush()
            told.append(other.stdout.readline().strip())
        assert told == ["200", "200", "401"]
    finally:
        other.stdin.close()
        other.wait(timeout=HANG_S)


@pytest.mark.slow
def test_a_post_that_waits_too_long_for_a_lock_is_asked_to_come_again(hotel: Program) -> None:
    """The account is held by another transaction; nothing is recorded, and the repeat is."""
    till = Till()
    member = marta()
    till.post()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with transaction.atomic():
            list(Account.objects.select_for_update().filter(member=member))
            held.set()
            done.wait(timeout=HANG_S)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(timeout=HANG_S)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    response = till.post(reference="booking-2")
    done.set()
    thread.join(timeout=HANG_S)
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")
    assert response.status_code == 503
    assert code(response) == "busy"
    assert response["Retry-After"] == "1"
    assert Activity.objects.count() == 1
    assert till.post(reference="booking-2").status_code == 201
    assert Member.objects.count() == 1
