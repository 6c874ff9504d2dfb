"""Declaring: a yearly dividend on what members have counted, by staff and never by itself.

What must stay true: each member is paid once for each declaration; below zero there is nothing to
pay, and nothing is carried; a declaration that was interrupted goes on where it stopped, and ends
the same. A correction is a further declaration of the same year, and pays the difference.
"""

from __future__ import annotations

import dataclasses
import math
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from common import bulk, clock
from common.errors import InvalidInput, translate
from common.text import number
from earning.errors import REFUSALS, DividendRefused
from earning.models import Declaration, Dividend, DividendShare
from events import outbox
from points import ledger
from points.books import Books
from points.errors import ReasonMissing
from points.ledger import Credit, Earning
from points.models import Account, Posting
from points.wording import in_units
from program import catalog
from program.models import Program

CHUNK = 500  # members paid in one transaction
State = Declaration.State


@dataclasses.dataclass(frozen=True, slots=True)
class Rehearsed:
    """Whom a declaration would reach, and with how much in all, in the unit's smallest part."""

    members: int
    total: int


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """What one member gets for a year: the base, the whole amount, and what was paid before."""

    member: uuid.UUID
    base: int
    amount: int
    paid: int

    @property
    def difference(self) -> int:
        return self.amount - self.paid


def declare(
    dividend: Dividend, *, year: int, percent: Decimal, actor: str, on: date | None = None
) -> Declaration:
    """Declare `percent` of what the program year that starts in `year` has counted, as of `on`
    (today). `pay` pays it out.

    Raises DividendRefused for a year that is not over or was declared before, InvalidInput for a
    day to come.
    """
    _require(dividend, year=year, percent=percent)
    with transaction.atomic(), translate(REFUSALS):
        if Declaration.objects.filter(dividend=dividend, year=year).exists():
            raise DividendRefused(
                f"{dividend.name} has been declared for {year}. Correct it instead."
            )
        made = Declaration(dividend=dividend, year=year, percent=percent, actor=actor)
        return _write(made, on=on)


def correct(
    dividend: Dividend, *, year: int, percent: Decimal, reason: str, actor: str
) -> Declaration:
    """Declare a year again, also for what was counted since: `pay` pays or takes the difference.

    0 percent takes all of it back. Raises ReasonMissing, DividendRefused for a year that was never
    declared, or whose last declaration is still being paid out.
    """
    if not reason.strip():
        raise ReasonMissing("Write down why.", pointer="/reason")
    _require(dividend, year=year, percent=percent, least=0)
    with transaction.atomic(), translate(REFUSALS):
        rows = Declaration.objects.filter(dividend=dividend, year=year)
        last = rows.aggregate(last=Max("revision"))["last"]
        if last is None:
            raise DividendRefused(f"{dividend.name} was not declared for {year}. Declare it first.")
        if rows.filter(state=State.PAYING).exists():
            raise DividendRefused(
                "The last declaration is still being paid out. Wait until it is done."
            )
        made = Declaration(
            dividend=dividend,
            year=year,
            percent=percent,
            revision=last + 1,
            reason=reason[:240],
            actor=actor,
        )
        return _write(made, on=None)


def rehearse(dividend: Dividend, *, year: int, percent: Decimal) -> Rehearsed:
    """What a declaration, or a correction, would come to now. Writes nothing.

    Raises what they would raise of year and percent.
    """
    _require(dividend, year=year, percent=percent, least=0)
    program, members, total = catalog.current(), 0, 0
    draft = Declaration(dividend=dividend, year=year, percent=percent)
    for ids in _chunks(dividend, after=None):
        for one in _due(draft, ids, program=program):
            members += one.difference != 0
            total += one.difference
    return Rehearsed(members, total)


def pay_all() -> None:
    """Go on with every declaration that is being paid out; safe to run twice, at once, or late."""
    for declaration in Declaration.objects.filter(state=State.PAYING):
        pay(declaration)


def pay(declaration: Declaration) -> Declaration:
    """Pay a declaration out, a chunk of members in each transaction, from where it stands."""
    program = catalog.current()
    while _pay_chunk(declaration, program=program):
        pass
    declaration.refresh_from_db()
    return declaration


