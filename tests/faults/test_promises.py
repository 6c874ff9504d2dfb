"""Races of holds, transfers and common points: each ends once, totals hold, nothing deadlocks."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from functools import partial

import pytest
import time_machine

from common import clock
from members import households
from points import expiry, holds
from points.models import Hold, Posting
from rewards import reservation, together
from rewards.models import Redemption, Reservation, Reward, RewardStock
from tests.cast import (
    ACTOR,
    QUAY,
    ana,
    apply,
    balance,
    capture,
    earn,
    facts,
    hold,
    pooled,
    release,
    reverse,
    send,
    spend,
)
from tests.faults.threads import at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def quay_for_all(transactional_db: None) -> None:
    apply(QUAY)


def test_idempotency_and_concurrency() -> None:
    """N at once at cost c on balance b: exactly min(N, floor(b / c)) succeed; a replay of any of
    them changes nothing.
    """
    member = ana()
    earn(member, 95)
    works = [partial(hold, member, 10, source=f"device:{n}") for n in range(16)]
    results = at_once(works)
    assert outcomes(results) == {"ok": 9, "InsufficientPoints": 7}
    again = at_once([work for work, done in zip(works, results, strict=True) if _ok(done)])
    assert {one.pk for one in again} == {one.pk for one in results if isinstance(one, Hold)}
    assert facts(member) == (95, 90, 5)


def _ok(result: object) -> bool:
    return not isinstance(result, Exception)


def test_two_devices_hold_no_more_than_there_is() -> None:
    member = ana()
    earn(member, 100)
    results = at_once([partial(hold, member, 60) for _ in range(2)])
    assert outcomes(results) == {"ok": 1, "InsufficientPoints": 1}
    assert facts(member) == (100, 60, 40)


def test_what_is_held_and_what_is_spent_at_once_adds_up() -> None:
    member = ana()
    earn(member, 100)
    results = at_once(
        [partial(hold, member, 10) for _ in range(8)]
        + [partial(spend, member, 10) for _ in range(8)]
    )
    assert outcomes(results) == {"ok": 10, "InsufficientPoints": 6}
    assert facts(member)[2] == 0


def test_a_hold_is_captured_or_released_and_never_both() -> None:
    for _ in range(4):
        member = ana()
        earn(member, 100)
        held = hold(member, 60)
        results = at_once([partial(capture, held)] * 3 + [partial(release, held)] * 3)
        held.refresh_from_db()
        if held.status == "captured":
            assert outcomes(results) == {"ok": 3, "HoldEnded": 3}
            assert facts(member) == (40, 0, 40)
        else:
            assert outcomes(results) == {"ok": 3, "HoldEnded": 3}
            assert facts(member) == (100, 0, 100)


def test_a_hold_is_captured_in_time_or_timed_out_and_never_both() -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        member = ana()
        earn(member, 100)
        held = hold(member, 60)
        now.shift(timedelta(minutes=15))
        results = at_once([partial(capture, held)] * 4 + [holds.time_out] * 4)
    assert outcomes(results[:4]) == {"HoldEnded": 4}
    assert outcomes(results[4:]) == {"ok": 4}
    held.refresh_from_db()
    assert (held.status, facts(member)) == ("timed_out", (100, 0, 100))


def test_points_are_spent_or_expired_while_others_are_held() -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        people = [ana(name=f"Ana {number}") for number in range(6)]
        for member in people:
            earn(member, 10)
        now.shift(timedelta(days=28))
        earned_ends = max(end.at for member in people for end in expiry.calendar(member) if end.at)
        now.move_to(earned_ends - timedelta(minutes=5))
        kept = [hold(member, 4) for member in people]
        now.move_to(earned_ends)
        works = [partial(spend, member, 6) for member in people]
        works += [partial(capture, one) for one in kept]
        results = at_once([*works, *[expiry.run] * 4])
    assert outcomes(results[:6]) == {"InsufficientPoints": 6}
    assert outcomes(results[6:]) == {"ok": 10}
    assert {facts(member) for member in people} == {(0, 0, 0)}


def test_a_claw_back_and_holds_at_once_leave_sound_books() -> None:
    for _ in range(4):
        member = ana()
        earned = earn(member, 60)
        results = at_once(
            [partial(hold, member, 20) for _ in range(4)] + [partial(reverse, earned)]
        )
        assert not isinstance(results[4], Exception)
        row = member.accounts.get(unit="point")
        assert (row.balance, row.available) == (0, 0)
        assert row.debt == row.held


def test_transfers_in_both_directions_do_not_deadlock() -> None:
    one, two = ana(), ana(name="Bruno Lima")
    for member in (one, two):
        earn(member, 200)
    works = [partial(send, one, two, 5) for _ in range(10)]
    works += [partial(send, two, one, 7) for _ in range(10)]
    results = at_once(works)
    assert outcomes(results) == {"ok": 20}
    assert (balance(one), balance(two)) == (220, 180)


def test_first_transfers_to_somebody_without_an_account_do_not_deadlock() -> None:
    people = [ana(name=f"Ana {number}") for number in range(6)]
    for member in people[:3]:
        earn(member, 50)
    works = [partial(send, giver, taker, 5) for giver in people[:3] for taker in people[3:]]
    random.Random(1).shuffle(works)
    assert outcomes(at_once(works)) == {"ok": 9}
    assert [balance(member) for member in people] == [35, 35, 35, 15, 15, 15]


def test_one_attempt_from_eight_threads_sends_once() -> None:
    one, two = ana(), ana(name="Bruno Lima")
    earn(one, 100)
    results = at_once([partial(send, one, two, 30, source="attempt:1")] * 8)
    assert outcomes(results) == {"ok": 8}
    assert (balance(one), balance(two)) == (70, 30)


def test_a_circle_of_transfers_and_spends_keeps_the_total() -> None:
    people = [ana(name=f"Ana {number}") for number in range(4)]
    for member in people:
        earn(member, 50)
    works = [
        partial(send, people[n], people[(n + step) % 4], 9) for n in range(4) for step in (1, 2, 3)
    ]
    works += [partial(spend, member, 5) for member in people]
    results = at_once(works)
    spent = 5 * sum(_ok(result) for result in results[12:])
    assert set(outcomes(results)) <= {"ok", "InsufficientPoints"}
    assert sum(balance(member) for member in people) == 200 - spent


def test_a_household_and_each_of_its_people_take_no_more_than_there_is() -> None:
    people = [ana(name=f"Ana {number}") for number in range(3)]
    pooled(*people)
    for member in people:
        earn(member, 30)
    coffee = Reward.objects.get(code="coffee")
    works = [
        partial(together.redeem, member, reward=coffee, attempt=uuid.uuid4(), actor=ACTOR)
        for member in people * 3
    ]
    works += [partial(spend, member, 10) for member in people]
    results = at_once(works)
    assert outcomes(results) == {"ok": 9, "InsufficientPoints": 3}
    assert sum(balance(member) for member in people) == 0


def test_who_ends_their_consent_is_asked_for_nothing_more() -> None:
    one, two = ana(), ana(name="Bruno Lima")
    pooled(one, two)
    earn(two, 100)
    coffee = Reward.objects.get(code="coffee")
    works = [
        partial(together.redeem, one, reward=coffee, attempt=uuid.uuid4(), actor=ACTOR)
        for _ in range(6)
    ]
    results = at_once([*works, partial(households.consent, two, is_given=False, actor=ACTOR)])
    taken = sum(_ok(result) for result in results[:6])
    assert set(outcomes(results)) <= {"ok", "InsufficientPoints"}
    assert balance(two) == 100 - 10 * taken
    assert Redemption.objects.count() == taken


def test_the_last_one_is_put_aside_for_one_and_comes_back_once() -> None:
    people = [ana(name=f"Ana {number}") for number in range(8)]
    for member in people:
        earn(member, 10)
    last = Reward.objects.get(code="print")
    works = [
        partial(reservation.hold, member, reward=last, attempt=uuid.uuid4(), actor=ACTOR)
        for member in people
    ]
    assert outcomes(at_once(works)) == {"ok": 1, "OutOfStock": 7}
    kept = Reservation.objects.get()
    back = partial(reservation.release, kept, reason="Left", actor=ACTOR)
    results = at_once([back] * 3 + [partial(reservation.capture, kept, actor=ACTOR)] * 3)
    kept.refresh_from_db()
    left = RewardStock.objects.get(reward=last).left
    assert outcomes(results) == {"ok": 3, "HoldEnded": 3}
    assert left == (1 if kept.status == "released" else 0)
    assert Posting.objects.filter(kind="spend").count() == 1 - left
