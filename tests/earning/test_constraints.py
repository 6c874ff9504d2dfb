"""What PostgreSQL itself refuses about rules, activities and awards, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from common import clock
from common.ids import uuid7
from earning.models import (
    Activity,
    Award,
    LimitUse,
    Rule,
    RuleCondition,
    RuleLimit,
    UnclaimedActivity,
)
from program.models import ActivityType, Unit
from tests.cast import ana, visit
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books, pytest.mark.usefixtures("quay")]


def rule(**fields: Any) -> Rule:
    given = {
        "code": "extra",
        "name": "Extra",
        "type": ActivityType.objects.get(code="visit"),
        "unit": Unit.objects.get(code="point"),
        "effect": "fixed",
        "amount": 1,
    }
    return Rule.objects.create(**given | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_rule_revision_is_unique", {"code": "paid", "starts_on": date(2027, 1, 1)}),
        ("earning_rule_pays_something", {"amount": 0}),
        ("earning_rule_step_is_positive", {"step": 0}),
        ("earning_rule_per_names_its_attribute", {"effect": "per"}),
        ("earning_rule_per_names_its_attribute", {"attribute": "paid"}),
        ("earning_rule_only_per_has_a_band", {"above": 5}),
        ("earning_rule_only_per_has_a_band", {"up_to": 5}),
        (
            "earning_rule_band_is_not_empty",
            {"effect": "per", "attribute": "paid", "above": 5, "up_to": 5},
        ),
        ("earning_rule_band_is_not_empty", {"effect": "per", "attribute": "paid", "above": -1}),
        ("earning_rule_expiry_names_its_count", {"expiry": "days"}),
        ("earning_rule_expiry_names_its_count", {"expiry": "never", "expiry_count": 1}),
        ("earning_rule_expiry_names_its_count", {"expiry": "on", "expiry_count": 1}),
        ("earning_rule_expiry_names_its_day", {"expiry": "on"}),
        ("earning_rule_expiry_names_its_day", {"expiry_on": date(2026, 1, 1)}),
        ("earning_rule_percent_is_bonus", {"effect": "percent"}),
        ("earning_rule_only_percent_names_a_base", {"percent_of_id": "point"}),
        (
            "earning_rule_ends_after_it_starts",
            {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 1)},
        ),
        ("earning_rule_periods_do_not_overlap", {"code": "paid", "revision": 2}),
        (
            "earning_rule_periods_do_not_overlap",
            {"code": "paid", "revision": 2, "starts_on": date(2026, 1, 1)},
        ),
    ],
)
def test_a_rule_makes_sense(name: str, fields: dict[str, Any]) -> None:
    if name == "earning_rule_revision_is_unique":
        Rule.objects.filter(code="paid").update(ends_on=date(2027, 1, 1))
    with refused(name):
        rule(**fields)


def test_revisions_may_follow_each_other_without_a_gap() -> None:
    rule(ends_on=date(2026, 1, 1))
    rule(revision=2, starts_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_condition_names_its_attribute", {"attribute": ""}),
        ("earning_condition_names_its_attribute", {"kind": "tier"}),
        ("earning_condition_names_its_attribute", {"kind": "hour"}),
        ("earning_condition_has_values", {"values": []}),
        (
            "earning_condition_order_needs_a_number",
            {"kind": "partner", "attribute": "", "operator": "at_least"},
        ),
        (
            "earning_condition_before_is_of_an_attribute",
            {"kind": "age", "attribute": "", "operator": "before"},
        ),
    ],
)
def test_a_condition_makes_sense(name: str, fields: dict[str, Any]) -> None:
    given = {"kind": "attribute", "attribute": "paid", "operator": "in", "values": [1]}
    with refused(name):
        RuleCondition.objects.create(rule=rule(), **given | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_limit_code_is_unique", {"code": "first"}),
        ("earning_limit_counts_amount_or_times", {"amount": None}),
        ("earning_limit_counts_amount_or_times", {"times": 2}),
        ("earning_limit_counts_amount_or_times", {"amount": 0}),
        ("earning_limit_of_one_activity_is_an_amount", {"per": "activity", "period": "day"}),
        (
            "earning_limit_of_one_activity_is_an_amount",
            {"per": "activity", "amount": None, "times": 1},
        ),
        ("earning_limit_of_one_activity_is_not_split", {"per": "activity", "each": "table"}),
    ],
)
def test_a_limit_makes_sense(name: str, fields: dict[str, Any]) -> None:
    limited = rule()
    RuleLimit.objects.create(rule=limited, code="first", per="member", amount=5)
    with refused(name):
        RuleLimit.objects.create(
            **{"rule": limited, "code": "second", "per": "member", "amount": 5} | fields
        )


@pytest.mark.parametrize("fields", [{"amount": -1}, {"times": -1}])
def test_what_is_used_of_a_limit_is_not_negative(fields: dict[str, int]) -> None:
    with refused("earning_limituse_is_not_negative"):
        LimitUse.objects.create(id=LimitUse.id_for("first", "", ""), code="first", **fields)


def test_a_reference_is_one_activity() -> None:
    recorded = visit(ana(), reference="bill-1").activity
    assert recorded is not None
    with refused("earning_activity_reference_is_unique"):
        Activity.objects.create(
            member=recorded.member,
            partner=recorded.partner,
            reference="bill-1",
            type=recorded.type,
            occurred_at=clock.now(),
            actor="nobody",
        )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_award_once_per_rule", {}),
        ("earning_award_amount_is_positive", {"amount": 0}),
        ("earning_award_explains_itself", {"sentence": ""}),
    ],
)
def test_an_award_makes_sense(name: str, fields: dict[str, Any]) -> None:
    first = visit(ana()).awards[0]
    given = {
        "member": first.member,
        "activity": first.activity,
        "rule": first.rule if name == "earning_award_once_per_rule" else rule(),
        "unit": first.unit,
        "entry": first.entry,
        "award_class": "base",
        "amount": 5,
        "sentence": "Five",
    }
    with refused(name):
        Award.objects.create(**given | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"claimed_at": "now"},
        {"member_id": uuid7()},
        {"claimed_by": "somebody"},
        {"claimed_at": "now", "member_id": uuid7()},
    ],
)
def test_a_claim_is_complete_or_not_there(fields: dict[str, Any]) -> None:
    waiting = visit().unclaimed
    assert waiting is not None
    if "claimed_at" in fields:
        fields = fields | {"claimed_at": clock.now()}
    with refused("earning_unclaimed_claim_is_complete"):
        UnclaimedActivity.objects.filter(pk=waiting.pk).update(**fields)


@pytest.mark.parametrize("table", ["earning_activity", "earning_award"])
def test_what_happened_is_written_once(table: str) -> None:
    visit(ana())
    assert_append_only(table)
