"""Transfers: points sent from one member to another.

Two postings in one transaction, and one lot at the receiver for each lot of the sender it came out
of, with the same day of award and the same end: sending is no way to make points live longer. What
both have together stays the same. Counters are never sent, nor is what is held or owed.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from common import clock
from common.errors import translate
from common.ids import uuid7
from common.text import number, scaled
from events import outbox
from members import households, lineage
from members.models import Member
from points import clawback, endings, ledger
from points.books import Books, Key, spend_order
from points.errors import (
    REFUSALS,
    NothingToReverse,
    ReasonMissing,
    SourceUsed,
    TransferLimit,
    TransferRefused,
    UnitInvalid,
)
from points.models import Entry, Lot, Posting, Transfer
from program import catalog
from program.models import Program, Unit

Kind = Entry.Kind


def send(
    sender: Member,
    receiver: Member,
    *,
    unit: str,
    amount: int,
    reason: str,
    actor: str,
    source: str,
) -> Transfer:
    """Send `amount` (in the unit's smallest part) out of the sender's lots in spend order.

    The same source again returns the first transfer. Raises TransferRefused where the program does
    not let these two, TransferLimit, InsufficientPoints (a debt or a hold leaves less to send),
    UnitInvalid, and SourceUsed for a source that sent something else.
    """
    ledger.require_amount(amount)
    program = catalog.current()
    giving, taking = (sender.pk, unit), (receiver.pk, unit)
    policy = _policy(program, unit)
    with transaction.atomic(), translate(REFUSALS):
        books = Books.open([giving, taking])
        known = Transfer.objects.filter(member=sender, source=source).first()
        if known is not None:
            return _same(known, receiver, unit=unit, amount=amount)
        require_allowed(sender, receiver, unit=policy)
        _require_step(policy, amount)
        for key in (giving, taking):
            endings.expire_into(books, key=key, now=clock.now())
        ledger.require_available(books.accounts[giving], amount)
        _require_room(sender, receiver, unit=policy, amount=amount, program=program)
        made = _move(books, giving, taking, amount=amount, source=source, actor=actor, note=reason)
        books.write()
        made.save(force_insert=True)
        _announce("points_sent", made, made.member_id, made.receiver_id)
        _announce("points_received", made, made.receiver_id, made.member_id)
    return made


def _policy(program: Program, unit: str) -> Unit:
    known = catalog.of(program).units.get(unit)
    if known is None or known.kind != Unit.Kind.SPENDABLE:
        raise UnitInvalid(
            _("Only points that can be spent can be sent. Choose another unit."), pointer="/unit"
        )
    return known


def _same(known: Transfer, receiver: Member, *, unit: str, amount: int) -> Transfer:
    """The transfer of this source, if it is the same transfer."""
    if (known.receiver_id, known.unit_id, known.amount) != (receiver.pk, unit, amount):
        raise SourceUsed("This source has sent something else already.", source=known.source)
    return known


def require_allowed(sender: Member, receiver: Member, *, unit: Unit) -> None:
    """Refuse what the program does not let these two do. Raises TransferRefused."""
    words = {"units": unit.plural}
    if sender.pk == receiver.pk:
        raise TransferRefused(_("This is your own card. Give the number of somebody else's."))
    closed = Member.Status.CLOSED
    if closed in (sender.status, receiver.status):
        raise TransferRefused(_("This membership is closed. Nothing was sent."))
    if unit.transfers == Unit.Transfers.NEVER:
        raise TransferRefused(_("%(units)s cannot be sent. Nothing was sent.") % words)
    if unit.transfers == Unit.Transfers.HOUSEHOLD and receiver.pk not in households.mates(
        [sender.pk]
    ):
        raise TransferRefused(
            _("%(units)s can be sent to people of your own household only. Nothing was sent.")
            % words
        )


def _require_step(unit: Unit, amount: int) -> None:
    if amount < unit.transfer_least:
        raise TransferLimit(
            _("The least that can be sent is %(least)s. Nothing was sent.")
            % {"least": said(unit.transfer_least, unit)},
            least=unit.transfer_least,
            pointer="/amount",
        )
    if amount % unit.transfer_step:
        raise TransferLimit(
            _("Send a multiple of %(step)s. Nothing was sent.")
            % {"step": said(unit.transfer_step, unit)},
            step=unit.transfer_step,
            pointer="/amount",
        )


def _require_room(
    sender: Member, receiver: Member, *, unit: Unit, amount: int, program: Program
) -> None:
    """Refuse what goes above the limits of the period, read under the locks of both accounts."""
    room = room_to_send(sender, unit=unit, program=program)
    if room is not None and amount > room:
        raise TransferLimit(
            _("You can send %(left)s more in this %(period)s. Nothing was sent.")
            % {"left": said(room, unit), "period": unit.get_transfer_per_display()},
            left=room,
            pointer="/amount",
        )
    room = _room_to_receive(receiver, unit=unit, program=program)
    if room is not None and amount > room:
        raise TransferLimit(
            _("They have been sent as much as they can be in this %(period)s. Nothing was sent.")
            % {"period": unit.get_transfer_per_display()},
            pointer="/amount",
        )


def room_to_send(sender: Member, *, unit: Unit, program: Program) -> int | None:
    """How much more a member can send in the period that runs; None where there is no limit."""
    if unit.transfer_sent_most is None:
        return None
    rows = Transfer.objects.filter(member__in=lineage.among([sender.pk]), unit=unit)
    return max(0, unit.transfer_sent_most - _in_period(rows, unit=unit, program=program))


def _room_to_receive(receiver: Member, *, unit: Unit, program: Program) -> int | None:
    if unit.transfer_received_most is None:
        return None
    rows = Transfer.objects.filter(receiver__in=lineage.among([receiver.pk]), unit=unit)
    return max(0, unit.transfer_received_most - _in_period(rows, unit=unit, program=program))


def _in_period(rows: QuerySet[Transfer], *, unit: Unit, program: Program) -> int:
    """What was sent since the period began, whatever was taken back of it."""
    since = period_start(unit, program=program)
    total = rows.filter(occurred_at__gte=since).aggregate(total=Sum("amount"))
    return int(total["total"] or 0)


def period_start(unit: Unit, *, program: Program) -> datetime:
    """When the running period of the unit's limits began: the day, month or year, in the program's
    zone.
    """
    today = clock.local_date(clock.now(), program.time_zone)
    return clock.start_of_day(clock.start_of_period(today, unit.transfer_per), program.time_zone)


def _move(
    books: Books, giving: Key, taking: Key, *, amount: int, source: str, actor: str, note: str
) -> Transfer:
    """Both postings, and a lot for each lot: what `Transfer` joins."""
    pk, now, kind = uuid7(), clock.now(), Posting.Kind.TRANSFER
    out = books.post(giving, kind, source=f"sent:{pk}", actor=actor, at=now, note=note)
    into = books.post(taking, kind, source=f"received:{pk}", actor=actor, at=now, note=note)
    # What was typed stands in the postings; an entry's reason is the house's own sentence.
    sent = books.enter(out, key=giving, kind=Kind.SENT, amount=-amount, reason="Points sent")
    words = "Points received"
    left = amount
    for lot in list(books.lots(giving)):
        taken = books.take(sent, lot, left) if left else 0
        left -= taken
        if taken:
            entry = books.enter(into, key=taking, kind=Kind.RECEIVED, amount=taken, reason=words)
            books.award(entry, key=taking, expires_at=lot.expires_at, origin=lot)
    return Transfer(
        id=pk,
        member_id=giving[0],
        receiver_id=taking[0],
        unit_id=giving[1],
        amount=amount,
        source=source,
        note=note[:240],
        actor=actor,
        posting=out,
        arrival=into,
        occurred_at=now,
    )


def _announce(kind: str, made: Transfer, member: uuid.UUID, other: uuid.UUID) -> None:
    payload = {"unit": made.unit_id, "amount": made.amount, "other": str(other)}
    payload["actor"] = made.actor
    outbox.publish(kind, member_id=member, payload=payload)


def reverse(made: Transfer, *, reason: str, actor: str) -> int:
    """Take back what is left of a transfer: only out of the lots that it made, and only what is
    free in them. What the receiver has spent, sent on or holds, and what has ended, stays where it
    is, so a reversal makes no debt. It goes back to the sender's lots with their own ends.

    Returns the amount. Raises ReasonMissing, and NothingToReverse when nothing is left or it was
    reversed already.
    """
    if not reason.strip():
        raise ReasonMissing("Write down why it is taken back.", pointer="/reason")
    giving, taking = (made.member_id, made.unit_id), (made.receiver_id, made.unit_id)
    with transaction.atomic(), translate(REFUSALS):
        books = Books.open([giving, taking])
        if Posting.objects.filter(reverses=made.posting_id, member=made.member_id).exists():
            raise NothingToReverse("This transfer has been taken back already.")
        for key in books.accounts:
            endings.expire_into(books, key=key, now=clock.now())
        lots = _left(books, made, key=taking)
        if not lots:
            raise NothingToReverse("Nothing of it is left: it was spent, held, or has ended.")
        total = _return(books, made, lots, giving=giving, taking=taking, actor=actor, why=reason)
        books.write()
        _announce("transfer_reversed", made, made.receiver_id, made.member_id)
    return total


def _left(books: Books, made: Transfer, *, key: Key) -> list[tuple[Lot, Lot]]:
    """What is free of the lots that a transfer made, with the sender's lots that they came out of;
    where they went when the receiver was merged into somebody else, if so.
    """
    arrived = Entry.objects.filter(posting=made.arrival_id, member=made.receiver_id)
    own, _back = clawback.followed(set(arrived.values_list("pk", flat=True)))
    places = [key, *(other for other in books.accounts if books.accounts[key].forwards_to_id)]
    lots = [lot for place in places for lot in books.lots(place) if lot.entry_id in own]
    return [(lot, _home(lot)) for lot in lots if lot.free]


def _home(lot: Lot) -> Lot:
    """The sender's lot, past every merge in between."""
    is_moved = lot.entry.kind == Kind.MERGE
    home: Lot = lot.origin  # type: ignore[assignment]
    return _home(home) if is_moved else home


def _return(
    books: Books,
    made: Transfer,
    lots: list[tuple[Lot, Lot]],
    *,
    giving: Key,
    taking: Key,
    actor: str,
    why: str,
) -> int:
    now, total, kind = clock.now(), sum(lot.free for lot, _ in lots), Posting.Kind.REVERSAL
    source = f"transfer-reversed:{made.pk}"
    out = books.post(taking, kind, source=source, actor=actor, at=now, note=why)
    out.reverses_id = made.arrival_id
    into = books.post(giving, kind, source=source, actor=actor, at=now, note=why)
    into.reverses_id = made.posting_id
    words = "A transfer was taken back"
    gone = books.enter(out, key=taking, kind=Kind.CLAWBACK, amount=-total, reason=words)
    back = books.enter(into, key=giving, kind=Kind.RESTORE, amount=total, reason=words)
    owed = books.owed_before(back, key=giving)
    live = {lot.pk: lot for lot in books.lots(giving)}
    homes = [(lot, live.get(home.pk, home)) for lot, home in lots]
    dead = []
    for lot, home in sorted(homes, key=lambda pair: spend_order(pair[1])):
        amount = _take(books, gone, lot, key=taking)
        repaid = min(owed, amount)
        owed -= repaid
        books.take(back, home, -(amount - repaid))
        if home.expires_at is not None and home.expires_at <= now:
            dead.append(home)
    endings.bury(books, into, endings.keep(books, dead, key=giving, now=now), key=giving)
    return total


def _take(books: Books, gone: Entry, lot: Lot, *, key: Key) -> int:
    """Take what is free in a lot; of a merged member's, its survivor gives it up."""
    amount = lot.free
    if lot.member_id == key[0]:
        return books.take(gone, lot, amount)
    books.claims.setdefault(key, []).append(([{lot.entry_id}], amount))
    return amount


def returned(made: Transfer) -> int:
    """How much of a transfer was taken back."""
    rows = Entry.objects.filter(posting__reverses=made.arrival_id, member=made.receiver_id)
    taken = rows.filter(kind=Kind.CLAWBACK).aggregate(total=Sum("amount"))
    return -int(taken["total"] or 0)


def said(amount: int, unit: Unit) -> str:
    """An amount in words: `1,200 points`."""
    name = unit.singular if amount == 10**unit.decimals else unit.plural
    return f"{number(scaled(amount, unit.decimals))} {name}"
