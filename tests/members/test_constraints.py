"""What PostgreSQL itself refuses about people, cards and keys."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from common import clock
from members import claiming, enrolment
from members.errors import AlreadyMember, IdentifierTaken
from members.models import (
    Card,
    ClaimCode,
    Member,
    MemberKey,
    PastSegment,
    Segment,
    SegmentMember,
    User,
)
from tests.cast import ACTOR, ana, login, utc
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_an_address_is_one_login_however_it_is_spelled() -> None:
    login("ana@example.com")
    with refused("members_user_email_is_unique"):
        User.objects.bulk_create([User(email="ANA@Example.com")])


def test_a_member_has_a_name() -> None:
    with refused("members_member_has_a_name"):
        Member.objects.filter(pk=ana().pk).update(name="")


def test_a_closed_member_has_no_login() -> None:
    member = ana(user=login())
    with refused("members_member_closed_has_no_login"):
        Member.objects.filter(pk=member.pk).update(status="closed")


def test_a_login_is_one_member() -> None:
    user = login()
    ana(user=user)
    other = ana(name="Bruno")
    with refused("members_member_user_id_key"):
        Member.objects.filter(pk=other.pk).update(user=user)
    with pytest.raises(AlreadyMember):
        ana(user=user)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("members_card_one_active", {}),
        ("members_card_revoked_has_its_time", {"is_active": False}),
        ("members_card_has_twelve_digits", {"is_active": False, "number": "12345"}),
        ("members_card_has_twelve_digits", {"is_active": False, "number": "48210937662x"}),
    ],
)
def test_a_card_makes_sense(name: str, fields: dict[str, Any]) -> None:
    member = ana()
    if fields.get("number"):
        fields = fields | {"revoked_at": clock.now()}
    with refused(name):
        Card.objects.create(**{"member": member, "number": "482109376623"} | fields)


def test_an_active_card_was_not_revoked() -> None:
    with refused("members_card_revoked_has_its_time"):
        Card.objects.filter(member=ana()).update(revoked_at=clock.now())


def test_a_member_has_one_open_claim_code() -> None:
    member = ana()
    claiming.issue_code(member, actor=ACTOR)
    with refused("members_claim_one_open"):
        ClaimCode.objects.create(
            member=member, code_hash="x", expires_at=clock.now(), issued_by=ACTOR
        )


def test_what_somebody_is_known_by_is_theirs() -> None:
    ana(email="ana@example.com")
    other = ana(name="Bruno")
    with refused("members_key_pkey"):
        MemberKey.make(other, "email", "ANA@example.com").save(force_insert=True)
    with pytest.raises(IdentifierTaken):
        enrolment.enroll(name="Carla", email="Ana@Example.com", actor=ACTOR)


def test_a_key_follows_from_what_it_says() -> None:
    """Whoever writes round the code meets the same id, because it is made from kind and value."""
    member = ana(reference="agent-9")
    key = MemberKey.objects.get(kind="reference")
    with connection.cursor() as cursor:
        cursor.execute("SELECT member_id FROM members_key WHERE id = %s", [key.id])
        assert cursor.fetchone()[0] == member.pk
    assert MemberKey.id_for("reference", " agent-9 ") == key.id


def test_a_member_is_in_a_segment_once() -> None:
    member, segment = ana(), Segment.objects.create(code="locals", name="Locals")
    SegmentMember.objects.create(member=member, segment=segment)
    with refused("members_segment_member_is_unique"):
        SegmentMember.objects.create(member=member, segment=segment)


def test_a_time_in_a_segment_ends_after_it_began() -> None:
    segment = Segment.objects.create(code="over", name="Over")
    with refused("members_past_segment_ends_after_it_starts"):
        PastSegment.objects.create(
            member=ana(), segment=segment, starts_at=utc(2026, 1, 1), ends_at=utc(2026, 1, 1)
        )
