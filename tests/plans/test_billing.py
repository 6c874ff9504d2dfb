"""Billing: renewals that catch up, tries that fall to the next means, charges that are settled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from events.models import Event
from members.models import Member
from plans import billing, paying, subscribing
from plans.errors import ChargeSettled, MeansInvalid
from plans.models import Charge, Subscription
from plans.tasks import bill
from points.errors import ReasonMissing
from program.models import Program
from tests.cast import ACTOR, ana, balance, utc
from tiers import standing

pytestmark = pytest.mark.django_db


def taken(member: Member, *, period: str = "month") -> Subscription:
    with time_machine.travel(utc(2026, 1, 31, 12), tick=False):
        return subscribing.start(member, plan="harbor", period=period, actor=ACTOR)


def paid(member: Member) -> Subscription:
    row = taken(member)
    with time_machine.travel(utc(2026, 1, 31, 12), tick=False):
        billing.attempt(row.charges.get(), outcome="paid", actor=ACTOR)
    row.refresh_from_db()
    return row


def waiting(row: Subscription) -> Charge:
    return row.charges.get(status="due")


def test_a_renewal_charges_the_price_of_its_first_day(harbor: Program) -> None:
    row = paid(ana())
    for month, day, amount in ((2, 28, 10), (3, 31, 10), (4, 30, 10), (5, 31, 10), (6, 30, 12)):
        with time_machine.travel(utc(2026, month, day, 12), tick=False):
            billing.run()
            charge = waiting(row)
            assert (charge.due_on, charge.amount) == (date(2026, month, day), Decimal(amount))
            billing.attempt(charge, outcome="paid", actor=ACTOR)
    assert balance(row.member, "visit") == 12


def test_a_late_job_catches_up_and_a_second_run_changes_nothing(harbor: Program) -> None:
    row = paid(ana())
    with time_machine.travel(utc(2026, 2, 28, 12), tick=False):
        assert billing.run() == 1
        assert billing.run() == 0
        bill()
    assert row.charges.count() == 2
    with time_machine.travel(utc(2026, 12, 1, 12), tick=False):
        assert billing.run() == 1
        assert billing.run() == 0
    row.refresh_from_db()
    # nobody paid for February: fifteen days later it is over, and no later month was charged
    assert (row.state, row.reason, row.charges.count()) == ("ended", "It was not paid.", 2)
    assert row.ended_at == utc(2026, 3, 14, 23)
    assert standing.current(row.member) is None or balance(row.member, "visit") >= 3


def test_a_job_that_ran_late_ends_as_one_that_ran_in_time(harbor: Program) -> None:
    early, late = paid(ana()), paid(ana(name="Rui"))
    for moment in (utc(2026, 3, 1), utc(2026, 3, 10), utc(2026, 3, 20)):
        with time_machine.travel(moment, tick=False):
            billing.advance(early, program=harbor)
    with time_machine.travel(utc(2026, 8, 1), tick=False):
        billing.run()
    early.refresh_from_db()
    late.refresh_from_db()
    names = ("state", "number", "ended_at", "period_starts_at", "period_ends_at", "reason")
    assert [getattr(early, n) for n in names] == [getattr(late, n) for n in names]


def test_a_declined_charge_falls_to_the_next_means_and_then_to_the_next_round(
    harbor: Program,
) -> None:
    member = ana()
    row = taken(member)
    with time_machine.travel(utc(2026, 1, 31, 13), tick=False):
        visa, bank = paying.arrange(member, labels=["Visa", "Bank"], actor=ACTOR)
        billing.attempt(waiting(row), outcome="declined", actor=ACTOR)
        row.refresh_from_db()
        assert (waiting(row).means, row.state) == (bank, "active")
        billing.attempt(waiting(row), outcome="declined", actor=ACTOR)
        row.refresh_from_db()
        charge = waiting(row)
        assert (charge.means, charge.round, charge.try_on) == (visa, 2, date(2026, 2, 5))
        assert row.state == "past_due"
    with time_machine.travel(utc(2026, 2, 5, 13), tick=False):
        billing.attempt(waiting(row), outcome="paid", actor=ACTOR)
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("active", row.period_ends_at)
    types = list(Event.objects.filter(member_id=member.pk).values_list("type", flat=True))
    assert (types.count("charge_declined"), types.count("charge_paid")) == (2, 1)


def test_after_the_last_round_nothing_is_tried_and_the_plan_ends(harbor: Program) -> None:
    row = taken(ana())
    for day in (utc(2026, 1, 31, 13), utc(2026, 2, 5), utc(2026, 2, 10)):
        with time_machine.travel(day, tick=False):
            billing.attempt(waiting(row), outcome="declined", actor=ACTOR)
    charge = waiting(row)
    assert (charge.means, charge.round, charge.tries.count()) == (None, 3, 3)
    with time_machine.travel(utc(2026, 2, 14, 22), tick=False):
        assert billing.run() == 0
    with time_machine.travel(utc(2026, 2, 14, 23), tick=False):
        assert billing.run() == 1
    charge.refresh_from_db()
    row.refresh_from_db()
    assert (charge.status, row.state) == ("failed", "ended")
    with pytest.raises(ChargeSettled):
        billing.attempt(charge, outcome="paid", actor=ACTOR)


def test_the_same_report_is_written_once(harbor: Program) -> None:
    row = taken(ana())
    first = billing.attempt(waiting(row), outcome="paid", actor=ACTOR, reference="tx-1")
    again = billing.attempt(row.charges.get(), outcome="paid", actor=ACTOR, reference="tx-1")
    assert first == again
    with pytest.raises(ChargeSettled):
        billing.attempt(row.charges.get(), outcome="paid", actor=ACTOR, reference="tx-2")


def test_nobody_pays_with_what_is_somebody_elses(harbor: Program) -> None:
    row = taken(ana())
    (theirs,) = paying.arrange(ana(name="Rui"), labels=["Visa"], actor=ACTOR)
    with pytest.raises(MeansInvalid):
        billing.attempt(waiting(row), outcome="paid", means=theirs, actor=ACTOR)


def test_a_waived_charge_lets_the_plan_run_on(harbor: Program) -> None:
    row = taken(ana())
    charge = waiting(row)
    with pytest.raises(ReasonMissing):
        billing.waive(charge, reason="", actor=ACTOR)
    with time_machine.travel(utc(2026, 2, 1), tick=False):
        billing.waive(charge, reason="A birthday", actor=ACTOR)
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("active", row.period_ends_at)
    with pytest.raises(ChargeSettled):
        billing.waive(charge, reason="Again", actor=ACTOR)


def test_a_plan_that_is_no_longer_offered_ends_with_its_period(harbor: Program) -> None:
    row = paid(ana())
    plan = row.plan
    plan.is_active = False
    plan.save()
    with time_machine.travel(utc(2026, 3, 1), tick=False):
        billing.run()
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("ended", row.period_ends_at)


def test_without_a_program_there_is_nothing_to_bill() -> None:
    assert billing.run() == 0
