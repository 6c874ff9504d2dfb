"""Races that are not left to luck: all are brought to one lock, then let go one after the other.

Whatever was read before the lock is stale by then. A verb that decides on it does so every time.
"""

from __future__ import annotations

import uuid
from functools import partial

import pytest

from earning import intake
from earning.models import UnclaimedActivity
from members import claiming
from members.models import Member
from points.models import Account
from rewards import redemption, vouchers
from rewards.models import Redemption, RewardStock
from tests.cast import (
    ACTOR,
    QUAY,
    adjust,
    ana,
    apply,
    balance,
    earn,
    login,
    redeem,
    reverse,
    spend,
    visit,
)
from tests.faults.threads import behind, outcomes
from tiers import correction

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def quay_for_all(transactional_db: None) -> None:
    apply(QUAY)


def accounts(member: Member, unit: str = "point") -> object:
    return Account.objects.filter(member=member, unit=unit)


def test_a_spend_decides_on_what_is_left_when_its_turn_comes() -> None:
    member = ana()
    earn(member, 10)
    results = behind(accounts(member), [partial(spend, member, 10) for _ in range(4)])
    assert outcomes(results) == {"ok": 1, "InsufficientPoints": 3}


def test_a_correction_does_too() -> None:
    member = ana()
    earn(member, 10)
    works = [partial(spend, member, 10), partial(adjust, member, -10), partial(adjust, member, 5)]
    assert outcomes(behind(accounts(member), works)) == {"ok": 2, "InsufficientPoints": 1}
    assert balance(member) == 5


def test_a_posting_is_taken_back_once_whoever_comes_first() -> None:
    member = ana()
    earned = earn(member, 10)
    works = [partial(reverse, earned, source=f"r:{n}") for n in range(3)]
    assert outcomes(behind(accounts(member), works)) == {"ok": 1, "NothingToReverse": 2}


def test_a_double_tap_finds_the_first() -> None:
    member, attempt = ana(), uuid.uuid4()
    earn(member, 100)
    works = [partial(redeem, member, attempt=attempt) for _ in range(4)]
    results = behind(accounts(member), works)
    assert outcomes(results) == {"ok": 4}
    assert len({result.pk for result in results}) == 1  # type: ignore[union-attr]


def test_a_limit_for_one_member_is_counted_when_its_turn_comes() -> None:
    member = ana()
    earn(member, 100)
    results = behind(accounts(member), [partial(redeem, member, "cake") for _ in range(3)])
    assert outcomes(results) == {"ok": 1, "LimitReached": 2}


def test_the_last_one_is_gone_for_who_waited() -> None:
    people = [ana(name=f"Ana {number}") for number in range(4)]
    for member in people:
        earn(member, 10)
    works = [partial(redeem, member, "print") for member in people]
    assert outcomes(behind(RewardStock.objects.all(), works)) == {"ok": 1, "OutOfStock": 3}
    assert sorted(balance(member) for member in people) == [0, 10, 10, 10]


def test_a_voucher_is_used_once_however_many_tills_have_it_open() -> None:
    member = ana()
    earn(member, 10)
    code = redeem(member).code
    works = [partial(vouchers.use, code, actor=f"partner:till-{n}") for n in range(4)]
    assert outcomes(behind(Redemption.objects.all(), works)) == {"ok": 1, "VoucherUsed": 3}


@pytest.mark.parametrize("is_used_first", [True, False])
def test_using_and_cancelling_one_voucher_the_first_wins(is_used_first: bool) -> None:
    member = ana()
    earn(member, 10)
    taken = redeem(member)
    use = partial(vouchers.use, taken.code, actor="partner:till")
    cancel = partial(redemption.cancel, taken, reason="Race", actor=ACTOR)
    works = [use, cancel] if is_used_first else [cancel, use]
    first, second = behind(Redemption.objects.all(), works)
    assert not isinstance(first, Exception)
    assert isinstance(second, Exception)
    assert balance(member) == (0 if is_used_first else 10)


def test_what_waits_goes_to_the_first_who_claims_it() -> None:
    waiting = visit(reference="bill-1").unclaimed
    assert waiting is not None
    people = [ana(name=f"Ana {number}") for number in range(3)]
    works = [partial(intake.claim, waiting, member=member, actor=ACTOR) for member in people]
    results = behind(UnclaimedActivity.objects.all(), works)
    assert outcomes(results) == {"ok": 1, "AlreadyClaimed": 2}


def test_a_card_goes_to_the_first_who_claims_it() -> None:
    member = ana()
    code = claiming.issue_code(member, actor=ACTOR)
    number = member.cards.get().number
    works = [
        partial(claiming.claim, login(f"{n}@example.com"), number=number, code=code)
        for n in range(3)
    ]
    results = behind(Member.objects.filter(pk=member.pk), works)
    assert outcomes(results) == {"ok": 1, "ClaimRefused": 2}


def test_a_correction_takes_all_its_locks_at_once() -> None:
    """Or it would hold the points while a visit holds the counter, and each wait for the other."""
    member = ana()
    while Account.id_for(member.pk, "visit") > Account.id_for(member.pk, "point"):
        member = ana()
    visit(member)
    correct = partial(
        correction.adjust, member, unit="point", amount=5, reason="R", actor=ACTOR, source="c:1"
    )
    works = [partial(visit, member), correct]
    assert outcomes(behind(accounts(member, "visit"), works)) == {"ok": 2}
    assert (balance(member), balance(member, "visit")) == (25, 2)
