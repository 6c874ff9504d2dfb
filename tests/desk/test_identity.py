"""Who somebody is, at the desk: merging, parting, erasing, telling what is held."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from events.models import Event
from members import enrolment
from members.merges import MemberMerge
from members.models import Member
from program.models import Program
from tests import cast
from tests.cast import ACTOR, ana, balance, earn
from tests.desk.counter import Counter, page, text, verb


@pytest.fixture
def two(quay: Program) -> tuple[Member, Member]:
    """Ana twice: 100 points here, 30 there, and one phone between them."""
    first = ana(phone="+351 912 345 678")
    second = ana(name="Anna Lima", phone="912 345 678")
    earn(first, 100)
    earn(second, 30)
    return first, second


def card(member: Member) -> str:
    return str(member.cards.get(is_active=True).number)


def test_the_preview_compares_the_two_and_changes_nothing(
    two: tuple[Member, Member], manager: Counter
) -> None:
    first, second = two
    shown = text(manager.preview(verb(first, "merge"), who=card(second), reason=""))
    assert "Anna Lima" in shown
    assert "100 points → 130 points" in " ".join(shown.split())
    assert not MemberMerge.objects.exists()
    assert balance(second) == 30


def test_two_become_one_and_two_again(two: tuple[Member, Member], manager: Counter) -> None:
    first, second = two
    old = card(second)
    done = text(manager.do(verb(first, "merge"), who=old, reason="Same phone"))
    assert "Anna Lima is part of Ana Lima now" in done
    assert enrolment.find(card=old).pk == first.pk
    row = MemberMerge.objects.get()
    assert row.actor == manager.actor
    shown = text(manager.get(page(second)))
    assert "Merged into Ana Lima" in " ".join(shown.split())
    assert "Adjust points" not in shown
    assert "Undo the merge" in text(manager.get(page(first)))
    done = text(manager.do(verb(row, "undo"), reason="Two sisters"))
    assert "are two members again" in done
    assert (balance(first), balance(second)) == (100, 30)
    assert "Undo the merge" not in text(manager.get(page(first)))


def test_a_search_for_the_old_name_finds_the_survivor(
    two: tuple[Member, Member], manager: Counter
) -> None:
    first, second = two
    manager.do(verb(first, "merge"), who=card(second), reason="Same phone")
    listed = manager.get(reverse("admin:members_member_changelist"), {"q": "Anna"})
    assert page(first) in listed.content.decode()
    assert page(second) not in listed.content.decode()
    opened = manager.get(reverse("admin:members_member_changelist"), {"q": card(second)})
    assert opened["Location"] == page(first)


def test_who_looks_alike_is_listed(two: tuple[Member, Member], manager: Counter) -> None:
    first, second = two
    ana(name="Cleo", phone="+351 999 999 999")
    shown = manager.get(reverse("admin:members_member_alike"))
    assert "Anna Lima" in text(shown)
    assert "Cleo" not in text(shown)
    asked = f"{verb(first, 'merge')}?who={card(second)}"
    assert asked in shown.content.decode()
    assert "Anna Lima" in text(manager.get(asked))


def test_nobody_merges_or_erases_themselves(quay: Program, manager: Counter) -> None:
    own, other = ana(user=manager.user), ana(name="Bea")
    assert "your own" in text(manager.do(verb(own, "merge"), who=card(other), reason="x"))
    assert "your own" in text(manager.do(verb(other, "merge"), who=card(own), reason="x"))
    assert "your own" in text(manager.do(verb(own, "erase"), why="asked", confirmed=own.name))
    assert {member.status for member in Member.objects.all()} == {"active"}


def test_clerks_neither_merge_nor_erase_nor_export(
    two: tuple[Member, Member], clerk: Counter
) -> None:
    first, _second = two
    for name in ("merge", "erase"):
        assert clerk.get(verb(first, name)).status_code == 403
    assert clerk.post(reverse("admin:members_member_held", args=[first.pk])).status_code == 403
    shown = text(clerk.get(page(first)))
    assert "Merge with another" not in shown
    assert "Everything held" not in shown


def test_a_person_is_erased_after_the_name_was_typed(quay: Program, manager: Counter) -> None:
    member = ana(name="Zelda Fitzgerald", email="zelda@example.com")
    earn(member, 12)
    assert "Entries 1 kept, without a name" in text(manager.get(verb(member, "erase")))
    kept = manager.do(verb(member, "erase"), why="asked", confirmed="Somebody")
    assert "This is not the member" in text(kept)
    done = text(manager.do(verb(member, "erase"), why="asked", confirmed="zelda fitzgerald"))
    assert "A second look found nothing" in done
    assert "Zelda" not in done
    assert "This person was erased" in done
    assert "Adjust points" not in done
    listed = manager.get(reverse("admin:members_member_changelist"))
    assert "Erased member" in text(listed)


def test_what_is_held_is_handed_out_as_a_file(quay: Program, manager: Counter) -> None:
    member = ana(name="Zelda Fitzgerald")
    cast.visit(member)
    answer: Any = manager.post(reverse("admin:members_member_held", args=[member.pk]))
    told = json.loads(b"".join(answer.streaming_content))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "earning.Activity" in {table["table"] for table in told["tables"]}
    event = Event.objects.get(type="member_exported")
    assert event.payload == {"actor": manager.actor}
    assert ACTOR not in event.payload.values()
