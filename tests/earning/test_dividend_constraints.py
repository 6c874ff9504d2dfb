"""What PostgreSQL itself refuses about dividends, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from common.ids import uuid7
from earning.models import Declaration, Dividend, DividendShare
from points.models import Posting
from tests.cast import ACTOR, ana, earn
from tests.refusals import assert_append_only, refused

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.broken_books,
    pytest.mark.usefixtures("quay"),
]


def dividend(**fields: Any) -> Dividend:
    given = {"code": "share", "name": "Share", "counter_id": "visit", "unit_id": "coin"}
    return Dividend.objects.create(**given | fields)


def declaration(**fields: Any) -> Declaration:
    given: dict[str, Any] = {
        "dividend_id": "share",
        "year": 2025,
        "percent": 10,
        "declared_on": date(2026, 3, 1),
        "actor": ACTOR,
    }
    return Declaration.objects.create(**given | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_dividend_year_starts_in_a_month", {"year_starts": 0}),
        ("earning_dividend_year_starts_in_a_month", {"year_starts": 13}),
        ("earning_dividend_units_are_different", {"unit_id": "visit"}),
        ("earning_dividend_units_are_different", {"less_id": "visit"}),
        ("earning_dividend_units_are_different", {"less_id": "coin"}),
    ],
)
def test_a_dividend_makes_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        dividend(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_declaration_is_a_share", {"percent": 0}),
        ("earning_declaration_is_a_share", {"percent": -1, "revision": 2, "reason": "x"}),
        ("earning_declaration_is_a_share", {"percent": 101}),
        ("earning_declaration_correction_has_a_reason", {"revision": 2}),
        ("earning_declaration_state_has_its_facts", {"state": "paid"}),
        ("earning_declaration_state_has_its_facts", {"state": "asleep"}),
    ],
)
def test_a_declaration_makes_sense(name: str, fields: dict[str, Any]) -> None:
    dividend()
    with refused(name):
        declaration(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_declaration_revision_is_unique", {}),
        ("earning_declaration_is_paid_one_at_a_time", {"revision": 2, "reason": "x"}),
    ],
)
def test_a_year_is_declared_once_at_a_time(name: str, fields: dict[str, Any]) -> None:
    dividend()
    declaration()
    with refused(name):
        declaration(**fields)


def paid(posting: Posting, made: Declaration, **fields: Any) -> DividendShare:
    given = {
        "id": uuid7(),
        "member_id": posting.member_id,
        "declaration": made,
        "posting": posting,
        "base": 10,
        "amount": 1,
        "sentence": "Share",
    }
    return DividendShare.objects.create(**given | fields)


def test_a_share_is_paid_once_is_something_and_is_final() -> None:
    dividend()
    made, posting = declaration(), earn(ana(), 1, unit="coin")
    with refused("earning_share_is_something"):
        paid(posting, made, amount=0)
    paid(posting, made)
    with refused("earning_share_is_paid_once"):
        paid(posting, made)
    assert_append_only("earning_dividendshare")
