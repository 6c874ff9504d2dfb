"""Holds: points promised to an open cart or till.

A hold names lots. It lowers what is available and not the balance, keeps what it holds from ending
meanwhile, and is short, so that it is no way round an end. It ends once: captured (all of it or a
part, and the rest is released), released, or timed out at its own moment, however late somebody
comes by to see it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import translate
from events import outbox
from members.models import Member
from points import endings, ledger
from points.books import Books, Key
from points.errors import (
    REFUSALS,
    AmountInvalid,
    HoldEnded,
    HoldTooLong,
    ReasonMissing,
    SourceUsed,
    UnitInvalid,
)
from points.models import Account, Entry, Hold, HoldLot, Posting
from points.wording import in_units
from program import catalog
from program.models import Program, Unit

CHUNK = 200  # accounts held under lock at a time
Status = Hold.Status


def authorize(
    member: Member,
    *,
    unit: str,
    amount: int,
    purpose: str,
    source: str,
    actor: str,
    minutes: int | None = None,
) -> Hold:
    """Hold `amount` (in the unit's smallest part) of the member's lots, in spend order.

    `purpose` is what the member reads ("the till at North Pier"). The same source again returns the
    first hold, whatever became of it. Raises InsufficientPoints, UnitInvalid for a counter,
    HoldTooLong, SourceUsed for a source that held something else.
    """
    ledger.require_amount(amount)
    program, key = catalog.current(), (member.pk, unit)
    _require_spendable(program, unit)
    life = _life(program, minutes)
    with transaction.atomic():
        books = Books.open([key])
        known = Hold.objects.filter(member=member, source=source).first()
        if known is not None:
            return _same(known, key=key, amount=amount)
        now = clock.now()
        endings.expire_into(books, key=key, now=now)
        ledger.require_available(books.accounts[key], amount)
        hold = Hold(
            member=member,
            account=books.accounts[key],
            amount=amount,
            source=source,
            purpose=purpose[:120],
            actor=actor,
            opened_at=now,
            expires_at=now + life,
        )
        _hold_lots(books, hold, key=key)
        books.write()
        payload = {"unit": unit, "amount": amount, "actor": actor}
        outbox.publish("hold_opened", member_id=member.pk, payload=payload)
    return hold


def _require_spendable(program: Program, unit: str) -> None:
    known = catalog.of(program).units.get(unit)
    if known is None or known.kind != Unit.Kind.SPENDABLE:
        raise UnitInvalid(
            f"{unit!r} cannot be held. Name a unit that can be spent.", pointer="/unit"
        )


def _life(program: Program, minutes: int | None) -> timedelta:
    wanted = program.hold_minutes if minutes is None else minutes
    if not 1 <= wanted <= program.hold_minutes_most:
        raise HoldTooLong(
            f"Points can be held for 1 to {program.hold_minutes_most} minutes. Ask for less, or "
            "capture sooner.",
            pointer="/minutes",
        )
    return timedelta(minutes=wanted)


def _same(known: Hold, *, key: Key, amount: int) -> Hold:
    """The hold of this source, if it is the same hold."""
    if (known.account_id, known.amount) != (Account.id_for(*key), amount):
        raise SourceUsed("This source has held something else already.", source=known.source)
    return known


def _hold_lots(books: Books, hold: Hold, *, key: Key) -> None:
    left = hold.amount
    for lot in books.lots(key):
        moved = books.hold(lot, left, key=key) if left else 0
        if moved:
            left -= moved
            books.parts.append(HoldLot(member_id=key[0], hold=hold, lot=lot, amount=moved))
    books.holds.append(hold)


def capture(
    hold: Hold, *, actor: str, reason: str, amount: int | None = None, source: str = ""
) -> Posting:
    """Spend what is held, or `amount` of it; the rest is released. It never lacks points.

    `source` is the posting's (empty: the hold's own). The same again returns the first answer.
    Raises HoldEnded for a hold that ended in another way, or whose time is over, and AmountInvalid
    above what is held.
    """
    wanted = hold.amount if amount is None else amount
    ledger.require_amount(wanted)
    with transaction.atomic(), translate(REFUSALS):
        books, key, row = _open(hold)
        now = clock.now()
        if row.status == Status.CAPTURED and row.captured == wanted and row.posting is not None:
            return row.posting
        _require_open(row, now=now)
        if wanted > row.amount:
            held = in_units(row.amount, catalog.of(catalog.current()).units[key[1]])
            raise AmountInvalid(
                _("No more than %(held)s can be captured: so much is held.") % {"held": held},
                pointer="/amount",
            )
        endings.expire_into(books, key=key, now=now)
        posting = books.post(
            key, Posting.Kind.SPEND, source=source or f"hold:{row.pk}", actor=actor, at=now
        )
        _spend(books, row, posting, key=key, amount=wanted, reason=reason)
        ledger.keep_alive_by_spend(books, posting, key=key, program=catalog.current())
        _end(books, row, Status.CAPTURED, actor=actor, at=now, captured=wanted, posting=posting)
        endings.expire_into(books, key=key, now=now)
        books.write()
    return posting


def _spend(
    books: Books, hold: Hold, posting: Posting, *, key: Key, amount: int, reason: str
) -> None:
    """Take from the hold's own lots in spend order, and let the rest go."""
    debt = books.accounts[key].debt
    lots = endings.let_go(books, hold, key=key)
    entry = books.enter(posting, key=key, kind=Entry.Kind.CAPTURE, amount=-amount, reason=reason)
    for lot, held in lots:
        amount -= books.take(entry, lot, min(amount, held))
    at = posting.occurred_at
    endings.settle(books, hold, [lot for lot, _held in lots], key=key, debt=debt, at=at)


