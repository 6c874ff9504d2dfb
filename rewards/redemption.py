"""Redeeming: points for a voucher, once for every attempt, however often the button is tapped.

Order, always: lock the account, look for the attempt, check, spend, store, take stock last.
"""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from common import bulk, clock
from common.errors import translate
from common.ids import public_id
from events import outbox
from members.models import Member
from points import errors as points_errors
from points import ledger
from points.books import Books
from points.errors import ReasonMissing
from points.models import Posting
from program import catalog
from program.models import Program
from rewards import codes, contests, delivery, giving, mixing, offers, stock
from rewards.errors import REFUSALS, AttemptReused, ContestDrawn, UndoTooLate, VoucherUsed
from rewards.mixing import Cost
from rewards.models import Fulfilment, Kind, Redemption, Reward, VoucherKey

UNDO_MINUTES = 30  # a member may take a tap back this long, while the voucher is unused


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """What a member chooses beside the reward: how much to give, or how much of the price to pay
    with points (in the unit's smallest part), the date of an experience, the address a product goes
    to.
    """

    amount: int | None = None
    date: uuid.UUID | None = None
    address: str = ""


PLAIN = Choice()


def redeem(
    member: Member, *, reward: Reward, attempt: uuid.UUID, actor: str, choice: Choice = PLAIN
) -> Redemption:
    """Take a reward for points. The same attempt again returns the first redemption.

    Raises RewardUnavailable, LimitReached, OutOfStock, InsufficientPoints, DateUnknown,
    AmountRefused, AddressMissing, or AttemptReused when the attempt took another reward; then
    nothing was taken.
    """
    program = catalog.current()
    with transaction.atomic(), translate(REFUSALS):
        books = Books.open([(member.pk, reward.unit_id)])
        known = (
            Redemption.objects.filter(member=member, attempt=attempt)
            .select_related("reward")
            .first()
        )
        if known is not None:
            return same(known, reward)
        price, left = offers.check(reward, member=member, program=program)
        address = delivery.require_address(reward, choice.address)
        cost = mixing.cost_of(reward, price, choice.amount)
        row = drafted(reward, choice, cost, program, price=price)
        row.member, row.attempt, row.actor = member, attempt, actor
        with translate(points_errors.REFUSALS), bulk.together():
            row.posting = _pay(books, row, program)
            store(row, address=address)
        stock.take(row, is_limited=left is not None)
        giving.count(row)
    return row


def same(known: Redemption, reward: Reward) -> Redemption:
    """The redemption of this attempt, if it was for this reward."""
    if known.reward_id != reward.pk:
        raise AttemptReused("This was already used to take another reward. Open the reward anew.")
    return known


def drafted(
    reward: Reward, choice: Choice, cost: Cost, program: Program, *, price: int
) -> Redemption:
    """The redemption as it will be stored, but for who takes it. Terms are those of this moment: a
    voucher keeps what it was worth, whatever becomes of the reward; more was paid than the price,
    or less and money beside it, where the member chose so.
    """
    now = clock.now()
    today = clock.local_date(now, program.time_zone)
    date = stock.date_of(reward, choice.date, today=today)
    last_day = date.day if date else reward.last_day(today)
    return Redemption(
        reward=reward,
        price=cost.points,
        money=cost.money,
        unit_id=reward.unit_id,
        code=codes.new(),
        date=date,
        value=giving.worth(reward, price, max(price, cost.points)),
        percent=reward.percent,
        least_purchase=reward.least_purchase,
        issued_at=now,
        expires_at=clock.end_of_day(last_day, program.time_zone),
    )


def _pay(books: Books, row: Redemption, program: Program) -> Posting:
    """Spend the price from the open books, and write them."""
    is_given = row.reward.kind == Kind.DONATION
    posting = ledger.spend_into(
        books,
        row.member,
        row.unit_id,
        row.price,
        source=f"redemption:{row.pk}",
        actor=row.actor,
        reason=row.reward.name,
        program=program,
        kind=Posting.Kind.DONATION if is_given else Posting.Kind.SPEND,
    )
    books.write()
    return posting


def store(row: Redemption, *, address: str) -> None:
    """Write what was taken: the redemption with its code, its key, its parcel, its event."""
    row.handed_code = stock.hand_out(row.reward, redemption=row.pk, member=row.member_id)
    bulk.insert(Redemption, [row])
    key = VoucherKey(redemption_id=row.pk, member_id=row.member_id)
    key.id = VoucherKey.id_for(row.code)
    bulk.insert(VoucherKey, [key])
    delivery.order(row, address=address)
    _announce("reward_redeemed", row, row.actor)


