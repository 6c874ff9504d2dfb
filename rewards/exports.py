"""The rewards of a blueprint, from what is stored: `rewards.sections` backwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from common import clock
from program import catalog
from program.exports import literal, whole
from rewards.kind_tables import (
    ContestTable,
    DateTable,
    DiscountTable,
    DonationTable,
    FundTable,
    MoreTable,
    UpgradeTable,
)
from rewards.models import Conversion, Fund, Kind, Reward, RewardPrice
from rewards.price_section import PartTable, PriceTable
from rewards.sections import (
    ConversionTable,
    EarlyTable,
    ExchangeBonusTable,
    RewardTable,
    SideTable,
)


def rewards() -> list[RewardTable]:
    """Every reward on offer; its stock is what is left of it."""
    rows = Reward.objects.filter(is_active=True)
    rows = rows.select_related("unit", "lowest_tier", "early_tier")
    zone = catalog.current().time_zone
    return [
        _reward(row, zone)
        for row in rows.prefetch_related("prices__tier", "parts", "stock", "dates")
    ]


def _reward(row: Reward, zone: str) -> RewardTable:
    stock = [slot.left for slot in row.stock.all()]
    return RewardTable(
        code=row.code,
        name=row.name,
        summary=row.summary,
        category=row.category,
        unit=row.unit_id,
        price=[_price(price, row) for price in sorted(row.prices.all(), key=_order)],
        with_money=[
            PartTable(
                points=whole(part.points, row.unit),
                money=plain(part.money) or Decimal(0),
                step=None if part.step is None else whole(part.step, row.unit),
            )
            for part in row.parts.all()
        ],
        description=row.description,
        terms=row.terms,
        picture=row.picture,
        worth=row.worth,
        valid_days=row.valid_days,
        valid_to=literal(row.valid_to),
        valid_until=row.valid_until,
        tier_at_least=row.lowest_tier.code if row.lowest_tier else None,
        per_member=row.per_member,
        per_member_in=literal(row.per_member_in) if row.per_member_in else None,
        stock=sum(stock) if stock else None,
        segment=row.segment_id,
        plan=row.plan_id,
        from_=clock.local_date(row.starts_at, zone) if row.starts_at else None,
        until=clock.local_date(row.ends_at, zone) if row.ends_at else None,
        early=EarlyTable(tier_at_least=row.early_tier.code, days=row.early_days)
        if row.early_tier
        else None,
        kind=row.kind,  # type: ignore[arg-type]
        codes=row.codes,  # type: ignore[arg-type]
        shared_code=row.shared_code,
        cancel_days=row.cancel_days,
        date_=[DateTable(on=one.day, places=one.places, name=one.name) for one in row.dates.all()],
        **_terms(row),
    )


def _terms(row: Reward) -> dict[str, Any]:
    """What only the reward's kind has."""
    made: dict[str, Any] = {}
    match row.kind:
        case Kind.DISCOUNT:
            made["discount"] = DiscountTable(
                amount=plain(row.value),
                percent=plain(row.percent),
                least_purchase=plain(row.least_purchase),
            )
        case Kind.GIFT_CARD:
            made["gift_card"] = plain(row.value)
        case Kind.DONATION:
            made["donation"] = DonationTable(
                fund=row.fund_id or "",
                step=None if row.step is None else whole(row.step, row.unit),
                most=None if row.most is None else whole(row.most, row.unit),
            )
        case Kind.CONTEST if row.draws_on and row.winners:
            made["contest"] = ContestTable(
                draws_on=row.draws_on, winners=row.winners, odds=row.odds, legal=row.legal
            )
        case Kind.UPGRADE:
            made["upgrade"] = UpgradeTable(to=row.upgrade_to, from_=row.upgrade_from)
    if row.step is not None and row.kind != Kind.DONATION:
        most = None if row.most is None else whole(row.most, row.unit)
        made["more"] = MoreTable(step=whole(row.step, row.unit), most=most)
    return made


def plain(value: Decimal | None) -> Decimal | None:
    """An amount of money without needless zeros, None where there is none."""
    return None if value is None else Decimal(format(value.normalize(), "f"))


def funds() -> list[FundTable]:
    """Every fund."""
    return [
        FundTable(code=row.code, name=row.name, unit=row.unit_id, about=row.about)
        for row in Fund.objects.all()
    ]


def _order(price: RewardPrice) -> tuple[str, str, int, date]:
    """What everybody pays comes first, then group by group, each in the order of time."""
    rank = price.tier.rank if price.tier else 0
    return (price.plan_id or "", price.segment_id or "", rank, price.starts_on or date.min)


def _price(row: RewardPrice, reward: Reward) -> PriceTable:
    return PriceTable(
        amount=whole(row.amount, reward.unit),
        tier_at_least=row.tier.code if row.tier else None,
        segment=row.segment_id,
        plan=row.plan_id,
        from_=row.starts_on,
        until=row.ends_on,
    )


def conversions() -> list[ConversionTable]:
    """Every conversion that is offered."""
    rows = Conversion.objects.filter(is_active=True).select_related("takes", "gives")
    return [_conversion(row) for row in rows]


def _conversion(row: Conversion) -> ConversionTable:
    bonus = None
    if row.bonus_step and row.bonus_amount:
        bonus = ExchangeBonusTable(
            every=whole(row.bonus_step, row.takes), amount=whole(row.bonus_amount, row.gives)
        )
    return ConversionTable(
        code=row.code,
        name=row.name,
        takes=SideTable(unit=row.takes_id, amount=whole(row.step, row.takes)),
        gives=SideTable(unit=row.gives_id, amount=whole(row.amount, row.gives)),
        least=whole(row.least, row.takes) if row.least else None,
        bonus=bonus,
        at_most=None if row.most is None else whole(row.most, row.takes),
        per=literal(row.per) if row.per else None,
        monthly=row.is_monthly,
        at_once=row.is_at_once,
        months=list(row.months),
    )
