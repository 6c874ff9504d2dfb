"""The request log as a web server writes it: what was answered well a moment later, many lines at
once; what was refused before the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from common import afterwards
from members import erasure
from partners import log
from partners.models import ApiRequest
from program.models import Program
from tests.cast import ACTOR
from tests.faults.deployment import eventually
from tests.till import Till, marta

pytestmark = pytest.mark.django_db(transaction=True)
WAIT_S = 0.5  # an erasure takes less


@pytest.fixture(autouse=True)
def waiting(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(afterwards, "IDLE", timedelta(0))
    settings.API_LOG_WAIT_S = WAIT_S
    yield
    assert eventually(lambda: not log.LINES.is_running, seconds=60)


def test_every_call_has_its_line_in_the_end(hotel: Program) -> None:
    marta()
    till = Till()
    for number in range(7):
        assert till.post(reference=f"booking-{number}").status_code == 201
    assert eventually(lambda: ApiRequest.objects.count() == 7, seconds=60)
    rows = ApiRequest.objects.order_by("id")
    assert [row.path for row in rows] == ["/api/v1/activities"] * 7
    assert ["booking-6" in row.body for row in rows] == [False] * 6 + [True]


def test_a_refusal_has_its_line_before_its_answer(hotel: Program) -> None:
    till = Till()
    for number in range(3):
        till.send("vouchers/WRNG-WRNG-WRNG/use", {})
        assert ApiRequest.objects.filter(status__gte=400).count() == number + 1


def test_who_is_erased_is_cut_out_of_lines_that_were_on_their_way(hotel: Program) -> None:
    name = "Marta Fitzgerald"
    member, till = marta(name=name), Till()
    reported = till.post().json()
    assert eventually(lambda: ApiRequest.objects.count() == 1, seconds=60)
    words = {"reference": "cancel-1", "reason": f"{name} lost her dog"}
    answer = till.send(f"activities/{reported['id']}/cancel", words)
    assert answer.status_code == 200, answer.content
    assert ApiRequest.objects.count() == 1
    assert erasure.erase(member, reason="asked", actor=ACTOR).traces == ()
    assert eventually(lambda: ApiRequest.objects.count() == 2, seconds=60)
    assert not any("Fitzgerald" in row.body for row in ApiRequest.objects.all())
