"""Holds, transfers, ends and households, as staff handle them at the desk."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
import time_machine

from members import households
from members.merges import MemberMerge
from members.models import Household
from points import expiry
from points.models import Entry, Extension, Hold, Posting, Transfer
from rewards import reservation
from rewards.models import Reward
from tests import cast
from tests.cast import utc
from tests.desk.counter import Counter, page, text, verb


def test_what_is_held_shows_and_is_released_with_a_reason(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 50)
    held = cast.hold(ana, 20, purpose="The bar")
    words = text(clerk.get(page(ana)))
    assert "Held at carts and tills The bar" in words
    assert "20 points held" in words
    done = clerk.do(verb(held, "release"), reason="The till broke")
    assert "20 points are free again." in text(done)
    held.refresh_from_db()
    assert (held.status, held.ended_by, held.reason) == (
        "released",
        clerk.actor,
        "The till broke",
    )
    assert "Release the hold" not in text(clerk.get(page(held)))


def test_a_reward_that_was_put_aside_goes_back_with_its_hold(clerk: Counter) -> None:
    ana = cast.ana()
    cast.earn(ana, 50)
    last = Reward.objects.get(code="print")
    kept = reservation.hold(ana, reward=last, attempt=uuid.uuid4(), actor="partner:till")
    clerk.do(verb(kept.hold, "release"), reason="Left")
    kept.refresh_from_db()
    assert (kept.status, last.stock.get().left) == ("released", 1)


def test_points_live_longer_after_a_preview(manager: Counter) -> None:
    ana = cast.ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        cast.earn(ana, 30)
        address, typed = verb(ana, "extend"), {"which": "point:all", "until": "2026-06-01"}
        words = text(manager.preview(address, **typed))
        assert "30 points: good until 1 June 2026 instead of 10 March 2026" in words
        assert not Extension.objects.exists()
        done = manager.do(address, **typed, reason="The storm")
        assert "Points of Ana Lima are good until 1 Jun 2026 now." in text(done)
        assert "Ends that were moved" in text(done)
    made = Extension.objects.get()
    assert (made.actor, made.reason, made.until) == (
        manager.actor,
        "The storm",
        utc(2026, 6, 1, 22),
    )


def test_only_one_end_is_moved_where_it_is_chosen(manager: Counter) -> None:
    ana = cast.ana()
    with time_machine.travel(utc(2026, 2, 10, 12)):
        cast.earn(ana, 30, at=utc(2026, 1, 31, 12))
        cast.earn(ana, 40)
        ends = expiry.calendar(ana)
        chosen = f"point:{ends[1].at:%Y-%m-%dT%H:%M:%S%z}"
        manager.do(verb(ana, "extend"), which=chosen, until="2026-06-01", reason="The storm")
        assert [end.at for end in expiry.calendar(ana)] == [ends[0].at, utc(2026, 6, 1, 22)]
        refused = manager.do(
            verb(ana, "extend"), which="point:all", until="2026-02-01", reason="Too late"
        )
        assert "This day has passed." in text(refused)


def test_what_ended_comes_back_once(manager: Counter) -> None:
    ana = cast.ana()
    with time_machine.travel(utc(2026, 1, 31, 12)):
        cast.earn(ana, 30)
    with time_machine.travel(utc(2026, 3, 5, 12)):
        expiry.run()
        ended = Entry.objects.get(kind="expiry")
        typed = {"which": str(ended.pk), "until": "2026-06-01", "reason": "Our fault"}
        words = text(manager.preview(verb(ana, "reinstate"), **typed))
        assert "0 points → 30 points" in words.replace("becomes ", "")
        done = manager.do(verb(ana, "reinstate"), **typed)
        assert "30 points are back, good until 1 Jun 2026." in text(done)
        assert "Select a valid choice" in text(manager.do(verb(ana, "reinstate"), **typed))
    assert Posting.objects.get(kind="reinstate").actor == manager.actor
    assert cast.balance(ana) == 30


def test_a_clerk_sends_and_a_manager_takes_back(clerk: Counter, manager: Counter) -> None:
    ana, bruno = cast.ana(), cast.ana(name="Bruno Lima", email="bruno@quay.example")
    cast.earn(ana, 50)
    typed = {"who": "bruno@quay.example", "unit": "point", "amount": "20", "reason": "A gift"}
    assert "50 points → 30 points" in text(clerk.preview(verb(ana, "send"), **typed)).replace(
        "becomes ", ""
    )
    assert "Ana Lima sent 20 points to Bruno Lima." in text(clerk.do(verb(ana, "send"), **typed))
    made = Transfer.objects.get()
    assert clerk.get(verb(made, "take_back")).status_code == 403
    done = manager.do(verb(made, "take_back"), reason="The wrong Bruno")
    assert "20 points went back to Ana Lima." in text(done)
    assert (cast.balance(ana), cast.balance(bruno)) == (50, 0)
    again = manager.do(verb(made, "take_back"), reason="Again")
    assert "This transfer has been taken back already." in text(again)


def test_nobody_handles_their_own_points(owner: Counter) -> None:
    own = cast.ana(user=owner.user)
    cast.earn(own, 50)
    typed = {"which": "point:all", "until": date(2030, 1, 1).isoformat(), "reason": "Mine"}
    assert "These are your own points" in text(owner.do(verb(own, "extend"), **typed))


def test_nobody_sends_points_to_whom_they_live_with(clerk: Counter) -> None:
    guest, spouse = cast.ana(), cast.ana(name="Bruno Lima", email="bruno@quay.example")
    cast.home(spouse, cast.ana(name="Clara Lima", user=clerk.user))
    cast.earn(guest, 50)
    typed = {"who": "bruno@quay.example", "unit": "point", "amount": "20", "reason": "A gift"}
    said = "or those of somebody you live with"
    assert said in text(clerk.preview(verb(guest, "send"), **typed))
    assert said in text(clerk.do(verb(guest, "send"), **typed))
    assert not Transfer.objects.exists()


def test_nobody_merges_a_member_into_whom_they_live_with(manager: Counter) -> None:
    guest, spouse = cast.ana(), cast.ana(name="Bruno Lima", email="bruno@quay.example")
    cast.home(spouse, cast.ana(name="Mona Lima", user=manager.user))
    typed = {"who": "bruno@quay.example", "reason": "The same"}
    assert "somebody you live with" in text(manager.do(verb(guest, "merge"), **typed))
    assert not MemberMerge.objects.exists()


@pytest.mark.parametrize("name", ["extend", "reinstate"])
def test_a_clerk_moves_no_ends(clerk: Counter, name: str) -> None:
    assert clerk.get(verb(cast.ana(), name)).status_code == 403


def test_a_household_is_founded_joined_led_and_left(clerk: Counter) -> None:
    ana, bruno = cast.ana(email="ana@quay.example"), cast.ana(name="Bruno Lima")
    assert "Found a household" in text(clerk.get(page(ana)))
    clerk.do(verb(ana, "found"), name="The Limas")
    refused = clerk.do(verb(bruno, "move_in"), who="nobody@quay.example")
    assert "No member is known by exactly this." in text(refused)
    clerk.do(verb(bruno, "move_in"), who="ana@quay.example")
    home = Household.objects.get()
    assert [row.member for row in households.people(home)] == [ana, bruno]
    clerk.do(verb(bruno, "head"))
    words = text(clerk.get(page(home)))
    assert "Bruno Lima" in words
    assert "Add somebody to the household" in words
    clerk.do(verb(ana, "move_out"))
    assert [(row.member, row.is_head) for row in households.people(home)] == [(bruno, True)]
    done = clerk.do(verb(home, "add"), who="ana@quay.example")
    assert "Ana Lima lives in The Limas now." in text(done)
    assert Hold.objects.count() == 0