def _require(dividend: Dividend, *, year: int, percent: Decimal, least: int = 1) -> None:
    program = catalog.current()
    if not (0 < percent <= 100 or (least == 0 and percent == 0)):
        raise InvalidInput("Give a share above 0 and up to 100 percent.", pointer="/percent")
    if percent != round(percent, 4):
        raise InvalidInput("Give at most four digits after the point.", pointer="/percent")
    after = _bounds(dividend, year=year)[1]
    if clock.local_date(clock.now(), program.time_zone) < after:
        raise DividendRefused(f"The year {year} is not over. Declare it from {after} on.")


def _write(made: Declaration, *, on: date | None) -> Declaration:
    today = clock.local_date(clock.now(), catalog.current().time_zone)
    made.declared_on = on or today
    if made.declared_on > today:
        raise InvalidInput("This day has not come yet. Choose an earlier one.", pointer="/on")
    made.save(force_insert=True)
    payload = {
        "dividend": made.dividend_id,
        "year": made.year,
        "revision": made.revision,
        "percent": number(made.percent),
        "actor": made.actor,
    }
    outbox.publish("dividend_declared", subject=str(made.pk), payload=payload)
    return made


def _bounds(dividend: Dividend, *, year: int) -> tuple[date, date]:
    """The first day of a program year, and the day after its last."""
    first = date(year, dividend.year_starts, 1)
    return first, clock.add_months(first, 12)


def _counters(dividend: Dividend) -> list[str]:
    return [unit for unit in (dividend.counter_id, dividend.less_id) if unit]


def _chunks(dividend: Dividend, *, after: uuid.UUID | None) -> Iterator[list[uuid.UUID]]:
    """Members who have counted anything, in the order of their ids, some at a time. Whoever was
    erased is paid nothing; what a merged member was paid may still be taken back.
    """
    rows = Account.objects.filter(unit__in=_counters(dividend), version__gt=0)
    rows = rows.exclude(closed_at__isnull=False, forwards_to__isnull=True)
    while True:
        later = rows.filter(member__gt=after) if after else rows
        found = later.order_by("member").values_list("member", flat=True).distinct()
        ids = list(found[:CHUNK])
        if not ids:
            return
        yield ids
        after = ids[-1]


def _pay_chunk(declaration: Declaration, *, program: Program) -> bool:
    """Pay the next members. Returns whether there are more; not where another worker is at it."""
    with transaction.atomic(), translation.override(program.language):
        rows = Declaration.objects.select_for_update(of=("self",), skip_locked=True)
        row = rows.select_related("dividend__counter", "dividend__unit").filter(
            pk=declaration.pk, state=State.PAYING
        )
        mine = row.first()
        if mine is None:
            return False
        ids = next(_chunks(mine.dividend, after=mine.cursor), None)
        if ids is None:
            mine.state, mine.paid_at = State.PAID, clock.now()
        else:
            shares = _pay_members(mine, ids, program=program)
            mine.cursor = ids[-1]
            mine.members += len(shares)
            mine.total += sum(share.amount for share in shares)
        mine.save()
        return ids is not None


def _pay_members(
    declaration: Declaration, ids: Sequence[uuid.UUID], *, program: Program
) -> list[DividendShare]:
    """Post what is due to some members, under the lock of their accounts."""
    dividend = declaration.dividend
    units = [*_counters(dividend), dividend.unit_id]
    books = Books.open({(member, unit) for member in ids for unit in units})
    due = [one for one in _due(declaration, ids, program=program) if one.difference]
    more = [one for one in due if one.difference > 0]
    earnings = [_earning(declaration, one, one.difference, program=program) for one in more]
    entries = ledger.post_into(books, earnings, actor=declaration.actor, program=program)
    books.write()
    postings = {entry.member_id: entry.posting for entry in entries}
    postings |= {
        one.member: _take_back(declaration, one, program=program)
        for one in due
        if one.difference < 0
    }
    shares = [
        DividendShare(
            id=DividendShare.id_for(declaration.pk, one.member),
            member_id=one.member,
            declaration=declaration,
            posting=postings[one.member],
            base=one.base,
            amount=one.difference,
            sentence=_sentence(declaration, one),
        )
        for one in due
    ]
    bulk.insert(DividendShare, shares)
    outbox.publish_many(
        outbox.draft(
            "dividend_paid",
            member_id=share.member_id,
            payload={"dividend": dividend.code, "year": declaration.year, "amount": share.amount},
        )
        for share in shares
    )
    return shares


