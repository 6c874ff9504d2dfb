"""The member's plans: what they cost next, what was used, and the way out in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.models import Member
from plans import benefits, billing, subscribing
from plans.models import Plan, PlanBenefit, Subscription
from tests.cast import apply, variant
from tests.plans.conftest import PLAN, REWARD
from tests.portal import cast


@pytest.fixture
def marta(db: None, tmp_path: Path) -> Member:
    apply(variant(tmp_path, (REWARD, PLAN + REWARD)))
    return cast.person("Marta Reis", "marta@guest.example")


@pytest.fixture
def client(marta: Member) -> Client:
    return cast.signed_in(marta)


def words(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_what_can_be_had_is_shown_with_its_price(client: Client) -> None:
    page = words(client, "/plans/")
    assert "Harbor" in page
    assert "12.00 EUR a month" in page
    assert "500.00 EUR once, for life" in page
    assert "10 days, free" in page
    assert "Plans" in words(client, "/profile/")


def test_a_program_without_plans_says_so(ana: Member) -> None:
    client = cast.signed_in(ana)
    assert "There are no plans to be had now." in words(client, "/plans/")
    assert "/plans/" not in client.get("/profile/").content.decode()


def test_a_trial_says_when_it_ends_and_what_the_first_charge_is(
    marta: Member, client: Client
) -> None:
    row = subscribing.start_trial(marta, plan="harbor", period="month", actor="test")
    page = words(client, "/plans/")
    assert "On trial" in page
    assert "First charge 12.00 EUR on 1 Oct" in page
    leave = words(client, f"/plans/{row.public_id}/cancel/")
    assert "You will not be charged." in leave
    client.post(f"/plans/{row.public_id}/cancel/", {"when": "end"})
    assert "Nothing more is charged." in words(client, "/plans/")
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_what_was_not_used_is_offered_back(marta: Member, client: Client) -> None:
    row = subscribing.start(marta, plan="harbor", period="year", actor="test")
    assert "To be paid 100.00 EUR" in words(client, "/plans/")
    billing.attempt(row.charges.get(), outcome="paid", actor="test")
    page = words(client, f"/plans/{row.public_id}/cancel/")
    assert "Nothing of it was used, so all of it comes back: 100.00 EUR." in page
    client.post(f"/plans/{row.public_id}/cancel/", {"when": "now"})
    assert row.charges.get().status == "refunded"


def test_what_was_used_is_counted_and_not_offered_back(marta: Member, client: Client) -> None:
    row = subscribing.start(marta, plan="harbor", period="year", actor="test")
    billing.attempt(row.charges.get(), outcome="paid", actor="test")
    for _ in range(2):
        benefits.use(marta, plan="harbor", benefit="berth", actor="test")
    assert "A berth used 2 times" in words(client, "/plans/")
    page = words(client, f"/plans/{row.public_id}/cancel/")
    assert "pay me back" not in page
    assert "was used on" in page


def test_a_plan_of_somebody_else_is_nobodys(marta: Member, client: Client) -> None:
    row = subscribing.start(
        cast.person("Rui", "rui2@guest.example"), plan="harbor", period="year", actor="test"
    )
    assert client.get(f"/plans/{row.public_id}/cancel/").status_code == 404
    assert client.post(f"/plans/{row.public_id}/cancel/").status_code == 404
    assert Subscription.objects.get().state == "active"


@pytest.mark.usefixtures("marta")
def test_pages_ask_a_fixed_number_of_questions(
    marta: Member, client: Client, django_assert_max_num_queries: object
) -> None:
    subscribing.start(marta, plan="harbor", period="year", actor="test")
    client.get("/plans/")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get("/plans/")


def test_limited_benefits_ask_no_further_questions_each(marta: Member, client: Client) -> None:
    subscribing.start(marta, plan="harbor", period="year", actor="test")
    asked = []
    for number in (1, 4):
        for code in range(number):
            PlanBenefit.objects.update_or_create(
                plan_id="harbor", code=f"more-{code}", name="More", at_most=2, per="week",
                minutes_apart=60,
            )  # fmt: skip
        assert words(client, "/plans/").count("2 left") == number
        with CaptureQueriesContext(connection) as seen:
            client.get("/plans/")
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_a_member_starts_a_plan_where_the_plan_allows_it(marta: Member, client: Client) -> None:
    assert client.get("/plans/start/harbor/year/").status_code == 404
    Plan.objects.filter(code="harbor").update(members_start=True)
    assert "Start by the year" in words(client, "/plans/")
    page = words(client, "/plans/start/harbor/year/")
    assert "100.00 EUR a year" in page
    assert "Start the free days" in page
    client.post("/plans/start/harbor/year/")
    row = Subscription.objects.get(member=marta)
    assert (row.state, row.period, row.actor) == ("trialing", "year", f"member:{marta.pk}")
    again = client.post("/plans/start/harbor/year/")
    assert again.status_code == 409
    assert Subscription.objects.count() == 1
    subscribing.cancel_now(row, reason="No", actor="test")
    page = words(client, "/plans/start/harbor/month/")
    assert "You will be charged today." in page
    client.post("/plans/start/harbor/month/")
    assert Subscription.objects.live().get(member=marta).state == "active"


@pytest.mark.parametrize("url", ["/plans/start/harbor/week/", "/plans/start/none/year/"])
def test_what_is_not_offered_cannot_be_started(client: Client, url: str) -> None:
    Plan.objects.update(members_start=True)
    assert client.post(url).status_code == 404
