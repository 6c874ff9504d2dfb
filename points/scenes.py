"""What scenarios can say about points: balances, and lots with their last day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from common import clock
from common.text import number, scaled
from points import audit, expiry, ledger
from points.models import Entry, Lot
from program import catalog
from program.blueprint import Table
from program.models import Unit
from program.scenarios import (
    Expectation,
    Found,
    Stage,
    register,
    register_closing,
    register_tick,
)
from program.sections import Code, require_code


class LotTable(Table):
    """A live lot: what is left of it, and the last day on which it can be spent (left out: for
    ever).
    """

    amount: Decimal
    until: date | None = None
    unit: Code | None = None


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
    return [
        f"{row.occurred_at:%Y-%m-%d} {number(scaled(row.amount, unit.decimals))}: {row.reason}"
        f" -> {number(scaled(row.balance_after, unit.decimals))}"
        for row in rows
    ]


def _lots(wanted: list[LotTable], stage: Stage) -> Found:
    """Live lots in spend order; the unit is named in the answer where the scenario names it."""
    member, zone = stage.who(), stage.zone
    names = any(lot.unit for lot in wanted)
    units = {lot.unit or catalog.of(catalog.current()).default_unit.code for lot in wanted}
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
    return Found(found, tuple(because))


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
    )
    register_tick(expiry.run)
    register_closing(lambda: [f"{fault.invariant}: {fault.found}" for fault in audit.check()])
