"""Two memberships of one person become one, and two again."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from common import clock
from common.errors import InvalidInput
from events.models import Event
from members import claiming, enrolment, households, lineage, merging
from members.errors import MemberMerged, MergeRefused, UndoRefused
from members.models import (
    Card,
    Household,
    HouseholdMember,
    Member,
    MemberMerge,
    Segment,
    SegmentMember,
)
from points import expiry
from points.models import Lot
from program.models import Program
from rewards import redemption
from rewards.errors import LimitReached
from tests.cast import (
    ACTOR,
    adjust,
    ana,
    awarded,
    balance,
    earn,
    home,
    login,
    redeem,
    reverse,
    spend,
    utc,
    visit,
)

pytestmark = pytest.mark.django_db


def bea(**fields: Any) -> Member:
    return ana(**{"name": "Bea Lima"} | fields)


def join(survivor: Member, absorbed: Member) -> MemberMerge:
    return merging.merge(survivor, absorbed, reason="One person, two cards", actor=ACTOR)


def part(row: MemberMerge) -> MemberMerge:
    return merging.undo(row, reason="Two sisters", actor=ACTOR)


def number(member: Member) -> str:
    return member.cards.get(is_active=True).number


def live(*members: Member) -> Counter[tuple[datetime | None, int]]:
    """The multiset of (expiry, quantity)."""
    found: Counter[tuple[datetime | None, int]] = Counter()
    for lot in Lot.objects.live().filter(member__in=members):
        found[lot.expires_at, lot.remaining] += 1
    return found


def dated(member: Member) -> list[tuple[datetime, datetime | None, int]]:
    rows = Lot.objects.live().filter(member=member).in_spend_order()
    return list(rows.values_list("awarded_at", "expires_at", "remaining"))


def test_lots_keep_their_dates_and_no_total_changes(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        survivor, absorbed = ana(), bea()
        earn(survivor, 100, at=utc(2026, 3, 10))
        earn(absorbed, 30, at=utc(2026, 3, 5))
        earn(absorbed, 50, at=utc(2026, 3, 15), unit="coin")
        both = [*dated(survivor), *dated(absorbed)]
        join(survivor, absorbed)
        assert sorted(dated(survivor), key=str) == sorted(both, key=str)
        assert dated(absorbed) == []
        assert balance(survivor) == 130
        assert balance(survivor, "coin") == 50
        assert balance(absorbed) == 0


def test_a_debt_is_repaid_by_the_lots_that_end_first(quay: Program) -> None:
    """The vector: 100 and 50 here, 30 less a debt of 10 there: 100, 50 and 20; 170 before and
    after. A debt that is larger than what came with it takes from the survivor's own.
    """
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        survivor, absorbed = ana(), bea()
        earn(survivor, 100, at=utc(2026, 3, 10))
        earn(survivor, 50, at=utc(2026, 3, 12))
        owed = earn(absorbed, 10, at=utc(2026, 3, 1))
        spend(absorbed, 10)
        reverse(owed)
        earn(absorbed, 30, at=utc(2026, 3, 5))
        assert balance(survivor) + balance(absorbed) == 170
        row = join(survivor, absorbed)
        assert sorted(lot[2] for lot in dated(survivor)) == [20, 50, 100]
        assert balance(survivor) == 170
        part(row)
        assert [lot[2] for lot in dated(absorbed)] == [20]
        assert [lot[2] for lot in dated(survivor)] == [100, 50]


@pytest.mark.parametrize("owes", ["survivor", "absorbed"])
def test_undone_on_the_same_day_both_stand_as_before(quay: Program, owes: str) -> None:
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        people = {"survivor": ana(), "absorbed": bea()}
        survivor, absorbed = people["survivor"], people["absorbed"]
        for member in people.values():
            gone = earn(member, 40, at=utc(2026, 3, 1))
            if member is people[owes]:
                spend(member, 40)
                reverse(gone)
            else:
                earn(member, 15, at=utc(2026, 3, 3))
                earn(member, 7, unit="coin")
        before = {name: (balance(one), dated(one)) for name, one in people.items()}
        row = join(survivor, absorbed)
        assert balance(survivor) == 15
        part(row)
        assert {name: (balance(one), dated(one)) for name, one in people.items()} == before


def test_what_was_spent_and_earned_since_stays_with_the_survivor(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        survivor, absorbed = ana(), bea()
        old = number(absorbed)
        earn(survivor, 100, at=utc(2026, 3, 10))
        earn(absorbed, 30, at=utc(2026, 3, 5))
        row = join(survivor, absorbed)
        spend(survivor, 20)
        visit(kind="card", value=old)
        assert balance(survivor) == 120
        part(row)
        assert balance(absorbed) == 10
        assert balance(survivor) == 110


def test_what_expired_since_stays_expired(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False) as now:
        survivor, absorbed = ana(), bea()
        earn(absorbed, 30, at=utc(2026, 3, 5))
        earn(absorbed, 8, at=utc(2026, 3, 19))
        row = join(survivor, absorbed)
        now.move_to(utc(2026, 4, 10))
        expiry.run()
        part(row)
        assert (balance(survivor), balance(absorbed)) == (0, 8)


def test_every_old_name_finds_the_survivor(quay: Program) -> None:
    survivor = ana(email="ana@example.com", phone="+351 912 345 678")
    absorbed = bea(email="bea@example.com", phone="+351 912 345 679", reference="crm-7")
    old = number(absorbed)
    row = join(survivor, absorbed)
    names = [
        {"card": old},
        {"email": "BEA@example.com"},
        {"phone": "+351912345679"},
        {"reference": "crm-7"},
    ]
    assert {enrolment.find(**name).pk for name in names} == {survivor.pk}
    assert visit(kind="card", value=old).activity.member_id == survivor.pk  # type: ignore[union-attr]
    enrolment.update(survivor, actor=ACTOR, name="Ana", phone="+351 912 000 000", language="en")
    assert enrolment.find(phone="+351912345679").pk == survivor.pk
    part(row)
    assert {enrolment.find(**name).pk for name in names} == {absorbed.pk}
    assert enrolment.find(phone="+351912000000").pk == survivor.pk


def test_a_replaced_card_takes_every_old_number_with_it(quay: Program) -> None:
    survivor, absorbed = ana(), bea()
    old = number(absorbed)
    join(survivor, absorbed)
    enrolment.replace_card(survivor, actor=ACTOR, reason="Lost")
    assert visit(kind="card", value=old).unclaimed is not None
    assert Card.objects.filter(member__in=[survivor, absorbed], is_active=True).count() == 1


def test_a_voucher_of_the_absorbed_gives_its_points_to_the_survivor(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        survivor, absorbed = ana(), bea()
        earn(absorbed, 30, at=utc(2026, 3, 5))
        ends = dated(absorbed)[0][1]
        voucher = redeem(absorbed)
        row = join(survivor, absorbed)
        assert balance(survivor) == 20
        redemption.cancel(voucher, reason="Not wanted", actor=ACTOR)
        assert (balance(absorbed), balance(survivor)) == (0, 30)
        assert live(survivor) == Counter({(ends, 20): 1, (ends, 10): 1})
        part(row)
        assert (balance(absorbed), balance(survivor)) == (30, 0)
        assert live(absorbed) == Counter({(ends, 30): 1})


def test_one_per_member_counts_once_for_both(quay: Program) -> None:
    survivor, absorbed = ana(), bea()
    earn(survivor, 500)
    earn(absorbed, 500)
    redeem(absorbed, "cake")
    join(survivor, absorbed)
    with pytest.raises(LimitReached):
        redeem(survivor, "cake")


def test_the_login_goes_along_or_is_detached(quay: Program) -> None:
    survivor, absorbed = ana(), bea()
    theirs = login("bea@example.com")
    claiming.link(absorbed, user=theirs)
    row = join(survivor, absorbed)
    assert Member.objects.get(user=theirs).pk == survivor.pk
    part(row)
    assert Member.objects.get(user=theirs).pk == absorbed.pk
    mine = login()
    claiming.link(survivor, user=mine)
    second = join(survivor, absorbed)
    assert Member.objects.get(user=mine).pk == survivor.pk
    assert not Member.objects.filter(user=theirs).exists()
    assert second.login == theirs
    part(second)
    assert Member.objects.get(user=theirs).pk == absorbed.pk


def test_segments_household_and_details_are_joined_and_parted(quay: Program) -> None:
    survivor, absorbed = ana(), bea(email="bea@example.com")
    segment = Segment.objects.create(code="locals-too", name="Locals")
    SegmentMember.objects.create(member=absorbed, segment=segment)
    home = households.found(absorbed, name="Harbor 1", actor=ACTOR)
    row = join(survivor, absorbed)
    survivor.refresh_from_db()
    assert survivor.email == "bea@example.com"
    assert survivor.segments.filter(segment=segment).exists()
    here = HouseholdMember.objects.filter(household=home, left_at__isnull=True)
    assert [(one.member_id, one.is_head) for one in here] == [(survivor.pk, True)]
    part(row)
    survivor.refresh_from_db()
    assert survivor.email == ""
    assert not survivor.segments.exists()
    assert [(one.member_id, one.is_head) for one in here.all()] == [(absorbed.pk, True)]


def heads(home: Household) -> list[Any]:
    rows = HouseholdMember.objects.filter(household=home, left_at__isnull=True, is_head=True)
    return list(rows.values_list("member", flat=True))


def test_a_household_has_one_head_whoever_comes_and_goes(quay: Program) -> None:
    absorbed, mate, survivor, other = bea(), ana(name="Rui"), ana(), ana(name="Eva")
    theirs, own = home(absorbed, mate), home(survivor, other)
    row = join(survivor, absorbed)
    assert (heads(theirs), heads(own)) == ([mate.pk], [survivor.pk])
    part(row)
    assert (heads(theirs), heads(own)) == ([absorbed.pk], [survivor.pk])


def test_who_comes_back_to_an_empty_house_heads_it(quay: Program) -> None:
    mate, absorbed, survivor = ana(name="Rui"), bea(), ana()
    theirs = home(mate, absorbed)
    row = join(survivor, absorbed)
    households.leave(mate, actor=ACTOR)
    assert heads(theirs) == [survivor.pk]
    part(row)
    assert heads(theirs) == [absorbed.pk]


def test_merges_that_build_on_one_another_are_undone_in_the_opposite_order(quay: Program) -> None:
    first, second, third = ana(), bea(), ana(name="Cleo Lima")
    for member, amount in ((first, 10), (second, 20), (third, 30)):
        earn(member, amount)
    cards = [number(member) for member in (first, second, third)]
    inner = join(second, third)
    outer = join(first, second)
    first.refresh_from_db()
    assert balance(first) == 60
    assert set(lineage.ids(first)) == {first.pk, second.pk, third.pk}
    assert {enrolment.find(card=card).pk for card in cards} == {first.pk}
    with pytest.raises(UndoRefused):
        part(inner)
    part(outer)
    assert [balance(one) for one in (first, second, third)] == [10, 50, 0]
    assert enrolment.find(card=cards[2]).pk == second.pk
    part(inner)
    assert [balance(one) for one in (first, second, third)] == [10, 20, 30]
    assert enrolment.find(card=cards[2]).pk == third.pk


def test_merged_again_after_being_parted(quay: Program) -> None:
    survivor, absorbed = ana(), bea()
    earn(absorbed, 30)
    part(join(survivor, absorbed))
    row = join(survivor, absorbed)
    assert (balance(survivor), balance(absorbed)) == (30, 0)
    part(row)
    assert (balance(survivor), balance(absorbed)) == (0, 30)


def test_what_is_posted_for_the_absorbed_arrives_with_the_survivor(quay: Program) -> None:
    """Whoever read the member before the merge was committed loses nothing."""
    survivor, absorbed = ana(), bea()
    join(survivor, absorbed)
    earn(absorbed, 25)
    assert (balance(absorbed), balance(survivor)) == (0, 25)


def test_nobody_is_merged_twice_or_with_themselves(quay: Program) -> None:
    survivor, absorbed, other = ana(), bea(), ana(name="Cleo Lima")
    with pytest.raises(MergeRefused):
        join(survivor, survivor)
    with pytest.raises(InvalidInput):
        merging.merge(survivor, absorbed, reason=" ", actor=ACTOR)
    join(survivor, absorbed)
    for pair in ((survivor, absorbed), (other, absorbed), (absorbed, other)):
        with pytest.raises(MergeRefused):
            join(*pair)
    absorbed.refresh_from_db()
    with pytest.raises(MemberMerged):
        enrolment.replace_card(absorbed, actor=ACTOR, reason="Lost")


def test_after_thirty_days_a_merge_stays(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False) as now:
        row = join(ana(), bea())
        now.shift(timedelta(days=30))
        with pytest.raises(UndoRefused):
            part(row)
        now.shift(timedelta(seconds=-1))
        part(row)
        with pytest.raises(UndoRefused):
            part(row)


def test_both_are_told(quay: Program) -> None:
    survivor, absorbed = ana(), bea()
    part(join(survivor, absorbed))
    told = Event.objects.filter(type__in=["member_merged", "member_unmerged"])
    assert Counter(told.values_list("type", "member_id")) == {
        (kind, member.pk): 1
        for kind in ("member_merged", "member_unmerged")
        for member in (survivor, absorbed)
    }


def test_counters_move_with_their_dates_and_the_tier_is_the_highest(quay: Program) -> None:
    assert clock.now() > utc(2026, 1, 1)
    survivor, absorbed = ana(), bea()
    for member, times in ((survivor, 2), (absorbed, 2)):
        for back in range(times):
            visit(member, occurred_at=clock.now() - timedelta(days=back + 1))
    before = balance(survivor, "visit"), balance(absorbed, "visit")
    row = join(survivor, absorbed)
    assert (balance(survivor, "visit"), balance(absorbed, "visit")) == (sum(before), 0)
    part(row)
    assert (balance(survivor, "visit"), balance(absorbed, "visit")) == before


def test_an_absorbed_first_visit_is_no_first_again(quay: Program) -> None:
    survivor, absorbed = ana(), bea()
    adjust(survivor, 1)
    earned = awarded(visit(absorbed))
    join(survivor, absorbed)
    assert awarded(visit(survivor)).keys() <= earned.keys()
