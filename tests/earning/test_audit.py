"""The auditor also knows activities and awards: each planted fault is found."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import connection

from earning import intake, proof
from points import audit
from program.models import Program
from tests.cast import ACTOR, ana, visit

pytestmark = pytest.mark.django_db

PLANTED = {
    "every posting of an activity has its activity": (
        "UPDATE points_posting SET source = 'activity:00000000-0000-0000-0000-000000000000'"
        " WHERE left(source, 9) = 'activity:'"
    ),
    "every activity stands under its reference": "DELETE FROM earning_activitykey",
    "an award is its own entry": "UPDATE earning_award SET amount = amount + 1",
    "every credit of an activity has its award": "DELETE FROM earning_award",
    "every posting of a milestone has its level": (
        "UPDATE points_posting SET source = 'milestone:00000000-0000-0000-0000-000000000000'"
        " WHERE left(source, 9) = 'activity:'"
    ),
    "what was claimed was recorded": (
        "UPDATE earning_unclaimedactivity SET claimed_at = NULL, claimed_by = '', member_id = NULL"
    ),
}


def test_every_invariant_has_a_planted_fault() -> None:
    elsewhere = {"a referral was paid by activities of its own"}  # tests/earning/test_referrals.py
    assert set(PLANTED) | elsewhere == set(proof.INVARIANTS)
    assert audit.invariants().items() >= proof.INVARIANTS.items()


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_fault_is_found(quay: Program, invariant: str) -> None:
    member = ana()
    visit(member)
    visit(member)
    waiting = visit().unclaimed
    assert waiting is not None
    intake.claim(waiting, member=member, actor=ACTOR)
    visit()
    assert list(audit.check()) == []
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if "posting" in invariant:  # two postings of one member cannot share a source
            cursor.execute(
                "ALTER TABLE points_posting DROP CONSTRAINT points_posting_source_is_unique"
            )
        cursor.execute(PLANTED[invariant])
    assert invariant in {fault.invariant for fault in audit.check()}
