"""The part of a blueprint that describes the rewards, their prices and how many there are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from common import circles, clock
from program import catalog
from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid
from program.sections import (
    Code,
    Name,
    Text,
    positive,
    reordered,
    require_code,
    smallest,
    unique,
    upsert,
)
from rewards import price_section
from rewards.kind_tables import (
    ContestTable,
    DateTable,
    DiscountTable,
    DonationTable,
    FundTable,
    KindName,
    MoreTable,
    UpgradeTable,
    apply_dates,
    apply_funds,
    check_kind,
    columns,
    refuse_other_kind,
)
from rewards.models import Conversion, Reward, RewardStock
from rewards.price_section import PartTable, PriceTable
from tiers.models import Tier


class EarlyTable(Table):
    """Who holds this tier, or a higher one, may have it so many days earlier."""

    tier_at_least: Code
    days: Annotated[int, msgspec.Meta(ge=1, le=366)]


class RewardTable(Table):
    code: Code
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    summary: Text
    category: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    unit: Code
    price: Annotated[list[PriceTable], msgspec.Meta(min_length=1)]
    with_money: list[PartTable] = []
    description: str = ""
    terms: str = ""
    picture: Annotated[str, msgspec.Meta(max_length=120)] = ""
    worth: Annotated[str, msgspec.Meta(max_length=40)] = ""
    valid_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 365
    valid_to: Literal["day", "month", "quarter", "half_year", "year"] = "day"
    valid_until: date | None = None
    tier_at_least: Code | None = None
    per_member: Annotated[int, msgspec.Meta(ge=1, le=32_767)] | None = None
    per_member_in: Literal["day", "week", "month", "quarter", "year"] | None = None
    stock: Annotated[int, msgspec.Meta(ge=0, le=2_000_000_000)] | None = None
    segment: Code | None = None
    plan: Code | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    early: EarlyTable | None = None
    kind: KindName = "code"
    codes: Literal["generated", "uploaded", "shared"] = "generated"
    shared_code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    discount: DiscountTable | None = None
    gift_card: Decimal | None = None
    more: MoreTable | None = None
    donation: DonationTable | None = None
    cancel_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 0
    date_: list[DateTable] = msgspec.field(default_factory=list, name="date")
    contest: ContestTable | None = None
    upgrade: UpgradeTable | None = None

    def __post_init__(self) -> None:
        check_kind(self)
        if self.per_member_in and self.per_member is None:
            raise ValueError("per_member_in goes with per_member: how often in that time")
        if self.valid_until is not None and self.valid_to != "day":
            raise ValueError("give valid_until, or days with valid_to, not both")
        if self.early is not None and self.from_ is None:
            raise ValueError("early goes with from: earlier than what?")
        if self.from_ and self.until and self.until <= self.from_:
            raise ValueError("until is the first day on which it is no longer on offer, after from")


def _apply(tables: list[RewardTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="reward")
    changes = reordered(Reward.objects.all(), codes, what="rewards")
    for position, table in enumerate(tables):
        _check(table, blueprint)
        values = {
            name: getattr(table, name)
            for name in (
                [
                    "name",
                    "summary",
                    "category",
                    "description",
                    "terms",
                    "picture",
                    "worth",
                    "valid_days",
                    "valid_to",
                    "valid_until",
                    "per_member",
                ]
            )
        }
        values |= {"unit_id": table.unit, "lowest_tier": _tier(table.tier_at_least)}
        values |= {"is_active": True, "position": position, "segment_id": table.segment}
        values |= {"plan_id": table.plan, "per_member_in": table.per_member_in or ""}
        place = f'[[reward]] "{table.code}"'
        refuse_other_kind(table, place)
        values |= _times(table) | columns(table, blueprint, place)
        reward, changed = upsert(Reward, {"code": table.code}, values, label=f"Reward {table.name}")
        changes += changed + price_section.apply_prices(reward, table)
        changes += price_section.apply_parts(reward, table)
        changes += _apply_stock(reward, table)
        changes += apply_dates(reward, table.date_, place)
    gone = Reward.objects.filter(is_active=True).exclude(code__in=[table.code for table in tables])
    changes += [f"Reward {reward.name} is no longer on offer." for reward in gone]
    gone.update(is_active=False)
    return changes


def _times(table: RewardTable) -> dict[str, Any]:
    """From when until when a reward is on offer, and for whom earlier, as columns."""
    zone, early = catalog.current().time_zone, table.early
    return {
        "starts_at": clock.start_of_day(table.from_, zone) if table.from_ else None,
        "ends_at": clock.start_of_day(table.until, zone) if table.until else None,
        "early_tier": _tier(early.tier_at_least) if early else None,
        "early_days": early.days if early else 0,
    }


def _check(table: RewardTable, blueprint: Any) -> None:
    place = f'[[reward]] "{table.code}"'
    spendable = [unit.code for unit in blueprint.unit if unit.kind == "spendable"]
    require_code(table.unit, spendable, place=f"{place}, unit")
    tiers = [tier.code for ladder in blueprint.ladder for tier in ladder.tier]
    early = [table.early.tier_at_least] if table.early else []
    for code in [table.tier_at_least, *early]:
        if code is not None:
            require_code(code, tiers, place=f"{place}, tier_at_least")
    if table.segment is not None:
        segments = [one.code for one in blueprint.segment]
        require_code(table.segment, segments, place=f"{place}, segment")
    if table.plan is not None:
        plans = [one.code for one in blueprint.plan]
        require_code(table.plan, plans, place=f"{place}, plan")
    price_section.check(table, blueprint, place=place)


def _apply_stock(reward: Reward, table: RewardTable) -> list[str]:
    """A blueprint says how many there are to begin with; what was taken since is not put back."""
    known = RewardStock.objects.filter(reward=reward)
    if table.stock is None and known.exists():
        known.delete()
        return [f"{reward.name} no longer has a limit."]
    if table.stock is not None and not known.exists():
        RewardStock.objects.create(reward=reward, left=table.stock)
        return [f"{reward.name}: {table.stock} in stock."]
    return []


def _tier(code: str | None) -> Tier | None:
    return Tier.objects.get(code=code) if code else None


class SideTable(Table):
    """An amount of a unit."""

    unit: Code
    amount: Decimal

    def __post_init__(self) -> None:
        positive(self, "amount")


class ExchangeBonusTable(Table):
    """So much more of what is given for every whole `every` of what is taken."""

    every: Decimal
    amount: Decimal

    def __post_init__(self) -> None:
        positive(self, "every", "amount")


class ConversionTable(Table):
    """One unit for another: for every whole `takes`, `gives`; at least `least`."""

    code: Code
    name: Name
    takes: SideTable
    gives: SideTable
    least: Decimal | None = None
    bonus: ExchangeBonusTable | None = None
    at_most: Decimal | None = None
    per: Literal["day", "month", "year"] | None = None
    monthly: bool = False
    at_once: bool = False
    months: list[Annotated[int, msgspec.Meta(ge=1, le=12)]] = []

    def __post_init__(self) -> None:
        positive(self, "least", "at_most")
        if (self.at_most is None) != (self.per is None):
            raise ValueError("give at_most and per together: so much a day, month or year")
        if self.at_most is not None and self.at_most < max(self.takes.amount, self.least or 0):
            raise ValueError("at_most is what is taken at a time, and least, or more")
        if self.months and not self.monthly:
            raise ValueError("months goes with monthly = true: it says as which months end")
        if self.at_once and self.monthly:
            raise ValueError("give at_once or monthly: when it happens by itself")


def _apply_conversions(tables: list[ConversionTable], blueprint: Any) -> list[str]:
    codes = [table.code for table in tables]
    unique(codes, place="conversion")
    at_once = {one.code: ({one.gives.unit}, one.takes.unit) for one in tables if one.at_once}
    if circle := circles.find(at_once):
        told = " -> ".join(f'"{code}"' for code in circle)
        raise BlueprintInvalid(
            f"conversions that happen at once go in a circle: {told}. Leave out at_once in one."
        )
    units = {unit.code: unit for unit in blueprint.unit}
    changes = reordered(Conversion.objects.all(), codes, what="conversions")
    for position, table in enumerate(tables):
        place = f'[[conversion]] "{table.code}"'
        spendable = [code for code, unit in units.items() if unit.kind == "spendable"]
        require_code(table.takes.unit, spendable, place=f"{place}, takes, unit")
        require_code(table.gives.unit, units, place=f"{place}, gives, unit")
        taken, given = units[table.takes.unit].decimals, units[table.gives.unit].decimals
        bonus = table.bonus
        values = {
            "name": table.name,
            "takes_id": table.takes.unit,
            "gives_id": table.gives.unit,
            "step": smallest(table.takes.amount, taken, place=f"{place}, takes"),
            "amount": smallest(table.gives.amount, given, place=f"{place}, gives"),
            "least": smallest(table.least or Decimal(0), taken, place=f"{place}, least"),
            "bonus_step": smallest(bonus.every, taken, place=f"{place}, bonus") if bonus else None,
            "bonus_amount": smallest(bonus.amount, given, place=f"{place}, bonus")
            if bonus
            else None,
            "most": smallest(table.at_most, taken, place=f"{place}, at_most")
            if table.at_most
            else None,
            "per": table.per or "",
            "is_monthly": table.monthly,
            "is_at_once": table.at_once,
            "months": sorted(set(table.months)),
            "is_active": True,
            "position": position,
        }
        match = {"code": table.code}
        changes += upsert(Conversion, match, values, label=f"Conversion {table.name}")[1]
    gone = Conversion.objects.filter(is_active=True).exclude(code__in=[t.code for t in tables])
    changes += [f"Conversion {conversion.name} is no longer offered." for conversion in gone]
    gone.update(is_active=False)
    return changes


def install() -> None:
    """Register the sections of this app."""
    from rewards import exports

    register(
        Section("fund", list[FundTable], apply_funds, exports.funds),
        Section("reward", list[RewardTable], _apply, exports.rewards),
        Section("conversion", list[ConversionTable], _apply_conversions, exports.conversions),
    )
