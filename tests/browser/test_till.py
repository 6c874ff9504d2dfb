"""The demo's sample till in a real browser: a sale from the card to the voucher."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from members.models import Member
from rewards.models import Redemption, Reservation
from tests.browser.conftest import DESK, PHONE, Open
from tests.cast import balance
from tests.till import Till

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def press(page: Page, deed: str) -> None:
    page.locator(f'[data-do="{deed}"]').click()


def printed(page: Page) -> Any:
    return expect(page.locator("#till-line"))


def filled(open_page: Open, ana: Member, settings: Any, **how: Any) -> Page:
    settings.ROOT_URLCONF = "tests.browser.demo_urls"
    page = open_page(**how)
    page.goto("/demo/till/")
    page.fill("#till-key", Till().text)
    page.fill("#till-card", ana.cards.get().number)
    return page


def test_a_sale_from_the_card_to_the_voucher(open_page: Open, ana: Member, settings: Any) -> None:
    before = balance(ana)
    page = filled(open_page, ana, settings, size=DESK)
    press(page, "look")
    expect(page.locator("#till-who")).to_contain_text("Ana S.")
    printed(page).to_contain_text("Your balance")
    press(page, "quote")
    printed(page).to_contain_text("EUR 240.00")
    press(page, "post")
    printed(page).to_contain_text("You earned 2,640 points.")
    press(page, "cancel")
    expect(page.locator('[data-do="cancel"]')).to_be_disabled()
    press(page, "reserve")
    expect(page.locator('[data-do="capture"]')).to_be_enabled()
    press(page, "capture")
    expect(page.locator("#till-code")).to_have_value(re.compile("^[0-9A-Z]{12}$"))
    press(page, "check")
    printed(page).to_contain_text("Ana S.")
    press(page, "use")
    expect(page.locator("#till-call")).to_contain_text("200 POST")
    press(page, "use")
    expect(page.locator("#till-line")).to_have_class(re.compile("is-refused"))
    press(page, "undo")
    expect(page.locator("#till-call")).to_contain_text("/undo")
    assert Reservation.objects.get().status == "captured"
    taken = Redemption.objects.latest("issued_at")
    assert balance(ana) == before - taken.price


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_till_can_be_used_by_everybody(
    open_page: Open, ana: Member, settings: Any, is_dark: bool
) -> None:
    page = filled(open_page, ana, settings, size=PHONE, is_dark=is_dark)
    press(page, "look")
    expect(page.locator("#till-who")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page).response["violations"]
    grave = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
    assert grave == []
