"""Points by hand: alone up to the limit, with a second person above it, never one's own."""

from __future__ import annotations

import uuid
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine

from common.errors import LoyaltyError
from events.models import Event
from members import households, merging
from members.models import Member, User
from points import approvals, daybook, expiry
from points.approvals import Wish
from points.models import AdjustmentRequest, Entry, Posting
from program.models import Program
from tests import cast
from tests.cast import ana, balance, earn, utc

pytestmark = pytest.mark.django_db
_turn = iter(range(10_000))


@pytest.fixture
def watched(db: None, tmp_path: Path) -> Program:
    """The small program, where one person may move 100 points a day for a member."""
    limit = 'plural = "points"\nsecond_person_above = 100'
    visits = 'plural = "visits"\nsecond_person_above = 2'
    changes = (('plural = "points"', limit), ('plural = "visits"', visits))
    return cast.apply(cast.variant(tmp_path / "watched", *changes))


def staff(name: str) -> str:
    return f"staff:{User.objects.create_user(f'{name}@quay.example', name=name).pk}"


def ask(
    member: Member, amount: int, *, actor: str, unit: str = "point", **more: Any
) -> approvals.Outcome:
    source = more.pop("source", f"adjustment:{next(_turn)}")
    return approvals.ask(Wish(member, unit, amount, "Cold coffee", source, **more), actor=actor)


def refusal(error: pytest.ExceptionInfo[LoyaltyError]) -> str:
    return error.value.code


def test_up_to_the_limit_one_person_is_enough(watched: Program) -> None:
    member, clara = ana(), staff("clara")
    assert ask(member, 100, actor=clara).posting is not None
    assert balance(member) == 100


def test_above_the_limit_nothing_moves_until_somebody_agrees(watched: Program) -> None:
    member, clara, mona = ana(), staff("clara"), staff("mona")
    outcome = ask(member, 101, actor=clara)
    assert outcome.posting is None
    assert outcome.request is not None
    assert (balance(member), approvals.waiting()) == (0, 1)
    row = approvals.approve(outcome.request, actor=mona)
    assert (balance(member), approvals.waiting()) == (101, 0)
    assert row.posting is not None
    assert (row.posting.actor, row.decided_by) == (clara, mona)
    assert row.posting.note == "Cold coffee"


def test_taking_counts_like_giving(watched: Program) -> None:
    member, clara = ana(), staff("clara")
    earn(member, 500)
    assert ask(member, -101, actor=clara).request is not None
    assert balance(member) == 500


def test_small_amounts_do_not_lead_round_the_limit(watched: Program) -> None:
    member, clara = ana(), staff("clara")
    ask(member, 60, actor=clara)
    ask(member, -20, actor=clara)
    assert ask(member, 21, actor=clara).request is not None
    assert ask(member, 20, actor=clara).posting is not None
    assert ask(ana(name="Bruno"), 100, actor=clara).posting is not None


def test_the_next_day_begins_anew(watched: Program) -> None:
    member, clara = ana(), staff("clara")
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        ask(member, 100, actor=clara)
        assert ask(member, 1, actor=clara).request is not None
    with time_machine.travel(utc(2026, 3, 1, 23, 30), tick=False):  # past midnight in Berlin
        assert ask(member, 100, actor=clara).posting is not None


def test_a_unit_without_a_limit_needs_nobody_else(watched: Program) -> None:
    assert ask(ana(), 1_000_000, unit="coin", actor=staff("clara")).posting is not None


def test_nobody_agrees_with_themselves(watched: Program) -> None:
    member, clara = ana(), staff("clara")
    request = ask(member, 500, actor=clara).request
    assert request is not None
    with pytest.raises(LoyaltyError) as error:
        approvals.approve(request, actor=clara)
    assert refusal(error) == "second_person_needed"
    assert balance(member) == 0


@pytest.mark.parametrize("is_home", [False, True])
def test_nobody_moves_their_own_points_or_their_households(watched: Program, is_home: bool) -> None:
    user = User.objects.create_user("clara@quay.example", name="Clara")
    clara, mona = cast.ana(name="Clara", user=user), staff("mona")
    other = cast.ana(name="Rui") if is_home else clara
    if is_home:
        home = households.found(clara, name="Home", actor=cast.ACTOR)
        households.join(home, other, actor=cast.ACTOR)
    actor = f"staff:{user.pk}"
    with pytest.raises(LoyaltyError) as error:
        ask(other, 5, actor=actor)
    assert refusal(error) == "own_points"
    request = ask(other, 500, actor=mona).request
    assert request is not None
    for decide in (approvals.approve, partial(approvals.decline, reason="No")):
        with pytest.raises(LoyaltyError) as error:
            decide(
                request, actor=actor, **({"reason": "No"} if decide is approvals.decline else {})
            )
        assert refusal(error) == "own_points"
    assert balance(other) == 0


