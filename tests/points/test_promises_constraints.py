"""What PostgreSQL itself refuses about holds, transfers, notices and moved ends, whoever asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from members.models import Member
from points.models import (
    Account,
    ExpiryNotice,
    Extension,
    Hold,
    HoldLot,
    Lot,
    Posting,
    Transfer,
)
from tests.cast import account, ana, capture, earn, hold, release, send
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books, pytest.mark.usefixtures("quay")]


@pytest.fixture
def member() -> Member:
    """Somebody with 70 points, 30 of them held."""
    one = ana()
    earn(one, 70, source="test:earned")
    hold(one, 30, source="cart:1")
    return one


def test_an_account_does_not_hold_less_than_nothing(member: Member) -> None:
    with refused("points_account_held_is_not_negative"):
        Account.objects.filter(member=member).update(held=-1)


@pytest.mark.parametrize("held", [-1, 71])
def test_a_lot_holds_no_more_than_is_left_of_it(member: Member, held: int) -> None:
    with refused("points_lot_still_has_what_is_held"):
        Lot.objects.filter(member=member).update(held=held)


def test_what_is_held_is_not_taken_out_of_a_lot(member: Member) -> None:
    with refused("points_lot_still_has_what_is_held"):
        Lot.objects.filter(member=member).update(remaining=29)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("points_hold_names_source_actor_and_purpose", {"source": ""}),
        ("points_hold_names_source_actor_and_purpose", {"actor": ""}),
        ("points_hold_names_source_actor_and_purpose", {"purpose": ""}),
        ("points_hold_is_of_something", {"amount": 0}),
        ("points_hold_ends_after_it_opens", {"expires_at": clock.now() - timedelta(days=1)}),
        ("points_hold_status_has_its_facts", {"captured": 1}),
        ("points_hold_status_has_its_facts", {"ended_at": clock.now()}),
        ("points_hold_status_has_its_facts", {"status": "released", "reason": "Why"}),
        ("points_hold_status_has_its_facts", {"status": "captured", "captured": 30}),
        ("points_hold_status_has_its_facts", {"status": "lost"}),
    ],
)
def test_a_hold_makes_sense(member: Member, name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        Hold.objects.update(**fields)


def test_a_source_holds_once(member: Member) -> None:
    other = hold(member, 10)
    with refused("points_hold_source_is_unique"):
        Hold.objects.filter(pk=other.pk).update(source="cart:1")


def test_no_more_is_captured_than_was_held(member: Member) -> None:
    paid = capture(hold(member, 10))
    with refused("points_hold_status_has_its_facts"):
        Hold.objects.filter(posting=paid).update(captured=11)


def test_a_hold_times_out_when_its_time_is_over(member: Member) -> None:
    with refused("points_hold_times_out_on_time"):
        Hold.objects.update(status="timed_out", ended_at=clock.now(), ended_by="system:holds")


def test_a_hold_is_released_with_a_reason(member: Member) -> None:
    gone = release(hold(member, 10))
    with refused("points_hold_released_has_a_reason"):
        Hold.objects.filter(pk=gone.pk).update(reason="")


def test_a_hold_holds_a_lot_once_and_something_of_it(member: Member) -> None:
    part = HoldLot.objects.get()
    fields = {"member": member, "hold": part.hold, "lot": part.lot}
    with refused("points_holdlot_once_per_hold"):
        HoldLot.objects.create(**fields, amount=1)
    fields["hold"] = hold(member, 5)
    fields["lot"] = Lot.objects.get(entry=earn(member, 9, unit="coin").entries.get())
    with refused("points_holdlot_is_of_something"):
        HoldLot.objects.create(**fields, amount=0)


def test_what_is_spent_from_a_hold_may_leave_a_debt_and_nothing_else_may(member: Member) -> None:
    posting = Posting.objects.get(source="test:earned")
    row = account(member)
    for kind, name in (
        ("sent", "points_entry_debt_only_by_clawback"),
        ("expiry", "points_entry_debt_only_by_clawback"),
    ):
        with refused(name):
            posting.entries.create(
                member=member, account=row, kind=kind, amount=-80, balance_after=-10, version=2,
                reason="Round the code", occurred_at=clock.now(),
            )  # fmt: skip


@pytest.mark.parametrize(("kind", "amount"), [("capture", 5), ("sent", 5), ("received", -5)])
def test_the_sign_of_what_moves_fits_its_kind(member: Member, kind: str, amount: int) -> None:
    posting = Posting.objects.get(source="test:earned")
    with refused("points_entry_sign_fits_kind"):
        posting.entries.create(
            member=member, account=account(member), kind=kind, amount=amount, balance_after=70,
            version=2, reason="Round the code", occurred_at=clock.now(),
        )  # fmt: skip


def test_bringing_back_has_a_reason(member: Member) -> None:
    with refused("points_posting_reinstatement_has_a_reason"):
        Posting.objects.create(
            member=member, kind="reinstate", source="test:other", actor="nobody",
            occurred_at=clock.now(),
        )  # fmt: skip


def transfer(member: Member, **fields: Any) -> Transfer:
    """Another transfer, as somebody might write it round the code."""
    known = Transfer.objects.first() or send(member, ana(name="Bruno Lima"), 5, source="sent:1")
    given = {
        "member": member,
        "receiver": known.receiver,
        "unit_id": "point",
        "amount": 5,
        "source": "sent:2",
        "actor": "nobody",
        "posting": known.posting,
        "arrival": known.arrival,
        "occurred_at": clock.now(),
    }
    return Transfer.objects.create(**given | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("points_transfer_source_is_unique", {"source": "sent:1"}),
        ("points_transfer_is_of_something", {"amount": 0}),
        ("points_transfer_names_source_and_actor", {"source": ""}),
        ("points_transfer_names_source_and_actor", {"actor": ""}),
    ],
)
def test_a_transfer_makes_sense(member: Member, name: str, fields: dict[str, Any]) -> None:
    send(member, ana(name="Bruno Lima"), 5, source="sent:1")
    with refused(name):
        transfer(member, **fields)


def test_nobody_sends_to_themselves(member: Member) -> None:
    send(member, ana(name="Bruno Lima"), 5, source="sent:1")
    with refused("points_transfer_has_two_sides"):
        transfer(member, receiver=member)


def extension(member: Member, **fields: Any) -> Extension:
    lot = Lot.objects.filter(member=member).earliest("id")
    given = {
        "member": member,
        "account": account(member),
        "lot": lot,
        "source": "extension:1",
        "ended_at": clock.now(),
        "until": clock.now() + timedelta(days=9),
        "actor": "nobody",
        "reason": "Round the code",
    }
    return Extension.objects.create(**given | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("points_extension_of_a_lot_has_a_reason", {"reason": ""}),
        ("points_extension_of_a_lot_has_a_reason", {"actor": ""}),
        ("points_extension_of_a_lot_has_a_reason", {"ended_at": None}),
        ("points_extension_of_a_lot_has_a_reason", {"lot": None}),
        ("points_extension_is_only_later", {"until": clock.now() - timedelta(days=9)}),
    ],
)
def test_a_moved_end_makes_sense(member: Member, name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        extension(member, **fields)


def test_a_source_moves_the_end_of_a_lot_once(member: Member) -> None:
    extension(member)
    with refused("points_extension_once_per_source"):
        extension(member)


def notice(member: Member, **fields: Any) -> ExpiryNotice:
    given = {"account": account(member), "expires_at": clock.now(), "days": 7, "amount": 5}
    return ExpiryNotice.objects.create(member=member, **given | fields)


def test_a_notice_is_given_once_and_of_something(member: Member) -> None:
    first = notice(member)
    with refused("points_expirynotice_once_per_end_and_threshold"):
        notice(member, expires_at=first.expires_at)
    with refused("points_expirynotice_is_of_something"):
        notice(member, days=8, amount=0)


def test_what_was_promised_and_sent_is_final(member: Member) -> None:
    send(member, ana(name="Bruno Lima"), 5)
    notice(member)
    for table in ("points_holdlot", "points_transfer", "points_expirynotice"):
        assert_append_only(table)
