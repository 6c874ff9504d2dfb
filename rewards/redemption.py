"""Redeeming: points for a voucher, once for every attempt, however often the button is tapped.

Order, always: lock the account, look for the attempt, check, spend, store, take stock last.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from common import clock
from common.errors import translate
from common.ids import public_id, uuid7
from events import outbox
from members.models import Member
from points import ledger
from points.books import Books
from points.errors import ReasonMissing
from points.models import Posting
from program import catalog
from rewards import codes, offers
from rewards.errors import REFUSALS, AttemptReused, OutOfStock, UndoTooLate, VoucherUsed
from rewards.models import Redemption, Reward, RewardStock, VoucherKey

UNDO_MINUTES = 30  # a member may take a tap back this long, while the voucher is unused


def redeem(member: Member, *, reward: Reward, attempt: uuid.UUID, actor: str) -> Redemption:
    """Take a reward for points. The same attempt again returns the first redemption.

    Raises RewardUnavailable, LimitReached, OutOfStock, InsufficientPoints, or AttemptReused when
    the attempt took another reward; then nothing was taken.
    """
    program = catalog.current()
    with transaction.atomic(), translate(REFUSALS):
        Books.open([(member.pk, reward.unit_id)])
        known = (
            Redemption.objects.filter(member=member, attempt=attempt)
            .select_related("reward")
            .first()
        )
        if known is not None:
            return same(known, reward)
        price = offers.check(reward, member=member, program=program).amount
        pk = uuid7()
        posting = ledger.spend(
            member,
            unit=reward.unit_id,
            amount=price,
            source=f"redemption:{pk}",
            actor=actor,
            reason=reward.name,
        )
        redemption = issue(
            pk, member, reward, price=price, posting=posting, attempt=attempt, actor=actor
        )
        take_stock(reward)
    return redemption


def same(known: Redemption, reward: Reward) -> Redemption:
    """The redemption of this attempt, if it was for this reward."""
    if known.reward_id != reward.pk:
        raise AttemptReused("This was already used to take another reward. Open the reward anew.")
    return known


def issue(
    pk: uuid.UUID,
    member: Member,
    reward: Reward,
    *,
    price: int,
    posting: Posting | None,
    attempt: uuid.UUID,
    actor: str,
) -> Redemption:
    """Write the voucher for what was paid (without a posting: by a household together), in the
    transaction and under the locks of the verb that took the points.
    """
    now, program = clock.now(), catalog.current()
    last_day = clock.local_date(now, program.time_zone) + timedelta(days=reward.valid_days)
    redemption = Redemption(
        id=pk,
        member=member,
        reward=reward,
        posting=posting,
        is_pooled=posting is None,
        attempt=attempt,
        price=price,
        unit_id=reward.unit_id,
        code=codes.new(),
        actor=actor,
        issued_at=now,
        expires_at=clock.end_of_day(last_day, program.time_zone),
    )
    redemption.save(force_insert=True)
    VoucherKey(id=VoucherKey.id_for(redemption.code), redemption_id=pk, member_id=member.pk).save(
        force_insert=True
    )
    _announce("reward_redeemed", redemption, actor)
    return redemption


def take_stock(reward: Reward) -> None:
    """Take one from the first slot that has any; rewards without slots have no limit."""
    slots = list(RewardStock.objects.filter(reward=reward).values_list("pk", flat=True))
    for slot in slots:
        if RewardStock.objects.filter(pk=slot, left__gt=0).update(left=F("left") - 1):
            return
    if slots:
        raise OutOfStock("The last one has just gone. Nothing was taken.")


def give_stock_back(reward: Reward) -> None:
    """Put one back into the first slot; nothing to do without a limit."""
    first = RewardStock.objects.filter(reward=reward).order_by("slot").values("pk")[:1]
    RewardStock.objects.filter(pk__in=first).update(left=F("left") + 1)


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
        if row.status == Redemption.Status.USED:
            raise VoucherUsed(
                "This voucher has been used and cannot be cancelled.", used_at=row.used_at
            )
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
        _announce("redemption_cancelled", row, actor)
        give_stock_back(row.reward)
    return row


def can_undo(redemption: Redemption) -> bool:
    """Whether the member may still take it back without asking the desk."""
    return redemption.is_usable and clock.now() < redemption.issued_at + timedelta(
        minutes=UNDO_MINUTES
    )


def undo(redemption: Redemption, *, actor: str) -> Redemption:
    """Cancel one's own voucher within the undo time.

    Raises VoucherUsed, or UndoTooLate when the time is over.
    """
    if redemption.status == Redemption.Status.ISSUED and not can_undo(redemption):
        raise UndoTooLate(
            f"A voucher can be taken back within {UNDO_MINUTES} minutes. Ask the desk for help "
            "with this one."
        )
    return cancel(redemption, reason="Taken back by the member", actor=actor)


def _announce(type: str, redemption: Redemption, actor: str) -> None:
    outbox.publish(
        type,
        member_id=redemption.member_id,
        subject=public_id("red", redemption.pk),
        payload={"reward": redemption.reward.code, "price": redemption.price, "actor": actor},
    )
