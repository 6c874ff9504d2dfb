"""Races over plans: two workers renew, two reports come, two hands start at once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import time_machine

from plans import billing, subscribing
from plans.models import Charge, ChargeAttempt, Subscription
from tests.cast import ACTOR, ana, apply, balance, utc, variant
from tests.faults.threads import at_once, outcomes
from tests.plans.conftest import PLAN, REWARD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def harbor_for_all(transactional_db: None, tmp_path: Path) -> None:
    apply(variant(tmp_path, (REWARD, PLAN + REWARD)))


def test_two_workers_renew_at_once_and_charge_once() -> None:
    with time_machine.travel(utc(2026, 1, 31, 12), tick=False):
        rows = [
            subscribing.start(ana(name=f"Ana {n}"), plan="harbor", period="month", actor=ACTOR)
            for n in range(5)
        ]
        for row in rows:
            billing.attempt(row.charges.get(), outcome="paid", actor=ACTOR)
    with time_machine.travel(utc(2026, 2, 28, 12), tick=False):
        results = at_once([billing.run for _ in range(8)])
    assert outcomes(results) == {"ok": 8}
    assert sum(result for result in results if isinstance(result, int)) == 5
    assert Charge.objects.filter(number=2).count() == 5
    assert {balance(row.member, "visit") for row in rows} == {4}


def test_two_reports_of_one_payment_settle_it_once() -> None:
    row = subscribing.start(ana(), plan="harbor", period="month", actor=ACTOR)
    report = partial(
        billing.attempt, row.charges.get(), outcome="paid", actor=ACTOR, reference="tx-1"
    )
    assert outcomes(at_once([report] * 8)) == {"ok": 8}
    assert ChargeAttempt.objects.count() == 1


def test_a_plan_started_by_two_hands_is_had_once() -> None:
    member = ana()
    start = partial(subscribing.start, member, plan="harbor", period="month", actor=ACTOR)
    assert outcomes(at_once([start] * 8)) == {"ok": 1, "AlreadySubscribed": 7}
    assert Subscription.objects.count() == 1
    assert balance(member, "visit") == 2


def test_cancelling_and_renewing_at_once_end_one_way_or_the_other() -> None:
    with time_machine.travel(utc(2026, 1, 31, 12), tick=False):
        row = subscribing.start(ana(), plan="harbor", period="month", actor=ACTOR)
        billing.attempt(row.charges.get(), outcome="paid", actor=ACTOR)
    with time_machine.travel(utc(2026, 2, 28, 12), tick=False):
        cancel = partial(subscribing.cancel_now, row, reason="Moved", actor=ACTOR)
        assert outcomes(at_once([cancel, billing.run])) == {"ok": 2}
    row.refresh_from_db()
    assert row.state == "ended"
    assert not row.charges.filter(status="due").exists()
