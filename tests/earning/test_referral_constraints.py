"""What PostgreSQL itself refuses about referrals."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from common import clock
from earning import referring
from earning.models import Referral, ReferralCode, ReferralTerms
from tests.cast import ACTOR, ROOT, ana, apply
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books]


@pytest.fixture(autouse=True)
def toms(db: None) -> None:
    apply(ROOT / "blueprints" / "toms")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_terms_ask_for_an_amount_of_something", {"attribute": ""}),
        ("earning_terms_ask_for_an_amount_of_something", {"least": None}),
        ("earning_terms_record_something_else", {"referrer_type": "purchase"}),
        ("earning_terms_record_something_else", {"friend_type": "purchase"}),
        ("earning_terms_leave_a_day", {"within_days": 0}),
    ],
)
def test_terms_make_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        ReferralTerms.objects.update(**fields)


def test_a_member_has_one_code() -> None:
    member = ana()
    referring.code_of(member)
    with refused("earning_code_one_for_a_member"):
        ReferralCode.objects.create(id=uuid.uuid4(), code="X", member_id=member.pk)


def test_a_referral_makes_sense() -> None:
    referrer, friend = ana(), ana(name="Bruno")
    row = referring.refer(friend, code=referring.code_of(referrer), actor=ACTOR)
    fields = {"terms": row.terms, "actor": ACTOR, "referred_at": clock.now()}
    with refused("earning_referral_one_for_a_friend"):
        Referral.objects.create(member=friend, referrer=referrer, **fields)
    with refused("earning_referral_is_of_another"):
        Referral.objects.create(member=referrer, referrer=referrer, **fields)
    with refused("earning_referral_paid_names_its_activities"):
        Referral.objects.filter(pk=row.pk).update(status="paid")
    with refused("earning_referral_doubt_has_a_reason"):
        Referral.objects.filter(pk=row.pk).update(status="doubted")
