"""The first page: figures that are right, few questions, and a way from each to its list."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from desk import dashboard
from partners import limits
from program.models import Program
from rewards import redemption, vouchers
from tests import cast
from tests.desk.counter import Counter, text
from tests.till import Till

QUERIES_MAX = (
    20  # eleven for the figures, once a minute; the rest are the session, the clerk, the program
)


def first_page() -> str:
    return reverse("admin:index")


def test_the_figures_are_those_of_the_books(quay: Program) -> None:
    ana, rui = cast.ana(), cast.ana(name="Rui Reis", user=cast.login())
    cast.visit(ana, attributes={"paid": "100.00"})
    cast.visit(rui, attributes={"paid": "30.00"}, occurred_at=clock.now() - timedelta(days=20))
    cast.visit(attributes={"paid": "9.00"})
    used, back, _ready = (cast.redeem(ana) for _turn in range(3))
    vouchers.use(used.code, actor="test")
    redemption.cancel(back, reason="Changed her mind", actor="test")
    found = dashboard.count(quay)
    points = found.flows[0]
    assert (points.issued, points.redeemed, points.outstanding) == (130, 20, 110)
    assert (points.issued_lately, points.expired, points.holders) == (130, 0, 2)
    assert (found.members, found.with_login, found.without_tier) == (2, 1, 0)
    assert [(rung.tier.code, rung.members) for rung in found.rungs] == [
        ("gold", 0),
        ("blue", 0),
        ("white", 2),
    ]
    assert [(kind.code, kind.count, kind.earned) for kind in found.recorded] == [
        ("visit", 2, 2),
        ("survey", 0, 0),
    ]
    assert (found.unclaimed, found.vouchers_ready, len(dashboard.newest())) == (1, 1, 3)


def test_what_expired_is_told_apart(quay: Program) -> None:
    ana = cast.ana()
    cast.earn(ana, 50, at=clock.now() - timedelta(days=60))
    points = dashboard.count(quay).flows[0]
    assert (points.issued, points.expired, points.outstanding) == (50, 50, 0)


def test_the_page_shows_them_and_says_of_when_they_are(clerk: Counter) -> None:
    ana = cast.ana()
    cast.visit(ana, attributes={"paid": "1234.00"})
    cast.redeem(ana)
    shown = text(clerk.get(first_page()))
    for words in ("1,234", "Points outstanding 1,224", "Figures as of", "Coffee Ana Lima", "White"):
        assert words in shown, words


def test_every_tile_leads_to_its_list(owner: Counter) -> None:
    ana = cast.ana()
    cast.visit(ana, attributes={"paid": "100.00"})
    cast.redeem(ana)
    page = owner.get(first_page()).content.decode()
    links = {unescape(link) for link in re.findall(r'<a class="desk-t[^"]*" href="([^"]+)"', page)}
    assert len(links) >= 10
    for link in links:
        response = owner.get(link)
        assert response.status_code == 200, link
        assert "nothing here yet" not in text(response)


def test_the_lists_behind_the_tiles_add_up(owner: Counter) -> None:
    ana = cast.ana()
    cast.visit(ana, attributes={"paid": "100.00"})
    cast.redeem(ana)
    entries = reverse("admin:points_entry_changelist")
    issued = text(owner.get(entries, {"account__unit__code__exact": "point", "flow": "issued"}))
    assert "+100 points" in issued
    assert "−10 points" not in issued
    redeemed = text(owner.get(entries, {"account__unit__code__exact": "point", "flow": "redeemed"}))
    assert "−10 points" in redeemed


def test_a_key_near_its_limit_is_on_the_first_page(owner: Counter) -> None:
    assert "Keys near their limit" not in text(owner.get(first_page()))
    cache.clear()
    key = Till("till", points_per_day=100).key
    limits.credit(key, 90)
    assert "Keys near their limit 1" in text(owner.get(first_page()))
    listed = owner.get(reverse("admin:partners_apikey_changelist"), {"state": "limit"})
    assert key.name in text(listed)
    shown = text(owner.get(reverse("admin:partners_apikey_change", args=[key.pk])))
    assert "90" in shown


def test_the_page_asks_few_questions_and_fewer_the_second_time(clerk: Counter) -> None:
    cast.visit(cast.ana())
    asked = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as seen:
            clerk.get(first_page())
        asked.append(len(seen.captured_queries))
    assert asked[0] <= QUERIES_MAX
    assert asked[1] <= asked[0] - 9


def test_figures_are_counted_anew_after_a_minute(clerk: Counter) -> None:
    assert "Members 0" in text(clerk.get(first_page()))
    cast.ana()
    assert "Members 0" in text(clerk.get(first_page()))
    cache.clear()
    assert "Members 1" in text(clerk.get(first_page()))


def test_before_there_is_a_program_the_page_says_what_to_do(owner: Counter) -> None:
    Program.objects.all().delete()
    assert "Apply a blueprint" in text(owner.get(first_page()))


def test_strangers_sign_in_where_everybody_does(stranger: Client) -> None:
    response = stranger.get(first_page(), follow=True)
    where, _status = response.redirect_chain[-1]
    assert where.startswith(reverse("account_login"))
    assert "next=%2Fadmin%2F" in where.replace("%252F", "%2F")


def test_the_admins_own_form_takes_no_password(stranger: Client, clerk: Counter) -> None:
    clerk.user.set_password("a long enough password")
    clerk.user.save()
    typed = {"username": clerk.user.email, "password": "a long enough password"}
    response = stranger.post(reverse("admin:login"), typed)
    assert response["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in stranger.session


def test_members_are_not_staff(quay: Program) -> None:
    ana = cast.ana(user=cast.login())
    member = Client()
    assert ana.user is not None
    member.force_login(ana.user, backend="members.backends.MemberBackend")
    assert member.get(first_page(), follow=True).status_code == 403


@pytest.mark.parametrize("place", ["/admin/", "/admin/members/member/"])
def test_the_content_policy_is_relaxed_here_and_nowhere_else(clerk: Counter, place: str) -> None:
    assert "unsafe-eval" in clerk.get(place)["Content-Security-Policy"]
    assert "unsafe" not in clerk.get("/")["Content-Security-Policy"]
