"""The auditor also knows activities and awards: each planted fault is found."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import connection

from earning import intake, proof, returns
from members.models import Member
from points import audit
from program.models import ActivityType, Program
from tests.cast import ACTOR, ana, visit

pytestmark = pytest.mark.django_db

PLANTED = {
    "every posting of an activity has its activity": (
        "UPDATE points_posting SET source = 'activity:00000000-0000-0000-0000-000000000000'"
        " WHERE left(source, 9) = 'activity:'"
    ),
    "an activity keeps what rules were told of the member": (
        "UPDATE earning_activity SET facts = facts - 'plans'"
    ),
    "every activity stands under its reference": "DELETE FROM earning_activitykey",
    "an award is its own entry": "UPDATE earning_award SET amount = amount + 1",
    "every credit of an activity has its award": "DELETE FROM earning_award",
    "every posting of a milestone has its level": (
        "UPDATE points_posting SET source = 'milestone:00000000-0000-0000-0000-000000000000'"
        " WHERE left(source, 9) = 'activity:'"
    ),
    "what a rule paid is counted at what it stands at": (
        "UPDATE earning_award SET unit_id = 'visit' WHERE unit_id = 'point'"
    ),
    "what was claimed was recorded, or is pending": (
        "UPDATE earning_unclaimedactivity SET claimed_at = NULL, claimed_by = '', member_id = NULL"
    ),
    "a rule takes back no more than it paid": (
        "UPDATE earning_correction SET amount = amount - 1000, lapsed = 0 WHERE amount < 0"
    ),
    "a cancelled activity stands at nothing": (
        "UPDATE earning_correction SET amount = amount + 1 WHERE amount < -1"
    ),
    "nothing is changed after a cancellation": (
        "UPDATE earning_activitychange SET number = number + 10 WHERE kind = 'amend'"
    ),
    "a correction is its own entry, less what had expired": (
        "UPDATE earning_correction SET unit_id = 'coin'"
    ),
    "every entry of a change has its correction": "DELETE FROM earning_correction",
    "changes of an activity are numbered without a gap": (
        "UPDATE earning_activitychange SET number = 9 WHERE kind = 'cancel'"
    ),
    "what was pending ended once": (
        "UPDATE earning_pendingactivity SET status = 'confirmed', ended_at = now(), ended_by = 'x'"
    ),
    "every posting of a void level has its level": (
        "UPDATE points_posting SET source = 'milestone-voided:' || id WHERE kind = 'reversal'"
    ),
}


def _change(member: Member) -> None:
    """An activity that was amended and then cancelled, and one that is pending."""
    done = visit(member, reference="changed").activity
    assert done is not None
    words = {"partner": "till", "activity": "changed", "reason": "Back", "actor": ACTOR}
    returns.amend(reference="c1", returned={"paid": "4"}, **words)
    returns.cancel(reference="c2", **words)
    ActivityType.objects.filter(code="visit").update(confirm="call")
    visit(member)


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
    _change(member)
    assert list(audit.check()) == []
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if "posting" in invariant:  # two postings of one member cannot share a source
            cursor.execute(
                "ALTER TABLE points_posting DROP CONSTRAINT points_posting_source_is_unique"
            )
        cursor.execute(PLANTED[invariant])
    assert invariant in {fault.invariant for fault in audit.check()}
