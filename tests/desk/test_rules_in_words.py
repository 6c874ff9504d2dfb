"""Rules and conditions in sentences, and why an activity earned nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from desk import conditions, rules
from earning.models import Activity, Rule, RuleCondition
from program import catalog
from program.models import ActivityType, Program
from tests import cast
from tests.portal import cast as guests


def test_rules_read_like_sentences(hotel: Program) -> None:
    said = {
        rule.code: (rules.pays(rule, program=hotel), rules.when(rule, program=hotel))
        for rule in Rule.objects.select_related("unit", "percent_of")
    }
    assert said["revenue"] == ("10 points for every EUR 1 of room revenue", "Outcome is Stayed")
    assert said["nights"] == ("1 night for every 1 of nights", "Outcome is Stayed")
    assert said["suite-nights"][1] == "Outcome is Stayed and Suite is yes"
    assert said["brig-bonus"] == ("25% more points", "tier held is Brig")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"outcome": "cancelled"}, "Rules ask that Outcome is Stayed."),
        ({"outcome": "no_show", "suite": True}, "Rules ask that Outcome is Stayed."),
        (
            {"nights": 0, "revenue": "0.00"},
            "A rule applied, and the amount came to nothing.",
        ),
    ],
)
def test_an_activity_that_earned_nothing_is_explained(
    hotel: Program, facts: dict[str, Any], why: str
) -> None:
    ana = guests.person("Ana", "ana@guest.example")
    guests.stays(ana, **facts)
    assert rules.why_nothing(Activity.objects.get(), program=hotel) == why


def test_an_activity_of_a_kind_that_nothing_pays_for_is_explained(quay: Program) -> None:
    Rule.objects.filter(type="survey").delete()
    cast.visit(cast.ana(), type="survey", attributes={})
    said = rules.why_nothing(Activity.objects.get(), program=catalog.current())
    assert said == "No rule pays for this kind of activity."


def test_the_facts_of_an_activity_read_like_a_line(hotel: Program) -> None:
    facts = {"outcome": "stayed", "nights": 1, "suite": True, "revenue": "700.00"}
    type = catalog.of(hotel).types["stay"]
    line = rules.facts_in_words(type, facts, program=hotel)
    assert line == "Stayed · 1 night · Suite · EUR 700.00"


READ = [
    ("attribute", "in", "table", "Terrace", ["terrace"]),
    ("attribute", "in", "table", "inside, terrace", ["inside", "terrace"]),
    ("attribute", "at_least", "guests", "4", [4]),
    ("attribute", "at_most", "paid", "12.50", ["12.5"]),
    ("attribute", "in", "is_birthday", "Yes", [True]),
    ("tier", "at_least", "", "Blue", ["blue"]),
    ("tier", "in", "", "blue, GOLD", ["blue", "gold"]),
    ("weekday", "in", "", "Saturday, sun", [6, 7]),
    ("weekday", "in", "booked_on", "sun", [7]),
    ("month", "in", "booked_on", "7, 8", [7, 8]),
    ("partner", "in", "", "till", ["till"]),
    ("location", "not_in", "", "north-pier", ["north-pier"]),
    ("hour", "at_least", "", "17", [17]),
    ("birthday", "in", "", "week", ["week"]),
    ("first", "in", "", "yes", [True]),
    ("membership_months", "at_least", "", "12", [12]),
]


@pytest.mark.parametrize(("kind", "operator", "attribute", "typed", "stored"), READ)
def test_what_is_typed_is_stored_typed(
    quay: Program, kind: str, operator: str, attribute: str, typed: str, stored: list[Any]
) -> None:
    asked: dict[str, Any] = {"kind": kind, "operator": operator, "attribute": attribute}
    visit = ActivityType.objects.get(code="visit")
    assert conditions.read(typed, **asked, type=visit, program=quay) == stored
    again = conditions.written(RuleCondition(**asked, values=stored))
    assert conditions.read(again, **asked, type=visit, program=quay) == stored


WRONG = [
    ("attribute", "in", "table", "roof", "There is no “roof”. Use one of: inside, terrace"),
    ("attribute", "at_least", "guests", "four", "“four” is not a number."),
    ("attribute", "at_least", "guests", "1e999", "“1e999” is too large."),
    ("attribute", "at_least", "table", "inside", "Table is not a number"),
    ("attribute", "in", "is_birthday", "maybe", "Birthday is yes or no."),
    ("attribute", "in", "shoes", "41", "Visit has no such attribute."),
    ("tier", "in", "", "admiral", "There is no “admiral”. Use one of: white"),
    ("weekday", "in", "", "someday", "There is no “som”"),
    ("weekday", "in", "table", "sun", "Table is not a day."),
    ("month", "in", "shoes", "7", "Visit has no such attribute."),
    ("hour", "at_least", "", "25", "a whole number from 0 to 23"),
    ("tier", "at_least", "", "blue, gold", "compare with one value"),
    ("partner", "in", "", " , ", "Say what it is compared with."),
]


@pytest.mark.parametrize(("kind", "operator", "attribute", "typed", "said"), WRONG)
def test_what_cannot_be_says_what_could(
    quay: Program, kind: str, operator: str, attribute: str, typed: str, said: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        conditions.read(
            typed,
            kind=kind,
            operator=operator,
            attribute=attribute,
            type=ActivityType.objects.get(code="visit"),
            program=quay,
        )
    assert said in refusal.value.message


def test_the_weekday_of_an_attribute_is_told_with_its_name(quay: Program) -> None:
    rule = Rule.objects.filter(type="visit").first()
    assert rule is not None
    row = RuleCondition(
        rule=rule, kind="weekday", operator="in", attribute="booked_on", values=[6, 7]
    )
    said = conditions.sentence(row, rule=rule, program=quay)
    assert said == "Booked on: day of the week is one of sat, sun"
