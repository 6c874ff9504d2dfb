"""Redeeming in two steps, for carts and tills: put aside, then take or let go.

The price is fixed and the points are held when the reward is put aside, and one is taken out of
stock; the code is issued when it is captured. Order, always: lock the account, look for the
attempt, check, hold, store, take stock last.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import translate
from common.ids import uuid7
from events import outbox
from members.models import Member
from points import holds
from points.books import Books
from points.models import Hold
from program import catalog
from rewards import mixing, offers, redemption, stock
from rewards.errors import REFUSALS, AttemptReused, RewardUnavailable
from rewards.mixing import Cost
from rewards.models import Codes, Kind, Redemption, Reservation, Reward

PLAIN = frozenset({Kind.CODE, Kind.DISCOUNT, Kind.GIFT_CARD, Kind.UPGRADE})
CHUNK = 200  # reservations looked at between two questions
Status = Reservation.Status


def hold(
    member: Member,
    *,
    reward: Reward,
    attempt: uuid.UUID,
    actor: str,
    purpose: str = "",
    minutes: int | None = None,
    amount: int | None = None,
) -> Reservation:
    """Put a reward aside. The same attempt again returns the first reservation.

    `amount` is how many points are paid where money is paid beside them; empty: the price.

    `purpose` is what the member reads (empty: the reward's name); `minutes` is how long, within the
    program's limit. Raises what `redemption.redeem` and `holds.authorize` do.
    """
    program = catalog.current()
    with transaction.atomic(), translate(REFUSALS):
        Books.open([(member.pk, reward.unit_id)])
        known = Reservation.objects.filter(member=member, attempt=attempt).first()
        if known is not None:
            return _same(known, reward)
        if Redemption.objects.filter(member=member, attempt=attempt).exists():
            raise AttemptReused("This was already used to take a reward. Begin anew.")
        price, left = offers.check(reward, member=member, program=program)
        _require_plain(reward)
        cost = mixing.cost_of(reward, price, amount)
        pk = uuid7()
        held = holds.authorize(
            member,
            unit=reward.unit_id,
            amount=cost.points,
            purpose=purpose or reward.name,
            source=f"reservation:{pk}",
            actor=actor,
            minutes=minutes,
        )
        row = Reservation(
            id=pk,
            member=member,
            reward=reward,
            hold=held,
            attempt=attempt,
            price=cost.points,
            money=cost.money,
            unit_id=reward.unit_id,
            actor=actor,
            reserved_at=held.opened_at,
        )
        row.save(force_insert=True)
        _announce("reward_reserved", row, actor)
        stock.take(_as_voucher(row), is_limited=left is not None)
    return row


def _require_plain(reward: Reward) -> None:
    """Refuse what asks for more than a tap: a date, an address, an amount, a code of another."""
    if reward.kind not in PLAIN or reward.codes == Codes.UPLOADED:
        raise RewardUnavailable(
            _("This reward is taken in one step. Redeem it instead; nothing was taken.")
        )


def _as_voucher(row: Reservation) -> Redemption:
    """What stock is taken for, or given back for, before there is a voucher."""
    return Redemption(reward=row.reward, unit_id=row.unit_id, price=row.price)


def _same(known: Reservation, reward: Reward) -> Reservation:
    if known.reward_id != reward.pk:
        raise AttemptReused("This was already used to put another reward aside. Begin anew.")
    return known


def capture(reservation: Reservation, *, actor: str) -> Redemption:
    """Take what was put aside, at the price of then, and issue its code.

    Capturing again returns the same redemption. Raises HoldEnded when it was let go, or its time is
    over.
    """
    with transaction.atomic(), translate(REFUSALS):
        row = _locked(reservation)
        if row.redemption is not None:
            return row.redemption
        program, cost = catalog.current(), Cost(row.price, row.money)
        made = redemption.drafted(row.reward, redemption.PLAIN, cost, program, price=row.price)
        made.member, made.attempt, made.actor = row.member, row.attempt, actor
        made.posting = holds.capture(
            row.hold, actor=actor, reason=row.reward.name, source=f"redemption:{made.pk}"
        )
        redemption.store(made, address="")
        row.status, row.ended_at, row.redemption = Status.CAPTURED, clock.now(), made
        row.save(update_fields=["status", "ended_at", "redemption"])
    return made


def release(reservation: Reservation, *, reason: str, actor: str) -> Reservation:
    """Let go of what was put aside: its points are free again, and one goes back into stock.

    Releasing again is harmless. Raises ReasonMissing, HoldEnded for what was captured.
    """
    with transaction.atomic():
        row = _locked(reservation)
        if row.status == Status.RELEASED:
            return row
        holds.release(row.hold, actor=actor, reason=reason)
        _end(row, actor=actor)
    return row


def drop_all(member_ids: Collection[uuid.UUID], *, actor: str) -> None:
    """End what some members have put aside, whose points have been let go already and whose
    accounts the caller holds: they are erased.
    """
    rows = Reservation.objects.filter(member__in=member_ids, status=Status.HELD)
    for row in rows.select_related("reward").order_by("reward_id", "id"):
        _end(row, actor=actor)


def _end(row: Reservation, *, actor: str) -> None:
    row.status, row.ended_at = Status.RELEASED, clock.now()
    row.save(update_fields=["status", "ended_at"])
    _announce("reservation_released", row, actor)
    stock.put_back(_as_voucher(row))


def _locked(reservation: Reservation) -> Reservation:
    """The reservation as it stands, under its account's lock."""
    Books.open([(reservation.member_id, reservation.unit_id)])
    rows = Reservation.objects.select_related("reward", "member", "hold__account", "redemption")
    return rows.get(pk=reservation.pk, member=reservation.member_id)


def drop_overdue() -> int:
    """Let go of everything whose hold has ended, or whose time is over, one transaction each.

    Returns how many there were.
    """
    done = 0
    while rows := _overdue():
        for row in rows:
            release(row, reason="The time was over", actor="system:holds")
        done += len(rows)
    return done


def _overdue() -> list[Reservation]:
    held = Reservation.objects.filter(status=Status.HELD)
    late = held.filter(hold__status=Hold.Status.OPEN, hold__expires_at__lte=clock.now())
    ended = held.exclude(hold__status__in=[Hold.Status.OPEN, Hold.Status.CAPTURED])
    return list((late | ended).order_by("reserved_at")[:CHUNK])


def _announce(kind: str, row: Reservation, actor: str) -> None:
    outbox.publish(
        kind,
        member_id=row.member_id,
        subject=row.public_id,
        payload={
            "reward": row.reward.code,
            "price": row.price,
            "money": str(row.money) if row.money else None,
            "actor": actor,
        },
    )
