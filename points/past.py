"""Time travel: a balance and its lots as of any past moment, from entries and uses only.

There are two pasts. `happened` goes by when things happened: it answers "what did the member have
on that day, as far as is known today", and what was reported late counts on its own day. `known`
goes by what had been written down: it gives back, to the lot, what the ledger held at that moment.
What must stay true: both, asked for now, are what the ledger holds now (once what has ended has
been swept); `known` never changes afterwards.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from members.models import Member
from points.models import KEPT, Account, Entry, Extension, HoldLot, Lot


@dataclasses.dataclass(frozen=True, slots=True)
class PastLot:
    """A lot with what was left of it at a moment, and the end it had then."""

    id: uuid.UUID
    awarded: int
    remaining: int
    awarded_at: datetime
    expires_at: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """One account as of a moment: its balance in the unit's smallest part, and its live lots in
    spend order.
    """

    unit: str
    moment: datetime
    balance: int
    lots: tuple[PastLot, ...]

    @property
    def calendar(self) -> list[tuple[datetime, int]]:
        """Every moment at which something of it would have ended, with the amount."""
        found: dict[datetime, int] = {}
        for lot in self.lots:
            if lot.expires_at is not None:
                found[lot.expires_at] = found.get(lot.expires_at, 0) + lot.remaining
        return sorted(found.items())


def happened(member: Member, *, unit: str, at: datetime) -> State:
    """What the member had at `at`, by when things happened. A lot that had ended by then is gone,
    whether the expiry run has come by or not, but for what a hold kept of it. Three queries, and
    one more where something was at its end.
    """
    account = Account.id_for(member.pk, unit)
    entries = Entry.objects.filter(member=member, account=account, occurred_at__lte=at)
    balance = entries.aggregate(total=Sum("amount"))["total"] or 0
    lots = _lots(
        Lot.objects.filter(member=member, account=account, entry__occurred_at__lte=at),
        Q(uses__entry__occurred_at__lte=at),
    )
    moved = _extensions(account, member)
    dated = _dated(lots, moved, lambda row: _happened_at(row) <= at)
    ended = [lot for lot in dated if lot.expires_at and lot.expires_at <= at]
    live = [lot for lot in dated if lot not in ended]
    kept = _held(member, ended, at=at)
    balance -= sum(lot.remaining for lot in ended) - sum(lot.remaining for lot in kept)
    return State(unit, at, balance, tuple(sorted([*live, *kept], key=_turn)))


def known(member: Member, *, unit: str, at: datetime) -> State:
    """What the ledger held at `at`: everything recorded by then, in the order of the account.

    Entries of one account are written one after the other, so the latest that was recorded by `at`
    says how far the account had come. Three queries.
    """
    account = Account.id_for(member.pk, unit)
    recorded = Entry.objects.filter(member=member, account=account, recorded_at__lte=at)
    last = recorded.order_by("-version").values_list("version", "balance_after").first()
    if last is None:
        return State(unit, at, 0, ())
    version, balance = last
    lots = _lots(
        Lot.objects.filter(member=member, account=account, entry__version__lte=version),
        Q(uses__entry__version__lte=version),
    )
    dated = _dated(lots, _extensions(account, member), lambda row: row.recorded_at <= at)
    return State(unit, at, balance, tuple(sorted(dated, key=_turn)))


def _held(member: Member, ended: list[PastLot], *, at: datetime) -> list[PastLot]:
    """What holds that were open at `at` kept of lots that had ended."""
    if not ended:
        return []
    rows = HoldLot.objects.filter(
        Q(hold__ended_at__isnull=True) | Q(hold__ended_at__gt=at),
        member=member,
        lot__in=[lot.id for lot in ended],
        hold__opened_at__lte=at,
        hold__expires_at__gt=at,
    )
    held = dict(rows.order_by().values_list("lot").annotate(Sum("amount")))
    return [
        dataclasses.replace(lot, remaining=min(lot.remaining, held[lot.id]))
        for lot in ended
        if lot.id in held
    ]


def _lots(rows: QuerySet[Lot], by_then: Q) -> list[Lot]:
    """Lots of which something was left, with what had been used as `used`."""
    counted = rows.annotate(used=Sum("uses__amount", filter=by_then, default=0))
    return [lot for lot in counted if lot.awarded > lot.used]


def _extensions(account: uuid.UUID, member: Member) -> list[Extension]:
    """What moved ends of the account, in the order in which it was written."""
    rows = Extension.objects.filter(account=account, member=member)
    return list(rows.select_related("posting").order_by("id"))


def _happened_at(row: Extension) -> datetime:
    if row.posting:
        return row.posting.occurred_at
    return row.ended_at if row.ended_at and row.source.startswith(KEPT) else row.recorded_at


def _dated(
    lots: Iterable[Lot], moved: list[Extension], is_past: Callable[[Extension], bool]
) -> list[PastLot]:
    """Lots with the end they had then: the first one they were given, or what moved it later."""
    first: dict[str, str] = {}
    later: dict[str, datetime] = {}
    for row in moved:
        for lot, before in row.moved.items():
            first.setdefault(lot, before)
            if is_past(row):
                later[lot] = max(row.until, later.get(lot, row.until))
    found = []
    for lot in lots:
        key, ends = str(lot.pk), lot.expires_at
        if key in first:
            ends = later.get(key, datetime.fromisoformat(first[key]))
        left = lot.awarded - lot.used  # type: ignore[attr-defined]
        found.append(PastLot(lot.pk, lot.awarded, min(left, lot.awarded), lot.awarded_at, ends))
    return found


def _turn(lot: PastLot) -> tuple[bool, datetime, datetime, uuid.UUID]:
    return (lot.expires_at is None, lot.expires_at or lot.awarded_at, lot.awarded_at, lot.id)