def cancel(redemption: Redemption, *, reason: str, actor: str) -> Redemption:
    """Take back an unused voucher: points return to their lots with their old expiry, stock goes up
    again.

    Cancelling twice is harmless. Raises VoucherUsed, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing("Write down why the voucher is cancelled.", pointer="/reason")
    with transaction.atomic():
        shares = list(redemption.shares.select_related("posting__member"))
        payers = {redemption.member_id, *(share.member_id for share in shares)}
        Books.open({(payer, redemption.unit_id) for payer in payers})
        locked = Redemption.objects.select_for_update(of=("self",)).select_related(
            "reward", "posting__member"
        )
        row = locked.get(pk=redemption.pk, member=redemption.member_id)
        if row.status == Redemption.Status.CANCELLED:
            return row
        _refuse_done(row)
        for paid in [row.posting, *(share.posting for share in shares)]:
            if paid is not None:
                ledger.reverse(
                    paid,
                    source=f"redemption-cancelled:{row.pk}",
                    actor=actor,
                    reason=row.reward.name,
                )
        row.status, row.cancelled_at = Redemption.Status.CANCELLED, clock.now()
        row.cancelled_by, row.cancel_reason = actor, reason[:240]
        row.save(update_fields=["status", "cancelled_at", "cancelled_by", "cancel_reason"])
        delivery.stop(row)
        _announce("redemption_cancelled", row, actor)
        stock.put_back(row)
        giving.count(row, sign=-1)
    return row


def _refuse_done(row: Redemption) -> None:
    """What was used, and an entry that was drawn, stay."""
    if row.status == Redemption.Status.USED:
        raise VoucherUsed(
            "This voucher has been used and cannot be cancelled.", used_at=row.used_at
        )
    if row.reward.kind == Kind.CONTEST and contests.is_drawn(row.reward):
        raise ContestDrawn("This entry took part in the draw and cannot be taken back.")


def can_undo(redemption: Redemption) -> bool:
    """Whether the member may still take it back without asking the desk.

    Within the undo time while it is unused and its code, if another system made it, was not shown;
    a place until so many days before its date; a parcel until it is sent.
    """
    now, reward = clock.now(), redemption.reward
    if redemption.status != Redemption.Status.ISSUED or redemption.is_expired:
        return False
    if not reward.has_own_codes or _is_final(redemption):
        return False
    is_fresh = now < redemption.issued_at + timedelta(minutes=UNDO_MINUTES)
    return is_fresh or (redemption.date is not None and now < undo_until(redemption))


def undo_until(redemption: Redemption) -> datetime:
    """Until when a member may take it back, the end exclusive."""
    fresh = redemption.issued_at + timedelta(minutes=UNDO_MINUTES)
    if redemption.date is None:
        return fresh
    last = redemption.date.day - timedelta(days=redemption.reward.cancel_days)
    return max(fresh, clock.start_of_day(last, catalog.current().time_zone))


def _is_final(redemption: Redemption) -> bool:
    """Whether a parcel has left, or an entry was drawn."""
    if redemption.reward.kind == Kind.PRODUCT:
        parcel = delivery.parcel_of(redemption)
        return parcel is not None and parcel.status != Fulfilment.Status.ORDERED
    return redemption.reward.kind == Kind.CONTEST and contests.is_drawn(redemption.reward)


def undo(redemption: Redemption, *, actor: str) -> Redemption:
    """Cancel one's own voucher within the undo time.

    Raises VoucherUsed, or UndoTooLate when the time is over.
    """
    if redemption.status == Redemption.Status.ISSUED and not can_undo(redemption):
        raise UndoTooLate(
            f"A voucher can be taken back within {UNDO_MINUTES} minutes. Ask the desk for help "
            "with this one."
            if redemption.reward.has_own_codes
            else "Its code has been shown, so it cannot be taken back. Ask the desk for help."
        )
    return cancel(redemption, reason="Taken back by the member", actor=actor)


def _announce(type: str, redemption: Redemption, actor: str) -> None:
    told = outbox.draft(
        type,
        member_id=redemption.member_id,
        subject=public_id("red", redemption.pk),
        payload={
            "reward": redemption.reward.code,
            "price": redemption.price,
            "money": str(redemption.money) if redemption.money else None,
            "actor": actor,
        },
    )
    outbox.publish_many([told])
