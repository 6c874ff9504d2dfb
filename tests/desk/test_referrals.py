"""Doubted invitations at the desk: let one count, refuse one, never one's own."""

from __future__ import annotations

import pytest

from earning import referring
from earning.models import Referral, ReferralTerms
from program.models import ActivityType
from tests.cast import ACTOR, ana
from tests.desk.counter import Counter, listing, text, verb

pytestmark = pytest.mark.django_db


def doubted() -> Referral:
    brought = ActivityType.objects.create(code="brought", name="Friend brought", plural="Friends")
    fields = {"name": "A friend", "summary": "Coffee for both.", "type_id": "visit"}
    ReferralTerms.objects.create(code="a-friend", referrer_type=brought, **fields)
    referrer, friend = ana(phone="912345678"), ana(name="Bruno", phone="+351 912345678")
    return referring.refer(friend, code=referring.code_of(referrer), actor=ACTOR)


def test_a_clerk_lets_one_count(clerk: Counter) -> None:
    row = doubted()
    assert "They have the same phone number." in text(clerk.get(listing(Referral)))
    assert "It counts from now on." in text(clerk.do(verb(row, "approve")))
    row.refresh_from_db()
    assert (row.status, row.decided_by) == ("open", clerk.actor)
    assert "has been decided already" in text(clerk.do(verb(row, "refuse"), reason="x"))


def test_a_clerk_refuses_one_with_a_reason(clerk: Counter) -> None:
    row = doubted()
    assert "This field is required" in text(clerk.do(verb(row, "refuse"), reason=""))
    clerk.do(verb(row, "refuse"), reason="One person")
    row.refresh_from_db()
    assert (row.status, row.reason) == ("refused", "One person")


def test_nobody_decides_their_own(clerk: Counter) -> None:
    row = doubted()
    row.referrer.user = clerk.user
    row.referrer.save()
    assert "Ask a colleague" in text(clerk.do(verb(row, "approve")))
    row.refresh_from_db()
    assert row.status == "doubted"
