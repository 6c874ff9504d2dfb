"""Declaring a dividend at the desk: first what it would come to, then, confirmed, the thing."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from earning import declaring
from earning.models import Declaration, Dividend
from tests import cast
from tests.desk.counter import Counter, page, text


@pytest.fixture
def url(manager: Counter) -> str:
    Dividend.objects.create(code="share", name="Share", counter_id="visit", unit_id="coin")
    member = cast.ana(joined_at=cast.utc(2020, 1, 1))
    cast.earn(member, 50, unit="visit", at=cast.utc(2024, 6, 1))
    return reverse("admin:earning_dividend_declare", args=["share"])


def seen(response: object) -> str:
    found = re.search(r'name="confirmed" value="([^"]+)"', response.content.decode())  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def test_it_is_rehearsed_and_then_confirmed(manager: Counter, url: str) -> None:
    said = {"year": "2024", "percent": "10"}
    shown = manager.post(url, said)
    assert "It reaches 1 member, with 5 coins in all." in text(shown)
    assert not Declaration.objects.exists()
    done = manager.post(url, said | {"confirmed": seen(shown)}, follow=True)
    assert "Declared. It is being paid out" in done.content.decode()
    declaring.pay_all()
    made = Declaration.objects.get()
    assert (made.state, made.members, made.actor) == ("paid", 1, manager.actor)
    assert "5 coins" in text(manager.get(page(made)))


def test_what_was_not_shown_is_not_declared(manager: Counter, url: str) -> None:
    shown = manager.post(url, {"year": "2024", "percent": "10"})
    again = manager.post(url, {"year": "2024", "percent": "50", "confirmed": seen(shown)})
    assert "with 25 coins in all" in text(again)
    assert not Declaration.objects.exists()


def test_a_refusal_is_said_on_the_form(manager: Counter, url: str) -> None:
    assert "is not over" in text(manager.post(url, {"year": "2999", "percent": "10"}))
    assert "less than or equal to 100" in text(
        manager.post(url, {"year": "2024", "percent": "101"})
    )


def test_a_correction_gives_its_reason(manager: Counter, url: str) -> None:
    dividend = Dividend.objects.select_related("counter", "unit").get()
    declaring.pay(declaring.declare(dividend, year=2024, percent=10, actor="x"))  # type: ignore[arg-type]
    said = {"year": "2024", "percent": "20", "reason": "Wrong minutes"}
    shown = manager.post(url, said)
    assert "with 5 coins in all" in text(shown)
    manager.post(url, said | {"confirmed": seen(shown)})
    assert Declaration.objects.get(revision=2).reason == "Wrong minutes"


def test_clerks_do_not_declare(clerk: Counter, url: str) -> None:
    assert clerk.get(url).status_code == 403
