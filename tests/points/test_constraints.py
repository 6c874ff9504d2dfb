"""What PostgreSQL itself refuses about the ledger, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from common import clock
from members.models import Member
from points.models import LIMIT, Account, Entry, Lot, LotUse, Posting
from tests.cast import account, ana, earn, spend
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books, pytest.mark.usefixtures("quay")]


@pytest.fixture
def member() -> Member:
    """Somebody with 50 points left of 70."""
    one = ana()
    earn(one, 70, source="test:earned")
    spend(one, 20, source="test:spent")
    return one


def entry(member: Member, **fields: Any) -> Entry:
    """Another entry in the account, as somebody might write it round the code."""
    given = {
        "member": member,
        "account": account(member),
        "posting": Posting.objects.get(source="test:earned"),
        "kind": "base",
        "amount": 5,
        "balance_after": 55,
        "version": 3,
        "reason": "Round the code",
        "occurred_at": clock.now(),
    }
    return Entry.objects.create(**given | fields)


def posting(member: Member, **fields: Any) -> Posting:
    given = {
        "member": member,
        "kind": "earn",
        "source": "test:other",
        "actor": "nobody",
        "occurred_at": clock.now(),
    }
    return Posting.objects.create(**given | fields)


def test_a_member_has_one_account_a_unit(member: Member) -> None:
    with refused("points_account_member_unit_is_unique"):
        Account.objects.create(member=member, unit_id="point")


@pytest.mark.parametrize("balance", [LIMIT + 1, -LIMIT - 1])
def test_a_balance_can_be_counted_exactly(member: Member, balance: int) -> None:
    with refused("points_account_balance_within_limit"):
        Account.objects.filter(member=member).update(balance=balance)


def test_an_account_without_entries_is_empty(member: Member) -> None:
    with refused("points_account_untouched_is_empty"):
        Account.objects.create(member=member, unit_id="coin", balance=5)


def test_a_source_is_posted_once(member: Member) -> None:
    with refused("points_posting_source_is_unique"):
        posting(member, source="test:earned")
    posting(ana(name="Bruno"), source="test:earned")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("points_posting_names_source_and_actor", {"source": ""}),
        ("points_posting_names_source_and_actor", {"actor": ""}),
        ("points_posting_reversal_names_its_posting", {"kind": "reversal"}),
        ("points_posting_adjustment_has_a_reason", {"kind": "adjustment"}),
    ],
)
def test_a_posting_says_where_it_comes_from(
    member: Member, name: str, fields: dict[str, str]
) -> None:
    with refused(name):
        posting(member, **fields)


def test_only_a_reversal_reverses(member: Member) -> None:
    with refused("points_posting_reversal_names_its_posting"):
        posting(member, reverses=Posting.objects.get(source="test:spent"))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("points_entry_version_is_unique", {"version": 2}),
        ("points_entry_version_starts_at_one", {"version": 0}),
        ("points_entry_amount_is_not_zero", {"kind": "adjustment", "amount": 0}),
        (
            "points_entry_spend_never_overdraws",
            {"kind": "spend", "amount": -51, "balance_after": -1},
        ),
        ("points_entry_sign_fits_kind", {"amount": -5}),
        ("points_entry_sign_fits_kind", {"kind": "bonus", "amount": -5}),
        ("points_entry_sign_fits_kind", {"kind": "restore", "amount": -5}),
        ("points_entry_sign_fits_kind", {"kind": "spend", "amount": 5}),
        ("points_entry_sign_fits_kind", {"kind": "clawback", "amount": 5}),
        ("points_entry_sign_fits_kind", {"kind": "expiry", "amount": 5}),
        ("points_entry_sign_fits_kind", {"kind": "gift", "amount": 5}),
        (
            "points_entry_debt_only_by_clawback",
            {"kind": "adjustment", "amount": -60, "balance_after": -10},
        ),
        (
            "points_entry_debt_only_by_clawback",
            {"kind": "expiry", "amount": -60, "balance_after": -10},
        ),
    ],
)
def test_an_entry_makes_sense(member: Member, name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        entry(member, **fields)


def test_a_clawback_may_leave_a_debt(member: Member) -> None:
    assert entry(member, kind="clawback", amount=-60, balance_after=-10)


@pytest.mark.parametrize("remaining", [-1, 71])
def test_a_lot_holds_between_nothing_and_its_award(member: Member, remaining: int) -> None:
    with refused("points_lot_remaining_within_awarded"):
        Lot.objects.filter(member=member).update(remaining=remaining)


def test_only_an_end_that_moves_has_a_last_one(member: Member) -> None:
    rows = Lot.objects.filter(member=member)
    for fields in ({"is_fixed": True, "expires_at": clock.now()}, {"expires_at": None}):
        with refused("points_lot_last_end_is_of_one_that_moves"):
            rows.update(latest_at=clock.now(), **fields)


def test_a_lot_awards_something(member: Member) -> None:
    with refused("points_lot_awards_something"):
        Lot.objects.create(
            member=member,
            account=account(member),
            entry=entry(member),
            awarded=0,
            remaining=0,
            awarded_at=clock.now(),
        )


def test_an_entry_has_one_lot(member: Member) -> None:
    lot = Lot.objects.get(member=member)
    with refused("points_lot_one_per_entry"):
        Lot.objects.create(
            member=member,
            account=lot.account,
            entry=lot.entry,
            awarded=5,
            remaining=5,
            awarded_at=clock.now(),
        )


def test_a_use_moves_something_once(member: Member) -> None:
    use = LotUse.objects.get(member=member)
    with refused("points_use_amount_is_not_zero"):
        LotUse.objects.create(member=member, lot=use.lot, entry=entry(member), amount=0)
    with refused("points_use_once_per_entry"):
        LotUse.objects.create(member=member, lot=use.lot, entry=use.entry, amount=1)


@pytest.mark.parametrize("table", ["points_posting", "points_entry", "points_lotuse"])
def test_the_ledger_is_written_once(member: Member, table: str) -> None:
    assert_append_only(table)
