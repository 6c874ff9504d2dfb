"""Taking a plan and leaving it: what it gives, what it costs, what comes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from earning.intake import Recorded
from earning.models import Milestone
from events.models import Event
from members import merging
from members.errors import MemberMerged, MergeRefused
from members.models import Member, SegmentMember
from plans import benefits, billing, floors, holding, paying, periods, refunds, subscribing, terms
from plans.errors import (
    AlreadySubscribed,
    BenefitUnknown,
    MeansInvalid,
    NotSubscribed,
    PlanUnavailable,
    TrialUsed,
)
from plans.models import BenefitUse, Charge, PaymentMeans, PlanBenefit, Subscription
from points.errors import ReasonMissing
from points.models import Entry
from program import catalog
from program.models import Program
from rewards.errors import RewardUnavailable
from tests.cast import ACTOR, ana, awarded, balance, earn, redeem, utc, visit
from tests.earning.test_returns import changed
from tiers import standing
from tiers.models import Standing

pytestmark = pytest.mark.django_db


def take(member: Member, *, plan: str = "harbor", period: str = "month") -> Subscription:
    return subscribing.start(member, plan=plan, period=period, actor=ACTOR)


def pay(row: Subscription, outcome: str = "paid") -> Charge:
    charge = row.charges.get(status=Charge.Status.DUE)
    billing.attempt(charge, outcome=outcome, actor=ACTOR)
    charge.refresh_from_db()
    return charge


def told(member: Member) -> list[str]:
    return list(Event.objects.filter(member_id=member.pk).values_list("type", flat=True))


@pytest.mark.parametrize(
    ("number", "first"),
    [
        (1, date(2026, 1, 31)),
        (2, date(2026, 2, 28)),
        (3, date(2026, 3, 31)),
        (14, date(2027, 2, 28)),
    ],
)
def test_months_are_counted_from_the_first_day(number: int, first: date) -> None:
    assert terms.bounds(date(2026, 1, 31), period="month", number=number)[0] == first


def test_a_leap_day_is_found_again() -> None:
    years = [terms.bounds(date(2024, 2, 29), period="year", number=n)[0] for n in (2, 5)]
    assert years == [date(2025, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2025, 5, 1), 3, date(2025, 5, 6)),
        (date(2025, 5, 3), 1, date(2025, 5, 5)),
        (date(2025, 5, 2), 1, date(2025, 5, 5)),
    ],
)
def test_business_days_are_monday_to_friday(day: date, count: int, last: date) -> None:
    assert terms.business_days_after(day, count) == last


def test_a_plan_is_charged_at_once_and_announced(harbor: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 4, 12), tick=False):
        row = take(member)
    charge = row.charges.get()
    assert (charge.amount, charge.currency, charge.status) == (Decimal(10), "EUR", "due")
    assert (row.state, row.number, row.anchor_on) == ("active", 1, date(2026, 5, 4))
    assert "plan_started" in told(member)
    assert "charge_due" in told(member)


def test_a_plan_gives_its_tier_its_credit_and_its_rule(harbor: Program) -> None:
    member = ana()
    take(member)
    held = standing.current(member)
    assert held is not None
    assert held.code == "blue"
    assert Standing.objects.get(member=member, source="bought").tier.code == "blue"
    assert balance(member, "visit") == 2
    assert Entry.objects.get(member=member, posting__source__startswith="plan:").amount == 2
    assert awarded(visit(member))["harbor"] == 7


def test_a_rule_asks_for_the_plan_held_on_the_day(harbor: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        row = take(member)
        pay(row)
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        subscribing.cancel(row, reason="Moved", actor=ACTOR)
    with time_machine.travel(utc(2026, 5, 1, 12), tick=False):
        assert "harbor" in awarded(visit(member, occurred_at=utc(2026, 3, 31, 12)))
        assert "harbor" not in awarded(visit(member, occurred_at=utc(2026, 2, 28, 12)))
        assert "harbor" not in awarded(visit(member, occurred_at=utc(2026, 4, 2, 12)))


def test_what_a_plan_paid_stays_when_a_part_comes_back(harbor: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        row = take(member)
        done = visit(member, attributes={"paid": "10.00"})
    with time_machine.travel(utc(2026, 3, 2, 12), tick=False):
        subscribing.cancel(row, reason="Moved", actor=ACTOR)
    with time_machine.travel(utc(2026, 5, 1, 12), tick=False):
        less = changed(done, attributes={"paid": "9.00"})
        assert [(row.rule.code, row.amount) for row in less.corrections] == [("paid", -1)]
        assert balance(member, "coin") == 7


def test_a_reward_for_holders_is_for_holders(harbor: Program) -> None:
    member = ana()
    earn(member, 10)
    with pytest.raises(RewardUnavailable):
        redeem(member, "berth")
    take(member)
    assert redeem(member, "berth").price == 1


def test_a_segment_has_its_price(harbor: Program) -> None:
    member = ana()
    SegmentMember.objects.create(member=member, segment_id="locals")
    assert take(member).charges.get().amount == 5


def test_a_plan_is_had_once_at_a_time(harbor: Program) -> None:
    member = ana()
    row = take(member)
    with pytest.raises(AlreadySubscribed):
        take(member)
    subscribing.cancel_now(row, reason="Changed", actor=ACTOR)
    assert take(member).pk != row.pk


def test_what_is_not_offered_cannot_be_taken(harbor: Program) -> None:
    member = ana()
    with pytest.raises(PlanUnavailable, match="no plan"):
        take(member, plan="nothing")
    with pytest.raises(PlanUnavailable, match="no price"):
        take(member, plan="pier", period="year")
    with pytest.raises(PlanUnavailable, match="no trial"):
        subscribing.start_trial(member, plan="pier", period="month", actor=ACTOR)
    with pytest.raises(PlanUnavailable, match="no price"):
        subscribing.start_trial(member, plan="harbor", period="week", actor=ACTOR)
    subscription = take(member, plan="pier")
    plan = subscription.plan
    plan.is_active = False
    plan.save()
    with pytest.raises(PlanUnavailable, match="no longer"):
        take(ana(name="Rui"), plan="pier")


def test_a_trial_is_free_and_had_once(harbor: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        row = subscribing.start_trial(member, plan="harbor", period="month", actor=ACTOR)
        assert not row.charges.exists()
        assert holding.now(member) == {"harbor"}
        assert balance(member, "visit") == 0
    with time_machine.travel(utc(2026, 3, 11, 12), tick=False):
        billing.run()
        row.refresh_from_db()
        assert (row.state, row.number) == ("active", 1)
        assert row.charges.get().due_on == date(2026, 3, 11)
        subscribing.cancel_now(row, reason="Changed", actor=ACTOR)
        with pytest.raises(TrialUsed):
            subscribing.start_trial(member, plan="harbor", period="month", actor=ACTOR)


def test_a_cancelled_plan_runs_to_the_end_of_its_period(harbor: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        row = take(member)
        pay(row)
        with pytest.raises(ReasonMissing):
            subscribing.cancel(row, reason=" ", actor=ACTOR)
        subscribing.cancel(row, reason="Moved", actor=ACTOR)
        with pytest.raises(NotSubscribed, match="before"):
            subscribing.cancel(row, reason="Moved", actor=ACTOR)
        assert holding.now(member) == {"harbor"}
    with time_machine.travel(utc(2026, 4, 1, 12), tick=False):
        assert holding.now(member) == frozenset()
        assert standing.current(member) is None or standing.current(member).code != "blue"  # type: ignore[union-attr]
        billing.run()
        row.refresh_from_db()
        assert (row.state, row.ended_at) == ("ended", row.period_ends_at)
        assert row.charges.count() == 1
        with pytest.raises(NotSubscribed, match="ended"):
            subscribing.cancel_now(row, reason="Moved", actor=ACTOR)


def test_what_nobody_used_comes_back_with_all_it_brought(harbor: Program) -> None:
    member = ana()
    row = take(member)
    pay(row)
    assert balance(member, "visit") == 2
    row = subscribing.cancel_now(row, reason="Moved", actor=ACTOR)
    charge = row.charges.get()
    assert (row.state, charge.status, charge.reason) == ("ended", "refunded", "Moved")
    assert balance(member, "visit") == 0
    assert standing.current(member) is None
    assert "charge_refunded" in told(member)


def test_what_was_used_does_not_come_back(harbor: Program) -> None:
    member = ana()
    row = take(member)
    pay(row)
    benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR)
    found = refunds.eligibility(row, asked_at=row.started_at, program=catalog.current())
    assert not found.is_full
    assert found.sentence.startswith("“A berth” was used on")
    subscribing.cancel_now(row, reason="Moved", actor=ACTOR)
    assert row.charges.get().status == "paid"


def test_a_charge_that_waits_is_waived_where_nothing_was_used(harbor: Program) -> None:
    row = take(ana())
    subscribing.cancel_now(row, reason="By mistake", actor=ACTOR)
    assert row.charges.get().status == "waived"
    used = take(ana(name="Rui"))
    benefits.use(used.member, plan="harbor", benefit="berth", actor=ACTOR)
    subscribing.cancel_now(used, reason="Moved", actor=ACTOR)
    assert used.charges.get().status == "due"


def test_a_plan_for_life_ends_when_it_is_cancelled(harbor: Program) -> None:
    row = take(ana(), period="lifetime")
    pay(row)
    row.refresh_from_db()
    assert (row.period_ends_at, row.next_at) == (None, None)
    assert subscribing.cancel(row, reason="Moved", actor=ACTOR).state == "ended"


def test_the_higher_of_two_bought_tiers_stands(harbor: Program) -> None:
    member = ana()
    take(member)
    higher = take(member, plan="pier")
    assert standing.current(member).code == "gold"  # type: ignore[union-attr]
    subscribing.cancel_now(higher, reason="Changed", actor=ACTOR)
    assert standing.current(member).code == "blue"  # type: ignore[union-attr]
    before = list(Standing.objects.filter(source="bought").values_list("pk", flat=True))
    periods.lock_accounts(member.pk, program=harbor)
    floors.settle(member, program=harbor, actor=ACTOR)
    after = list(Standing.objects.filter(source="bought").values_list("pk", flat=True))
    assert before == after


def test_a_benefit_is_used_by_those_who_have_it_once_for_a_reference(harbor: Program) -> None:
    member = ana()
    with pytest.raises(NotSubscribed):
        benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR)
    take(member)
    with pytest.raises(BenefitUnknown):
        benefits.use(member, plan="harbor", benefit="sauna", actor=ACTOR)
    first = benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR, reference="r1")
    again = benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR, reference="r1")
    assert first == again
    assert BenefitUse.objects.count() == 1
    assert told(member).count("benefit_used") == 1


def test_the_same_reference_gets_the_first_answer_when_the_plan_is_over(harbor: Program) -> None:
    member = ana()
    row = take(member)
    first = benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR, reference="r1")
    PlanBenefit.objects.filter(code="berth").update(is_active=False)
    again = {"plan": "harbor", "benefit": "berth", "actor": ACTOR, "reference": "r1"}
    assert benefits.use(member, **again) == first
    subscribing.cancel_now(row, reason="Moved", actor=ACTOR)
    assert benefits.use(member, **again) == first
    with pytest.raises(NotSubscribed):
        benefits.use(member, **again | {"reference": "r2"})


def test_a_benefit_of_a_plan_that_is_over_is_refused_however_late_the_job(harbor: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        row = take(member)
        pay(row)
        subscribing.cancel(row, reason="Moved", actor=ACTOR)
    with (
        time_machine.travel(utc(2026, 4, 2, 12), tick=False),
        pytest.raises(NotSubscribed, match="Nothing was used"),
    ):
        benefits.use(member, plan="harbor", benefit="berth", actor=ACTOR)


def test_means_are_labels_in_their_order(harbor: Program) -> None:
    member = ana()
    charge = take(member).charges.get()
    first, second = paying.arrange(member, labels=["Visa", "Bank"], actor=ACTOR)
    charge.refresh_from_db()
    assert charge.means == first
    assert [row.label for row in paying.arrange(member, labels=["Bank", "Cash"], actor=ACTOR)] == [
        "Bank",
        "Cash",
    ]
    charge.refresh_from_db()
    assert charge.means == second
    assert PaymentMeans.objects.filter(member=member, is_active=False).get().label == "Visa"
    for labels in (["4111 1111 1111 1111"], ["A", "A"], [""]):
        with pytest.raises(MeansInvalid):
            paying.arrange(member, labels=labels, actor=ACTOR)


def test_what_a_plan_credits_counts_for_status_and_passes_no_milestone(harbor: Program) -> None:
    Milestone.objects.create(
        code="third", name="Third visit", counter_id="visit", at=3, unit_id="coin", amount=50
    )
    member = ana()
    take(member)
    for expected in (0, 0, 50):
        assert milestone_paid(visit(member)) == expected
    assert balance(member, "visit") == 5


def milestone_paid(recorded: Recorded) -> int:
    rows = Entry.objects.filter(posting__source__startswith="milestone:")
    return sum(row.amount for row in rows.filter(member=recorded.activity.member))  # type: ignore[union-attr]


def test_a_plan_that_runs_keeps_its_member_from_being_merged_away(harbor: Program) -> None:
    member, other = ana(), ana(name="Rui")
    row = take(member)
    with pytest.raises(MergeRefused, match="plan that runs"):
        merging.merge(other, member, reason="Twice", actor=ACTOR)
    subscribing.cancel_now(row, reason="Twice", actor=ACTOR)
    merging.merge(other, member, reason="Twice", actor=ACTOR)
    with pytest.raises(MemberMerged):
        take(Member.objects.get(pk=member.pk))
