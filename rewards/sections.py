"""The part of a blueprint that describes the rewards, their prices and how many there are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from program.blueprint import Section, Table, register
from program.errors import BlueprintInvalid
from program.models import Unit
from program.sections import Code, Text, positive, require_code, unique, upsert
from rewards.models import Reward, RewardPrice, RewardStock
from tiers.models import Tier


class PriceTable(Table):
    amount: Decimal
    tier_at_least: Code | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    def __post_init__(self) -> None:
        positive(self, "amount")


class RewardTable(Table):
    code: Code
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    summary: Text
    category: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    unit: Code
    price: Annotated[list[PriceTable], msgspec.Meta(min_length=1)]
    description: str = ""
    terms: str = ""
    picture: str = ""
    worth: Annotated[str, msgspec.Meta(max_length=40)] = ""
    valid_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 365
    tier_at_least: Code | None = None
    per_member: Annotated[int, msgspec.Meta(ge=1)] | None = None
    stock: Annotated[int, msgspec.Meta(ge=0)] | None = None


def _apply(tables: list[RewardTable], blueprint: Any) -> list[str]:
    unique((table.code for table in tables), place="reward")
    changes = []
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
                    "per_member",
                ]
            )
        }
        values |= {"unit_id": table.unit, "lowest_tier": _tier(table.tier_at_least)}
        values |= {"is_active": True, "position": position}
        reward, changed = upsert(Reward, {"code": table.code}, values, label=f"Reward {table.name}")
        changes += changed + _apply_prices(reward, table) + _apply_stock(reward, table)
    gone = Reward.objects.filter(is_active=True).exclude(code__in=[table.code for table in tables])
    changes += [f"Reward {reward.name} is no longer on offer." for reward in gone]
    gone.update(is_active=False)
    return changes


def _check(table: RewardTable, blueprint: Any) -> None:
    place = f'[[reward]] "{table.code}"'
    spendable = [unit.code for unit in blueprint.unit if unit.kind == "spendable"]
    require_code(table.unit, spendable, place=f"{place}, unit")
    tiers = [tier.code for ladder in blueprint.ladder for tier in ladder.tier]
    for code in [table.tier_at_least, *(price.tier_at_least for price in table.price)]:
        if code is not None:
            require_code(code, tiers, place=f"{place}, tier_at_least")
    if not any(price.tier_at_least is None for price in table.price):
        raise BlueprintInvalid(
            f"in {place}: one price must hold for everybody, without tier_at_least."
        )
    decimals = next(unit.decimals for unit in blueprint.unit if unit.code == table.unit)
    for price in table.price:
        if price.amount.scaleb(decimals) % 1:
            raise BlueprintInvalid(f"in {place}, price: the unit has {decimals} decimals.")


def _apply_prices(reward: Reward, table: RewardTable) -> list[str]:
    decimals = Unit.objects.get(pk=table.unit).decimals
    wanted = {
        (
            _tier_id(price.tier_at_least),
            int(price.amount.scaleb(decimals)),
            price.from_,
            price.until,
        )
        for price in table.price
    }
    rows = list(RewardPrice.objects.filter(reward=reward))
    stored = {(row.tier_id, row.amount, row.starts_on, row.ends_on) for row in rows}
    if wanted == stored:
        return []
    RewardPrice.objects.filter(reward=reward).delete()
    RewardPrice.objects.bulk_create(
        RewardPrice(reward=reward, tier_id=tier, amount=amount, starts_on=start, ends_on=end)
        for tier, amount, start, end in wanted
    )
    return [f"Prices of {reward.name} changed."] if stored else []


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


def _tier_id(code: str | None) -> Any:
    tier = _tier(code)
    return tier.pk if tier else None


def install() -> None:
    """Register the sections of this app."""
    from rewards import exports

    register(Section("reward", list[RewardTable], _apply, exports.rewards))
