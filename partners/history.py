"""What members have and had, in the shapes of the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from common import clock
from common.ids import public_id
from earning.models import Activity, PendingActivity
from members import lineage
from members.models import Member
from partners import lookup
from partners.shapes.members import (
    AccountAnswer,
    BalanceAnswer,
    EntriesAnswer,
    EntryAnswer,
    LadderAnswer,
    LaddersAnswer,
    LotAnswer,
    MonthsAnswer,
    MovementAnswer,
    ReceiptAnswer,
    SheetAnswer,
    StatementAnswer,
)
from points import statements
from points.models import Account, Entry, Lot
from points.statements import Sheet
from points.wording import in_units
from program import catalog
from program.models import Program, Unit
from tiers import standing as standings


def balance(member: Member) -> BalanceAnswer:
    """Every unit with its lots, in the order of spending. Four queries."""
    program, now = catalog.current(), clock.now()
    accounts = {row.unit_id: row for row in Account.objects.filter(member=member)}
    live = Lot.objects.live().filter(member=member).exclude(expires_at__lte=now)
    rows = live.order_by("expires_at", "account__unit").values("expires_at", "account__unit")
    lots: dict[str, list[LotAnswer]] = {}
    free: dict[str, int] = {}
    for row in rows.annotate(amount=Sum("remaining"), kept=Sum("held")):
        ends, unit = row["expires_at"], row["account__unit"]
        day = lookup.last_day(ends, program) if ends else None
        lots.setdefault(unit, []).append(LotAnswer(row["amount"], day))
        free[unit] = free.get(unit, 0) + row["amount"] - row["kept"]
    expected = _expected(member)
    return BalanceAnswer(
        member=public_id("mem", member.pk),
        accounts=[
            AccountAnswer(
                unit=code,
                balance=accounts[code].balance if code in accounts else 0,
                available=free.get(code, 0) if unit.kind == Unit.Kind.SPENDABLE else 0,
                held=accounts[code].held if code in accounts else 0,
                pending=expected.get(code, 0),
                lots=lots.get(code, []),
            )
            for code, unit in catalog.of(program).units.items()
        ],
    )


def _expected(member: Member) -> dict[str, int]:
    """What activities that wait would earn as things stand, by unit."""
    rows = PendingActivity.objects.filter(
        member__in=lineage.ids(member), status=PendingActivity.Status.WAITING
    )
    total: dict[str, int] = {}
    for award in (one for expected in rows.values_list("expected", flat=True) for one in expected):
        total[award["unit"]] = total.get(award["unit"], 0) + award["amount"]
    return total


def standing(member: Member) -> LaddersAnswer:
    """Where a member stands on every ladder."""
    program = catalog.current()
    return LaddersAnswer(
        member=public_id("mem", member.pk),
        ladders=[
            LadderAnswer(
                ladder=place.ladder.code,
                name=place.ladder.name,
                tier=lookup.standing_of(place, program),
                progress=lookup.progress_of(place),
            )
            for place in standings.progress(member, program=program)
        ],
    )


def entries(member: Member, *, unit: str = "") -> QuerySet[Entry]:
    """A member's movements, of one unit or of all."""
    rows = Entry.objects.filter(member=member).select_related("account")
    return rows.filter(account__unit=unit.replace("\x00", "")) if unit else rows


def entries_answer(rows: Sequence[Entry], following: str | None) -> EntriesAnswer:
    """A page of movements."""
    return EntriesAnswer([_entry(row) for row in rows], following)


def _entry(row: Entry) -> EntryAnswer:
    return EntryAnswer(
        id=public_id("ent", row.pk),
        unit=row.account.unit_id,
        kind=row.kind,
        amount=row.amount,
        balance=row.balance_after,
        reason=row.reason,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
    )


def months(member: Member) -> MonthsAnswer:
    """The months of which there is a statement."""
    found = statements.months(member, program=catalog.current())
    return MonthsAnswer(public_id("mem", member.pk), [f"{month:%Y-%m}" for month in found])


def statement(member: Member, month: date) -> StatementAnswer:
    """The statement of the month that begins on a day."""
    program = catalog.current()
    found = statements.of(member, month=month, program=program)
    return StatementAnswer(
        member=public_id("mem", member.pk),
        month=f"{month:%Y-%m}",
        is_open=found.is_open,
        sheets=[_sheet(sheet, program) for sheet in found.sheets],
    )


def _sheet(sheet: Sheet, program: Program) -> SheetAnswer:
    return SheetAnswer(
        unit=sheet.unit.code,
        opening=sheet.opening,
        received=sheet.received,
        given=sheet.given,
        closing=sheet.closing,
        movements=[
            MovementAnswer(
                occurred_at=one.occurred_at,
                reason=one.sentence,
                amount=one.amount,
                balance=one.balance,
                recorded_at=one.recorded_at,
            )
            for one in sheet.movements
        ],
        endings=[LotAnswer(amount, lookup.last_day(end, program)) for end, amount in sheet.endings],
    )


def receipt(member: Member, activity: Activity | None) -> ReceiptAnswer:
    """The sentences to print: earned now, the balance, the next tier."""
    program = catalog.current()
    units = catalog.of(program).units
    earned: dict[str, int] = {}
    for award in activity.awards.all() if activity else ():
        earned[award.unit_id] = earned.get(award.unit_id, 0) + award.amount
    balances = dict(Account.objects.filter(member=member).values_list("unit", "balance"))
    known = {code: balances.get(code, 0) for code in units}
    lines = [
        _("You earned %(amount)s.") % {"amount": in_units(amount, units[code])}
        for code, amount in earned.items()
        if units[code].kind == Unit.Kind.SPENDABLE
    ]
    default = catalog.of(program).default_unit
    lines.append(
        _("Your balance: %(amount)s.") % {"amount": in_units(known[default.code], default)}
    )
    return ReceiptAnswer(
        member=public_id("mem", member.pk),
        line=" ".join(lines := [*lines, *_way(member, program)]),
        lines=lines,
        earned=earned,
        balances=known,
    )


def _way(member: Member, program: Program) -> list[str]:
    place = next(iter(standings.progress(member, program=program)), None)
    if place is None or place.next_tier is None or not place.missing:
        return []
    words = {
        "amount": in_units(place.missing, place.counter_unit),
        "tier": place.next_tier.name,
    }
    return [_("%(amount)s to %(tier)s.") % words]
