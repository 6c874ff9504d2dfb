"""The auditor also knows redemptions: each planted fault is found."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import connection

from points import audit
from program.models import Program
from rewards import proof, redemption
from tests.cast import ACTOR, ana, earn, redeem

pytestmark = pytest.mark.django_db

PLANTED = {
    "every posting of a redemption has its redemption": (
        "DELETE FROM rewards_voucherkey; DELETE FROM rewards_redemption WHERE status = 'issued'"
    ),
    "a redemption was paid by its posting": "UPDATE rewards_redemption SET price = price + 1",
    "what was cancelled, and only that, was given back": (
        "UPDATE rewards_redemption SET status = 'cancelled', cancelled_at = now(), "
        "cancelled_by = 'x' WHERE status = 'issued'"
    ),
    "every voucher is found by its code": "DELETE FROM rewards_voucherkey",
}


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(PLANTED) == set(proof.INVARIANTS)
    assert audit.invariants().items() >= proof.INVARIANTS.items()


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_fault_is_found(quay: Program, invariant: str) -> None:
    member = ana()
    earn(member, 70)
    redeem(member)
    redemption.cancel(redeem(member), reason="Changed", actor=ACTOR)
    assert list(audit.check()) == []
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(PLANTED[invariant])
    assert invariant in {fault.invariant for fault in audit.check()}
