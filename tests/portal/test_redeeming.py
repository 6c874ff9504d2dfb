"""A member takes a reward: asked first, taken once, shown at once; every refusal says that nothing
was taken.
"""

from __future__ import annotations

import re
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from members.models import Member
from points import ledger
from portal.pages import vouchers as pages
from rewards import redemption, vouchers
from rewards.models import Redemption, Reward, RewardPart, RewardStock
from rewards.redemption import Choice
from tests.cast import balance as cast_balance
from tests.cast import earn
from tests.portal.cast import signed_in, stays, text

HAVE = "/rewards/wine-bottle/have/"


def attempt_in(client: Client, path: str = HAVE) -> str:
    """The attempt id in the form of the question."""
    page = client.get(path).content.decode()
    found = re.search(r'name="attempt" value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def test_the_question_says_all_that_is_needed_to_decide(browser: Client) -> None:
    words = text(browser.get(HAVE))
    assert "You have 4,000 points This takes 2,700 points You keep 1,300 points" in words
    assert "Use it by 21 September 2027" in words
    assert "You can give it back for 30 minutes, as long as it is unused." in words


def test_taking_a_reward_leads_to_its_voucher(browser: Client, ana: Member) -> None:
    response = browser.post(HAVE, {"attempt": attempt_in(browser)}, follow=True)
    taken = Redemption.objects.get(member=ana)
    assert response.redirect_chain == [(reverse("portal:voucher", args=[taken.public_id]), 302)]
    words = text(response)
    assert " ".join(taken.code[at : at + 4] for at in (0, 4, 8)) in words
    assert "Good until 21 September 2027" in words
    assert ledger.balance(ana, unit="point") == 1300


def test_a_double_tap_redeems_once(browser: Client, ana: Member) -> None:
    form = {"attempt": attempt_in(browser)}
    first, second = browser.post(HAVE, form), browser.post(HAVE, form)
    assert first["Location"] == second["Location"]
    assert Redemption.objects.filter(member=ana).count() == 1
    assert ledger.balance(ana, unit="point") == 1300


def test_a_form_without_an_attempt_asks_again(browser: Client, ana: Member) -> None:
    response = browser.post(HAVE, {"attempt": "not one"})
    assert response["Location"] == HAVE
    assert not Redemption.objects.filter(member=ana).exists()


def test_the_question_is_not_asked_when_the_answer_is_no(browser: Client) -> None:
    response = browser.get("/rewards/spa-hour/have/", follow=True)
    assert response.redirect_chain == [("/rewards/spa-hour/", 302)]
    assert "Your balance does not reach yet." in text(response)


def test_too_few_points_take_nothing(browser: Client, ana: Member) -> None:
    response = browser.post("/rewards/spa-hour/have/", {"attempt": str(uuid.uuid4())})
    assert response.status_code == 409
    words = text(response)
    assert "Nothing was taken." in words
    assert "Your balance is as it was: 4,000 points." in words
    assert ledger.balance(ana, unit="point") == 4000


def test_the_last_one_gone_takes_nothing(browser: Client, ana: Member) -> None:
    RewardStock.objects.create(reward=Reward.objects.get(code="wine-bottle"), left=0)
    assert "Sold out for now" in text(browser.get("/rewards/wine-bottle/"))
    response = browser.post(HAVE, {"attempt": str(uuid.uuid4())})
    assert response.status_code == 409
    assert "The last one has gone" in text(response)
    assert ledger.balance(ana, unit="point") == 4000


def test_a_reward_for_a_higher_tier_names_it(browser: Client, ana: Member) -> None:
    stays(ana, nights=1, revenue="2500.00")
    assert "A night in the suite 28,000 points From Ketch" in text(browser.get("/rewards/"))
    assert "kept for Ketch and above" in text(browser.get("/rewards/suite-night/"))
    response = browser.post("/rewards/suite-night/have/", {"attempt": str(uuid.uuid4())})
    assert response.status_code == 409
    assert "This reward is for Ketch and above. Nothing was taken." in text(response)
    assert ledger.balance(ana, unit="point") == 29000


def test_a_reward_that_was_withdrawn_takes_nothing(browser: Client) -> None:
    attempt = attempt_in(browser)
    Reward.objects.filter(code="wine-bottle").update(is_active=False)
    assert browser.get("/rewards/wine-bottle/").status_code == 404
    response = browser.post(HAVE, {"attempt": attempt})
    assert response.status_code == 409
    assert "not on offer now. Nothing was taken." in text(response)


def taken_by(member: Member) -> Redemption:
    """A voucher for wine."""
    wine = Reward.objects.get(code="wine-bottle")
    return redemption.redeem(member, reward=wine, attempt=uuid.uuid4(), actor="test")


def test_an_unused_voucher_is_given_back_after_a_question(browser: Client, ana: Member) -> None:
    voucher = taken_by(ana)
    path = reverse("portal:undo", args=[voucher.public_id])
    assert "Give this voucher back?" in text(browser.get(path))
    assert ledger.balance(ana, unit="point") == 1300
    response = browser.post(path, follow=True)
    assert "Your points are with you again." in text(response)
    assert "Cancelled, points given back" in text(response)
    assert ledger.balance(ana, unit="point") == 4000


def test_a_used_voucher_cannot_be_given_back(browser: Client, ana: Member) -> None:
    voucher = taken_by(ana)
    vouchers.use(voucher.code, actor="test")
    response = browser.post(reverse("portal:undo", args=[voucher.public_id]))
    assert response.status_code == 409
    assert ledger.balance(ana, unit="point") == 1300
    assert "Used on 21 September 2026" in text(browser.get("/vouchers/"))


def test_what_is_ready_is_listed_however_much_was_taken_since(
    browser: Client, ana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SHOWN", 1)
    earn(ana, 9000)
    ready, *others = [taken_by(ana) for _ in range(3)]
    for other in others:
        vouchers.use(other.code, actor="test")
    shown = browser.get("/vouchers/").content.decode()
    assert ready.public_id in shown
    assert [other.public_id in shown for other in others] == [False, True]


def test_a_voucher_is_given_back_within_the_time_only(browser: Client, ana: Member) -> None:
    voucher = taken_by(ana)
    with time_machine.travel("2026-09-21T13:00:00Z"):
        path = reverse("portal:voucher", args=[voucher.public_id])
        assert "Give it back" not in text(browser.get(path))
        response = browser.post(reverse("portal:undo", args=[voucher.public_id]))
    assert response.status_code == 409
    assert "Ask the desk" in text(response)


def test_an_expired_voucher_says_when_it_ended(ana: Member) -> None:
    taken_by(ana)
    with time_machine.travel("2027-10-01T12:00:00Z"):
        assert "Ended on 21 September 2027" in text(signed_in(ana).get("/vouchers/"))


def test_somebody_elses_voucher_is_not_found(ana: Member, rui: Member) -> None:
    voucher = taken_by(ana)
    stranger = signed_in(rui)
    for name in ("portal:voucher", "portal:undo"):
        assert stranger.get(reverse(name, args=[voucher.public_id])).status_code == 404
    assert stranger.post(reverse("portal:undo", args=[voucher.public_id])).status_code == 404
    assert stranger.get("/vouchers/red_nonsense/").status_code == 404
    assert ledger.balance(ana, unit="point") == 1300


def test_a_price_of_points_and_money_is_told_before_and_after(browser: Client, ana: Member) -> None:
    bottle = Reward.objects.get(code="wine-bottle")
    RewardPart.objects.create(reward=bottle, points=500, money=Decimal(9))
    redemption.redeem(
        ana, reward=bottle, attempt=uuid.uuid4(), actor="test", choice=Choice(amount=2_700)
    )
    words = text(browser.get("/rewards/wine-bottle/"))
    assert "Have it for points and money" in words
    assert "Have it for 2,700" not in words
    asked = text(browser.get(HAVE))
    assert "You have 1,300 points This takes 500 points and EUR 9 You keep 800 points" in asked
    assert "Money is paid when you use it, at the till." in asked
    sent = {"attempt": attempt_in(browser), "amount": "500"}
    shown = browser.post(HAVE, sent, follow=True)
    assert shown.status_code == 200
    assert "EUR 9 to pay when you use it" in text(shown)
    assert cast_balance(ana) == 800


def test_two_ways_to_pay_are_a_choice(browser: Client) -> None:
    bottle = Reward.objects.get(code="wine-bottle")
    RewardPart.objects.create(reward=bottle, points=500, money=Decimal(9))
    asked = text(browser.get(HAVE))
    assert "How much? 2,700 points 500 points and EUR 9" in asked
    assert "This takes" not in asked
