"""Races: many at once, and never one too many. Every test ends with audited books."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine

from common import clock
from earning import importing, intake, mapping
from earning.models import Activity
from events.models import Event
from points import expiry
from points.models import Posting
from rewards import redemption, vouchers
from rewards.models import Conversion, Redemption, Reward, RewardStock
from tests.cast import QUAY, adjust, ana, apply, balance, earn, redeem, spend, submission, variant
from tests.faults.threads import at_once, outcomes
from tests.rewards.test_exchange import LIMITED, REWARD, swap

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def quay_for_all(transactional_db: None) -> None:
    apply(QUAY)


@pytest.mark.parametrize(("points", "cost", "expected"), [(100, 10, 10), (95, 10, 9), (7, 1, 7)])
def test_24_threads_spend_the_last_points_and_no_more(
    points: int, cost: int, expected: int
) -> None:
    member = ana()
    earn(member, points // 2)
    earn(member, points - points // 2)
    results = at_once([partial(spend, member, cost, source=f"s:{n}") for n in range(24)])
    assert outcomes(results) == {"ok": expected, "InsufficientPoints": 24 - expected}
    assert balance(member) == points - expected * cost


def test_24_threads_redeem_exactly_what_the_balance_allows() -> None:
    member = ana()
    earn(member, 75)
    results = at_once([partial(redeem, member, attempt=uuid.uuid4()) for _ in range(24)])
    assert outcomes(results) == {"ok": 7, "InsufficientPoints": 17}
    assert Redemption.objects.count() == 7
    assert len(set(Redemption.objects.values_list("code", flat=True))) == 7


def test_the_last_one_goes_to_one_of_24() -> None:
    people = [ana(name=f"Ana {number}") for number in range(24)]
    for member in people:
        earn(member, 10)
    results = at_once([partial(redeem, member, "print") for member in people])
    assert outcomes(results) == {"ok": 1, "OutOfStock": 23}
    assert RewardStock.objects.get(reward__code="print").left == 0
    assert sorted(balance(member) for member in people) == [0] + [10] * 23


def test_a_limit_for_one_member_holds_among_threads() -> None:
    member = ana()
    earn(member, 1000)
    results = at_once([partial(redeem, member, "cake") for _ in range(12)])
    assert outcomes(results) == {"ok": 1, "LimitReached": 11}


def test_a_double_tap_from_eight_threads_redeems_once() -> None:
    member, attempt = ana(), uuid.uuid4()
    earn(member, 1000)
    results = at_once([partial(redeem, member, attempt=attempt) for _ in range(8)])
    assert outcomes(results) == {"ok": 8}
    assert len({result.pk for result in results}) == 1
    assert balance(member) == 990


def test_one_reference_from_eight_threads_is_recorded_once() -> None:
    member = ana()
    one = submission(member, reference="till-1")
    results = at_once([partial(intake.record, one, actor="partner:till")] * 8)
    assert outcomes(results) == {"ok": 8}
    assert sum(not result.is_replay for result in results) == 1
    assert Activity.objects.count() == 1
    assert balance(member) == 10


def test_one_reference_for_two_members_is_recorded_for_one() -> None:
    people = [ana(), ana(name="Bruno Lima")]
    said = {"reference": "till-1", "occurred_at": clock.now()}
    works = [
        partial(intake.record, submission(member, **said), actor="partner:till")
        for member in people * 4
    ]
    results = at_once(works)
    assert outcomes(results) == {"ok": 4, "ReferenceReused": 4}
    assert sorted(balance(member) for member in people) == [0, 10]


def test_batches_with_references_in_opposite_order_do_not_deadlock() -> None:
    people = [ana(name=f"Ana {number}") for number in range(12)]
    batch = [submission(member, reference=f"till-{n}") for n, member in enumerate(people)]
    works = []
    for seed in range(8):
        mixed = list(batch)
        random.Random(seed).shuffle(mixed)
        works.append(partial(intake.record_batch, mixed, actor="partner:till"))
    results = at_once(works)
    assert outcomes(results) == {"ok": 8}
    assert Activity.objects.count() == 12
    assert {balance(member) for member in people} == {10}


def test_points_are_spent_or_expired_and_never_both() -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        people = [ana(name=f"Ana {number}") for number in range(10)]
        for member in people:
            earn(member, 10)
        now.shift(timedelta(days=40))
        works = [partial(spend, member, 10) for member in people] + [expiry.run] * 6
        results = at_once(works)
    assert outcomes(results[:10]) == {"InsufficientPoints": 10}
    assert outcomes(results[10:]) == {"ok": 6}
    assert {balance(member) for member in people} == {0}
    assert Posting.objects.filter(kind="expiry").count() == 10


def test_a_voucher_is_used_or_cancelled_and_never_both() -> None:
    for _ in range(5):
        member = ana()
        earn(member, 10)
        taken = redeem(member)
        results = at_once(
            [partial(vouchers.use, taken.code, actor="partner:till")] * 3
            + [partial(redemption.cancel, taken, reason="Changed", actor="staff:1")] * 3
        )
        taken.refresh_from_db()
        wins = outcomes(results).get("ok", 0)
        if taken.status == Redemption.Status.USED:
            assert (wins, balance(member)) == (1, 0)
        else:
            assert (taken.status, wins, balance(member)) == ("cancelled", 3, 10)


def test_adjusting_spending_and_earning_at_once_adds_up() -> None:
    member = ana()
    earn(member, 500)
    works = [partial(spend, member, 3, source=f"s:{n}") for n in range(8)]
    works += [partial(earn, member, 5, source=f"e:{n}") for n in range(8)]
    works += [partial(adjust, member, -2, source=f"a:{n}") for n in range(8)]
    assert outcomes(at_once(works)) == {"ok": 24}
    assert balance(member) == 500 - 24 + 40 - 16


def test_two_imports_of_one_file_at_once_record_each_row_once(tmp_path: Path) -> None:
    file = tmp_path / "visits.csv"
    lines = "\n".join(f"{n % 7},2026-0{1 + n % 9}-1{n % 9},{n}.50" for n in range(200))
    file.write_text(f"who,day,paid\n{lines}\n")
    said = tmp_path / "visits.toml"
    said.write_text(
        'partner = "till"\ntype = "visit"\nreference = "row-{line}"\n\n'
        '[occurred_on]\ncolumn = "day"\n\n[member]\ncolumn = "who"\nreference = "guest-{value}"\n'
        'name = "Guest {value}"\n\n[attributes.paid]\ncolumn = "paid"\n'
    )
    for number in range(7):
        ana(name=f"Guest {number}", reference=f"guest-{number}")
    table = mapping.load(said)
    reports = at_once([partial(importing.run, file, table=table, actor="system:import")] * 3)
    assert outcomes(reports) == {"ok": 3}
    assert sum(report.recorded for report in reports) == 200
    assert sum(report.repeated for report in reports) == 400
    assert Activity.objects.count() == 200


def test_an_event_is_there_for_every_effect_and_for_no_refusal() -> None:
    member = ana()
    earn(member, 25)
    before = Event.objects.count()
    results = at_once([partial(redeem, member) for _ in range(6)])
    assert outcomes(results) == {"ok": 2, "InsufficientPoints": 4}
    assert Event.objects.count() == before + 2
    assert Reward.objects.get(code="coffee").redemptions.count() == 2


def test_what_a_day_may_exchange_holds_among_threads(tmp_path: Path) -> None:
    apply(variant(tmp_path, (REWARD, LIMITED + REWARD)))
    member, conversion = ana(), Conversion.objects.get()
    earn(member, 500)
    results = at_once([partial(swap, member, conversion, 30) for _ in range(6)])
    assert outcomes(results) == {"ok": 3, "ExchangeLimit": 3}
    assert balance(member, "coin") == 30
