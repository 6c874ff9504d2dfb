"""What a process believes of a key for a quarter of a second, and that no call is forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from earning.models import Rule
from partners import admission, keys
from partners.errors import KeyRevoked
from partners.models import ApiKey, RateWindow
from program.models import Program
from tests.till import ACTOR, STAY, Till, marta

pytestmark = pytest.mark.django_db
LONG = 60.0  # seconds: as long as a test may take


@pytest.fixture(autouse=True)
def trust(settings: Any) -> Iterator[None]:
    settings.KEY_TRUST_S = LONG
    with time_machine.travel("2026-03-10T09:00:20Z", tick=False):
        yield


def asked(till: Till) -> int:
    """How many statements one more call takes to be let in."""
    with CaptureQueriesContext(connection) as queries:
        admission.admit(till.text)
    return len(queries)


def counted(key: ApiKey) -> int:
    return RateWindow.objects.get(key=key).calls


def test_a_hundredth_of_the_calls_is_let_in_unasked_and_counted_afterwards(hotel: Program) -> None:
    till = Till(per_minute=500)
    admission.admit(till.text)
    assert [asked(till) for _ in range(7)] == [0, 0, 0, 0, 0, 1, 0]
    assert counted(till.key) == 7


def test_each_answer_tells_what_is_left_all_the_same(hotel: Program) -> None:
    till = Till(per_minute=300)
    left = [admission.admit(till.text).window.left for _ in range(9)]
    assert left == list(range(299, 290, -1))


def test_a_key_with_few_calls_is_looked_at_every_time(hotel: Program) -> None:
    till = Till(per_minute=99)
    assert [asked(till) for _ in range(3)][1:] == [1, 1]
    assert counted(till.key) == 3


def test_the_limit_holds_to_the_call_in_one_process(hotel: Program) -> None:
    till = Till(per_minute=200)
    answers = [till.get("program").status_code for _ in range(202)]
    assert answers == [200] * 200 + [429] * 2


def test_what_is_believed_ends_with_its_time_and_with_the_minute(
    hotel: Program, settings: Any
) -> None:
    till = Till(per_minute=10_000)
    settings.KEY_TRUST_S = 0.05
    admission.admit(till.text)
    time.sleep(0.06)
    assert asked(till) == 1
    settings.KEY_TRUST_S = LONG
    time.sleep(0.06)
    admission.admit(till.text)
    assert asked(till) == 0
    with time_machine.travel("2026-03-10T09:01:00Z", tick=False):
        assert asked(till) == 1
        assert counted(till.key) == 1


def test_a_revoked_key_is_refused_when_the_time_is_over(hotel: Program, settings: Any) -> None:
    settings.KEY_TRUST_S = 0.05
    till = Till(per_minute=10_000)
    admission.admit(till.text)
    keys.revoke(till.key, actor=ACTOR)
    time.sleep(0.06)
    with pytest.raises(KeyRevoked):
        admission.admit(till.text)


@pytest.mark.parametrize("key", ["", None], ids=["under a key", "without one"])
def test_a_program_that_changed_meanwhile_decides(hotel: Program, key: str | None) -> None:
    till = Till(per_minute=10_000)
    marta()
    assert till.send("activities", STAY, key=key).status_code == 201
    Rule.objects.filter(code="nights").update(name="Nights anew")
    done = till.send("activities", STAY | {"reference": "b2"}, key=key)
    assert done.status_code == 201
    said = [award["sentence"] for award in done.json()["awards"]]
    assert any(one.startswith("Nights anew") for one in said), said


@pytest.mark.django_db(transaction=True)
def test_no_call_of_many_threads_is_forgotten(hotel: Program) -> None:
    till = Till(per_minute=1_000)

    def calls() -> None:
        for _ in range(50):
            admission.admit(till.text)
        connection.close()

    threads = [threading.Thread(target=calls) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    untold = admission._trusted[till.key.key_hash].since
    assert counted(till.key) + untold == 200
