"""Sending points and living together, as members do it on the portal."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from members import claiming, enrolment, households
from members.models import Member
from points import expiry, holds, ledger
from points.models import Transfer
from portal.pages import sending
from program.models import Program, Unit
from rewards.models import Redemption, RedemptionShare
from tests.portal.cast import person, signed_in, stays, text


@pytest.fixture
def browser(ana: Member) -> Client:
    return signed_in(ana)


def number(member: Member) -> str:
    return member.cards.get(is_active=True).number


def ask(browser: Client, **fields: str) -> dict[str, str]:
    """The confirmation page's form, as it stands."""
    page = browser.post("/send/", {"to": "card", "unit": "point"} | fields).content.decode()
    form = page[page.index("<form method") :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_points_are_sent_by_card_number_after_asking_back(
    browser: Client, ana: Member, rui: Member
) -> None:
    shown = browser.post(
        "/send/", {"to": "card", "number": number(rui), "amount": "1,000", "note": "Thank you"}
    )
    words = text(shown)
    assert "Send these points?" in words
    assert "R… " in words
    assert rui.name not in words
    assert "1,000 points" in words
    assert "3,000 points" in words
    assert not Transfer.objects.exists()
    form = ask(browser, number=number(rui), amount="1,000", note="Thank you")
    for _ in range(2):
        assert browser.post("/send/", form).status_code == 302
    assert Transfer.objects.count() == 1
    assert ledger.balance(rui, unit="point") == 1000
    assert f"Sent to {rui.name.split()[0]}" in text(browser.get("/activity/"))
    told = text(signed_in(rui).get("/activity/"))
    assert "Received from Ana L." in told
    assert "Thank you" in told


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "4821 0937 6624", "amount": "100"}, "No card has this number"),
        ({"number": "", "amount": "100"}, "Write the number on their card."),
        ({"number": "rui", "amount": "many"}, "Write a number, such as 100."),
        ({"number": "rui", "amount": "-5"}, "Write a number, such as 100."),
        ({"number": "ana", "amount": "100"}, "This is your own card."),
    ],
)
def test_what_cannot_be_sent_is_said_on_the_form(
    browser: Client, ana: Member, rui: Member, fields: dict[str, str], words: str
) -> None:
    known = {"rui": number(rui), "ana": number(ana)}
    sent = fields | {"to": "card", "number": known.get(fields["number"], fields["number"])}
    assert words in text(browser.post("/send/", sent))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("50", "The least that can be sent is 100 points."),
        ("150", "Send a multiple of 100 points."),
        ("9,000", "This needs 9,000"),
    ],
)
def test_a_refusal_of_the_ledger_is_said_on_the_form(
    browser: Client, rui: Member, amount: str, words: str
) -> None:
    form = {"to": "card", "number": number(rui), "amount": amount, "attempt": str(uuid.uuid4())}
    assert words in text(browser.post("/send/", form))
    assert not Transfer.objects.exists()


def test_nobody_learns_by_trying_which_cards_there_are(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TRIES", 2)
    wrong = {"to": "card", "number": "4821 0937 6624", "amount": "100"}
    said = [text(browser.post("/send/", wrong)) for _ in range(3)]
    assert "No card has this number" in said[1]
    assert "You have tried many numbers." in said[2]


def test_who_tried_many_numbers_waits_an_hour_with_a_shared_cache_too(
    browser: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache",
        }
    }  # fmt: skip
    call_command("createcachetable", verbosity=0)
    monkeypatch.setattr(sending, "TRIES", 2)
    wrong = {"to": "card", "number": "4821 0937 6624", "amount": "100"}
    with time_machine.travel("2026-09-21T12:00:00Z", tick=False) as at:
        said = [text(browser.post("/send/", wrong)) for _ in range(2)]
        assert "No card has this number" in said[1]
        at.shift(timedelta(minutes=30))
        assert "You have tried many numbers." in text(browser.post("/send/", wrong))
        at.shift(timedelta(minutes=30))
        assert "No card has this number" in text(browser.post("/send/", wrong))


@pytest.mark.parametrize("amount", ["1e999999", "-1e999999", "1e-999999", "Infinity"])
def test_a_number_beyond_all_numbers_is_refused_on_the_form(
    browser: Client, rui: Member, amount: str
) -> None:
    Unit.objects.filter(code="point").update(decimals=2)
    wrong = {"to": "card", "number": number(rui), "amount": amount}
    assert "Write a number, such as 100.00" in text(browser.post("/send/", wrong))


def test_where_nothing_can_be_sent_there_is_no_such_page(browser: Client) -> None:
    Unit.objects.update(transfers="never")
    assert browser.get("/send/").status_code == 404
    assert "Send points to somebody" not in text(browser.get("/profile/"))


def test_limits_and_what_is_free_are_on_the_page(browser: Client, ana: Member) -> None:
    holds.authorize(
        ana, unit="point", amount=1000, purpose="The bar", source="cart:1", actor="partner:till"
    )
    words = text(browser.get("/send/"))
    assert "You can send up to 3,000 points" in words
    assert "You can send 20,000 points more this year." in words
    assert "What you send keeps its last day." in words


def test_what_is_held_shows_until_when_and_for_what(browser: Client, ana: Member) -> None:
    held = holds.authorize(
        ana, unit="point", amount=1000, purpose="The bar", source="cart:1", actor="partner:till"
    )
    until = f"{held.expires_at:%H}"
    for path in ("/", "/activity/"):
        words = text(browser.get(path))
        assert "1,000 points held: The bar, until" in words
        assert f":{held.expires_at:%M}" in words
    assert until
    assert "3,000 points to spend" in text(browser.get("/"))
    assert "1,000 of them held" in text(browser.get("/profile/points/"))
    holds.release(held, actor="partner:till", reason="Left")
    assert "held" not in text(browser.get("/"))


