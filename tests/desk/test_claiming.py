"""Activities that wait for their owner are claimed at the desk, under their own date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from earning.models import Activity, UnclaimedActivity
from tests import cast
from tests.desk.counter import Counter, listing, page, text, verb


@pytest.fixture
def waiting(quay: object) -> UnclaimedActivity:
    cast.visit(occurred_at=clock.now() - timedelta(days=2), attributes={"paid": "42.00"})
    return UnclaimedActivity.objects.get()


def test_it_is_recorded_for_the_member_and_earns(
    clerk: Counter, waiting: UnclaimedActivity
) -> None:
    ana = cast.ana()
    response = clerk.do(verb(waiting, "claim"), who=str(ana.cards.get()))
    assert response.redirect_chain == [(page(ana), 302)]
    assert "belongs to Ana Lima now and earned +42 points, +1 visit" in text(response)
    activity = Activity.objects.get(member=ana)
    assert activity.occurred_at == waiting.occurred_at
    waiting.refresh_from_db()
    assert (waiting.claimed_by, waiting.member_id) == (clerk.actor, ana.pk)


def test_the_preview_says_what_it_earns_and_claims_nothing(
    clerk: Counter, waiting: UnclaimedActivity
) -> None:
    ana = cast.ana()
    shown = text(clerk.preview(verb(waiting, "claim"), who=str(ana.cards.get())))
    assert "What it does for Ana Lima" in shown
    assert "0 points → 42 points" in shown
    assert "Amount paid: EUR 42.00 × 1 = 42 points" in shown
    waiting.refresh_from_db()
    assert waiting.claimed_at is None
    assert not Activity.objects.exists()


def test_sent_twice_it_is_recorded_once(clerk: Counter, waiting: UnclaimedActivity) -> None:
    ana = cast.ana()
    typed = {"who": str(ana.cards.get())}
    clerk.post(verb(waiting, "claim"), typed)
    response = clerk.post(verb(waiting, "claim"), typed, follow=True)
    assert "belongs to this member already" in text(response)
    assert cast.balance(ana) == 42


def test_what_was_claimed_is_not_claimed_for_somebody_else(
    clerk: Counter, waiting: UnclaimedActivity
) -> None:
    ana, rui = cast.ana(), cast.ana(name="Rui Reis")
    clerk.do(verb(waiting, "claim"), who=str(ana.cards.get()))
    response = clerk.do(verb(waiting, "claim"), who=str(rui.cards.get()))
    assert "Somebody has claimed this activity already" in text(response)
    assert not Activity.objects.filter(member=rui).exists()


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("482109376624", "At least one digit of this card number is wrong"),
        ("nobody@example.com", "No member is known by exactly this"),
        ("Ana", "No member is known by exactly this"),
        ("", "This field is required"),
    ],
)
def test_an_unknown_owner_is_said_and_kept(
    clerk: Counter, waiting: UnclaimedActivity, who: str, said: str
) -> None:
    cast.ana()
    response = clerk.do(verb(waiting, "claim"), who=who)
    assert said in text(response)
    assert who.encode() in response.content
    assert not Activity.objects.exists()


def test_nobody_claims_for_themselves(clerk: Counter, waiting: UnclaimedActivity) -> None:
    clara = cast.ana(name="Clara", user=clerk.user)
    response = clerk.do(verb(waiting, "claim"), who=str(clara.cards.get()))
    assert "Ask a colleague" in text(response)
    assert not Activity.objects.exists()


def test_the_list_shows_what_waits(clerk: Counter, waiting: UnclaimedActivity) -> None:
    shown = text(clerk.get(listing(waiting), {"state": "waiting"}))
    assert "EUR 42.00" in shown
    assert "Claim for a member" in shown
    clerk.do(verb(waiting, "claim"), who=str(cast.ana().cards.get()))
    assert "Nothing waits for its owner" in text(clerk.get(listing(waiting), {"state": "waiting"}))
    assert "claimed on" in text(clerk.get(listing(waiting), {"state": "claimed"}))
