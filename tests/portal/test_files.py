"""What a browser asks for beside the pages, and what it may keep of them."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from members.models import Member
from portal import stylesheet
from program.models import Program
from tests.portal.cast import person, signed_in, stays, text

HOME_QUERIES_MOST = 6  # session, user with member, program, the glance; two more count a year
HOME_BYTES_MOST = 30_000  # HTML, CSS and JS over the wire


def test_home_asks_the_database_six_times_at_most(
    ana: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        stays(ana, nights=2, revenue="90.00")
    stays(ana, outcome="cancelled")
    client = signed_in(ana)
    client.get("/")  # program data is read once for each process and version
    with django_assert_max_num_queries(HOME_QUERIES_MOST):
        client.get("/")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/activity/", 7),
        ("/rewards/", 12),
        ("/vouchers/", 4),
        ("/card/", 6),
        ("/tiers/", 5),
        ("/profile/points/", 5),
    ],
)
def test_lists_ask_no_more_for_more_rows(
    ana: Member, path: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        stays(ana, nights=2, revenue="90.00")
    client = signed_in(ana)
    client.get(path)
    with django_assert_max_num_queries(most):
        client.get(path)


def test_home_is_light(ana: Member) -> None:
    stays(ana, nights=90, revenue="9000.00")
    page = signed_in(ana).get("/").content
    style = Client().get(_style_in(page.decode())).content
    scripts = [
        _static(path) for path in re.findall(r'<script src="/static/([^"]+)"', page.decode())
    ]
    sent = sum(len(gzip.compress(part, 6)) for part in (page, style, *scripts))
    assert sent <= HOME_BYTES_MOST
    assert len(style) < 30_000


def _style_in(page: str) -> str:
    found = re.search(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert found
    return found[1]


def _static(path: str) -> bytes:
    found = finders.find(path)
    assert isinstance(found, str), path
    with open(found, "rb") as file:  # noqa: PTH123
        return file.read()


def test_the_stylesheet_carries_the_brand_and_may_be_kept(hotel: Program) -> None:
    response = Client().get(stylesheet.address(hotel))
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert f"--accent:{hotel.brand_accent}" in response.content.decode()


def test_another_brand_has_another_stylesheet(hotel: Program) -> None:
    before = stylesheet.address(hotel)
    hotel.brand_accent = "#0a7d55"
    hotel.save()
    assert stylesheet.address(hotel) != before
    assert "immutable" not in Client().get(before)["Cache-Control"]


def test_the_manifest_speaks_the_programs_name(hotel: Program) -> None:
    body = json.loads(Client().get("/manifest.webmanifest").content)
    assert body["name"] == "Maré Circle"
    assert body["start_url"] == "/"


def test_the_worker_is_served_at_the_root_and_never_kept(db: None) -> None:
    response = Client().get("/sw.js")
    assert response["Cache-Control"] == "no-cache"
    assert response["Content-Type"].startswith("text/javascript")


def test_members_pages_are_kept_by_no_shared_cache(browser: Client) -> None:
    for path in ("/", "/card/", "/vouchers/"):
        assert "private" in browser.get(path)["Cache-Control"]


def test_the_offline_page_needs_no_login(db: None) -> None:
    assert Client().get("/offline/").status_code == 200


def test_pages_have_no_inline_style_or_script(browser: Client) -> None:
    for path in ("/", "/card/", "/rewards/", "/activity/", "/profile/", "/tiers/"):
        page = browser.get(path).content.decode()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script>", page), path


def test_home_of_a_program_that_counts_a_year_asks_no_more(
    shop: Program, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(person("Eva Reis", "eva@guest.example"))
    client.get("/")
    with django_assert_max_num_queries(HOME_QUERIES_MOST):
        response = client.get("/")
    assert "Counted until" in text(response)
