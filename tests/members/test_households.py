"""Households: one at a time, and what is shared in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from members import households
from members.errors import (
    AlreadyInHousehold,
    HouseholdFull,
    InvitationClosed,
    NotInHousehold,
    PoolingOff,
)
from members.models import HouseholdMember
from program.models import Program
from tests.cast import ACTOR, ana, apply, awarded, balance, home, utc, variant, visit
from tiers import standing
from tiers.models import Standing

VALIDITY = 'validity = "life"\n'


def test_one_lives_in_one_household(quay: Program) -> None:
    member = ana()
    home = households.found(member, name="Lima", actor=ACTOR)
    with pytest.raises(AlreadyInHousehold, match="Let them leave it first"):
        households.join(home, member, actor=ACTOR)
    households.leave(member, actor=ACTOR)
    households.join(home, member, actor=ACTOR)
    assert HouseholdMember.objects.filter(member=member).count() == 2


def test_leaving_nowhere_is_harmless(quay: Program) -> None:
    households.leave(ana(), actor=ACTOR)
    assert not HouseholdMember.objects.exists()


def test_the_highest_status_holds_for_all_and_counters_stay_each_ones_own(
    db: None, tmp_path: Path
) -> None:
    apply(variant(tmp_path, (VALIDITY, VALIDITY + 'shared = "household"\n')))
    flier, other = ana(), ana(name="Bruno Lima")
    home = households.found(flier, name="Lima", actor=ACTOR)
    for day in (1, 2, 3):
        visit(flier, occurred_at=utc(2026, 3, day))
    households.join(home, other, actor=ACTOR)
    assert str(standing.current(other)) == "Blue"
    assert balance(other, "visit") == 0
    assert awarded(visit(other))["blue-bonus"] == 5
    households.leave(other, actor=ACTOR)
    assert str(standing.current(other)) == "White"
    assert "blue-bonus" not in awarded(visit(other))


def test_nothing_is_shared_where_the_ladder_does_not_say_so(quay: Program) -> None:
    flier, other = ana(), ana(name="Bruno Lima")
    home = households.found(flier, name="Lima", actor=ACTOR)
    households.join(home, other, actor=ACTOR)
    for day in (1, 2, 3):
        visit(flier, occurred_at=utc(2026, 3, day))
    assert standing.current(other) is None
    assert not Standing.objects.of(other).exists()


def test_who_is_invited_decides_themselves(quay: Program) -> None:
    head, guest = ana(), ana(name="Bruno Lima")
    made = households.found(head, name="Lima", actor=ACTOR)
    first = households.invite(head, guest, actor=ACTOR)
    assert households.invite(head, guest, actor=ACTOR).pk == first.pk
    assert households.living(guest) is None
    households.accept(first, actor=ACTOR)
    households.accept(first, actor=ACTOR)
    assert [row.member for row in households.people(made)] == [head, guest]
    for verb in (households.decline, households.withdraw):
        with pytest.raises(InvitationClosed):
            verb(first, actor=ACTOR)
    with pytest.raises(AlreadyInHousehold):
        households.invite(head, guest, actor=ACTOR)


def test_an_invitation_is_declined_or_taken_back_once(quay: Program) -> None:
    head, guest = ana(), ana(name="Bruno Lima")
    households.found(head, name="Lima", actor=ACTOR)
    first = households.invite(head, guest, actor=ACTOR)
    for _ in range(2):
        assert households.decline(first, actor=ACTOR).status == "declined"
    second = households.invite(head, guest, actor=ACTOR)
    assert households.withdraw(second, actor=ACTOR).status == "withdrawn"
    with pytest.raises(InvitationClosed):
        households.accept(second, actor=ACTOR)


def test_moving_in_declines_the_other_invitations(quay: Program) -> None:
    heads = [ana(name=f"Head {number}") for number in range(2)]
    guest = ana()
    asked = []
    for head in heads:
        households.found(head, name=head.name, actor=ACTOR)
        asked.append(households.invite(head, guest, actor=ACTOR))
    households.accept(asked[0], actor=ACTOR)
    with pytest.raises(InvitationClosed):
        households.accept(asked[1], actor=ACTOR)


def test_only_the_head_invites_and_asks_to_leave(quay: Program) -> None:
    head, other, third = ana(), ana(name="Bruno Lima"), ana(name="Carla Lima")
    home(head, other)
    with pytest.raises(NotInHousehold, match="Only the head"):
        households.invite(other, third, actor=ACTOR)
    with pytest.raises(NotInHousehold, match="Only the head"):
        households.remove(other, head, actor=ACTOR)
    with pytest.raises(NotInHousehold, match="do not live"):
        households.remove(head, third, actor=ACTOR)
    with pytest.raises(NotInHousehold, match="no household"):
        households.invite(third, other, actor=ACTOR)
    households.remove(head, other, actor=ACTOR)
    assert households.living(other) is None


def test_a_household_has_as_many_people_as_the_program_says(quay: Program) -> None:
    people = [ana(name=f"Ana {number}") for number in range(5)]
    made = home(*people[:4])
    with pytest.raises(HouseholdFull, match="has 4 people"):
        households.join(made, people[4], actor=ACTOR)
    with pytest.raises(HouseholdFull, match="has 4 people"):
        households.invite(people[0], people[4], actor=ACTOR)


def test_who_lived_there_longest_is_the_next_head(quay: Program) -> None:
    head, second, third = ana(), ana(name="Bruno Lima"), ana(name="Carla Lima")
    made = home(head, second, third)
    households.leave(head, actor=ACTOR)
    assert [(row.member, row.is_head) for row in households.people(made)] == [
        (second, True),
        (third, False),
    ]
    households.make_head(third, actor=ACTOR)
    assert [row.is_head for row in households.people(made)] == [False, True]
    for member in (second, third):
        households.leave(member, actor=ACTOR)
    households.join(made, head, actor=ACTOR)
    assert households.people(made)[0].is_head


def test_consent_is_ones_own_and_ends_with_leaving(quay: Program) -> None:
    head, other = ana(), ana(name="Bruno Lima")
    made = home(head, other)
    assert households.poolers(made.pk) == []
    first = households.consent(other, is_given=True, actor=ACTOR)
    assert households.consent(other, is_given=True, actor=ACTOR).pooled_at == first.pooled_at
    assert households.poolers(made.pk) == [other.pk]
    households.leave(other, actor=ACTOR)
    assert households.poolers(made.pk) == []
    with pytest.raises(NotInHousehold):
        households.consent(other, is_given=True, actor=ACTOR)
    Program.objects.update(is_pooling=False)
    with pytest.raises(PoolingOff):
        households.consent(head, is_given=True, actor=ACTOR)
    assert households.consent(head, is_given=False, actor=ACTOR).pooled_at is None
