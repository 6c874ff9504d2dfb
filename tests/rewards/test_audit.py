"""The auditor also knows redemptions: each planted fault is found."""

from __future__ import annotations

import pgtrigger
import pytest
import time_machine
from django.db import connection

from common.ids import uuid7
from points import audit
from rewards import contests, proof, redemption, reservation, stock
from rewards.models import Reward, RewardDate
from rewards.redemption import Choice
from tests.cast import ACTOR, ROOT, ana, apply, earn, redeem, utc

pytestmark = pytest.mark.django_db

PLANTED = {
    "every posting of a redemption has its redemption": (
        "DELETE FROM rewards_fulfilment; DELETE FROM rewards_voucherkey; "
        "DELETE FROM rewards_redemption WHERE status = 'issued'"
    ),
    "a redemption was paid by its posting": "UPDATE rewards_redemption SET price = price + 1",
    "what was cancelled, and only that, was given back": (
        "UPDATE rewards_redemption SET status = 'cancelled', cancelled_at = now(), "
        "cancelled_by = 'x' WHERE status = 'issued'"
    ),
    "every voucher is found by its code": "DELETE FROM rewards_voucherkey",
    "a fund was given what its donations sum up to": (
        "UPDATE rewards_fundtotal SET amount = amount + 1"
    ),
    "places left are those nobody has": "UPDATE rewards_rewarddate SET places = places + 1",
    "an uploaded code is shown by the redemption that has it": (
        "UPDATE rewards_redemption SET handed_code = 'other' WHERE handed_code <> ''"
    ),
    "a product that was taken is on its way": (
        "UPDATE rewards_fulfilment SET status = 'cancelled'"
    ),
    "a household's shares are the price, and go back with it": (
        "INSERT INTO rewards_redemptionshare (id, member_id, redemption_id, posting_id, amount) "
        "SELECT gen_random_uuid(), member_id, id, posting_id, price FROM rewards_redemption "
        "WHERE status = 'issued' LIMIT 1"
    ),
    "a reservation ends as its hold does": "UPDATE rewards_reservation SET price = price + 1",
    "winners are among the entries of their draw": (
        "UPDATE rewards_draw SET winners = '[\"nobody\"]'"
    ),
}


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(PLANTED) == set(proof.INVARIANTS)
    assert audit.invariants().items() >= proof.INVARIANTS.items()


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_fault_is_found(db: None, invariant: str) -> None:
    with time_machine.travel(utc(2027, 4, 1, 12), tick=False):
        apply(ROOT / "tests" / "programs" / "everything")
        member = ana()
        earn(member, 1000)
        stock.upload(Reward.objects.get(code="twenty-off"), ["A-1"])
        day = RewardDate.objects.first()
        assert day is not None
        for code, choice in {
            "planks": Choice(),
            "twenty-off": Choice(),
            "raffle": Choice(),
            "tasting": Choice(date=day.pk),
            "mug": Choice(address="4 Harbour Street"),
        }.items():
            redeem(member, code, choice=choice)
        larger = Reward.objects.get(code="larger")
        reservation.hold(member, reward=larger, attempt=uuid7(), actor=ACTOR)
        redemption.cancel(redeem(member, "larger"), reason="Changed", actor=ACTOR)
    with time_machine.travel(utc(2027, 12, 24, 12), tick=False):
        contests.draw(Reward.objects.get(code="raffle"), actor=ACTOR)
    assert list(audit.check()) == []
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(PLANTED[invariant])
    assert invariant in {fault.invariant for fault in audit.check()}
