"""The desk in a real browser: what axe finds, what the console says, and a clerk's clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from desk import roles
from members.models import Member, User
from program.models import Program
from rewards.models import Redemption
from tests import cast
from tests.browser.conftest import DESK, PHONE
from tests.conftest import BROWSER_MS
from tests.desk import world
from tests.desk.counter import Counter, page, verb

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRAVE = {"serious", "critical"}

# What unfold itself causes and the desk cannot change: rule of axe -> reason. It may only shrink.
ALLOWED: dict[str, str] = {}

Open = Callable[..., Page]


@pytest.fixture
def clara(transactional_db: None, quay: Program) -> Counter:
    user = User.objects.create_user("clara@quay.example", name="Clara", is_staff=True)
    user.groups.add(roles.ensure_groups()[0])
    clerk = Counter(user)
    for _turn in range(2):
        world.day(clerk.actor)
    return clerk


@pytest.fixture
def open_desk(chromium: Browser, live_server: Any, clara: Counter) -> Iterator[Open]:
    """`open_desk(size=, is_dark=)` gives a page in which Clara is signed in."""
    contexts: list[BrowserContext] = []

    def make(*, size: tuple[int, int] = DESK, is_dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if is_dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(BROWSER_MS)
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": clara.cookies[name].value, "url": live_server.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def places() -> list[str]:
    ana = Member.objects.order_by("id")[0]
    return [
        reverse("admin:index"),
        reverse("admin:members_member_changelist"),
        page(ana),
        reverse("admin:rewards_voucher_use"),
        verb(ana, "adjust"),
        verb(ana, "redeem"),
        reverse("admin:members_member_add"),
        page(Redemption.objects.order_by("id")[0]),
        reverse("admin:points_entry_changelist"),
        reverse("admin:earning_unclaimedactivity_changelist"),
    ]


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_has_a_grave_finding_or_scrolls_sideways(
    open_desk: Open, *, size: tuple[int, int], is_dark: bool
) -> None:
    desk = open_desk(size=size, is_dark=is_dark)
    said: list[str] = []
    desk.on("console", lambda message: said.append(message.text))
    desk.on("pageerror", lambda error: said.append(str(error)))
    wrong: dict[str, list[str]] = {}
    for place in places():
        desk.goto(place)
        found = Axe().run(desk).response["violations"]
        wrong[place] = [
            f"{one['id']}: {one['nodes'][0]['html']}"
            for one in found
            if one["impact"] in GRAVE and one["id"] not in ALLOWED
        ]
        if desk.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[place].append("scrolls sideways")
    assert {place: found for place, found in wrong.items() if found} == {}
    assert said == []


def test_a_clerk_finds_adjusts_and_sees_it(open_desk: Open) -> None:
    ana = Member.objects.order_by("id")[0]
    before = cast.balance(ana)
    desk = open_desk()
    desk.goto(reverse("admin:index"))
    desk.keyboard.press("/")
    desk.keyboard.type(str(ana.cards.get(is_active=True)))
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name="Adjust points").click()
    desk.get_by_label("Amount").fill("1,000")
    expect(desk.locator("#preview")).to_contain_text(f"{before + 1000:,} points")
    assert cast.balance(ana) == before
    desk.get_by_label("Reason").fill("The boat left without her")
    desk.get_by_role("button", name="Post the adjustment").dblclick()
    expect(desk.get_by_text(f"+1,000 points for {ana.name}.")).to_be_visible()
    expect(desk.locator("#timeline")).to_contain_text("The boat left without her")
    assert cast.balance(ana) == before + 1000


def test_a_clerk_uses_a_voucher_on_a_phone(open_desk: Open) -> None:
    voucher = Redemption.objects.filter(status=Redemption.Status.ISSUED)[0]
    till = open_desk(size=PHONE)
    till.goto(reverse("admin:rewards_voucher_use"))
    expect(till.get_by_label("Voucher code")).to_be_focused()
    till.keyboard.type(voucher.code.lower())
    till.keyboard.press("Enter")
    expect(till.get_by_role("heading", name="Ready to use")).to_be_visible()
    till.get_by_label("Where").select_option(label="North Pier")
    till.get_by_role("button", name="Mark as used").click()
    expect(till.get_by_role("heading", name="Used just now")).to_be_visible()
    voucher.refresh_from_db()
    assert voucher.status == Redemption.Status.USED


def test_the_menu_opens_on_a_phone(open_desk: Open) -> None:
    desk = open_desk(size=PHONE)
    desk.goto(reverse("admin:index"))
    menu = desk.locator("#nav-sidebar").get_by_role("link", name="Unclaimed activities")
    expect(menu).to_be_hidden()
    desk.locator("header .material-symbols-outlined:visible").first.click()
    menu.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Unclaimed activities")