def _due(declaration: Declaration, ids: Sequence[uuid.UUID], *, program: Program) -> list[Due]:
    """What members get for a year as it is counted now, in the order of `ids`."""
    dividend = declaration.dividend
    base, paid = _base(declaration, ids, program=program), _paid(declaration, ids)
    rate = Fraction(declaration.percent) / 100
    scale = Fraction(10**dividend.unit.decimals, 10**dividend.counter.decimals)
    return [
        Due(
            member=member,
            base=base.get(member, 0),
            amount=math.floor(max(0, base.get(member, 0)) * rate * scale),
            paid=paid.get(member, 0),
        )
        for member in ids
    ]


def _base(
    declaration: Declaration, ids: Sequence[uuid.UUID], *, program: Program
) -> dict[uuid.UUID, int]:
    """What each member counted in the year, less what is taken off it."""
    dividend, zone = declaration.dividend, program.time_zone
    first, after = (
        clock.start_of_day(day, zone) for day in _bounds(dividend, year=declaration.year)
    )
    accounts = [Account.id_for(member, unit) for member in ids for unit in _counters(dividend)]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.member_id,
                      sum(CASE WHEN a.unit_id = %s THEN e.amount ELSE -e.amount END)::bigint
               FROM points_entry e JOIN points_account a ON a.id = e.account_id
               WHERE e.account_id = ANY(%s) AND e.occurred_at >= %s AND e.occurred_at < %s
               GROUP BY 1""",
            [dividend.counter_id, accounts, first, after],
        )
        return dict(cursor.fetchall())


def _paid(declaration: Declaration, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What earlier declarations of the same year have paid."""
    rows = DividendShare.objects.filter(
        member__in=ids,
        declaration__dividend=declaration.dividend,
        declaration__year=declaration.year,
    )
    return dict(rows.order_by().values_list("member").annotate(Sum("amount")))


def _earning(declaration: Declaration, one: Due, amount: int, *, program: Program) -> Earning:
    reason = _sentence(declaration, one)
    credit = Credit(unit=declaration.dividend.unit_id, amount=amount, reason=reason)
    return Earning(
        one.member, f"dividend:{declaration.pk}", _moment(declaration, program), [credit]
    )


def _moment(declaration: Declaration, program: Program) -> datetime:
    """When it counts as paid: now, or on an earlier day that was named, at its last moment."""
    end = clock.end_of_day(declaration.declared_on, program.time_zone)
    return min(clock.now(), end - timedelta(seconds=1))


def _take_back(declaration: Declaration, one: Due, *, program: Program) -> Posting:
    """Undo what was paid for the year, and pay what is due now: a debt is repaid out of it."""
    rows = Posting.objects.filter(
        member=one.member,
        kind=Posting.Kind.EARN,
        pk__in=DividendShare.objects.filter(
            member=one.member,
            declaration__dividend=declaration.dividend,
            declaration__year=declaration.year,
        ).values("posting"),
    )
    taken = [
        ledger.reverse(
            posting,
            source=f"dividend-back:{declaration.pk}:{posting.pk}",
            actor=declaration.actor,
            reason=declaration.reason,
        )
        for posting in rows.exclude(reversals__isnull=False).order_by("id")
    ]
    if not one.amount:
        return taken[-1]
    earning = _earning(declaration, one, one.amount, program=program)
    return ledger.post(earning, actor=declaration.actor)


def _sentence(declaration: Declaration, one: Due) -> str:
    """`Reward 2025: 10% of 360.00 dollars = 36.00 dollars`."""
    dividend = declaration.dividend
    words = {
        "dividend": dividend.name,
        "year": declaration.year,
        "percent": number(declaration.percent),
        "base": in_units(one.base, dividend.counter),
        "amount": in_units(one.amount, dividend.unit),
        "paid": in_units(one.paid, dividend.unit),
    }
    if declaration.revision == 1:
        return _("%(dividend)s %(year)s: %(percent)s%% of %(base)s = %(amount)s") % words
    return (
        _(
            "%(dividend)s %(year)s, corrected: %(percent)s%% of %(base)s = %(amount)s, where "
            "%(paid)s had been paid"
        )
        % words
    )