def test_who_has_moved_out_is_a_colleague_again(watched: Program) -> None:
    user = User.objects.create_user("clara@quay.example", name="Clara")
    clara, rui = cast.ana(name="Clara", user=user), cast.ana(name="Rui")
    households.join(households.found(clara, name="Home", actor="x"), rui, actor="x")
    households.leave(clara, actor="x")
    assert ask(rui, 5, actor=f"staff:{user.pk}").posting is not None


def test_what_was_declined_is_never_posted(watched: Program) -> None:
    member, clara, mona = ana(), staff("clara"), staff("mona")
    request = ask(member, 500, actor=clara).request
    assert request is not None
    row = approvals.decline(request, actor=mona, reason="Ask the kitchen first")
    assert (row.state, row.decision) == ("declined", "Ask the kitchen first")
    with pytest.raises(LoyaltyError) as error:
        approvals.approve(request, actor=mona)
    assert refusal(error) == "already_decided"
    assert balance(member) == 0


def test_declining_takes_a_reason(watched: Program) -> None:
    request = ask(ana(), 500, actor=staff("clara")).request
    assert request is not None
    with pytest.raises(LoyaltyError) as error:
        approvals.decline(request, actor=staff("mona"), reason=" ")
    assert refusal(error) == "reason_missing"


def test_the_same_form_twice_asks_once(watched: Program) -> None:
    member, clara = ana(), staff("clara")
    ask(member, 500, actor=clara, source="adjustment:one")
    with pytest.raises(LoyaltyError) as error:
        ask(member, 500, actor=clara, source="adjustment:one")
    assert refusal(error) == "source_used"
    assert AdjustmentRequest.objects.count() == 1


def test_what_was_posted_already_is_not_asked_for_again(watched: Program) -> None:
    member, clara = ana(), staff("clara")
    assert ask(member, 60, actor=clara, source="form:1").posting is not None
    with pytest.raises(LoyaltyError) as refused:
        ask(member, 60, actor=clara, source="form:1")
    assert refusal(refused) == "source_used"
    assert (balance(member), approvals.waiting()) == (60, 0)


def test_what_was_merged_counts_towards_the_limit(watched: Program) -> None:
    member, other, clara = ana(), ana(name="Bea Lima"), staff("clara")
    assert ask(other, 60, actor=clara).posting is not None
    merging.merge(member, other, reason="One person", actor=clara)
    assert ask(member, 60, actor=clara).request is not None
    assert (balance(member), approvals.waiting()) == (60, 1)


def test_nobody_moves_what_became_their_own_by_a_merge(watched: Program) -> None:
    """Asked for somebody else, who became part of oneself, or of somebody one lives with."""
    user = User.objects.create_user("clara@quay.example", name="Clara")
    clara, rui, other = ana(name="Clara", user=user), ana(name="Rui"), ana(name="Bea Lima")
    third, mona, actor = ana(name="Eva"), staff("mona"), f"staff:{user.pk}"
    cast.home(clara, rui)
    requests = [ask(one, 500, actor=mona).request for one in (other, third)]
    merging.merge(clara, other, reason="One person", actor=mona)
    merging.merge(rui, third, reason="One person", actor=mona)
    for request in requests:
        assert request is not None
        with pytest.raises(LoyaltyError) as error:
            approvals.approve(request, actor=actor)
        assert refusal(error) == "own_points"
    for absorbed in (other, third):
        with pytest.raises(LoyaltyError) as error:
            ask(absorbed, 5, actor=actor)
        assert refusal(error) == "own_points"
    assert balance(clara) == balance(rui) == 0


@pytest.mark.parametrize("is_home", [False, True])
def test_a_login_without_a_member_is_still_whose_it_was(watched: Program, is_home: bool) -> None:
    """Both had a login: that of who was absorbed is detached, and the points are theirs."""
    user, theirs = (User.objects.create_user(f"{name}@quay.example") for name in ("c", "d"))
    absorbed, survivor = ana(name="Clara", user=user), ana(name="C. Lima", user=theirs)
    mate = ana(name="Rui")
    cast.home(survivor, mate)
    merging.merge(survivor, absorbed, reason="One person", actor=staff("mona"))
    for member in (mate,) if is_home else (survivor, absorbed):
        with pytest.raises(LoyaltyError) as error:
            ask(member, 5, actor=f"staff:{user.pk}")
        assert refusal(error) == "own_points"


def test_small_amounts_for_who_was_merged_add_up(watched: Program) -> None:
    member, other, clara = ana(), ana(name="Bea Lima"), staff("clara")
    merging.merge(member, other, reason="One person", actor=clara)
    assert ask(member, 60, actor=clara).posting is not None
    assert ask(other, 60, actor=clara).request is not None


def test_what_is_agreed_to_after_a_merge_moves_the_survivors_tier(watched: Program) -> None:
    from tiers import standing

    member, other = ana(), ana(name="Bea Lima")
    request = ask(other, 3, unit="visit", actor=staff("clara")).request
    assert request is not None
    merging.merge(member, other, reason="One person", actor=cast.ACTOR)
    approvals.approve(request, actor=staff("mona"))
    assert balance(member, "visit") == 3
    assert standing.current(member) is not None
    assert not other.standings.exists()


