"""The auditor also knows plans: each planted fault is found."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import connection

from plans import billing, proof, subscribing
from points import audit
from program.models import Program
from tests.cast import ACTOR, ana

pytestmark = pytest.mark.django_db

PLANTED = {
    "every posting of a plan has its charge": (
        "UPDATE points_posting SET source = 'plan:00000000-0000-0000-0000-000000000000' "
        "WHERE starts_with(source, 'plan:')"
    ),
    "every paid period has its charge": "UPDATE plans_subscription SET number = 2",
    "a charge is paid exactly where a try was": "DELETE FROM plans_chargeattempt",
    "what was paid back took back what its period began with": (
        "UPDATE plans_charge SET status = 'refunded', refunded_at = now(), reason = 'x'"
    ),
}


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(PLANTED) == set(proof.INVARIANTS)
    assert audit.invariants().items() >= proof.INVARIANTS.items()


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_fault_is_found(harbor: Program, invariant: str) -> None:
    row = subscribing.start(ana(), plan="harbor", period="month", actor=ACTOR)
    billing.attempt(row.charges.get(), outcome="paid", actor=ACTOR)
    assert list(audit.check()) == []
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(PLANTED[invariant])
    assert invariant in {fault.invariant for fault in audit.check()}
