"""A real Chromium (Debian's package) and a member who is signed in. Skips, saying so, where none is
installed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from common import clock
from members.models import Member
from program.models import Program
from rewards import redemption
from rewards.models import Reward
from tests.conftest import BROWSER_MS
from tests.portal import cast

PHONE, DESK, NARROW = (390, 844), (1280, 800), (320, 640)
Open = Callable[..., Page]


@pytest.fixture
def ana(transactional_db: None, hotel: Program) -> Member:
    """A member with a long name, two stays, a cancelled one and a voucher."""
    member = cast.person("Ana Constança Albuquerque e Vasconcelos de Sousa", "ana@guest.example")
    recently = clock.now() - dt.timedelta(days=9)
    cast.stays(member, nights=60, revenue="1234.50", occurred_at=recently)
    cast.stays(member, nights=2, outcome="cancelled", occurred_at=recently)
    wine = Reward.objects.get(code="wine-bottle")
    redemption.redeem(member, reward=wine, attempt=uuid.uuid4(), actor="test")
    return member


@pytest.fixture
def open_page(chromium: Browser, live_server: Any, ana: Member) -> Iterator[Open]:
    """`open_page(size=, is_dark=, has_script=, is_member=)` gives a page that notes what the
    console says.
    """
    contexts: list[BrowserContext] = []

    def make(
        *,
        size: tuple[int, int] = PHONE,
        is_dark: bool = False,
        has_script: bool = True,
        is_member: bool = True,
        workers: str = "block",
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if is_dark else "light",
            java_script_enabled=has_script,
            reduced_motion="reduce",
            service_workers=workers,  # type: ignore[arg-type]
        )
        context.set_default_timeout(BROWSER_MS)
        contexts.append(context)
        if is_member:
            key = cast.signed_in(ana).cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
