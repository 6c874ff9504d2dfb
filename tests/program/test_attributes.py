"""Typed attributes: what gets in, as what, and what is refused with which words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from program import attributes, catalog
from program.errors import AttributesInvalid
from program.models import ActivityType, Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(quay: Program) -> ActivityType:
    return catalog.of(quay).types["visit"]


@pytest.mark.parametrize(
    ("code", "given", "typed"),
    [
        ("paid", "19.99", Decimal("19.99")),
        ("paid", 20, Decimal("20.00")),
        ("paid", Decimal("5.5"), Decimal("5.50")),
        ("paid", " 7.00 ", Decimal("7.00")),
        ("paid", "1e2", Decimal("100.00")),
        ("guests", 4, 4),
        ("guests", "4", 4),
        ("guests", "4.0", 4),
        ("guests", Decimal("4"), 4),
        ("table", "terrace", "terrace"),
        ("is_birthday", True, True),
        ("is_birthday", "False", False),
        ("booked_on", "2026-03-31", date(2026, 3, 31)),
        ("weight", "0.123456", Decimal("0.123456")),
        ("note", "Été ☀", "Été ☀"),
    ],
)
def test_a_value_gets_its_type(visit: ActivityType, code: str, given: Any, typed: Any) -> None:
    value = attributes.check(visit, {"paid": "1", code: given})[code]
    assert value == typed
    assert type(value) is type(typed)


@pytest.mark.parametrize(
    ("code", "given", "said"),
    [
        ("paid", "1e999", "too large"),
        ("paid", "9" * 13, "too large"),
        ("paid", "1.999", "two digits"),
        ("paid", "1e-999", "digits after"),
        ("paid", "-1", "below 0"),
        ("paid", "100000.01", "above 100000"),
        ("paid", "NaN", "not a number"),
        ("paid", "Infinity", "not a number"),
        ("paid", "ten", "not a number"),
        ("paid", "1,50", "not a number"),
        ("paid", "1_000", "not a number"),
        ("paid", "٣", "not a number"),
        ("paid", 1.5, "not a number"),
        ("paid", True, "not a number"),
        ("paid", [1], "not a number"),
        ("guests", "4.5", "whole number"),
        ("guests", 0, "below 1"),
        ("guests", 21, "above 20"),
        ("table", "roof", "inside, terrace"),
        ("table", 1, "inside, terrace"),
        ("is_birthday", "yes", "true or false"),
        ("is_birthday", 1, "true or false"),
        ("booked_on", "31.03.2026", "2026-03-31"),
        ("booked_on", "2026-02-30", "not a date"),
        ("booked_on", "20260331", "not a date"),
        ("booked_on", 20260331, "not a date"),
        ("weight", "0.1234567", "six digits"),
        ("note", "x" * 201, "200 characters"),
        ("note", 5, "text"),
        ("note", "a\x00b", "NUL"),
    ],
)
def test_what_does_not_fit_is_refused(
    visit: ActivityType, code: str, given: Any, said: str
) -> None:
    with pytest.raises(AttributesInvalid, match=said) as refused:
        attributes.check(visit, {"paid": "1", code: given})
    [error] = refused.value.data["errors"]
    assert error["pointer"] == f"/attributes/{code}"


def test_every_error_is_named_at_once(visit: ActivityType) -> None:
    with pytest.raises(AttributesInvalid) as refused:
        attributes.check(visit, {"guests": "many", "table": "roof", "color": "red"})
    places = {error["pointer"] for error in refused.value.data["errors"]}
    assert places == {f"/attributes/{code}" for code in ("paid", "guests", "table", "color")}


@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_required_is_missed(visit: ActivityType, empty: Any) -> None:
    with pytest.raises(AttributesInvalid, match="Every visit needs it"):
        attributes.check(visit, {"paid": empty})


def test_what_is_not_required_may_be_left_out(visit: ActivityType) -> None:
    assert attributes.check(visit, {"paid": "1", "guests": None, "note": ""}) == {
        "paid": Decimal("1.00")
    }


def test_what_is_stored_comes_back_as_it_was(visit: ActivityType) -> None:
    given = {
        "paid": "19.90",
        "guests": 4,
        "is_birthday": True,
        "booked_on": "2026-03-31",
        "weight": "0.500",
        "note": "ok",
    }
    values = attributes.check(visit, given)
    stored = attributes.plain(values)
    assert stored["paid"] == "19.90"
    assert stored["booked_on"] == "2026-03-31"
    assert attributes.typed(visit, stored) == values
    assert attributes.typed(visit, stored | {"gone": "x"}) == values
