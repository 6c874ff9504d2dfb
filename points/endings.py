"""What ends by itself: lots at their last moment, holds when their time is over.

It is decided on books that are open, at the moment at which it was due: whoever comes by, and
however late, finds the same movements.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime

from events import outbox
from points import keepers
from points.books import Books, Key, spend_order
from points.models import KEPT, Entry, Extension, Hold, HoldLot, Lot, Posting
from program import catalog

ACTOR = "system:expiry"


def expire_into(books: Books, *, key: Key, now: datetime) -> int:
    """Bring one open account up to `now`: holds whose time is over are let go, and lots past their
    end expire, one posting for each end. What is held lives until its hold has ended.

    Returns the amount that expired.
    """
    total = 0
    for hold in _overdue(books, key=key, now=now):
        total += _expire(books, key=key, now=hold.expires_at)
        time_out(books, hold, key=key)
    return total + _expire(books, key=key, now=now)


def _overdue(books: Books, *, key: Key, now: datetime) -> list[Hold]:
    """Open holds of an account whose time is over, in the order in which they ended."""
    account = books.accounts[key]
    if not account.held:
        return []
    rows = Hold.objects.filter(
        account=account, member_id=key[0], status=Hold.Status.OPEN, expires_at__lte=now
    )
    done = {hold.pk for hold in books.ended}
    return [hold for hold in rows.order_by("expires_at", "id") if hold.pk not in done]


def _expire(books: Books, *, key: Key, now: datetime) -> int:
    due: dict[datetime, list[Lot]] = {}
    for lot in keep(books, [lot for lot in books.lots(key) if lot.free], key=key, now=now):
        if lot.expires_at is not None:
            due.setdefault(lot.expires_at, []).append(lot)
    total = 0
    for ends, lots in sorted(due.items()):
        account = books.accounts[key]
        source = f"expiry:{key[1]}:{ends:%Y-%m-%dT%H:%MZ}:{account.version + 1}"
        posting = books.post(key, Posting.Kind.EXPIRY, source=source, actor=ACTOR, at=ends)
        dying = sum(lot.free for lot in lots)
        bury(books, posting, lots, key=key)
        payload = {"unit": key[1], "amount": dying}
        outbox.publish("points_expired", member_id=key[0], payload=payload, occurred_at=ends)
        total += dying
    return total


def keep(books: Books, lots: Sequence[Lot], *, key: Key, now: datetime) -> list[Lot]:
    """Move the end of lots that something keeps. Returns those that have ended by `now`."""
    dead = []
    due = [lot for lot in lots if lot.expires_at is not None and lot.expires_at <= now]
    with catalog.reading() if due else nullcontext():
        for lot in due:
            while lot.expires_at is not None and lot.expires_at <= now:
                until = keepers.until(key, lot.expires_at)
                if until is None:
                    dead.append(lot)
                    break
                _move(books, lot, until, key=key)
    return dead


def _move(books: Books, lot: Lot, until: datetime, *, key: Key) -> None:
    ends = lot.expires_at
    assert ends is not None
    extension = Extension(
        member_id=key[0],
        account=books.accounts[key],
        lot=lot,
        source=f"{KEPT}{ends:%Y-%m-%dT%H:%MZ}",
        ended_at=ends,
        until=until,
        moved={str(lot.pk): ends.isoformat()},
        actor=ACTOR,
        reason="Kept by the status that is held",
    )
    books.extend(lot, extension, key=key)


def bury(books: Books, posting: Posting, lots: Sequence[Lot], *, key: Key) -> None:
    """Expire what is free in lots that are past their end, as one entry of `posting`.

    Points that are posted late ended on their own day, not on the day on which they were earned.
    """
    dead = sum(lot.free for lot in lots)
    if dead:
        ends = [lot.expires_at for lot in lots if lot.expires_at is not None]
        entry = books.enter(
            posting,
            key=key,
            kind=Entry.Kind.EXPIRY,
            amount=-dead,
            reason="Expired",
            occurred_at=max([posting.occurred_at, *ends]),
        )
        for lot in lots:
            books.take(entry, lot, lot.free)


def time_out(books: Books, hold: Hold, *, key: Key) -> None:
    """End a hold whose time is over, at the moment at which it was."""
    release(books, hold, key=key, at=hold.expires_at)
    hold.status, hold.ended_at = Hold.Status.TIMED_OUT, hold.expires_at
    hold.ended_by, hold.reason = "system:holds", ""
    books.ended.append(hold)
    payload = {"unit": key[1], "amount": hold.amount}
    outbox.publish("hold_timed_out", member_id=key[0], payload=payload, occurred_at=hold.expires_at)


def release(books: Books, hold: Hold, *, key: Key, at: datetime) -> None:
    """Let the lots of a hold go; what the member owes is repaid out of them first."""
    debt = books.accounts[key].debt
    lots = let_go(books, hold, key=key)
    settle(books, hold, [lot for lot, _ in lots], key=key, debt=debt, at=at)


def release_all(books: Books, *, key: Key, now: datetime, actor: str, reason: str) -> None:
    """End every hold of an open account: its member is merged into another, or erased."""
    expire_into(books, key=key, now=now)
    if books.accounts[key].held:
        rows = Hold.objects.filter(
            account=books.accounts[key], member_id=key[0], status=Hold.Status.OPEN
        )
        done = {hold.pk for hold in books.ended}
        for hold in rows.order_by("expires_at", "id"):
            if hold.pk not in done:
                release(books, hold, key=key, at=now)
                hold.status, hold.ended_at = Hold.Status.RELEASED, now
                hold.ended_by, hold.reason = actor, reason[:240]
                books.ended.append(hold)
        expire_into(books, key=key, now=now)


def let_go(books: Books, hold: Hold, *, key: Key) -> list[tuple[Lot, int]]:
    """Hold a hold's lots no longer.

    Returns them in spend order, each with what had been held of it.
    """
    live = {lot.pk: lot for lot in books.lots(key)}
    parts = HoldLot.objects.filter(hold=hold, member_id=key[0])
    found = [(live[part.lot_id], part.amount) for part in parts]
    for lot, amount in found:
        books.hold(lot, -amount, key=key)
    return sorted(found, key=lambda pair: spend_order(pair[0]))


def settle(
    books: Books, hold: Hold, lots: Sequence[Lot], *, key: Key, debt: int, at: datetime
) -> None:
    """Repay what was owed, as far as what a hold has let go reaches: a debt leaves nothing free.

    Two entries say so, because the balance has counted the debt already.
    """
    repaid = min(debt, sum(lot.free for lot in lots))
    if not repaid:
        return
    source, words = f"settled:{hold.pk}", "Repaid out of points that were held"
    posting = books.post(key, Posting.Kind.SETTLE, source=source, actor=ACTOR, at=at)
    kind = Entry.Kind.SETTLE
    books.enter(posting, key=key, kind=kind, amount=repaid, reason=words)
    entry = books.enter(posting, key=key, kind=kind, amount=-repaid, reason=words)
    for lot in lots:
        repaid -= books.take(entry, lot, min(repaid, lot.free))
