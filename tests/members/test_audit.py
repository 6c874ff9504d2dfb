"""The auditor finds what merges and erasures must never leave behind."""

from __future__ import annotations

import pytest

from members import erasure, merging
from points import audit, proof
from program.models import Program
from tests.cast import ACTOR, ana, earn, home
from tests.points.test_audit import plant

pytestmark = pytest.mark.django_db

ABSORBED = "SELECT id FROM members_member WHERE status = 'merged'"
PLANTED = {
    "a household has no two heads": "UPDATE members_householdmember SET is_head = true",
    "a merge changes no total": (
        "UPDATE points_entry SET amount = amount + 1 WHERE kind = 'merge' AND amount > 0"
    ),
    "whoever was merged has no points and no name of their own": (
        f"UPDATE members_key SET member_id = ({ABSORBED})"
        " WHERE id = (SELECT min(id::text)::uuid FROM members_key)"
    ),
    "accounts of merged members forward to their survivors": (
        f"UPDATE points_account SET forwards_to_id = NULL WHERE member_id = ({ABSORBED})"
    ),
    "whoever absorbed others counts them": (
        "UPDATE members_member SET absorbs = absorbs + 1 WHERE absorbs > 0"
    ),
    "whoever was merged has the record of it": (
        "UPDATE members_membermerge SET undone_at = merged_at, undone_by = 'staff:nobody',"
        " undo_reason = 'By hand'"
    ),
    "whoever was erased is nobody": (
        "UPDATE members_member SET name = 'Zelda Fitzgerald' WHERE status = 'erased'"
    ),
}


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(PLANTED) == set(proof.INVARIANTS)


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_fault_is_found(quay: Program, invariant: str) -> None:
    one, other, third = ana(), ana(name="Bea Lima"), ana(name="Zelda Fitzgerald")
    for member in (one, other, third):
        earn(member, 10)
    home(one, ana(name="Rui"))
    merging.merge(one, other, reason="One person", actor=ACTOR)
    erasure.erase(third, reason="asked", actor=ACTOR)
    assert list(audit.check()) == []
    plant(PLANTED[invariant])
    faults = [fault for fault in audit.check() if fault.invariant == invariant]
    assert faults
    assert all(fault.row and fault.found for fault in faults)
