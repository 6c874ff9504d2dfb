"""Benefits that are used so often in a period, and no oftener."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from members import merging
from members.models import Member
from plans import benefits, billing, subscribing
from plans.errors import BenefitTooSoon, BenefitUsedUp
from plans.models import PlanBenefit
from program import catalog
from program.models import Program
from tests.cast import ACTOR, ana, utc
from tests.plans.test_subscribing import pay, take

pytestmark = pytest.mark.django_db
TUESDAY = utc(2026, 2, 10, 12)


@pytest.mark.parametrize(("per", "days"), [("day", 1), ("week", 6), ("month", 19), ("paid", 28)])
def test_a_benefit_is_used_as_often_as_the_plan_allows(
    harbor: Program, per: str, days: int
) -> None:
    PlanBenefit.objects.filter(code="berth").update(at_most=2, per=per)
    found = PlanBenefit.objects.get(code="berth")
    with time_machine.travel(TUESDAY, tick=False):
        member = ana(joined_at=utc(2026, 1, 1))
        row = take(member)
        pay(row)
        for reference in ("1", "2"):
            benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR, reference=reference)
        assert benefits.left(found, row, program=harbor) == 0
    with time_machine.travel(TUESDAY + timedelta(days=days - 1, hours=10), tick=False):
        with pytest.raises(BenefitUsedUp, match="A berth: 2 in a"):
            benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR)
        benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR, reference="1")
    with time_machine.travel(TUESDAY + timedelta(days=days), tick=False):
        billing.run()
        benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR)
        row.refresh_from_db()
        assert benefits.left(found, row, program=harbor) == 1


def test_what_was_merged_counts_towards_the_allowance(harbor: Program) -> None:
    PlanBenefit.objects.filter(code="berth").update(at_most=1, per="week")
    with time_machine.travel(TUESDAY, tick=False):
        member, other = ana(joined_at=utc(2026, 1, 1)), ana(name="Ana L.")
        row = take(other)
        pay(row)
        benefits.use(other, plan="harbor", benefit="berth", actor=ACTOR)
        subscribing.cancel_now(row, reason="Two cards", actor=ACTOR)
        merging.merge(member, other, reason="One person", actor=ACTOR)
        pay(take(member))
        with pytest.raises(BenefitUsedUp):
            benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR)


def test_without_an_allowance_it_is_used_as_often_as_one_likes(harbor: Program) -> None:
    row = take(ana())
    pay(row)
    assert benefits.left(PlanBenefit.objects.get(code="berth"), row, program=harbor) is None


def test_two_uses_lie_so_many_minutes_apart(harbor: Program) -> None:
    PlanBenefit.objects.filter(code="berth").update(minutes_apart=120)
    found = PlanBenefit.objects.get(code="berth")
    with time_machine.travel(TUESDAY, tick=False):
        member = ana(joined_at=utc(2026, 1, 1))
        row = take(member)
        pay(row)
        assert benefits.again_at(found, row) is None
        benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR, reference="1")
    with time_machine.travel(TUESDAY + timedelta(minutes=119), tick=False):
        benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR, reference="1")
        with pytest.raises(BenefitTooSoon) as refused:
            benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR)
        assert str(refused.value) == (
            "A berth: once every 2 hours, and again from 2026-02-10 15:00 on. Nothing was used."
        )
        assert benefits.again_at(found, row) == TUESDAY + timedelta(minutes=120)
    with time_machine.travel(TUESDAY + timedelta(minutes=120), tick=False):
        benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR)


def test_what_several_plans_still_give_is_told_at_once(
    harbor: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Each by its own stretch of time, with what was used under a card that is merged by now."""
    PlanBenefit.objects.filter(code="berth").update(at_most=2, per="day")
    for plan, code, terms in (
        ("harbor", "film", {"at_most": 4, "per": "week"}),
        ("harbor", "ice", {"at_most": 3, "per": "paid"}),
        ("harbor", "tea", {"minutes_apart": 90}),
        ("harbor", "water", {}),
        ("pier", "bike", {"at_most": 5, "per": "month", "minutes_apart": 120}),
        ("pier", "sail", {"at_most": 1, "per": "year", "is_active": False}),
    ):
        PlanBenefit.objects.create(plan_id=plan, code=code, name=code, **terms)
    with time_machine.travel(TUESDAY - timedelta(days=1), tick=False):
        member, other = ana(joined_at=utc(2026, 1, 1)), ana(name="Ana L.")
        before = take(other)
        pay(before)
        used(other, "harbor", "berth", "film", "ice", "tea")
        subscribing.cancel_now(before, reason="Two cards", actor=ACTOR)
        merging.merge(member, other, reason="One person", actor=ACTOR)
        rows = [take(member), take(member, plan="pier")]
        for row in rows:
            pay(row)
    with time_machine.travel(TUESDAY, tick=False):
        used(member, "harbor", "berth", "film", "tea")
        used(member, "pier", "bike")
    with time_machine.travel(TUESDAY + timedelta(hours=1), tick=False):
        program = catalog.current()
        for row in rows:
            row.refresh_from_db()
        benefits.allowances(rows, program=program)  # and the plans are in memory
        with django_assert_num_queries(2):
            found = benefits.allowances(rows, program=program)
        told = {one.benefit.code: (one.left, one.again_at) for row in rows for one in found[row.pk]}
        assert told == {
            "berth": (1, None),
            "film": (2, None),
            "ice": (2, None),
            "tea": (None, TUESDAY + timedelta(minutes=90)),
            "water": (None, None),
            "bike": (4, TUESDAY + timedelta(minutes=120)),
        }


def test_where_nothing_is_limited_nothing_is_asked(
    harbor: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = take(ana())
    program = catalog.current()
    benefits.allowances([row], program=program)
    with django_assert_num_queries(0):
        (berth,) = benefits.allowances([row], program=program)[row.pk]
        assert (berth.left, berth.again_at) == (None, None)
        assert benefits.allowances([], program=program) == {}


def used(member: Member, plan: str, *codes: str) -> None:
    for code in codes:
        benefits.use(member, plan=plan, benefit=code, actor=ACTOR)


def test_a_pause_is_told_in_hours_or_minutes() -> None:
    told = [benefits.pause(minutes) for minutes in (1, 60, 90, 240)]
    assert told == ["1 minute", "1 hour", "90 minutes", "4 hours"]
