"""The auditor finds each planted fault, names the row, and is content with honest books."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pgtrigger
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from common import clock
from events.models import Event
from points import audit, expiry, tasks
from points.models import (
    Account,
    AdjustmentRequest,
    AuditRun,
    Entry,
    Hold,
    Lot,
    LotUse,
    Posting,
    Transfer,
)
from program.models import Program
from tests import cast
from tests.cast import ana, capture, earn, hold, reverse, send, spend, utc

pytestmark = pytest.mark.django_db

PLANTED = {
    "balance is the sum of entries": "UPDATE points_account SET balance = balance + 1",
    "running balances chain without a gap": (
        "UPDATE points_entry SET balance_after = balance_after + 1 WHERE version = 2"
    ),
    "the account stands where its last entry left it": (
        "UPDATE points_account SET version = version + 1"
    ),
    "live lots are the balance that can be spent": (
        "UPDATE points_lot SET remaining = remaining - 1 WHERE remaining > 0"
    ),
    "counters have no lots": (
        "UPDATE points_lot SET account_id = (SELECT id FROM points_account WHERE unit_id = 'visit')"
    ),
    "what is left of a lot is its award less its uses": "DELETE FROM points_lotuse",
    "a lot holds between nothing and its award": (
        "ALTER TABLE points_lot DROP CONSTRAINT points_lot_remaining_within_awarded;"
        "ALTER TABLE points_lot DROP CONSTRAINT points_lot_still_has_what_is_held;"
        "UPDATE points_lot SET remaining = -1"
    ),
    "a lot is the award of its own entry": "UPDATE points_lot SET awarded = awarded + 1",
    "every posting has an entry": (
        "DELETE FROM points_lotuse; DELETE FROM points_entry WHERE kind = 'spend'"
    ),
    "activity moves no end beyond the last one": (
        "UPDATE points_lot SET latest_at = expires_at - interval '1 day' WHERE origin_id IS NULL"
    ),
    "an account holds what its lots hold": "UPDATE points_account SET held = held + 1",
    "a lot holds what open holds took of it": "UPDATE points_lot SET held = 2 WHERE held = 7",
    "a hold is of lots of its own account, all of it": (
        "UPDATE points_holdlot SET amount = amount - 1"
    ),
    "a captured hold was spent, and no other was": (
        "UPDATE points_hold SET captured = 2 WHERE status = 'captured'"
    ),
    "a transfer arrives whole": "UPDATE points_transfer SET amount = amount + 1",
    "every posting of a transfer has its transfer": "DELETE FROM points_transfer",
    "points that move keep the day of their award": (
        "UPDATE points_lot SET awarded_at = now() + interval '1 day' WHERE origin_id IS NOT NULL"
    ),
    "points are brought back as they ended, once": (
        "UPDATE points_posting SET kind = 'reinstate', note = 'Nothing ended', source ="
        " 'reinstatement:' || (SELECT min(id::text) FROM points_entry WHERE kind = 'spend')"
        " WHERE id = (SELECT min(id::text)::uuid FROM points_posting WHERE kind = 'spend'"
        " AND left(source, 5) = 'test:')"
    ),
    "what repays out of a hold leaves the balance as it was": (
        "UPDATE points_posting SET kind = 'settle' WHERE kind = 'spend'"
    ),
    "rows of one posting belong to one member": (
        "UPDATE points_posting SET member_id = (SELECT id FROM members_member WHERE name = 'Bruno')"
        " WHERE kind = 'earn'"
    ),
    "a use joins an entry and a lot of one account": (
        "UPDATE points_lotuse SET member_id = (SELECT id FROM members_member WHERE name = 'Bruno')"
    ),
    "a reversal undoes a posting of the same member": (
        "UPDATE points_posting SET member_id = (SELECT id FROM members_member WHERE name = 'Bruno')"
        " WHERE kind = 'reversal'"
    ),
    "what was agreed to was posted as it was asked": (
        "UPDATE points_adjustmentrequest SET amount = amount + 1"
    ),
}


def plant(statement: str) -> None:
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def world() -> None:
    member, other = ana(), ana(name="Bruno")
    earn(member, 70)
    earn(member, 1, unit="visit")
    spend(member, 20)
    hold(member, 7)
    capture(hold(member, 3))
    send(member, other, 4)
    reverse(spend(member, 5))
    asked = AdjustmentRequest(member=member, unit_id="point", amount=7, reason="Cold coffee")
    asked.source, asked.asked_by, asked.asked_at = "test:asked", cast.ACTOR, clock.now()
    asked.state, asked.decided_by, asked.decided_at = "approved", "staff:other", clock.now()
    asked.posting = cast.adjust(member, 7, source="test:asked")
    asked.save()


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(PLANTED) == set(audit.INVARIANTS)


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_fault_is_found(quay: Program, invariant: str) -> None:
    world()
    assert list(audit.check()) == []
    plant(PLANTED[invariant])
    faults = [fault for fault in audit.check() if fault.invariant == invariant]
    assert faults
    assert all(uuid.UUID(fault.row) for fault in faults)
    kinds = (Account, AdjustmentRequest, Entry, Hold, Lot, LotUse, Posting, Transfer)
    rows = {str(pk) for model in kinds for pk in _keys(model)}
    assert {fault.row for fault in faults} <= rows


@pytest.mark.broken_books
def test_a_missing_lot_is_found_even_when_the_balance_is_right(quay: Program) -> None:
    world()
    plant("DELETE FROM points_lotuse; DELETE FROM points_holdlot; DELETE FROM points_lot")
    assert "live lots are the balance that can be spent" in {f.invariant for f in audit.check()}


@pytest.mark.broken_books
def test_a_balance_below_zero_with_points_left_is_found(quay: Program) -> None:
    member = ana()
    earned = earn(member, 70)
    spend(member, 20)
    reverse(earned)
    plant("UPDATE points_lot SET remaining = 5")
    assert "live lots are the balance that can be spent" in {f.invariant for f in audit.check()}


@pytest.mark.broken_books
@pytest.mark.parametrize("invariant", PLANTED)
def test_in_portions_the_same_faults_are_found(quay: Program, invariant: str) -> None:
    world()
    earn(ana(name="Carla"), 5)
    assert list(audit.check(chunk=1)) == []
    plant(PLANTED[invariant])
    at_once = {fault for fault in audit.check() if fault.invariant == invariant}
    assert at_once == {fault for fault in audit.check(chunk=1) if fault.invariant == invariant}


@pytest.mark.broken_books
def test_since_a_moment_only_what_moved_is_added_up(quay: Program) -> None:
    world()
    plant("UPDATE points_account SET balance = balance + 1 WHERE unit_id = 'visit'")
    before, after = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    assert {fault.invariant for fault in audit.check(since=before)} == {
        "balance is the sum of entries"
    }
    assert list(audit.check(since=after)) == []


def test_a_run_is_kept_with_what_it_found(quay: Program) -> None:
    world()
    row = audit.run(actor="system:audit")
    assert (row.faults, row.entries, row.invariants) == (0, 9, len(audit.invariants()))
    assert row.finished_at is not None
    assert not Event.objects.filter(type="audit_failed").exists()


@pytest.mark.broken_books
def test_a_run_that_finds_a_fault_names_the_first_and_says_so(quay: Program) -> None:
    world()
    plant("UPDATE points_account SET balance = balance + 1 WHERE unit_id = 'visit'")
    row = audit.run(actor="system:audit")
    found = (row.faults, row.first_invariant, row.first_row, row.first_finding)
    account = Account.objects.get(unit="visit")
    named = "balance is the sum of entries"
    assert found == (1, named, str(account.pk), "balance 2, entries 1")
    told = Event.objects.get(type="audit_failed")
    assert told.payload == {"faults": 1, "invariant": named, "row": str(account.pk)}


def test_what_the_night_runs_leaves_a_row(quay: Program) -> None:
    tasks.audit_books()
    assert AuditRun.objects.get().faults == 0


def test_honest_books_have_no_faults(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        earned = earn(member, 70)
        spent = spend(member, 20)
        earn(member, 5, unit="coin")
        earn(member, 5, unit="visit")
    with time_machine.travel(utc(2026, 3, 5, 12)):
        expiry.run()
        reverse(spent)
        reverse(earned)
    assert list(audit.check()) == []


def test_the_command_says_that_the_books_balance(quay: Program) -> None:
    world()
    out = io.StringIO()
    call_command("audit_ledger", stdout=out)
    assert f"{len(audit.invariants())} invariants hold" in out.getvalue()


@pytest.mark.broken_books
def test_what_cannot_be_checked_is_neither_right_nor_wrong(quay: Program) -> None:
    plant("ALTER TABLE points_lotuse RENAME TO points_away")
    with pytest.raises(CommandError, match="could not be checked") as error:
        call_command("audit_ledger")
    assert error.value.returncode == 2


def test_a_moment_that_is_none_is_refused(quay: Program) -> None:
    with pytest.raises(CommandError, match="is no moment"):
        call_command("audit_ledger", "--since", "yesterday")


@pytest.mark.broken_books
def test_the_command_fails_and_names_the_rows(quay: Program) -> None:
    world()
    plant(PLANTED["balance is the sum of entries"])
    said = io.StringIO()
    with pytest.raises(CommandError, match="do not balance") as error:
        call_command("audit_ledger", stderr=said)
    assert error.value.returncode == 1
    assert str(cast.account(_member()).pk) in said.getvalue()


@pytest.mark.broken_books
def test_the_command_prints_no_more_than_it_is_asked_to(quay: Program) -> None:
    for number in range(4):
        earn(ana(name=f"Member {number}"), 5)
    plant("UPDATE points_account SET balance = balance + 1")
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("audit_ledger", most=3, stderr=said)
    assert len(said.getvalue().splitlines()) == 3


def _keys(model: type) -> list[uuid.UUID]:
    return list(model.objects.values_list("pk", flat=True))  # type: ignore[attr-defined]


def _member() -> object:
    return Account.objects.filter(unit="point", member__name="Ana Lima").get().member
