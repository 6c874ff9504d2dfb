"""What scenarios can say about points: balances, and lots with their last day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from common import clock
from common.ids import uuid7
from common.text import number, scaled
from points import audit, expiry, holds, ledger, transfers
from points.errors import NothingToReinstate
from points.models import Account, Entry, Extension, Hold, Lot, Posting, Transfer
from program import catalog
from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.models import Unit
from program.scenarios import (
    Expectation,
    Found,
    Stage,
    Step,
    register,
    register_closing,
    register_tick,
)
from program.sections import Code, Text, require_code, smallest

ACTOR = "system:scenario"


class LotTable(Table):
    """A live lot: what is left of it, and the last day on which it can be spent (left out: for
    ever).
    """

    amount: Decimal
    until: date | None = None
    unit: Code | None = None


class HoldTable(Table):
    """Points held at a cart or till; `as` names the hold for later steps."""

    amount: Decimal
    unit: Code | None = None
    minutes: int | None = None
    as_: str = msgspec.field(default="hold", name="as")


class CaptureTable(Table):
    hold: str = "hold"
    amount: Decimal | None = None


class ReleaseTable(Table):
    hold: str = "hold"
    reason: Text = "Scenario"


class GiftTable(Table):
    """Points sent to somebody; `as` names the transfer for later steps."""

    to: str
    amount: Decimal
    unit: Code | None = None
    reason: str = ""
    as_: str = msgspec.field(default="transfer", name="as")


class TakeBackTable(Table):
    transfer: str = "transfer"
    reason: Text = "Scenario"


class ExtendTable(Table):
    until: date
    unit: Code | None = None
    reason: Text = "Scenario"


class ReinstateTable(Table):
    """The latest points of a unit that ended come back."""

    until: date
    unit: Code | None = None
    reason: Text = "Scenario"


def _hold(table: HoldTable, stage: Stage) -> Hold:
    unit = _unit(table.unit)
    made = holds.authorize(
        stage.who(),
        unit=unit.code,
        amount=_whole(table.amount, unit),
        purpose=table.as_,
        source=f"scenario:{uuid7()}",
        actor=ACTOR,
        minutes=table.minutes,
    )
    stage.named[f"hold:{table.as_}"] = made
    return made


def _capture(table: CaptureTable, stage: Stage) -> Posting:
    hold: Hold = _named("hold", table.hold, stage)
    unit = unit_of(hold.account.unit_id)
    amount = None if table.amount is None else _whole(table.amount, unit)
    return holds.capture(hold, amount=amount, actor=ACTOR, reason="Scenario")


def _release(table: ReleaseTable, stage: Stage) -> Hold:
    return holds.release(_named("hold", table.hold, stage), reason=table.reason, actor=ACTOR)


def _give(table: GiftTable, stage: Stage) -> Transfer:
    unit = _unit(table.unit)
    if table.to not in stage.cast:
        raise BlueprintInvalid(f'nobody called "{table.to}" was enrolled. Enrol them before.')
    made = transfers.send(
        stage.who(),
        stage.cast[table.to],
        unit=unit.code,
        amount=_whole(table.amount, unit),
        reason=table.reason,
        actor=ACTOR,
        source=f"scenario:{uuid7()}",
    )
    stage.named[f"transfer:{table.as_}"] = made
    return made


def _take_back(table: TakeBackTable, stage: Stage) -> int:
    made: Transfer = _named("transfer", table.transfer, stage)
    return transfers.reverse(made, reason=table.reason, actor=ACTOR)


def _extend(table: ExtendTable, stage: Stage) -> list[Extension]:
    return expiry.extend(
        stage.who(),
        unit=_unit(table.unit).code,
        until=table.until,
        reason=table.reason,
        actor=ACTOR,
        source=f"scenario:{uuid7()}",
    )


def _reinstate(table: ReinstateTable, stage: Stage) -> Posting:
    unit = _unit(table.unit)
    ended = Entry.objects.filter(member=stage.who(), account__unit=unit, kind=Entry.Kind.EXPIRY)
    latest = ended.order_by("-version").first()
    if latest is None:
        raise NothingToReinstate("No points of this member ended. Let some end before.")
    return expiry.reinstate(
        stage.who(), expired=latest.pk, until=table.until, reason=table.reason, actor=ACTOR
    )


def _named(kind: str, name: str, stage: Stage) -> Any:
    if f"{kind}:{name}" not in stage.named:
        raise BlueprintInvalid(f'there is no {kind} "{name}". Make it in an earlier step.')
    return stage.named[f"{kind}:{name}"]


def _unit(code: str | None) -> Unit:
    return unit_of(code) if code else catalog.of(catalog.current()).default_unit


def _whole(amount: Decimal, unit: Unit) -> int:
    return smallest(amount, unit.decimals, place="a scenario")


def _of_account(wanted: dict[str, Decimal], stage: Stage, name: str) -> Found:
    """What an account says of each unit: `held` or `available`; nothing before it was opened."""
    rows = {row.unit_id: row for row in Account.objects.filter(member=stage.who())}
    found = {
        code: scaled(getattr(rows.get(code), name, 0), unit_of(code).decimals) for code in wanted
    }
    because = [line for code in wanted for line in history(stage.who(), unit_of(code))]
    return Found(found, tuple(because))


def _available(wanted: dict[str, Decimal], stage: Stage) -> Found:
    return _of_account(wanted, stage, "available")


def _held(wanted: dict[str, Decimal], stage: Stage) -> Found:
    return _of_account(wanted, stage, "held")


def _balance(wanted: dict[str, Decimal], stage: Stage) -> Found:
    member, found, because = stage.who(), {}, []
    for code in wanted:
        unit = unit_of(code)
        found[code] = scaled(ledger.balance(member, unit=code), unit.decimals)
        because += history(member, unit)
    return Found(found, tuple(because))


def _debt(wanted: dict[str, Decimal], stage: Stage) -> Found:
    """What the member owes, by unit."""
    held = _balance(wanted, stage)
    return Found(
        {code: max(Decimal(0), -amount) for code, amount in held.value.items()}, held.because
    )


def history(member: Any, unit: Unit) -> list[str]:
    """Every entry of one account in a line each, oldest first: how a balance came about."""
    rows = Entry.objects.filter(member=member, account__unit=unit).order_by("version")
    zone = catalog.current().time_zone
    return [
        f"{clock.local_date(row.occurred_at, zone)} {number(scaled(row.amount, unit.decimals))}: "
        f"{row.reason} -> {number(scaled(row.balance_after, unit.decimals))}"
        for row in rows
    ]


def _lots(wanted: list[LotTable], stage: Stage) -> Found:
    """Live lots in spend order; the unit is named in the answer where the scenario names it."""
    member, zone = stage.who(), stage.zone
    names = any(lot.unit for lot in wanted)
    default = catalog.of(catalog.current()).default_unit.code
    units = {lot.unit or default for lot in wanted} or {default}
    rows = Lot.objects.live().filter(member=member, account__unit__in=units).in_spend_order()
    found = [
        LotTable(
            amount=scaled(row.remaining, row.account.unit.decimals),
            until=_last_day(row, zone),
            unit=row.account.unit_id if names else None,
        )
        for row in rows.select_related("account__unit")
    ]
    because = [line for code in sorted(units) for line in history(member, unit_of(code))]
    is_so = _by_unit(found, default) == _by_unit(wanted, default)
    return Found(wanted if is_so else _by_end(found), tuple(because))


def _by_unit(lots: list[LotTable], default: str) -> list[LotTable]:
    """The same with every unit named, unit by unit: what is spent first is asked within a unit."""
    named = [msgspec.structs.replace(lot, unit=lot.unit or default) for lot in lots]
    return _by_end(sorted(named, key=lambda lot: lot.unit or ""))


def _by_end(lots: list[LotTable]) -> list[LotTable]:
    """What stands side by side and ends on one day as one: a purchase that several rules paid for
    makes several lots.
    """
    found: list[LotTable] = []
    for lot in lots:
        last = found[-1] if found else None
        if last is not None and (last.unit, last.until) == (lot.unit, lot.until):
            found[-1] = msgspec.structs.replace(last, amount=last.amount + lot.amount)
        else:
            found.append(lot)
    return found


def _last_day(lot: Lot, zone: str) -> date | None:
    if lot.expires_at is None:
        return None
    return clock.local_date(lot.expires_at - timedelta(seconds=1), zone)


def unit_of(code: str) -> Unit:
    """The unit of a code, or BlueprintInvalid naming those there are."""
    units = catalog.of(catalog.current()).units
    require_code(code, units, place="a scenario")
    return units[code]


def install() -> None:
    """Register the steps and expectations of this app; expiry runs whenever the clock has moved."""
    register(
        Expectation("balance", dict[str, Decimal], _balance),
        Expectation("debt", dict[str, Decimal], _debt),
        Expectation("lots", list[LotTable], _lots),
        Expectation("available", dict[str, Decimal], _available),
        Expectation("held", dict[str, Decimal], _held),
        Step("hold", HoldTable, _hold),
        Step("capture", CaptureTable, _capture),
        Step("release", ReleaseTable, _release),
        Step("give", GiftTable, _give),
        Step("take_back", TakeBackTable, _take_back),
        Step("extend", ExtendTable, _extend),
        Step("reinstate", ReinstateTable, _reinstate),
    )
    register_tick(expiry.run)
    register_tick(holds.time_out)
    register_closing(lambda: [f"{fault.invariant}: {fault.found}" for fault in audit.check()])
