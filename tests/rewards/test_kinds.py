"""Kinds of rewards: what each gives, takes, refuses, and how it is taken back."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from common import clock
from events.models import Event
from members.models import Member
from points.errors import InsufficientPoints
from program.models import Program
from rewards import contests, delivery, giving, offers, redemption, stock, vouchers
from rewards.errors import (
    AddressMissing,
    AmountRefused,
    CodesKnown,
    ContestDrawn,
    ContestOpen,
    DateUnknown,
    FulfilmentMoved,
    LimitReached,
    OutOfStock,
    RewardUnavailable,
    UndoTooLate,
    VoucherEarly,
    VoucherInvalid,
    VoucherUsed,
)
from rewards.models import (
    Fulfilment,
    FundTotal,
    Redemption,
    Reward,
    RewardCode,
    RewardDate,
)
from rewards.redemption import Choice
from tests import cast
from tests.cast import ACTOR, ROOT, ana, apply, earn, utc

pytestmark = pytest.mark.django_db
EVERYTHING = ROOT / "tests" / "programs" / "everything"
NOW = utc(2027, 4, 1, 12)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def program(db: None) -> Program:
    return apply(EVERYTHING)


@pytest.fixture
def member(program: Program) -> Member:
    """Somebody with 1,000 points."""
    one = ana()
    earn(one, 1000)
    return one


def take(member: Member, code: str, **choice: Any) -> Redemption:
    return redemption.redeem(
        member,
        reward=offers.reward_by_code(code),
        attempt=uuid.uuid4(),
        actor=f"member:{member.pk}",
        choice=Choice(**choice),
    )


def refused(member: Member, code: str, error: type[Exception], said: str, **choice: Any) -> None:
    before = cast.state(member)
    with pytest.raises(error, match=said):
        take(member, code, **choice)
    assert cast.state(member) == before


def total(fund: str = "pier") -> tuple[int, int]:
    row = FundTotal.objects.get(fund=fund)
    return row.amount, row.donations


# --- donations ----------------------------------------------------------------------------------


def test_a_donation_moves_points_to_the_fund(member: Member) -> None:
    given = take(member, "planks")
    assert cast.balance(member) == 900
    assert given.posting.kind == "donation"
    assert cast.amounts(given.posting) == [("spend", -100)]
    assert total() == (100, 1)
    assert not given.is_usable


def test_a_donor_chooses_an_amount_in_steps(member: Member) -> None:
    assert take(member, "planks", amount=250).price == 250
    assert total() == (250, 1)
    for amount in (50, 99, 130, 1050):
        refused(
            member, "planks", AmountRefused, "100 points, or more in steps of 50", amount=amount
        )
    assert total() == (250, 1)
    assert giving.choices(Reward.objects.get(code="planks"), 100, 260) == [100, 150, 200, 250]


def test_what_has_one_price_takes_no_other(member: Member) -> None:
    refused(member, "larger", AmountRefused, "neither more nor less", amount=20)


def test_a_donation_beyond_the_balance_gives_nothing(member: Member) -> None:
    take(member, "planks", amount=950)
    with pytest.raises(InsufficientPoints):
        take(member, "planks")
    assert total() == (950, 1)


def test_a_donation_can_be_taken_back_while_it_is_fresh(member: Member) -> None:
    given = take(member, "planks", amount=150)
    redemption.undo(given, actor="member")
    assert (cast.balance(member), total()) == (1000, (0, 0))
    late = take(member, "planks")
    with time_machine.travel(utc(2027, 4, 1, 12, 31), tick=False), pytest.raises(UndoTooLate):
        redemption.undo(late, actor="member")


def test_a_gift_is_no_voucher(member: Member) -> None:
    with pytest.raises(VoucherInvalid):
        vouchers.use(take(member, "planks").code, actor="till")


def test_the_share_of_donors_counts_people(member: Member) -> None:
    """TO8: 1,000 redeemers of whom 80 donate are 8 %; here 25 and 2."""
    take(member, "planks")
    take(member, "planks")
    take(member, "larger")
    for number in range(24):
        other = ana(name=f"Member {number}")
        earn(other, 100)
        take(other, "planks" if number == 0 else "larger")
    share = giving.share(since=utc(2027, 3, 1), until=utc(2027, 8, 1))
    assert (share.redeemers, share.donors, share.percent) == (25, 2, 8)
    assert giving.share(since=utc(2028, 1, 1), until=utc(2029, 1, 1)).percent == 0


# --- codes of others ----------------------------------------------------------------------------


def test_an_uploaded_code_is_given_out_once(member: Member) -> None:
    reward = Reward.objects.get(code="twenty-off")
    refused(member, "twenty-off", OutOfStock, "just gone")
    assert stock.upload(reward, ["A-1", " A-2 ", ""]) == 2
    first, second = take(member, "twenty-off"), take(member, "twenty-off")
    assert {first.handed_code, second.handed_code} == {"A-1", "A-2"}
    assert first.shown_code == first.handed_code
    refused(member, "twenty-off", OutOfStock, "just gone")
    assert RewardCode.objects.get(code=first.handed_code).redemption_id == first.pk


def test_a_list_is_taken_whole_or_not_at_all(program: Program) -> None:
    reward = Reward.objects.get(code="twenty-off")
    stock.upload(reward, ["A-1"])
    for codes in (["B-1", "A-1"], ["B-1", "B-1"]):
        with pytest.raises(CodesKnown):
            stock.upload(reward, codes)
    assert [row.code for row in RewardCode.objects.all()] == ["A-1"]


def test_a_code_that_was_shown_stays_given(member: Member) -> None:
    stock.upload(Reward.objects.get(code="twenty-off"), ["A-1"])
    taken = take(member, "twenty-off")
    with pytest.raises(UndoTooLate, match="has been shown"):
        redemption.undo(taken, actor="member")
    redemption.cancel(taken, reason="Complaint", actor=ACTOR)
    assert cast.balance(member) == 1000
    refused(member, "twenty-off", OutOfStock, "just gone")


def test_everybody_has_the_shared_code(member: Member) -> None:
    taken = take(member, "tenth-off")
    assert (taken.shown_code, taken.percent, taken.value) == ("TENTH", Decimal(10), None)
    assert not redemption.can_undo(taken)


def test_a_voucher_keeps_what_it_was_worth(member: Member) -> None:
    card = take(member, "card")
    Reward.objects.filter(code="card").update(value=50, is_active=False)
    kept = Redemption.objects.get(pk=card.pk)
    assert (kept.value, kept.is_usable) == (Decimal(25), True)
    assert vouchers.use(kept.code, actor="till").status == "used"


# --- places on dates ----------------------------------------------------------------------------


def test_a_place_waits_for_its_date(member: Member) -> None:
    day = RewardDate.objects.get(day=date(2027, 5, 4))
    taken = take(member, "tasting", date=day.pk)
    day.refresh_from_db()
    assert (day.places, day.left) == (12, 11)
    assert taken.expires_at == utc(2027, 5, 4, 22)
    with pytest.raises(VoucherEarly, match="2027-05-04"):
        vouchers.use(taken.code, actor="till")
    with time_machine.travel(utc(2027, 5, 4, 17), tick=False):
        assert vouchers.use(taken.code, actor="till").status == "used"


def test_a_date_is_chosen_among_those_to_come(member: Member) -> None:
    refused(member, "tasting", DateUnknown, "Choose one")
    refused(member, "tasting", DateUnknown, "Choose one", date=uuid.uuid4())
    day = RewardDate.objects.get(day=date(2027, 5, 4))
    with time_machine.travel(utc(2027, 5, 5, 12), tick=False):
        earn(member, 100)
        with pytest.raises(DateUnknown):
            take(member, "tasting", date=day.pk)


def test_a_full_date_leaves_the_others(member: Member) -> None:
    full, free = RewardDate.objects.get(name="19:00"), RewardDate.objects.get(name="")
    for _ in range(2):
        take(member, "tasting", date=full.pk)
    refused(member, "tasting", OutOfStock, "last place on that day", date=full.pk)
    assert take(member, "tasting", date=free.pk)


def test_a_place_is_given_back_until_so_many_days_before(member: Member) -> None:
    day = RewardDate.objects.get(day=date(2027, 5, 4))
    taken = take(member, "tasting", date=day.pk)
    assert redemption.undo_until(taken) == utc(2027, 5, 1, 22)
    with time_machine.travel(utc(2027, 5, 1, 22), tick=False), pytest.raises(UndoTooLate):
        redemption.undo(taken, actor="member")
    with time_machine.travel(utc(2027, 5, 1, 21), tick=False):
        redemption.undo(taken, actor="member")
    day.refresh_from_db()
    assert (day.left, cast.balance(member)) == (12, 1000)


# --- parcels ------------------------------------------------------------------------------------


def test_a_product_is_ordered_sent_and_delivered(member: Member) -> None:
    taken = take(member, "mug", address="4 Harbour Street")
    parcel = Fulfilment.objects.get()
    assert (parcel.status, parcel.address) == ("ordered", "4 Harbour Street")
    parcel = delivery.ship(parcel, tracking="DE-77", actor=ACTOR)
    with pytest.raises(FulfilmentMoved, match="on its way"):
        delivery.ship(parcel, actor=ACTOR)
    delivery.deliver(parcel, actor=ACTOR)
    taken.refresh_from_db()
    assert (taken.status, taken.used_by) == ("used", ACTOR)
    with pytest.raises(VoucherUsed):
        redemption.cancel(taken, reason="Too late", actor=ACTOR)
    types = Event.objects.filter(subject=taken.public_id).values_list("type", flat=True)
    assert set(types) == {"reward_redeemed", "product_shipped", "product_delivered"}


def test_a_product_needs_an_address(member: Member) -> None:
    refused(member, "mug", AddressMissing, "where it should be sent", address="  ")


def test_a_cancelled_order_gives_points_back_to_their_lots(member: Member) -> None:
    before = cast.lots(member)
    taken = take(member, "mug", address="4 Harbour Street")
    assert cast.lots(member) != before
    parcel = delivery.ship(Fulfilment.objects.get(), actor=ACTOR)
    with pytest.raises(UndoTooLate):
        redemption.undo(taken, actor="member")
    redemption.cancel(taken, reason="Lost in the post", actor=ACTOR)
    parcel.refresh_from_db()
    assert (parcel.status, cast.lots(member)) == ("cancelled", before)
    with pytest.raises(FulfilmentMoved):
        delivery.deliver(parcel, actor=ACTOR)


# --- draws --------------------------------------------------------------------------------------


def entries(count: int) -> list[Redemption]:
    made = []
    for number in range(count):
        other = ana(name=f"Member {number}")
        earn(other, 10)
        made += [take(other, "raffle"), take(other, "raffle")]
    return made


def test_a_draw_can_be_made_again(program: Program) -> None:
    taken = entries(4)
    gone = redemption.cancel(taken[0], reason="Changed", actor=ACTOR)
    with pytest.raises(ContestOpen, match="2027-12-24"):
        contests.draw(gone.reward, actor=ACTOR)
    with time_machine.travel(utc(2027, 12, 24, 12), tick=False):
        made = contests.draw(Reward.objects.get(code="raffle"), actor=ACTOR)
        with pytest.raises(ContestDrawn):
            contests.draw(Reward.objects.get(code="raffle"), actor=ACTOR)
    assert contests.proves(made)
    assert len(made.entries) == 7
    owners = {str(row.pk): row.member_id for row in taken}
    assert len({owners[winner] for winner in made.winners}) == 2
    assert str(gone.pk) not in made.winners
    assert Event.objects.filter(type="contest_won").count() == 2
    assert [contests.has_won(row) for row in taken].count(True) == 2
    made.winners = made.winners[::-1]
    assert not contests.proves(made)


def test_winners_follow_from_seed_and_entries() -> None:
    entered = [("a", "Ana"), ("b", "Ana"), ("c", "Bruno"), ("d", "Clara")]
    assert contests.pick(entered, seed="s", winners=9) == contests.pick(
        entered[::-1], seed="s", winners=9
    )
    assert len(contests.pick(entered, seed="s", winners=9)) == 3
    assert len({tuple(contests.pick(entered, seed=f"{n}", winners=1)) for n in range(50)}) == 4


def test_entries_are_limited_and_close(member: Member) -> None:
    for _ in range(3):
        take(member, "raffle")
    refused(member, "raffle", LimitReached, "as often")
    other = ana(name="Bruno")
    with time_machine.travel(utc(2027, 12, 24, 0), tick=False):
        earn(other, 10)
        with pytest.raises(RewardUnavailable):
            take(other, "raffle")
        contests.draw(Reward.objects.get(code="raffle"), actor=ACTOR)
        with pytest.raises(ContestDrawn):
            redemption.cancel(Redemption.objects.first(), reason="x", actor=ACTOR)


def test_only_a_contest_is_drawn(program: Program) -> None:
    with pytest.raises(RewardUnavailable, match="no contest"):
        contests.draw(Reward.objects.get(code="mug"), actor=ACTOR)


# --- availability -------------------------------------------------------------------------------


def test_the_page_can_say_which_condition_fails(member: Member) -> None:
    program = cast.catalog.current()
    for _ in range(3):
        take(member, "raffle")
    found = {
        one.name: one.holds
        for one in offers.conditions(
            Reward.objects.get(code="raffle"), member=member, program=program
        )
    }
    assert found == {
        "on_offer": True, "segment": True, "tier": True, "plan": True, "price": True,
        "limit": False, "stock": True,
    }  # fmt: skip
    coffee = Reward.objects.get(code="coffee")
    failing = [
        one.name
        for one in offers.conditions(coffee, member=member, program=program)
        if not one.holds
    ]
    assert failing == ["on_offer", "segment", "plan", "tier"]


def test_what_is_left_counts_what_the_kind_has(member: Member) -> None:
    today = clock.local_date(clock.now(), "Europe/Berlin")
    left = {row.code: row.left for row in Reward.objects.with_stock(today)}  # type: ignore[attr-defined]
    assert (left["tasting"], left["twenty-off"], left["mug"], left["larger"]) == (14, 0, 10, None)
    for code, count in left.items():
        assert stock.left_of(Reward.objects.get(code=code), today=today) == count
