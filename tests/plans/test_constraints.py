"""What PostgreSQL itself refuses about plans, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plans import benefits, billing, paying, subscribing
from plans.models import (
    BenefitUse,
    Charge,
    ChargeAttempt,
    PaymentMeans,
    Plan,
    PlanBenefit,
    PlanCredit,
    PlanPrice,
    RefundTerms,
    Subscription,
)
from tests.cast import ACTOR, ana, utc
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("harbor")]
NOW = utc(2026, 5, 1)


def taken() -> Subscription:
    return subscribing.start(ana(), plan="harbor", period="month", actor=ACTOR)


def test_a_charge_is_tried_at_least_once() -> None:
    for fields in ({"attempts": 0}, {"retry_days": 0}):
        with refused("plans_plan_is_tried_at_least_once"):
            Plan.objects.filter(code="harbor").update(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("plans_price_is_positive", {"amount": 0, "period": "year", "segment_id": "locals"}),
        (
            "plans_price_ends_after_it_starts",
            {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 1)},
        ),
        ("plans_price_periods_do_not_overlap", {"period": "year"}),
        ("plans_price_periods_do_not_overlap", {"segment_id": "locals"}),
        ("plans_price_periods_do_not_overlap", {"starts_on": date(2026, 5, 31)}),
    ],
)
def test_a_price_makes_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        PlanPrice.objects.create(**{"plan_id": "harbor", "period": "month", "amount": 9} | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("plans_refund_within_names_its_days", {"policy": "within"}),
        ("plans_refund_within_names_its_days", {"policy": "within", "business_days": 0}),
        ("plans_refund_within_names_its_days", {"policy": "never", "business_days": 3}),
        (
            "plans_refund_ends_after_it_starts",
            {"policy": "never", "starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 1)},
        ),
    ],
)
def test_refund_terms_make_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        RefundTerms.objects.create(**{"plan_id": "pier"} | fields)


def test_one_refund_terms_hold_on_a_day() -> None:
    with refused("plans_refund_periods_do_not_overlap"):
        RefundTerms.objects.create(plan_id="harbor", policy="never", starts_on=date(2026, 1, 1))


def test_a_credit_is_something_and_once_for_a_counter() -> None:
    with refused("plans_credit_unit_is_unique"):
        PlanCredit.objects.create(plan_id="harbor", unit_id="visit", amount=1)
    with refused("plans_credit_is_positive"):
        PlanCredit.objects.create(plan_id="pier", unit_id="visit", amount=0)


def test_a_benefit_has_its_code() -> None:
    with refused("plans_benefit_code_is_unique"):
        PlanBenefit.objects.create(plan_id="harbor", code="berth", name="Another")


def test_uses_lie_a_minute_apart_or_nothing_is_said() -> None:
    with refused("plans_benefit_lies_a_minute_apart"):
        PlanBenefit.objects.create(plan_id="harbor", code="sauna", name="Sauna", minutes_apart=0)


@pytest.mark.parametrize("fields", [{"at_most": 0, "per": "day"}, {"at_most": 2}, {"per": "day"}])
def test_an_allowance_is_whole(fields: dict[str, Any]) -> None:
    with refused("plans_benefit_allowance_is_whole"):
        PlanBenefit.objects.create(plan_id="harbor", code="sauna", name="Sauna", **fields)


def test_a_plan_lives_once() -> None:
    row = taken()
    with refused("plans_subscription_lives_once"):
        Subscription.objects.create(
            member=row.member,
            plan_id="harbor",
            period="lifetime",
            state="active",
            number=1,
            started_at=NOW,
            anchor_on=date(2026, 5, 1),
            period_starts_at=NOW,
            actor=ACTOR,
        )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("plans_subscription_state_has_its_facts", {"state": "trialing"}),
        ("plans_subscription_state_has_its_facts", {"state": "cancelled"}),
        ("plans_subscription_state_has_its_facts", {"state": "ended"}),
        ("plans_subscription_state_has_its_facts", {"state": "ended", "ended_at": NOW}),
        ("plans_subscription_state_has_its_facts", {"state": "active", "cancelled_at": NOW}),
        ("plans_subscription_state_has_its_facts", {"state": "active", "number": 0}),
        ("plans_subscription_state_has_its_facts", {"state": "asleep"}),
        ("plans_subscription_only_life_has_no_end", {"period_ends_at": None}),
        ("plans_subscription_only_life_has_no_end", {"period": "lifetime"}),
        ("plans_subscription_period_ends_after_it_starts", {"period_ends_at": utc(2000, 1, 1)}),
    ],
)
def test_a_subscription_makes_sense(name: str, fields: dict[str, Any]) -> None:
    row = taken()
    with refused(name):
        Subscription.objects.filter(pk=row.pk).update(**fields)


def test_means_are_no_card_numbers_and_each_is_its_own() -> None:
    member = ana()
    paying.arrange(member, labels=["Visa"], actor=ACTOR)
    with refused("plans_means_label_is_unique"):
        PaymentMeans.objects.create(member=member, label="Visa", position=1)
    for label in ("4111111111111111", "Visa 4111-1111-1111-1111"):
        with refused("plans_means_label_is_no_card_number"):
            PaymentMeans.objects.create(member=member, label=label, position=1)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("plans_charge_is_positive", {"amount": 0}),
        ("plans_charge_status_has_its_facts", {"status": "paid"}),
        ("plans_charge_status_has_its_facts", {"settled_at": NOW}),
        ("plans_charge_status_has_its_facts", {"status": "waived", "settled_at": NOW}),
        ("plans_charge_status_has_its_facts", {"status": "failed", "reason": "x"}),
        (
            "plans_charge_status_has_its_facts",
            {"status": "refunded", "settled_at": NOW, "reason": "x"},
        ),
    ],
)
def test_a_charge_makes_sense(name: str, fields: dict[str, Any]) -> None:
    row = taken()
    with refused(name):
        Charge.objects.filter(subscription=row).update(**fields)


def test_a_period_is_charged_once() -> None:
    charge = taken().charges.get()
    with refused("plans_charge_number_is_unique"):
        Charge.objects.create(
            id=Charge.id_for(charge.subscription_id, 99),
            member=charge.member,
            subscription=charge.subscription,
            number=1,
            amount=1,
            currency="EUR",
            due_on=date(2026, 5, 1),
            try_on=date(2026, 5, 1),
            actor=ACTOR,
        )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("plans_attempt_number_is_unique", {"number": 1, "reference": "other"}),
        ("plans_attempt_reference_is_unique", {"number": 2, "reference": "tx-1"}),
    ],
)
def test_a_report_has_its_place_and_is_final(name: str, fields: dict[str, Any]) -> None:
    made = billing.attempt(taken().charges.get(), outcome="declined", actor=ACTOR, reference="tx-1")
    with refused(name):
        ChargeAttempt.objects.create(
            member=made.member,
            charge=made.charge,
            outcome="paid",
            actor=ACTOR,
            reported_at=NOW,
            **fields,
        )
    assert_append_only("plans_chargeattempt")


def test_a_use_is_final_and_once_for_a_reference() -> None:
    row = taken()
    made = benefits.use(row.member, plan="harbor", benefit="berth", actor=ACTOR, reference="r1")
    with refused("plans_use_reference_is_unique"):
        BenefitUse.objects.create(
            member=row.member,
            subscription=row,
            benefit=made.benefit,
            used_at=NOW,
            reference="r1",
            actor=ACTOR,
        )
    assert_append_only("plans_benefituse")
