"""The request log as a web server writes it: what was answered well a moment later, many lines at
once; what was refused before the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from common import afterwards
from partners import log
from partners.models import ApiRequest
from program.models import Program
from tests.faults.deployment import eventually
from tests.till import Till, marta

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def waiting(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(afterwards, "IDLE", timedelta(0))
    settings.API_LOG_WAIT_S = 0.05
    log._lines.cache_clear()
    yield
    assert eventually(lambda: not log._lines().is_running, seconds=60)
    log._lines.cache_clear()


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
