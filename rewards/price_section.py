"""The part of a blueprint that says what a reward costs, for whom, and with how much money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.models import Unit
from program.sections import Code, positive, require_code, unique
from rewards.models import Reward, RewardPart, RewardPrice
from tiers.models import Tier

if TYPE_CHECKING:
    from rewards.sections import RewardTable


class PriceTable(Table):
    amount: Decimal
    tier_at_least: Code | None = None
    segment: Code | None = None
    plan: Code | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    def __post_init__(self) -> None:
        positive(self, "amount")
        if sum(one is not None for one in self.group) > 1:
            raise ValueError(
                "give one of tier_at_least, segment or plan; for two groups write two prices"
            )

    @property
    def group(self) -> tuple[str | None, str | None, str | None]:
        """Whom it is for: a tier, a segment, a plan; nothing at all for everybody."""
        return (self.tier_at_least, self.segment, self.plan)


class PartTable(Table):
    """Fewer points than the price, and money beside them."""

    points: Decimal
    money: Decimal
    step: Decimal | None = None

    def __post_init__(self) -> None:
        positive(self, "points", "money", "step")
        if self.money != round(self.money, 2):
            raise ValueError("money has at most 2 digits after the point")


def check(table: RewardTable, blueprint: Any, *, place: str) -> None:
    """Refuse prices that name nobody, overlap, or cannot be counted in the unit."""
    known = {
        "tier_at_least": [tier.code for ladder in blueprint.ladder for tier in ladder.tier],
        "segment": [one.code for one in blueprint.segment],
        "plan": [one.code for one in blueprint.plan],
    }
    for price in table.price:
        for key, code in zip(known, price.group, strict=True):
            if code is not None:
                require_code(code, known[key], place=f"{place}, price, {key}")
    if all(any(price.group) for price in table.price):
        raise BlueprintInvalid(
            f"in {place}: one price must hold for everybody, without tier_at_least, segment or "
            "plan."
        )
    decimals = next(unit.decimals for unit in blueprint.unit if unit.code == table.unit)
    for price in table.price:
        if price.amount.scaleb(decimals) % 1:
            raise BlueprintInvalid(f"in {place}, price: the unit has {decimals} decimals.")
    _check_days(table.price, f"{place}, price")
    _check_parts(table, decimals, f"{place}, with_money")


def _check_days(prices: list[PriceTable], place: str) -> None:
    """On every day there is one price for everybody, and at most one more for each group."""
    for price in prices:
        if price.from_ and price.until and price.until <= price.from_:
            raise BlueprintInvalid(
                f"in {place}: until is the first day after it, so later than from."
            )
    for _, found in groupby(sorted(prices, key=_order), key=lambda price: price.group):
        for one, following in pairwise(found):
            if one.until is None or following.from_ is None or one.until > following.from_:
                raise BlueprintInvalid(
                    f"in {place}: two prices for the same people overlap. Give the first an "
                    '"until" that is the "from" of the second.'
                )


def _order(price: PriceTable) -> tuple[tuple[str, ...], date]:
    return tuple(one or "" for one in price.group), price.from_ or date.min


def _check_parts(table: RewardTable, decimals: int, place: str) -> None:
    """Each takes fewer points than some price, in whole parts of the unit, and is said once."""
    unique((str(part.points) for part in table.with_money), place=place)
    most = max(price.amount for price in table.price)
    for part in table.with_money:
        if part.points >= most:
            raise BlueprintInvalid(f"in {place}: points is less than the price.")
        for amount in (part.points, part.step):
            if amount is not None and amount.scaleb(decimals) % 1:
                raise BlueprintInvalid(f"in {place}: the unit has {decimals} decimals.")
    if table.with_money and table.kind == "donation":
        raise BlueprintInvalid(f"in {place}: a donation is given in points. Leave it out.")


def apply_prices(reward: Reward, table: RewardTable) -> list[str]:
    """Make the prices of a reward what its table says: what was taken keeps its price."""
    decimals = Unit.objects.get(pk=table.unit).decimals
    tiers = {tier.code: tier.pk for tier in Tier.objects.all()}
    wanted = {
        (
            tiers[price.tier_at_least] if price.tier_at_least else None,
            price.segment,
            price.plan,
            int(price.amount.scaleb(decimals)),
            price.from_,
            price.until,
        )
        for price in table.price
    }
    names = ("tier_id", "segment_id", "plan_id", "amount", "starts_on", "ends_on")
    rows = RewardPrice.objects.filter(reward=reward)
    stored = set(rows.values_list(*names))
    if wanted == stored:
        return []
    rows.delete()
    RewardPrice.objects.bulk_create(
        RewardPrice(reward=reward, **dict(zip(names, one, strict=True))) for one in wanted
    )
    return [f"Prices of {reward.name} changed."] if stored else []


def apply_parts(reward: Reward, table: RewardTable) -> list[str]:
    """The same for the ways to pay with fewer points and money."""
    decimals = Unit.objects.get(pk=table.unit).decimals
    wanted = {
        (
            int(part.points.scaleb(decimals)),
            part.money,
            None if part.step is None else int(part.step.scaleb(decimals)),
        )
        for part in table.with_money
    }
    rows = RewardPart.objects.filter(reward=reward)
    stored = set(rows.values_list("points", "money", "step"))
    if wanted == stored:
        return []
    rows.delete()
    RewardPart.objects.bulk_create(
        RewardPart(reward=reward, points=points, money=money, step=step)
        for points, money, step in wanted
    )
    return [f"{reward.name} is paid with points and money in other ways than before."]
