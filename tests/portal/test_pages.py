"""Each page works, for somebody with a history and for somebody without one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Member
from program.models import Program
from tests.portal.cast import signed_in, stays, text

PAGES = [
    "/",
    "/activity/",
    "/activity/?unit=point",
    "/activity/?unit=nonsense&before=nonsense",
    "/tiers/",
    "/rewards/",
    "/rewards/?can=1&category=Nights",
    "/rewards/wine-bottle/",
    "/rewards/suite-night/",
    "/rewards/wine-bottle/have/",
    "/vouchers/",
    "/card/",
    "/profile/",
    "/profile/points/",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_a_member_with_a_history(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith("/have/")])
def test_a_page_opens_for_somebody_who_has_just_joined(rui: Member, path: str) -> None:
    assert signed_in(rui).get(path).status_code == 200


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/"])
def test_strangers_are_sent_to_the_sign_in_and_back(hotel: Program, path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login") + "?next=/")


def test_strangers_see_what_the_program_is(hotel: Program) -> None:
    words = text(Client().get("/"))
    assert "Every night brings you closer to the sea." in words
    assert "Clipper from 700 nights" in words
    assert "A bottle from the Douro 2,700 points" in words


def test_before_a_program_is_applied_the_front_door_says_so(db: None) -> None:
    response = Client().get("/")
    assert response.status_code == 200
    assert "being set up" in text(response)


def test_a_login_without_a_card_is_told_what_to_do(hotel: Program, django_user_model: type) -> None:
    user = django_user_model.objects.create_user("desk@mare.example", is_staff=True)  # type: ignore[attr-defined]
    client = Client()
    client.force_login(user, backend="members.backends.MemberBackend")
    response = client.get("/")
    assert response.status_code == 403
    assert "This login has no card" in text(response)


def test_home_says_what_is_there_what_is_next_and_what_ends(browser: Client) -> None:
    words = text(browser.get("/"))
    assert "Hello, Ana Lima" in words
    assert "4,000 points to spend" in words
    assert "Skiff 26 nights to Sloop 4 nights so far" in words
    assert "4,000 points are good until 30 September 2028" in words
    assert "Within reach" in words
    assert "Breakfast for two 3,600 points You can have this" in words
    assert "Stay 12 Sep · Maré City +4,000 points +4 nights" in words


def test_home_of_a_newcomer_shows_the_way(rui: Member) -> None:
    words = text(signed_in(rui).get("/"))
    assert "0 points to spend" in words
    assert "On your way 3 nights to Skiff" in words
    assert "A bottle from the Douro 2,700 points 2,700 points to go" in words
    assert "Nothing has happened yet" in words


def test_the_highest_tier_has_nothing_above_it(ana: Member) -> None:
    stays(ana, nights=350, revenue="1.00")
    stays(ana, nights=350, revenue="1.00")
    words = text(signed_in(ana).get("/"))
    assert "Clipper You fly the highest pennant there is." in words


def test_the_activity_list_gives_every_reason_and_the_balance(browser: Client) -> None:
    words = text(browser.get("/activity/"))
    assert "Nights: 4 nights × 1 = 4 nights" in words
    assert "Room revenue: EUR 400.00 × 10 = 4,000 points" in words
    assert "+4,000 points balance 4,000 +4 nights balance 4" in words


def test_what_earns_nothing_is_listed_with_its_reason(ana: Member) -> None:
    stays(ana, outcome="cancelled", nights=2)
    words = text(signed_in(ana).get("/activity/"))
    assert "Recorded, earns nothing: cancelled" in words
    only_points = text(signed_in(ana).get("/activity/?unit=point"))
    assert "earns nothing" not in only_points


def test_older_lines_are_a_page_further_and_none_is_lost(ana: Member) -> None:
    for _ in range(44):
        stays(ana, nights=1, revenue="10.00")
    client, path, found = signed_in(ana), "/activity/", 0
    while path:
        response = client.get(path)
        found += len(response.context["page"].lines)
        older = response.context["page"].older
        path = f"/activity/{older}" if older else ""
    assert found == 45


def test_htmx_gets_the_lines_alone(browser: Client) -> None:
    part = browser.get("/activity/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Room revenue" in part


def test_rewards_say_what_can_be_had_and_what_is_missing(browser: Client) -> None:
    words = text(browser.get("/rewards/"))
    assert "Breakfast for two 3,600 points You can have this" in words
    assert "The Book of the Coast 4,500 points 500 points to go" in words


def test_the_filter_leaves_what_can_be_had(browser: Client) -> None:
    part = browser.get("/rewards/?can=1", headers={"HX-Request": "true"})
    offers = part.context["page"].offers
    assert [offer.reward.code for offer in offers] == [
        "wine-bottle",
        "late-checkout",
        "breakfast-for-two",
    ]
    assert "<html" not in part.content.decode()


def test_a_filter_that_leaves_nothing_says_what_is_nearest(rui: Member) -> None:
    words = text(signed_in(rui).get("/rewards/?can=1"))
    assert "2,700 points more, and A bottle from the Douro is yours." in words


def test_a_reward_that_is_not_there_is_not_found(browser: Client) -> None:
    assert browser.get("/rewards/nothing/").status_code == 404


def test_the_card_shows_its_number_in_groups_and_as_a_code(browser: Client, ana: Member) -> None:
    number = ana.cards.get().number
    page = browser.get("/card/").content.decode()
    assert f"{number[:4]} {number[4:8]} {number[8:]}" in page
    assert 'class="qr"' in page
    assert "No network. This is how it was on" in page


def test_the_calendar_says_when_points_end(browser: Client) -> None:
    words = text(browser.get("/profile/points/"))
    assert "Points are good for 24 months after the activity that earned them." in words
    assert "They then last to the end of that month." in words
    assert "30 September 2028 4,000" in words


def test_the_ladder_lists_thresholds_and_benefits(browser: Client) -> None:
    words = text(browser.get("/tiers/"))
    assert "Your nights add up for life. A tier once reached is kept." in words
    assert "Skiff Yours A welcome drink on arrival Member prices in the house shop 3" in words


def test_the_programs_notice_is_on_every_page(browser: Client, hotel: Program) -> None:
    hotel.notice = "Dates in this demo were moved."
    hotel.save()
    for path in ("/", "/card/", "/rewards/"):
        assert hotel.notice in text(browser.get(path))


def test_the_page_for_a_failure_needs_nothing_that_may_have_failed() -> None:
    from django.template.loader import get_template

    words = get_template("500.html").render()
    assert "Your points and vouchers are safe" in words
    assert 'href="/style.css"' in words


def test_a_picture_that_was_never_collected_is_a_plain_ticket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from portal.templatetags import portal as tags
    from rewards.models import Reward

    def collected(path: str) -> str:
        if path != "rewards/ticket.svg":
            raise ValueError(path)
        return f"/static/{path}"

    monkeypatch.setattr(tags, "static", collected)
    assert tags.picture(Reward(picture="rewards/no-such.svg")) == "/static/rewards/ticket.svg"
    assert "<svg" in tags.logo(Program(logo="no-such.svg"))