def test_an_end_that_was_moved_shows_with_its_reason(browser: Client, ana: Member) -> None:
    end = expiry.calendar(ana)[0].at
    assert end is not None
    later = end.date().replace(year=end.year + 1)
    expiry.extend(
        ana, unit="point", until=later, reason="The storm", actor="staff:1", source="extension:1"
    )
    words = text(browser.get("/profile/points/"))
    assert "Ends that were moved" in words
    assert "instead of 30 September 2028 · The storm" in words


def test_a_household_from_founding_to_leaving(browser: Client, ana: Member, rui: Member) -> None:
    other = signed_in(rui)
    assert "Found a household" in text(browser.get("/household/"))
    browser.post("/household/found/", {"name": "The Limas"})
    words = text(browser.post("/household/invite/", {"number": number(rui)}, follow=True))
    assert "R… " in words
    assert "is invited" in words
    assert rui.name not in words
    assert "Ana invites you to The Limas" in text(other.get("/household/"))
    asked = rui.household_invitations.get()
    assert "Welcome home." in text(
        other.post(f"/household/invitations/{asked.pk}/", {"accept": "1"}, follow=True)
    )
    words = text(browser.get("/household/"))
    assert rui.name in words
    assert "head of the household" in words
    assert "You left." in text(other.post("/household/leave/", follow=True))
    assert households.living(rui) is None


def test_invitations_are_declined_and_taken_back(browser: Client, ana: Member, rui: Member) -> None:
    other = signed_in(rui)
    households.found(ana, name="The Limas", actor="test")
    first = households.invite(ana, rui, actor="test")
    address = f"/household/invitations/{first.pk}/"
    assert "Declined." in text(other.post(address, follow=True))
    second = households.invite(ana, rui, actor="test")
    address = f"/household/invitations/{second.pk}/"
    stranger = signed_in(person("Eva Costa", "eva@guest.example"))
    assert stranger.post(address, {"accept": "1"}).status_code == 404
    assert "Taken back." in text(browser.post(address, follow=True))
    told = text(other.post(address, {"accept": "1"}, follow=True))
    assert "This invitation is not open any more." in told


def test_a_card_without_a_login_moves_in_by_its_claim_code(browser: Client, ana: Member) -> None:
    households.found(ana, name="The Limas", actor="test")
    child = enrolment.enroll(name="Tiago Lima", actor="test")
    code = claiming.issue_code(child, actor="test")
    wrong = {"number": number(child), "code": "AAAA-AAAA"}
    assert "cannot be claimed with that code" in text(browser.post("/household/invite/", wrong))
    right = {"number": number(child), "code": code}
    words = text(browser.post("/household/invite/", right, follow=True))
    assert "Tiago Lima lives with you now." in words
    assert households.poolers(households.found(rui_free(), name="X", actor="test").pk) == []


def rui_free() -> Member:
    return person("Rita Sol", "rita@guest.example")


def test_common_points_take_each_ones_own_consent(
    browser: Client, ana: Member, rui: Member, hotel: Program
) -> None:
    home = households.found(ana, name="The Limas", actor="test")
    households.join(home, rui, actor="test")
    stays(rui, nights=1, revenue="100.00")
    other = signed_in(rui)
    assert "If you agree, the others who agreed" in text(browser.get("/household/"))
    for one in (browser, other):
        one.post("/household/consent/", {"agree": "1"})
    assert "5,000 points" in text(browser.get("/household/"))
    words = text(other.get("/rewards/breakfast-for-two/have/"))
    assert "Your household has 5,000 points" in words
    browser.post("/household/consent/", {"agree": "0"})
    assert "If you agree" in text(browser.get("/household/"))
    assert households.poolers(home.pk) == [rui.pk]


def test_a_household_takes_a_reward_that_no_one_could_alone(
    browser: Client, ana: Member, rui: Member
) -> None:
    home = households.found(ana, name="The Limas", actor="test")
    households.join(home, rui, actor="test")
    for member in (ana, rui):
        households.consent(member, is_given=True, actor="test")
    other = signed_in(rui)
    page = other.get("/rewards/breakfast-for-two/")
    assert "Have it from your household's 4,000 points" in text(page).replace("&#x27;", "'")
    asked = other.get("/rewards/breakfast-for-two/have/").content.decode()
    attempt = re.search(r'name="attempt" value="([^"]+)"', asked)
    assert attempt
    done = other.post(
        "/rewards/breakfast-for-two/have/", {"attempt": attempt[1], "together": "1"}, follow=True
    )
    assert done.status_code == 200
    assert Redemption.objects.get().member == rui
    assert RedemptionShare.objects.get().member == ana
    assert "Breakfast for two" in text(browser.get("/activity/"))


def test_the_head_asks_somebody_to_leave(browser: Client, ana: Member, rui: Member) -> None:
    home = households.found(ana, name="The Limas", actor="test")
    households.join(home, rui, actor="test")
    told = text(signed_in(rui).post("/household/leave/", {"member": str(ana.pk)}, follow=True))
    assert "Only the head of a household can do this." in told
    assert browser.post("/household/leave/", {"member": "nobody"}).status_code == 404
    browser.post("/household/leave/", {"member": str(rui.pk)})
    assert households.living(rui) is None
