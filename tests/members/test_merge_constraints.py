"""What PostgreSQL itself refuses about merges, whoever asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from members.merges import MemberMerge
from members.models import Member
from tests.cast import ACTOR, ana
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def record(**fields: Any) -> MemberMerge:
    now = clock.now()
    given = {"reason": "Twice", "actor": ACTOR, "merged_at": now, "until": now + timedelta(days=30)}
    people = {} if "survivor" in fields else {"survivor": ana(), "absorbed": ana(name="Bea")}
    return MemberMerge(**given | people | fields)


def test_a_merge_joins_two() -> None:
    member = ana()
    with refused("members_merge_joins_two"):
        record(survivor=member, absorbed=member).save()


def test_a_member_is_absorbed_once() -> None:
    absorbed = ana(name="Bea")
    undone = {"undone_at": clock.now(), "undone_by": ACTOR, "undo_reason": "Two people"}
    record(survivor=ana(), absorbed=absorbed, **undone).save(force_insert=True)
    first = record(survivor=ana(), absorbed=absorbed)
    with refused("members_merge_absorbs_once"):
        first.save(force_insert=True)
        record(survivor=ana(name="Cleo"), absorbed=absorbed).save(force_insert=True)


@pytest.mark.parametrize("field", ["reason", "actor"])
def test_a_merge_has_a_reason_and_an_actor(field: str) -> None:
    with refused("members_merge_has_a_reason"):
        record(**{field: ""}).save()


def test_a_merge_can_be_undone_until_later() -> None:
    with refused("members_merge_ends_later"):
        record(until=clock.now() - timedelta(days=1)).save()


@pytest.mark.parametrize(
    "fields",
    [
        {"undone_by": "somebody"},
        {"undone_at": clock.now(), "undone_by": "somebody"},
        {
            "undone_at": clock.now() + timedelta(days=40),
            "undone_by": "somebody",
            "undo_reason": "Too late",
        },
    ],
)
def test_undoing_is_complete_and_in_time(fields: dict[str, Any]) -> None:
    with refused("members_merge_undone_in_time"):
        record(**fields).save()


def test_a_merged_member_has_a_survivor() -> None:
    member = ana()
    with refused("members_member_merged_has_its_survivor"):
        Member.objects.filter(pk=member.pk).update(status="merged")
    with refused("members_member_merged_has_its_survivor"):
        Member.objects.filter(pk=member.pk).update(merged_into=ana(name="Bea"))


def test_nobody_survives_themselves() -> None:
    member = ana()
    with refused("members_member_survives_another"):
        Member.objects.filter(pk=member.pk).update(status="merged", merged_into=member)


def test_a_merged_member_absorbs_nobody() -> None:
    member, other = ana(), ana(name="Bea")
    with refused("members_member_merged_absorbs_nobody"):
        Member.objects.filter(pk=member.pk).update(status="merged", merged_into=other, absorbs=1)


@pytest.mark.parametrize(
    "fields", [{"email": "ana@example.com"}, {"phone": "1"}, {"birthday": "1990-01-01"}]
)
def test_an_erased_member_is_nobody(fields: dict[str, Any]) -> None:
    member = ana()
    with refused("members_member_erased_is_nobody"):
        Member.objects.filter(pk=member.pk).update(status="erased", **fields)
