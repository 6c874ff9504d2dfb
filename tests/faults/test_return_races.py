"""Races of returns: whoever comes first, the books balance and everything happens once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from earning import confirmations, intake, returns
from earning.models import Activity, ActivityChange, ParkedChange, PendingActivity
from program.models import ActivityType
from tests.cast import ACTOR, QUAY, ana, apply, balance, spend, submission, visit
from tests.faults.threads import at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WORDS: dict[str, Any] = {"partner": "till", "reason": "Back", "actor": ACTOR}


@pytest.fixture(autouse=True)
def quay_for_all(transactional_db: None) -> None:
    apply(QUAY)


def cancel(activity: str, reference: str) -> Any:
    return returns.cancel(activity=activity, reference=reference, **WORDS)


def test_a_cancellation_and_spends_meet_on_one_lot() -> None:
    member = ana()
    visit(member, reference="till-1", attributes={"paid": "100"})
    works: list[Any] = [partial(spend, member, 10, source=f"s:{n}") for n in range(10)]
    works.insert(4, partial(cancel, "till-1", "c1"))
    results = at_once(works)
    told = outcomes(results)
    spent = told.get("ok", 0) - 1
    assert told.get("InsufficientPoints", 0) == 10 - spent
    assert balance(member) == -10 * spent


def test_an_activity_is_cancelled_once_among_threads() -> None:
    member = ana()
    visit(member, reference="till-1", attributes={"paid": "100"})
    works = [partial(cancel, "till-1", f"c{number}") for number in range(6)]
    assert outcomes(at_once(works)) == {"ok": 1, "ActivityCancelled": 5}
    assert balance(member) == 0
    assert ActivityChange.objects.count() == 1


def test_one_change_sent_by_many_threads_is_made_once() -> None:
    member = ana()
    visit(member, reference="till-1", attributes={"paid": "100"})
    work = partial(
        returns.amend, activity="till-1", reference="c1", returned={"paid": "30"}, **WORDS
    )
    results = at_once([work] * 6)
    assert outcomes(results) == {"ok": 6}
    assert balance(member) == 70


def test_partial_returns_at_once_take_back_exactly_all() -> None:
    member = ana()
    visit(member, reference="till-1", attributes={"paid": "100"})
    works = [
        partial(
            returns.amend, activity="till-1", reference=f"c{n}", returned={"paid": "12.50"}, **WORDS
        )
        for n in range(9)
    ]
    assert outcomes(at_once(works)) == {"ok": 8, "AttributesInvalid": 1}
    assert balance(member) == 0


def test_a_confirmation_meets_a_cancellation() -> None:
    ActivityType.objects.filter(code="visit").update(confirm="call")
    for turn in range(4):
        member, name = ana(name=f"Ana {turn}"), f"till-{turn}"
        visit(member, reference=name, attributes={"paid": "100"})
        confirm = partial(confirmations.confirm, partner="till", activity=name, actor=ACTOR)
        results = at_once([confirm, partial(cancel, name, f"c{turn}"), confirm])
        row = PendingActivity.objects.get(reference=name)
        assert balance(member) == 0  # cancelled before it counted, or taken back after
        refused = outcomes(results).get("ActivityCancelled", 0)
        assert refused == (0 if row.status == "confirmed" else 2)


def test_a_change_and_its_activity_arrive_at_once() -> None:
    for turn in range(6):
        member, name = ana(name=f"Ana {turn}"), f"till-{turn}"
        sale = submission(member, reference=name, attributes={"paid": "100"})
        amend = partial(
            returns.amend, activity=name, reference=f"c{turn}", returned={"paid": "40"}, **WORDS
        )
        results = at_once([partial(intake.record, sale, actor=ACTOR), amend])
        assert outcomes(results) == {"ok": 2}
        assert balance(member) == 60
    assert Activity.objects.count() == 6
    assert not ParkedChange.objects.filter(settled_at__isnull=True).exists()