def release(hold: Hold, *, actor: str, reason: str) -> Hold:
    """Let go of what is held; what is past its end by now expires at that end.

    Releasing again is harmless. Raises ReasonMissing, HoldEnded for a hold that was captured.
    """
    if not reason.strip():
        raise ReasonMissing("Write down why the points are let go.", pointer="/reason")
    with transaction.atomic():
        books, key, row = _open(hold)
        now = clock.now()
        if row.status in (Status.RELEASED, Status.TIMED_OUT):
            return row
        if row.status == Status.OPEN and row.expires_at <= now:  # before anybody asked
            endings.expire_into(books, key=key, now=now)
            books.write()
            row.refresh_from_db()
            return row
        _require_open(row, now=now)
        endings.expire_into(books, key=key, now=now)
        endings.release(books, row, key=key, at=now)
        _end(books, row, Status.RELEASED, actor=actor, at=now, reason=reason)
        endings.expire_into(books, key=key, now=now)
        books.write()
    return row


def _open(hold: Hold) -> tuple[Books, Key, Hold]:
    """The hold's account under lock, and the hold as it stands now."""
    unit = Account.objects.values_list("unit", flat=True).get(pk=hold.account_id)
    key = (hold.member_id, unit)
    books = Books.open([key])
    rows = Hold.objects.select_related("posting")
    return books, key, rows.get(pk=hold.pk, member=hold.member_id)


def _require_open(hold: Hold, *, now: datetime) -> None:
    if hold.status == Status.OPEN and hold.expires_at > now:
        return
    ended = Status.TIMED_OUT if hold.status == Status.OPEN else Status(hold.status)
    at = hold.ended_at or hold.expires_at
    raise HoldEnded(
        _("This hold has ended: %(how)s. Hold the points anew.") % {"how": ended.label},
        status=str(ended),
        ended_at=at.isoformat(),
    )


def _end(
    books: Books, hold: Hold, status: str, *, actor: str, at: datetime, **facts: object
) -> None:
    hold.status, hold.ended_at, hold.ended_by = status, at, actor
    for name, value in facts.items():
        setattr(hold, name, value[:240] if isinstance(value, str) else value)
    books.ended.append(hold)
    payload = {
        "unit": books.accounts[hold.member_id, hold.account.unit_id].unit_id,
        "amount": hold.amount,
        "captured": hold.captured,
        "actor": actor,
    }
    outbox.publish(f"hold_{status}", member_id=hold.member_id, payload=payload)


def time_out(
    *, until: datetime | None = None, after_chunk: Callable[[], object] | None = None
) -> int:
    """End every hold whose time is over by `until` (default: now), chunk by chunk.

    Returns how many accounts were looked at. `after_chunk` runs between two transactions.
    """
    moment, done = until or clock.now(), 0
    while keys := overdue(moment):
        with transaction.atomic():
            books = Books.open(keys)
            for key in keys:
                endings.expire_into(books, key=key, now=moment)
            books.write()
        done += len(keys)
        if after_chunk:
            after_chunk()
    return done


def overdue(moment: datetime) -> list[tuple[uuid.UUID, str]]:
    """The accounts (member, unit) with an open hold whose time is over, as many as fit a chunk."""
    rows = Hold.objects.filter(status=Status.OPEN, expires_at__lte=moment).order_by("member_id")
    return list(rows.values_list("member_id", "account__unit_id").distinct()[:CHUNK])


def held(member: Member) -> list[Hold]:
    """The member's open holds, those that end first before the others."""
    rows = Hold.objects.filter(member=member, status=Status.OPEN, expires_at__gt=clock.now())
    return list(rows.select_related("account__unit").order_by("expires_at"))
