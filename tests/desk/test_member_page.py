"""The desk's one screen about a member: why the balance is what it is, and what ends when."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from earning.models import Rule
from members import households
from rewards import redemption, vouchers
from tests import cast
from tests.desk.counter import Counter, page, text


def test_the_page_answers_why(clerk: Counter) -> None:
    ana = cast.ana()
    cast.visit(ana, location="north-pier", attributes={"paid": "42.00", "table": "terrace"})
    shown = text(clerk.get(page(ana)))
    for words in (
        "Visit at North Pier",
        "Amount paid: EUR 42.00 × 1 = 42 points",
        "+42 points",
        "On the terrace: 5 points",
        "balance after: 47 points",
        "by partner till",
        "White",
        "1 visit; 2 visits more for Blue",
    ):
        assert words in shown, words


def test_an_activity_that_earned_nothing_says_why(clerk: Counter) -> None:
    Rule.objects.filter(code__in=["visit", "paid"]).delete()
    ana = cast.ana()
    cast.visit(ana, attributes={"paid": "12.00", "table": "inside"})
    shown = text(clerk.get(page(ana)))
    assert "EUR 12.00 · Inside" in shown
    assert "Earned nothing. Rules ask that Table is Terrace." in shown


def test_points_are_listed_with_their_last_day(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100, at=clock.now() - timedelta(days=3))
    cast.earn(ana, 7, unit="coin")
    shown = text(clerk.get(page(ana)))
    assert "100 points" in shown
    assert "Never 1 credit 7 coins" in shown


def test_vouchers_show_their_state_and_who_used_them(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    used, cancelled, _ready = (cast.redeem(ana) for _turn in range(3))
    vouchers.use(used.code, actor=clerk.actor)
    redemption.cancel(cancelled, reason="Changed her mind", actor=clerk.actor)
    shown = text(clerk.get(page(ana)))
    assert "by Clara." in shown
    assert "Given back: Coffee" in shown
    assert "Changed her mind, by Clara" in shown
    assert "ready to use" in shown


def test_the_timeline_goes_on_and_narrows_to_a_unit(clerk: Counter) -> None:
    ana = cast.ana()
    for number in range(15):
        cast.earn(ana, 100 + number)
    cast.earn(ana, 7, unit="coin")
    first = clerk.get(page(ana))
    assert "Earned 114" in text(first)
    assert "Earned 102" not in text(first)
    older = first.context["page"].older
    assert "Earned 102" in text(clerk.get(page(ana) + older))
    coins = text(clerk.get(page(ana), {"unit": "coin"}))
    assert "Earned 7" in coins
    assert "Earned 114" not in coins


@pytest.mark.parametrize("query", [{"before": "x"}, {"unit": "acorn"}, {"before": "' --"}])
def test_a_made_up_address_shows_the_page(clerk: Counter, query: dict[str, str]) -> None:
    ana = cast.ana()
    cast.earn(ana, 5)
    assert "Earned 5" in text(clerk.get(page(ana), query))


def test_a_new_member_has_a_page_too(clerk: Counter) -> None:
    ana = cast.ana(name="Ana <b>Lima</b>")
    response = clerk.get(page(ana))
    shown = text(response)
    assert "No tier yet" in shown
    assert "No vouchers yet." in shown
    assert b"<b>Lima" not in response.content


def test_the_household_is_named(clerk: Counter) -> None:
    ana = cast.ana()
    households.found(ana, name="The Limas", actor="test")
    assert "The Limas" in text(clerk.get(page(ana)))


def test_a_member_who_is_not_there_sends_back_to_the_first_page(clerk: Counter) -> None:
    ana = cast.ana()
    url = page(ana).replace(str(ana.pk), str(uuid.uuid4()))
    response = clerk.get(url, follow=True)
    assert "doesn’t exist" in text(response)


def queries(clerk: Counter, url: str) -> list[Any]:
    clerk.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert clerk.get(url).status_code == 200
    return seen.captured_queries


def test_the_number_of_queries_does_not_grow(clerk: Counter) -> None:
    ana = cast.ana()
    cast.visit(ana, attributes={"paid": "100.00"})
    cast.redeem(ana)
    few = len(queries(clerk, page(ana)))
    for _turn in range(5):
        cast.visit(ana, attributes={"paid": "100.00"})
        vouchers.use(cast.redeem(ana).code, actor=clerk.actor)
    many = len(queries(clerk, page(ana)))
    assert many <= few + 2  # the names of staff, once for the vouchers and once for the events
    assert many <= 33
