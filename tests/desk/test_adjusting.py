"""Adjusting points: a form with a preview and a reason, posted once."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection

from desk import roles
from members.models import User
from points.models import Entry, Lot, Posting
from program.models import Program
from tests import cast
from tests.desk.counter import Counter, page, text, verb
from tiers import standing


def test_an_adjustment_is_posted_with_its_reason_and_its_clerk(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    response = clerk.do(verb(ana, "adjust"), unit="point", amount="25", reason="Cold coffee")
    assert response.redirect_chain == [(page(ana), 302)]
    assert "+25 points for Ana Lima." in text(response)
    posting = Posting.objects.get(member=ana, kind=Posting.Kind.ADJUSTMENT)
    assert (posting.actor, posting.note) == (clerk.actor, "Cold coffee")
    assert cast.balance(ana) == 125


def test_a_minus_takes(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    clerk.do(verb(ana, "adjust"), unit="point", amount="-30", reason="Counted twice")
    assert cast.balance(ana) == 70


def test_amounts_are_written_in_whole_units(clerk: Counter) -> None:
    ana = cast.ana()
    clerk.do(verb(ana, "adjust"), unit="cent", amount="1,234.50", reason="A voucher from before")
    assert cast.balance(ana, "cent") == 123450


def test_a_real_minus_sign_and_spaces_are_forgiven(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 2000)
    clerk.do(verb(ana, "adjust"), unit="point", amount="\N{MINUS SIGN}1 500", reason="Typed so")
    assert cast.balance(ana) == 500


def test_a_counter_moves_the_tier_at_once(clerk: Counter) -> None:
    ana = cast.ana()
    clerk.do(verb(ana, "adjust"), unit="visit", amount="3", reason="Visits before the card")
    tier = standing.current(ana)
    assert tier is not None
    assert tier.code == "blue"


def test_the_preview_says_what_would_happen_and_writes_nothing(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    before = cast.state(ana)
    response = clerk.preview(verb(ana, "adjust"), unit="point", amount="25", reason="")
    assert "100 points → 125 points" in text(response)
    assert "can be spent until" in text(response)
    assert cast.state(ana) == before


def test_the_preview_shows_the_tier_that_follows(clerk: Counter) -> None:
    ana = cast.ana()
    response = clerk.preview(verb(ana, "adjust"), unit="visit", amount="6", reason="x")
    assert "0 visits → 6 visits" in text(response)
    assert "Gold" in text(response)
    assert standing.current(ana) is None


def test_the_preview_says_a_refusal_before_it_happens(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    response = clerk.preview(verb(ana, "adjust"), unit="point", amount="-101", reason="x")
    assert "It would be refused" in text(response)
    assert "the balance is 100" in text(response)


def test_without_a_script_a_button_previews(clerk: Counter) -> None:
    ana = cast.ana()
    response = clerk.do(
        verb(ana, "adjust"), unit="point", amount="25", reason="Cold coffee", preview="1"
    )
    assert "0 points → 25 points" in text(response)
    assert b"Cold coffee" in response.content
    assert cast.balance(ana) == 0


def test_a_form_that_is_sent_twice_posts_once(clerk: Counter) -> None:
    ana = cast.ana()
    typed = {"unit": "point", "amount": "25", "reason": "Cold coffee", "attempt": uuid.uuid4()}
    clerk.post(verb(ana, "adjust"), typed)
    response = clerk.post(verb(ana, "adjust"), typed, follow=True)
    assert "posted already" in text(response)
    assert cast.balance(ana) == 25


def test_two_forms_post_twice(clerk: Counter) -> None:
    ana = cast.ana()
    for _turn in range(2):
        clerk.do(verb(ana, "adjust"), unit="point", amount="25", reason="Cold coffee")
    assert cast.balance(ana) == 50


REFUSED = [
    ({"amount": "-101"}, "This needs 101 points, and the balance is 100 points."),
    ({"amount": "0"}, "Zero changes nothing"),
    ({"amount": "1.5"}, "Points are whole numbers."),
    ({"amount": "1e999"}, "no more than"),
    ({"amount": "NaN"}, "Enter a number"),
    ({"amount": "a lot"}, "Enter a number"),
    ({"amount": ""}, "This field is required"),
    ({"reason": ""}, "This field is required"),
    ({"reason": "   "}, "This field is required"),
    ({"unit": "acorn"}, "Select a valid choice"),
    ({"amount": "99999999999999999999"}, "no more than"),
]


@pytest.mark.parametrize(("typed", "said"), REFUSED)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    clerk: Counter, typed: dict[str, str], said: str
) -> None:
    ana = cast.ana()
    cast.earn(ana, 100)
    before = cast.state(ana)
    filled = {"unit": "point", "amount": "25", "reason": "Cold coffee"} | typed
    response = clerk.do(verb(ana, "adjust"), **filled)
    assert said in text(response)
    for value in filled.values():
        assert not value.strip() or value == "acorn" or value.encode() in response.content
    assert cast.state(ana) == before


def test_nobody_adjusts_their_own_points(clerk: Counter) -> None:
    clara = cast.ana(name="Clara", user=clerk.user)
    response = clerk.do(verb(clara, "adjust"), unit="point", amount="25", reason="For me")
    assert "Ask a colleague" in text(response)
    assert cast.balance(clara) == 0


def test_it_takes_the_permission(clerk: Counter) -> None:
    ana = cast.ana()
    clerk.user.groups.clear()
    assert clerk.get(verb(ana, "adjust")).status_code == 403
    typed = {"unit": "point", "amount": "25", "reason": "Cold coffee"}
    assert clerk.post(verb(ana, "adjust"), typed).status_code == 403
    assert not Entry.objects.exists()


def test_an_unknown_member_is_not_found(clerk: Counter) -> None:
    ana = cast.ana()
    url = verb(ana, "adjust").replace(str(ana.pk), str(uuid.uuid4()))
    assert clerk.get(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_eight_taps_at_once_post_once(quay: Program) -> None:
    user = User.objects.create_user("clara@quay.example", is_staff=True)
    user.groups.add(roles.ensure_groups()[0])
    ana = cast.ana()
    typed = {"unit": "point", "amount": "25", "reason": "Cold coffee", "attempt": uuid.uuid4()}
    clerks = [Counter(user) for _turn in range(8)]
    said: list[int] = []
    barrier = threading.Barrier(len(clerks))

    def tap(clerk: Counter) -> None:
        try:
            barrier.wait()
            said.append(clerk.post(verb(ana, "adjust"), typed).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap, args=(clerk,)) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [302] * 8
    assert cast.balance(ana) == 25
    assert Lot.objects.filter(member=ana).count() == 1