def test_what_can_no_longer_be_taken_stays_undecided(watched: Program) -> None:
    member, clara, mona = ana(), staff("clara"), staff("mona")
    earn(member, 200)
    request = ask(member, -200, actor=clara).request
    assert request is not None
    cast.spend(member, 50)
    with pytest.raises(LoyaltyError) as error:
        approvals.approve(request, actor=mona)
    assert refusal(error) == "insufficient_points"
    assert approvals.waiting() == 1


def test_a_counter_that_is_agreed_to_moves_the_tier(watched: Program) -> None:
    from tiers import standing

    member = ana()
    request = ask(member, 3, unit="visit", actor=staff("clara")).request
    assert request is not None
    assert standing.current(member) is None
    approvals.approve(request, actor=staff("mona"))
    assert standing.current(member) is not None


def test_an_unknown_unit_and_a_missing_reason_are_refused(watched: Program) -> None:
    member, clara = ana(), staff("clara")
    with pytest.raises(LoyaltyError) as error:
        ask(member, 5, unit="pebble", actor=clara)
    assert refusal(error) == "unit_invalid"
    with pytest.raises(LoyaltyError) as error:
        approvals.ask(Wish(member, "point", 5, "  ", "x"), actor=clara)
    assert refusal(error) == "reason_missing"
    assert not Posting.objects.exists()


def test_asking_and_deciding_are_announced(watched: Program) -> None:
    member, clara, mona = ana(), staff("clara"), staff("mona")
    first, second = (ask(member, 500, actor=clara).request for _ in range(2))
    assert first is not None
    assert second is not None
    approvals.approve(first, actor=mona)
    approvals.decline(second, actor=mona, reason="Once is enough")
    told = Event.objects.filter(type__startswith="adjustment_").order_by("id")
    assert list(told.values_list("type", flat=True)) == [
        "adjustment_asked",
        "adjustment_asked",
        "adjustment_approved",
        "adjustment_declined",
    ]


def ended(member: Member, amount: int) -> uuid.UUID:
    """Points that ended: the expiry by which they did."""
    with time_machine.travel(utc(2026, 3, 1, 12)):
        earn(member, amount)
    with time_machine.travel(utc(2026, 5, 1, 12)):
        expiry.run()
    return Entry.objects.filter(member=member, kind="expiry").latest("id").pk


def back(member: Member, expired: uuid.UUID, *, actor: str) -> approvals.Outcome:
    return approvals.bring_back(
        member,
        expired=expired,
        until=date(2026, 12, 31),
        reason="Our fault",
        actor=actor,
        source=f"bring-back:{next(_turn)}",
    )


@time_machine.travel(utc(2026, 5, 2, 12))
def test_bringing_back_what_ended_is_moving_points_by_hand(watched: Program) -> None:
    member, clerk, other = ana(), staff("clerk"), staff("other")
    small, large = ended(member, 60), ended(member, 70)
    assert back(member, small, actor=clerk).posting is not None
    asked = back(member, large, actor=clerk).request  # with the sixty it is more than a hundred
    assert asked is not None
    assert balance(member) == 60
    with pytest.raises(LoyaltyError) as refused:
        approvals.approve(asked, actor=clerk)
    assert refusal(refused) == "second_person_needed"
    done = approvals.approve(asked, actor=other)
    assert done.posting is not None
    assert (done.posting.kind, done.posting.actor) == ("reinstate", clerk)
    assert balance(member) == 130
    book = daybook.of(date(2026, 5, 2), program=watched)
    assert sorted((row.amount, row.approved_by) for row in book.rows) == [(60, ""), (70, other)]


@time_machine.travel(utc(2026, 5, 2, 12))
def test_nobody_brings_back_their_own_points(watched: Program) -> None:
    user = User.objects.create_user("clerk@quay.example", name="clerk")
    member = ana(user=user)
    expired = ended(member, 10)
    with pytest.raises(LoyaltyError) as refused:
        back(member, expired, actor=f"staff:{user.pk}")
    assert refusal(refused) == "own_points"


@time_machine.travel(utc(2026, 5, 2, 12))
def test_what_never_ended_is_not_asked_for(watched: Program) -> None:
    member, clerk = ana(), staff("clerk")
    with pytest.raises(LoyaltyError) as refused:
        back(member, uuid.uuid4(), actor=clerk)
    assert refusal(refused) == "nothing_to_reinstate"


@time_machine.travel(utc(2026, 5, 2, 12))
def test_what_was_brought_back_is_not_asked_for_again(watched: Program) -> None:
    member, clerk = ana(), staff("clerk")
    expired = ended(member, 60)
    first = back(member, expired, actor=clerk)
    assert first.posting is not None
    with pytest.raises(LoyaltyError) as refused:
        back(member, expired, actor=clerk)
    assert refusal(refused) == "source_used"
    assert (balance(member), approvals.waiting()) == (60, 0)
