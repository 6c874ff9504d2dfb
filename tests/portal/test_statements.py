"""Monthly statements in the portal: months to choose from, a month that adds up, nobody else's."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from members.models import Member
from portal.stylesheet import text as stylesheet
from tests.cast import earn, spend
from tests.portal.cast import DAY, signed_in, text


def test_the_months_are_listed_newest_first(browser: Client, ana: Member) -> None:
    earn(ana, 10, at=DAY - timedelta(days=60))
    shown = text(browser.get("/profile/statements/"))
    assert shown.index("September 2026") < shown.index("August 2026") < shown.index("July 2026")
    assert "June 2026" not in shown


def test_a_month_opens_moves_and_closes(browser: Client, ana: Member) -> None:
    earn(ana, 100, at=DAY - timedelta(days=30))
    spend(ana, 50)
    shown = text(browser.get("/profile/statements/2026-09/"))
    assert "Statement of September 2026" in shown
    assert "At the beginning 100" in shown
    assert "Spent" in shown
    assert "50 points 4,050" in shown
    assert "Now 4,050" in shown
    assert "This month is not over" in shown
    assert "August 2026" in shown


def test_a_month_says_the_tier_at_its_end(browser: Client, ana: Member) -> None:
    from tiers import standing

    tier = standing.current(ana)
    assert tier is not None
    assert tier.name in text(browser.get("/profile/statements/2026-09/"))


def test_a_month_that_has_none_is_not_found(browser: Client) -> None:
    for month in ("2026-01", "2027-01", "nonsense"):
        assert browser.get(f"/profile/statements/{month}/").status_code == 404


def test_everybody_sees_their_own(browser: Client, rui: Member) -> None:
    shown = text(signed_in(rui).get("/profile/statements/"))
    assert "Your first statement appears with your first points." in shown
    assert signed_in(rui).get("/profile/statements/2026-09/").status_code == 404


def test_strangers_sign_in_first(hotel: object) -> None:
    assert Client().get("/profile/statements/").status_code == 302


def test_paper_has_rules_of_its_own() -> None:
    css = stylesheet(None)
    assert "@media print" in css
    assert "@page" in css
