"""The redemption journey by hand: without a script, with one, and the voucher without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from common import clock
from members.models import Member
from rewards.models import Redemption
from tests.browser.conftest import Open
from tests.portal.cast import stays

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def taken(member: Member, code: str = "breakfast-for-two") -> int:
    return Redemption.objects.filter(member=member, reward__code=code).count()


def ask_for_breakfast(page: Page) -> None:
    """From home to the question, by links alone."""
    page.goto("/")
    page.get_by_role("link", name="Rewards", exact=True).click()
    page.get_by_role("link", name="Breakfast for two").click()
    page.get_by_role("link", name="Have it for 3,600 points").click()


def test_a_reward_is_taken_and_given_back_without_a_script(open_page: Open, ana: Member) -> None:
    page = open_page(has_script=False)
    ask_for_breakfast(page)
    page.get_by_role("button", name="Yes, take the points").click()
    expect(page.get_by_role("heading", name="Breakfast for two")).to_be_visible()
    expect(page.get_by_role("img", name="QR code of this voucher")).to_be_visible()
    assert taken(ana) == 1
    page.get_by_role("link", name="Give it back").click()
    page.get_by_role("button", name="Yes, give it back").click()
    expect(page.get_by_role("status")).to_contain_text("Your points are with you again.")
    page.get_by_role("link", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_the_filter_works_without_a_script(open_page: Open) -> None:
    page = open_page(has_script=False)
    page.goto("/rewards/")
    before = page.locator(".tickets > li").count()
    page.get_by_label("Only what I can have now").check()
    page.get_by_role("button", name="Show").click()
    assert 0 < page.locator(".tickets > li").count() < before


def test_a_double_click_takes_once(open_page: Open, ana: Member) -> None:
    page = open_page()
    ask_for_breakfast(page)
    page.get_by_role("button", name="Yes, take the points").dblclick()
    page.wait_for_url("**/vouchers/**")
    assert taken(ana) == 1


def test_going_back_and_sending_again_takes_once(open_page: Open, ana: Member) -> None:
    page = open_page()
    ask_for_breakfast(page)
    page.get_by_role("button", name="Yes, take the points").click()
    page.wait_for_url("**/vouchers/**")
    page.go_back()
    again = page.get_by_role("button", name="Yes, take the points")
    attempt = page.locator("input[name=attempt]").input_value()
    again.click()
    page.wait_for_url("**/vouchers/**")
    known = Redemption.objects.filter(member=ana, attempt=attempt).count()
    assert known == 1
    assert taken(ana) == Redemption.objects.filter(reward__code="breakfast-for-two").count()


def test_htmx_filters_in_place_and_keeps_the_address(open_page: Open) -> None:
    page = open_page()
    page.goto("/rewards/")
    before = page.locator(".tickets > li").count()
    page.get_by_label("Only what I can have now").check()
    page.wait_for_url("**can=1**")
    expect(page.locator(".tickets > li")).not_to_have_count(before)


def test_card_and_opened_voucher_show_without_a_network(open_page: Open, ana: Member) -> None:
    page = open_page(workers="allow")
    voucher = Redemption.objects.get(member=ana)
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    for path in ("/card/", f"/vouchers/{voucher.public_id}/"):
        page.goto(path)
    page.context.set_offline(True)
    number = ana.cards.get().number
    page.goto("/card/")
    expect(page.get_by_text(f"{number[:4]} {number[4:8]} {number[8:]}")).to_be_visible()
    expect(page.get_by_text("No network. This is how it was on")).to_be_visible()
    page.goto(f"/vouchers/{voucher.public_id}/")
    expect(page.get_by_role("img", name="QR code of this voucher")).to_be_visible()
    page.goto("/activity/")
    expect(page.get_by_role("heading", name="No network right now")).to_be_visible()


def test_signing_out_takes_the_card_off_the_phone(open_page: Open) -> None:
    page = open_page(workers="allow")
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.goto("/card/")
    page.goto("/profile/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Join", exact=True)).to_be_visible()
    assert page.evaluate("caches.keys()") == []


def test_the_pennant_climbs_once_for_what_was_earned(open_page: Open, ana: Member) -> None:
    page = open_page()
    page.goto("/")
    assert "is-earned" not in (page.locator("body").get_attribute("class") or "")
    stays(ana, nights=1, revenue="50.00", occurred_at=clock.now())
    page.reload()
    expect(page.locator("body.is-earned")).to_have_count(1)
    page.reload()
    expect(page.locator("body.is-earned")).to_have_count(0)
