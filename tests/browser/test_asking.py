"""The whole journey: a stay by the API, a letter over SMTP, one tap, a comment, a case, points, and
the question asked again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from common import clock
from desk import roles
from members.models import Member, User
from messaging import delivery
from points import ledger
from surveys import inviting, opening
from surveys.models import Answer, Case, Invitation
from tests.browser.conftest import Open
from tests.desk.counter import Counter, verb
from tests.postbox import Postbox, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def postbox(settings: Any, live_server: Any) -> Iterator[Postbox]:
    settings.PUBLIC_URL = live_server.url
    with serving(settings) as box:
        yield box


def post_stay(member: Member) -> None:
    """A partner posts a stay that ended just now."""
    from partners import keys
    from program.models import Partner

    partner = Partner.objects.get(code="front-desk")
    _, key = keys.issue(partner=partner, name="Test", scopes=["activities:write"], actor="test")
    stay = {
        "reference": "stay-asked",
        "type": "stay",
        "occurred_at": clock.now().isoformat(),
        "location": "city-hotel",
        "member": {"card": member.cards.get(is_active=True).number},
        "attributes": {"outcome": "stayed", "nights": 2, "suite": False, "revenue": "200.00"},
    }
    client = Client(headers={"Authorization": f"Bearer {key}"})
    url = "/api/v1/activities"
    answer = client.post(url, json.dumps(stay), content_type="application/json")
    assert answer.status_code == 201, answer.content


def work(*, after: timedelta) -> None:
    """What the worker's jobs do, so much later."""
    with time_machine.travel(clock.now() + after):
        inviting.drain()
        opening.run()
        delivery.drain()


def test_a_guest_comes_home_unhappy_and_is_heard(
    open_page: Open, ana: Member, postbox: Postbox, tmp_path: Path
) -> None:
    post_stay(ana)
    inviting.drain()
    work(after=timedelta(hours=21))
    assert [str(one["To"]) for one in postbox.letters] == [ana.email]
    assert postbox.letters[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # One tap in the letter: the page that opens sends the number, and nothing else is asked first.
    page = open_page(is_member=False)
    with time_machine.travel(clock.now() + timedelta(hours=22)):
        page.goto(postbox.links()[3])
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        assert Answer.objects.get().score == 3
        expect(page.get_by_text("For taking part: 100 points.")).to_be_visible()
        page.get_by_label("What is the main reason for your answer?").fill("The lift was broken.")
        page.get_by_text("The room").click()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("heading", name="Thank you for telling us")).to_be_visible()

    # A case is open; the clerk answers, makes it good and closes it.
    case = Case.objects.get()
    assert Answer.objects.get().comment == "The lift was broken."
    user = User.objects.create_user("clara@hotel.example", name="Clara", is_staff=True)
    user.groups.add(roles.ensure_groups()[0])
    clerk = Counter(user)
    before = ledger.balance(ana, unit="point")
    clerk.do(verb(case, "reply"), text="We are sorry. The lift runs again.")
    clerk.do(verb(case, "goodwill"), amount="1500")
    clerk.do(verb(case, "close"), result="made_good", cause="product")
    assert ledger.balance(ana, unit="point") == before + 1500
    work(after=timedelta(minutes=1))
    assert "The lift runs again." in postbox.text()

    # The member sees both.
    home = open_page()
    home.goto(reverse("portal:inbox"))
    expect(home.get_by_text("The lift runs again.")).to_be_visible()
    expect(home.get_by_text("To make good, you were given 1,500 points.")).to_be_visible()

    # A month later the score is asked again.
    work(after=timedelta(days=31))
    again = Invitation.objects.latest("id")
    assert again.trigger is not None
    assert again.trigger.code == "made-good"
    assert again.opened_at is not None
    assert len(postbox.links()) >= 11


def test_without_a_script_the_tapped_number_is_chosen_and_one_button_sends_it(
    open_page: Open, ana: Member, postbox: Postbox
) -> None:
    post_stay(ana)
    inviting.drain()
    work(after=timedelta(hours=21))
    page = open_page(is_member=False, has_script=False)
    with time_machine.travel(clock.now() + timedelta(hours=22)):
        page.goto(postbox.links()[9])
        assert Answer.objects.count() == 0
        expect(page.get_by_role("radio", name="9")).to_be_checked()
        page.get_by_role("button", name="Send my answer").click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Answer.objects.get().score == 9
