"""Plans at the desk: started, paid, used, cancelled and waived by a clerk, with reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from members.models import Member
from plans.models import BenefitUse, Charge, PaymentMeans, Subscription
from program import blueprint
from tests import cast
from tests.desk.counter import Counter, listing, page, text, verb
from tests.plans.conftest import PLAN, REWARD


@pytest.fixture
def eva(clerk: Counter, tmp_path: Path) -> Member:
    blueprint.apply(cast.variant(tmp_path, (REWARD, PLAN + REWARD)), actor="test")
    return cast.ana(name="Eva")


def started(clerk: Counter, member: Member, **said: str) -> Subscription:
    clerk.do(verb(member, "plan"), **{"plan": "harbor", "period": "month"} | said)
    return Subscription.objects.select_related("plan").get(member=member)


def test_a_clerk_starts_a_plan_and_reports_what_was_paid(clerk: Counter, eva: Member) -> None:
    row = started(clerk, eva)
    assert (row.state, row.actor) == ("active", clerk.actor)
    charge = row.charges.get()
    clerk.do(verb(charge, "report"), outcome="paid", means="", reference="tx-9")
    charge.refresh_from_db()
    assert charge.status == Charge.Status.PAID
    assert "tx-9" in text(clerk.get(page(charge)))
    assert "Harbor" in text(clerk.get(listing(Subscription)))


def test_a_trial_is_a_switch_on_the_form(clerk: Counter, eva: Member) -> None:
    assert started(clerk, eva, with_trial="on").state == "trialing"


def test_a_refusal_is_said_on_the_form(clerk: Counter, eva: Member) -> None:
    started(clerk, eva)
    again = clerk.do(verb(eva, "plan"), plan="harbor", period="month")
    assert "has this plan already" in text(again)


def test_means_are_one_a_line(clerk: Counter, eva: Member) -> None:
    clerk.do(verb(eva, "means"), labels="Visa\n\nBank account\n")
    labels = PaymentMeans.objects.filter(member=eva).values_list("label", flat=True)
    assert list(labels) == ["Visa", "Bank account"]
    refused = clerk.do(verb(eva, "means"), labels="4111 1111 1111 1111")
    assert "looks like a card number" in text(refused)


def test_a_benefit_is_used_and_a_plan_is_cancelled_with_a_reason(
    clerk: Counter, eva: Member
) -> None:
    row = started(clerk, eva)
    clerk.do(verb(row, "benefit"), benefit="berth")
    assert BenefitUse.objects.get().actor == clerk.actor
    clerk.do(verb(row, "cancel"), reason="Moves away")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("cancelled", "Moves away")
    assert "Cancel to the end" not in text(clerk.get(page(row)))


def test_ending_at_once_says_what_comes_back(clerk: Counter, eva: Member) -> None:
    row = started(clerk, eva)
    assert "Nothing was paid for this period." in text(clerk.get(verb(row, "end")))
    clerk.do(verb(row, "end"), reason="By mistake")
    row.refresh_from_db()
    assert row.state == "ended"
    assert row.charges.get().status == Charge.Status.WAIVED


def test_a_charge_is_waived_with_a_reason(clerk: Counter, eva: Member) -> None:
    charge = started(clerk, eva).charges.get()
    clerk.do(verb(charge, "waive"), reason="A birthday")
    charge.refresh_from_db()
    assert (charge.status, charge.reason) == (Charge.Status.WAIVED, "A birthday")
