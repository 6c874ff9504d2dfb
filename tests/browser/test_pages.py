"""Every page in a real browser: no serious finding of axe, no sideways scrolling, nothing in the
console.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import pages
from tests.browser.conftest import DESK, NARROW, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRAVE = {"serious", "critical"}
TARGET = 44  # CSS pixels
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
EXPECTED = "404 (Not Found)"  # what Chromium says of /nothing/


def findings(page: Page) -> list[str]:
    """What axe finds serious or critical, with the first place of each."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in GRAVE]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("is_member", [True, False], ids=["member", "stranger"])
def test_no_page_has_a_grave_finding(
    open_page: Open, *, size: tuple[int, int], is_member: bool
) -> None:
    """By day and by night: the device changes its scheme while a page is open."""
    page = open_page(size=size, is_member=is_member)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    wrong = {}
    for path in pages.members() if is_member else pages.STRANGERS:
        page.emulate_media(color_scheme="light")
        page.goto(path)
        by_day, ground = findings(page), page.evaluate(GROUND)
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(GROUND) != ground
        if found := by_day + findings(page):
            wrong[path] = found
    assert not wrong
    assert [text for text in said if EXPECTED not in text and "Service Worker" not in text] == []


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "stranger"])
def test_no_page_scrolls_sideways_on_a_narrow_phone(open_page: Open, *, is_member: bool) -> None:
    page = open_page(size=NARROW, is_member=is_member)
    wide = []
    for path in pages.members() if is_member else pages.STRANGERS:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert not wide


def test_the_five_places_are_large_enough_for_a_thumb(open_page: Open) -> None:
    page = open_page(size=NARROW)
    page.goto("/")
    places = page.get_by_role("navigation", name="Main").get_by_role("link")
    assert places.count() == 5
    boxes = [places.nth(index).bounding_box() for index in range(5)]
    assert all(box and min(box["width"], box["height"]) >= TARGET for box in boxes)


def test_the_keyboard_goes_to_the_page_first(open_page: Open) -> None:
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_code_of_the_card_fills_three_fifths_of_it(open_page: Open) -> None:
    page = open_page()
    page.goto("/card/")
    card = page.locator(".pass").bounding_box()
    code = page.locator(".pass .qr").bounding_box()
    assert card
    assert code
    modules, quiet = 21, 4  # a card number fits version 1 of the standard
    assert code["width"] * modules / (modules + 2 * quiet) >= 0.6 * card["width"]


def test_the_scheme_that_was_chosen_wins_over_the_device(open_page: Open) -> None:
    page = open_page()
    page.goto("/profile/")
    before = page.evaluate(GROUND)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html[data-scheme=dark]")).to_have_count(1)
    after = page.evaluate(GROUND)
    assert before != after
