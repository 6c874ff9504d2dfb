"""The verbs of the ledger. Each opens its own transaction: lock, check, write.

What must stay true: a spend never overdraws; what is reversed goes back to, or comes from, the very
lots it concerned; a debt arises only when points that were already spent are taken back, and later
earnings repay it first.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from common import bulk, clock
from members.models import Member
from points import clawback, policy
from points.books import Books, Key, spend_order
from points.clawback import Claim
from points.endings import bury, expire_into, keep
from points.errors import (
    AmountInvalid,
    InsufficientPoints,
    NothingToReverse,
    ReasonMissing,
    SourceUsed,
    UnitInvalid,
)
from points.models import LIMIT, Account, Entry, Lot, LotUse, Posting
from points.wording import in_units
from program import catalog
from program.catalog import versioned
from program.models import Program, Unit

Kind = Posting.Kind
IRREVERSIBLE = (Kind.REVERSAL, Kind.EXPIRY, Kind.TRANSFER, Kind.SETTLE)


@dataclasses.dataclass(frozen=True, slots=True)
class Credit:
    """An amount to award: unit code, amount in its smallest part, base or bonus, and the sentence
    that explains it.
    """

    unit: str
    amount: int
    reason: str
    kind: str = Entry.Kind.BASE
    policy: Unit | None = None  # how its points end, where that is not the unit's own way


@dataclasses.dataclass(frozen=True, slots=True)
class Earning:
    """What one thing earns one member: its source (unique per member), when it happened, its
    credits.
    """

    member_id: uuid.UUID
    source: str
    occurred_at: datetime
    credits: Sequence[Credit]
    activity_type: str = ""


def post(earning: Earning, *, actor: str) -> Posting:
    """Award the credits of one earning, spendable ones as lots. Raises SourceUsed on a repeat."""
    if not earning.credits:
        raise AmountInvalid("There is nothing to post: name at least one credit.")
    program = catalog.current()
    with transaction.atomic():
        books = open_for([earning])
        entries = post_into(books, [earning], actor=actor, program=program)
        sweep(books, program=program)
        books.write()
    return entries[0].posting


def open_for(earnings: Iterable[Earning]) -> Books:
    """Lock every account that the earnings touch."""
    return Books.open({(one.member_id, credit.unit) for one in earnings for credit in one.credits})


def post_into(
    books: Books, earnings: Iterable[Earning], *, actor: str, program: Program
) -> list[Entry]:
    """Add earnings to open books, which the caller writes. Returns the entries in order."""
    now, entries = clock.now(), []
    for earning in earnings:
        if not earning.credits:
            keep_alive(books, earning, program=program)
            continue
        posting = bulk.new(
            Posting,
            member_id=earning.member_id,
            kind=Posting.Kind.EARN,
            source=earning.source,
            actor=actor,
            occurred_at=earning.occurred_at,
        )
        books.postings.append(posting)
        for credit in earning.credits:
            key, unit = (earning.member_id, credit.unit), _unit(program, credit.unit)
            require_amount(credit.amount)
            if books.accounts[key].held:  # a hold whose time is over repays a debt before this does
                expire_into(books, key=key, now=now)
            entry = books.enter(
                posting, key=key, kind=credit.kind, amount=credit.amount, reason=credit.reason
            )
            entries.append(entry)
            if unit.kind == Unit.Kind.SPENDABLE:
                zone, like = program.time_zone, credit.policy
                _award(books, entry, key=key, unit=unit, like=like, zone=zone, now=now)
        keep_alive(books, earning, program=program, posting=posting)
    return entries


def keep_alive(
    books: Books, earning: Earning, *, program: Program, posting: Posting | None = None
) -> None:
    """Move the end of points that only end without activity, where this is activity that counts."""
    for unit in _living(program):
        key = (earning.member_id, unit.code)
        if key not in books.accounts:
            continue
        pays = any(credit.unit == unit.code for credit in earning.credits)
        by_type = unit.expiry_counts == Unit.Counts.TYPES
        if (pays or by_type) and policy.keeps_alive(unit, activity_type=earning.activity_type):
            _extend(books, key, unit, earning.occurred_at, program, earning.source, posting)


def _extend(
    books: Books,
    key: Key,
    unit: Unit,
    moment: datetime,
    program: Program,
    source: str,
    posting: Posting | None,
) -> None:
    until = policy.expires_at(unit, occurred_at=moment, zone=program.time_zone)
    if until is not None:
        books.keep_alive(
            key=key, since=moment, until=until, now=clock.now(), source=source, posting=posting
        )


def _award(
    books: Books,
    entry: Entry,
    *,
    key: Key,
    unit: Unit,
    zone: str,
    now: datetime,
    like: Unit | None = None,
) -> None:
    """The lot of a credit, which ends like its unit, where nothing else is said."""
    like = like or unit
    ends = policy.expires_at(like, occurred_at=entry.occurred_at, zone=zone, posted_at=now)
    lives = like.expiry == Unit.Expiry.INACTIVITY
    is_fixed = not lives and unit.expiry == Unit.Expiry.INACTIVITY
    latest = policy.latest_at(like, occurred_at=entry.occurred_at, zone=zone, posted_at=now)
    lot = books.award(entry, key=key, expires_at=ends, is_fixed=is_fixed, latest_at=latest)
    # Where activity keeps points alive, the next one of a batch may still do so: `sweep` decides.
    if ends is not None and ends <= now and not lives:
        bury(books, entry.posting, keep(books, [lot], key=key, now=now), key=key)


def sweep(books: Books, *, program: Program) -> None:
    """Expire what is past its end on the open accounts whose points live by activity."""
    now, living = clock.now(), {unit.code for unit in _living(program)}
    if living:
        for key in books.accounts:
            if key[1] in living:
                expire_into(books, key=key, now=now)


@versioned
def _living(program: Program) -> tuple[Unit, ...]:
    """The units whose points live for as long as something happens."""
    units = catalog.of(program).units.values()
    return tuple(unit for unit in units if unit.expiry == Unit.Expiry.INACTIVITY)


def spend(
    member: Member, *, unit: str, amount: int, source: str, actor: str, reason: str
) -> Posting:
    """Take `amount` from the member's lots in spend order. Raises AmountInvalid below one,
    InsufficientPoints, UnitInvalid for a counter, SourceUsed on a repeat.
    """
    program = catalog.current()
    with transaction.atomic():
        books = Books.open([(member.pk, unit)])
        _refuse_repeat(member, source)
        posting = spend_into(
            books, member, unit, amount, source=source, actor=actor, reason=reason, program=program
        )
        books.write()
    return posting


def spend_into(
    books: Books,
    member: Member,
    unit: str,
    amount: int,
    *,
    source: str,
    actor: str,
    reason: str,
    program: Program,
    kind: str = Posting.Kind.SPEND,
) -> Posting:
    """Spend from open books, which the caller writes; it has refused repeats. Raises as `spend`."""
    require_amount(amount)
    key, now = (member.pk, unit), clock.now()
    _unit(program, unit)
    expire_into(books, key=key, now=now)
    require_available(books.accounts[key], amount)
    posting = _posting(books, member, kind, source=source, actor=actor)
    entry = books.enter(posting, key=key, kind=Entry.Kind.SPEND, amount=-amount, reason=reason)
    if books.take_in_order(entry, key=key, amount=amount) != amount:
        raise UnitInvalid(f"{unit!r} only counts and cannot be spent. Name a unit that can.")
    keep_alive_by_spend(books, posting, key=key, program=program)
    return posting


def require_available(account: Account, amount: int) -> None:
    """Refuse to move more than is free in an open account: its balance less what is held."""
    if account.available >= amount:
        return
    facts = {"balance": account.balance, "missing": amount - account.balance + account.held}
    unit = _unit(catalog.current(), account.unit_id)
    needed, balance = in_units(amount, unit), in_units(account.balance, unit)
    if account.held:
        free, held = in_units(account.available, unit), in_units(account.held, unit)
        raise InsufficientPoints(
            f"This needs {needed}, and free are {free}: of {balance}, {held} are held. "
            "Nothing was taken.",
            held=account.held,
            **facts,
        )
    raise InsufficientPoints(
        f"This needs {needed}, and the balance is {balance}. Nothing was taken.", **facts
    )


def keep_alive_by_spend(books: Books, posting: Posting, *, key: Key, program: Program) -> None:
    """Move the end of points that only end without activity, where spending counts as one."""
    unit = _unit(program, key[1])
    if policy.keeps_alive(unit, is_spend=True):
        _extend(books, key, unit, posting.occurred_at, program, posting.source, posting)


def adjust(
    member: Member, *, unit: str, amount: int, reason: str, actor: str, source: str
) -> Posting:
    """Add or take points by hand, with a reason. Taking never overdraws.

    Raises ReasonMissing, AmountInvalid for zero, UnitInvalid for an unknown unit,
    InsufficientPoints, SourceUsed on a repeat of `source`.
    """
    if not reason.strip():
        raise ReasonMissing(
            "Write down why. The member and the auditor will read it.", pointer="/reason"
        )
    require_amount(abs(amount))
    program, key, now = catalog.current(), (member.pk, unit), clock.now()
    kind = _unit(program, unit)
    with transaction.atomic():
        books = Books.open([key])
        _refuse_repeat(member, source)
        expire_into(books, key=key, now=now)
        if amount < 0:
            require_available(books.accounts[key], -amount)
        posting = _posting(
            books, member, Posting.Kind.ADJUSTMENT, source=source, actor=actor, note=reason[:240]
        )
        entry = books.enter(
            posting, key=key, kind=Entry.Kind.ADJUSTMENT, amount=amount, reason=reason
        )
        if kind.kind == Unit.Kind.SPENDABLE and amount > 0:
            _award(books, entry, key=key, unit=kind, zone=program.time_zone, now=now)
        elif kind.kind == Unit.Kind.SPENDABLE:
            books.take_in_order(entry, key=key, amount=-amount)
        books.write()
    return posting


def reverse(posting: Posting, *, source: str, actor: str, reason: str) -> Posting:
    """Undo a posting whole: what it spent goes back to the same lots, what it awarded is taken
    back.

    A lot that has expired meanwhile takes its points back and expires them at once. Points already
    spent become a debt. Raises NothingToReverse for reversals, expiries and postings that are
    reversed already.
    """
    if posting.kind in IRREVERSIBLE:
        raise NothingToReverse("Only what was earned, spent or adjusted can be reversed.")
    entries = list(posting.entries.select_related("account").order_by("version"))
    with transaction.atomic():
        books = Books.open({(posting.member_id, entry.account.unit_id) for entry in entries})
        if Posting.objects.filter(reverses=posting, member_id=posting.member_id).exists():
            raise NothingToReverse("This has been reversed already.")
        for key in books.accounts:  # so that it makes no difference how late the expiry run is
            expire_into(books, key=key, now=clock.now())
        undoing = _posting(
            books,
            posting.member,
            Posting.Kind.REVERSAL,
            source=source,
            actor=actor,
            note=reason[:240],
            reverses=posting,
        )
        for entry in entries:
            key = (posting.member_id, entry.account.unit_id)
            if entry.kind == Entry.Kind.EXPIRY:
                continue
            if entry.amount < 0:
                _give_back(books, undoing, entry, key=key, reason=reason)
            else:
                claim = Claim(key, entry.amount, reason, entries=[entry.pk])
                clawback.take(books, undoing, claim)
        books.write()
    return undoing


def _give_back(books: Books, posting: Posting, spent: Entry, *, key: Key, reason: str) -> None:
    """Restore a debit to its lots; a debt is repaid out of it, soonest expiry first."""
    now = clock.now()
    entry = books.enter(
        posting, key=key, kind=Entry.Kind.RESTORE, amount=-spent.amount, reason=reason
    )
    owed = books.owed_before(entry, key=key)
    live = {lot.pk: lot for lot in books.lots(key)}
    uses = LotUse.objects.filter(entry=spent, member_id=key[0]).select_related("lot")
    lots = {use.pk: live.get(use.lot_id, use.lot) for use in uses}
    dead: dict[uuid.UUID, Lot] = {}
    for use in sorted(uses, key=lambda use: spend_order(lots[use.pk])):
        repaid = min(owed, use.amount)
        owed -= repaid
        lot = lots[use.pk]
        books.take(entry, lot, -(use.amount - repaid))
        if lot.expires_at is not None and lot.expires_at <= now:
            dead[lot.pk] = lot
    bury(books, posting, keep(books, list(dead.values()), key=key, now=now), key=key)


def _posting(books: Books, member: Member, kind: str, **fields: object) -> Posting:
    posting = Posting(member=member, kind=kind, occurred_at=clock.now(), **fields)
    books.postings.append(posting)
    return posting


def _refuse_repeat(member: Member, source: str) -> None:
    if Posting.objects.filter(member=member, source=source).exists():
        raise SourceUsed("This has been posted for the member already.", source=source)


def _unit(program: Program, code: str) -> Unit:
    unit = catalog.of(program).units.get(code)
    if unit is None:
        raise UnitInvalid(f"There is no unit {code!r} in this program.", pointer="/unit")
    return unit


def require_amount(amount: int) -> None:
    """Refuse an amount below one or above what every partner can read exactly."""
    if not 1 <= amount <= LIMIT:
        raise AmountInvalid(f"An amount is a whole number from 1 to {LIMIT:,}.", pointer="/amount")


def balance(member: Member, *, unit: str) -> int:
    """The balance of one unit, in its smallest part; zero before anything was posted."""
    row = Account.objects.filter(pk=Account.id_for(member.pk, unit)).first()
    return row.balance if row else 0
