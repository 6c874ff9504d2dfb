"""When points end: the run that takes out what has ended, the calendar of what will, and what moves
an end by hand.

The run is idempotent and resumable, however late it comes: a lot is due while something free is
left of it, and each chunk of accounts is a transaction of its own. An end is only ever moved later,
with a reason and by somebody; what has ended comes back only as a movement of its own, once.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, F, Sum

from common import clock
from common.errors import translate
from events import outbox
from members.models import Member
from points import holds, keepers
from points.books import Books, Key
from points.endings import expire_into
from points.errors import (
    REFUSALS,
    DayInvalid,
    NothingToExtend,
    NothingToReinstate,
    ReasonMissing,
)
from points.models import Entry, Extension, Lot, LotUse, Posting
from program import catalog

CHUNK = 200  # accounts held under lock at a time


@dataclasses.dataclass(frozen=True, slots=True)
class End:
    """Points of one unit that end at one moment (exclusive; None: never), and what is held of
    them.
    """

    unit: str
    at: datetime | None
    amount: int
    held: int
    lots: int


def run(*, until: datetime | None = None, after_chunk: Callable[[], object] | None = None) -> int:
    """Expire every lot whose end is at or before `until` (default: now), chunk by chunk.

    Returns the amount expired, over all units. `after_chunk` runs between two transactions.
    """
    moment, total = until or clock.now(), 0
    while keys := _due(moment):
        total += _expire(keys, moment)
        if after_chunk:
            after_chunk()
    return total


def _due(moment: datetime) -> list[Key]:
    """Accounts with something to end: free points past their end, or a hold past its time."""
    rows = Lot.objects.live().filter(expires_at__lte=moment, remaining__gt=F("held"))
    due = rows.values_list("member_id", "account__unit_id").distinct().order_by("member_id")
    return list(due[:CHUNK]) or holds.overdue(moment)


def _expire(keys: list[Key], moment: datetime) -> int:
    total = 0
    with transaction.atomic():
        books = Books.open(keys)
        with catalog.reading():
            for key in keys:
                total += expire_into(books, key=key, now=moment)
        books.write()
    return total


def calendar(member: Member, *, unit: str = "") -> list[End]:
    """Every moment at which points of the member end, soonest first, and what never ends; of all
    units, or of one.
    """
    rows = Lot.objects.live().filter(member=member)
    if unit:
        rows = rows.filter(account__unit=unit)
    grouped = rows.order_by(F("expires_at").asc(nulls_last=True), "account__unit").values(
        "account__unit", "expires_at"
    )
    sums = grouped.annotate(amount=Sum("remaining"), promised=Sum("held"), lots=Count("pk"))
    with catalog.reading():
        return [
            End(
                unit=row["account__unit"],
                at=_kept(row["expires_at"], (member.pk, row["account__unit"])),
                amount=row["amount"],
                held=row["promised"],
                lots=row["lots"],
            )
            for row in sums
        ]


def _kept(ends: datetime | None, key: Key) -> datetime | None:
    """The end of points, or the later one to which a status keeps them."""
    return (keepers.until(key, ends) or ends) if ends else None


def extend(
    member: Member,
    *,
    unit: str,
    until: date,
    reason: str,
    actor: str,
    source: str,
    lots: Collection[uuid.UUID] | None = None,
) -> list[Extension]:
    """Let live points of a unit (all, or these lots) live to the end of the day `until`.

    Only later: lots that end after that day, or never, stay as they are. The same source again
    returns the first answer. Raises ReasonMissing, DayInvalid for a day that has passed, and
    NothingToExtend.
    """
    _require_reason(reason)
    program, key = catalog.current(), (member.pk, unit)
    end = end_of(until, program.time_zone)
    with transaction.atomic(), translate(REFUSALS):
        books = Books.open([key])
        known = list(Extension.objects.filter(member=member, source=source))
        if known:
            return known
        expire_into(books, key=key, now=clock.now())
        moved = [
            lot
            for lot in books.lots(key)
            if lot.expires_at is not None
            and lot.remaining
            and lot.expires_at < end
            and (lots is None or lot.pk in lots)
        ]
        if not moved:
            raise NothingToExtend("None of these points would live longer. Choose a later day.")
        for lot in moved:
            _extend(books, lot, end, key=key, source=source, actor=actor, reason=reason)
        books.write()
        amount = sum(lot.remaining for lot in moved)
        _announce("points_extended", key, amount, until=until, reason=reason, actor=actor)
    return books.extensions


def _extend(
    books: Books, lot: Lot, until: datetime, *, key: Key, source: str, actor: str, reason: str
) -> None:
    extension = Extension(
        member_id=key[0],
        account=books.accounts[key],
        lot=lot,
        source=source,
        ended_at=lot.expires_at,
        until=until,
        moved={str(lot.pk): lot.expires_at.isoformat()} if lot.expires_at else {},
        actor=actor,
        reason=reason[:240],
    )
    books.extend(lot, extension, key=key)


def reinstate(
    member: Member, *, expired: uuid.UUID, until: date, reason: str, actor: str
) -> Posting:
    """Bring back what an entry of the kind expiry took out, good to the end of the day `until`.

    One new lot for each that ended, with its day of award; what the member owes is repaid first. An
    expiry is brought back once: again returns the first posting. Raises ReasonMissing, DayInvalid,
    and NothingToReinstate for what is not an expiry of this member.
    """
    _require_reason(reason)
    end = end_of(until, catalog.current().time_zone)
    entry = ended(member, expired)
    key, source = (member.pk, entry.account.unit_id), source_of(entry.pk)
    with transaction.atomic(), translate(REFUSALS):
        books = Books.open([key])
        known = Posting.objects.filter(member=member, source=source).first()
        if known is not None:
            return known
        expire_into(books, key=key, now=clock.now())
        kind, now = Posting.Kind.REINSTATE, clock.now()
        posting = books.post(key, kind, source=source, actor=actor, at=now, note=reason)
        uses = LotUse.objects.filter(entry=entry, member_id=member.pk).select_related("lot")
        for use in uses.order_by("id"):
            back = books.enter(
                posting,
                key=key,
                kind=Entry.Kind.REINSTATE,
                amount=use.amount,
                reason="Points brought back",
            )
            books.award(back, key=key, expires_at=end, origin=use.lot)
        books.write()
        _announce("points_reinstated", key, -entry.amount, until=until, reason=reason, actor=actor)
    return posting


def source_of(expired: uuid.UUID) -> str:
    """The source of the posting that brings an expiry back."""
    return f"reinstatement:{expired}"


def ended(member: Member, expired: uuid.UUID) -> Entry:
    """An expiry of the member. Raises NothingToReinstate for what is none."""
    rows = Entry.objects.filter(member=member, pk=expired, kind=Entry.Kind.EXPIRY)
    entry = rows.select_related("account").first()
    if entry is None:
        raise NothingToReinstate("No points of this member ended there. Choose an expiry.")
    return entry


def expiries(member: Member, *, limit: int = 20) -> list[Entry]:
    """What ended and was not brought back, latest first, for staff to choose from."""
    back = Posting.objects.filter(member=member, kind=Posting.Kind.REINSTATE)
    done = {source.partition(":")[2] for source in back.values_list("source", flat=True)}
    rows = Entry.objects.filter(member=member, kind=Entry.Kind.EXPIRY).exclude(pk__in=done)
    return list(rows.select_related("account__unit")[:limit])


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(
            "Write down why. The member and the auditor will read it.", pointer="/reason"
        )


def end_of(day: date, zone: str) -> datetime:
    """The end of a day on which points may end. Raises DayInvalid for one that has passed."""
    if day < clock.local_date(clock.now(), zone):
        raise DayInvalid("This day has passed. Choose today or a later one.", pointer="/until")
    return clock.end_of_day(day, zone)


def _announce(kind: str, key: Key, amount: int, *, until: date, reason: str, actor: str) -> None:
    payload = {
        "unit": key[1],
        "amount": amount,
        "until": until.isoformat(),
        "reason": reason,
        "actor": actor,
    }
    outbox.publish(kind, member_id=key[0], payload=payload)
