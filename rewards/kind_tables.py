"""What a blueprint says of one kind of reward only: its tables, and the columns they become."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from program.blueprint import Table
from program.errors import BlueprintInvalid, HistoryProtected
from program.sections import Code, Name, positive, require_code, smallest, unique, upsert
from rewards.models import Fund, FundTotal, Redemption, Reward, RewardDate

KINDS = (
    "code", "product", "experience", "discount", "gift_card", "donation", "contest", "upgrade",
)  # fmt: skip
KindName = Literal[
    "code", "product", "experience", "discount", "gift_card", "donation", "contest", "upgrade"
]
CENTS = Decimal("0.01")


class FundTable(Table):
    """Something that members give to."""

    code: Code
    name: Name
    unit: Code
    about: str = ""


class DiscountTable(Table):
    """Money off: an amount in the program's currency, or percent."""

    amount: Decimal | None = None
    percent: Decimal | None = None
    least_purchase: Decimal | None = None

    def __post_init__(self) -> None:
        positive(self, "amount", "percent", "least_purchase")
        if self.percent is not None and self.percent > 100:
            raise ValueError("percent is at most 100")
        if (self.amount is None) == (self.percent is None):
            raise ValueError("a discount is an amount or percent: give one of them")
        _in_cents(self, "amount", "percent", "least_purchase")


class DonationTable(Table):
    """What is given, and how: the price, or more in steps."""

    fund: Code
    step: Decimal | None = None
    most: Decimal | None = None

    def __post_init__(self) -> None:
        positive(self, "step", "most")
        if self.most is not None and (self.step is None or self.most < self.step):
            raise ValueError("most goes with step, and is not below it")


class MoreTable(Table):
    """More than the price, in steps; it is worth as much more, in proportion."""

    step: Decimal
    most: Decimal | None = None

    def __post_init__(self) -> None:
        positive(self, "step", "most")
        if self.most is not None and self.most < self.step:
            raise ValueError("most is not below step")


class DateTable(Table):
    """A day on which it takes place, and how many can come."""

    on: date
    places: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""


class ContestTable(Table):
    """When winners are drawn, how many, and what the law asks to be said."""

    draws_on: date
    winners: Annotated[int, msgspec.Meta(ge=1, le=30_000)]
    odds: Annotated[str, msgspec.Meta(min_length=1, max_length=240)]
    legal: Annotated[str, msgspec.Meta(min_length=1)]


class UpgradeTable(Table):
    """From what to what."""

    to: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    from_: Annotated[str, msgspec.Meta(max_length=60)] = msgspec.field(default="", name="from")


# The key that a kind needs, or may have; every other kind must leave it out.
NEEDS = {
    "discount": "discount",
    "gift_card": "gift_card",
    "donation": "donation",
    "contest": "contest",
    "upgrade": "upgrade",
}
ONLY_FOR = {key: {kind} for kind, key in NEEDS.items()} | {
    "date": {"experience"},
    "cancel_days": {"experience"},
    "more": {"gift_card", "discount"},
    "codes": {"code", "discount", "gift_card"},
}


def check_kind(table: Any) -> None:
    """Whether a reward's keys fit its kind. Raises ValueError, naming key and kind."""
    needed = NEEDS.get(table.kind)
    if needed and getattr(table, needed) is None:
        raise ValueError(f"a reward of the kind {table.kind} needs {needed}")
    for key, kinds in ONLY_FOR.items():
        value = table.date_ if key == "date" else getattr(table, key)
        if value not in (None, [], 0, "generated") and table.kind not in kinds:
            raise ValueError(f"{key} is for rewards of the kind {' or '.join(sorted(kinds))}")
    if table.more is not None and table.discount is not None and table.discount.amount is None:
        raise ValueError("more is for a discount that is an amount, not percent")
    if (table.codes == "shared") != bool(table.shared_code):
        raise ValueError('shared_code goes with codes = "shared", and the other way round')
    if table.codes == "uploaded" and table.stock is not None:
        raise ValueError("there are as many as codes were uploaded: leave stock out")
    if table.kind == "experience" and table.stock is not None:
        raise ValueError("there are as many as its dates have places: leave stock out")
    positive(table, "gift_card")
    _in_cents(table, "gift_card")


def _in_cents(table: Any, *keys: str) -> None:
    for key in keys:
        value = getattr(table, key)
        if value is not None and (value % CENTS or value >= Decimal(10) ** 10):
            raise ValueError(f"{key} has at most two decimals and ten digits")


def columns(table: Any, blueprint: Any, place: str) -> dict[str, Any]:
    """The terms of a reward's kind, as columns."""
    off, given = table.discount, table.donation
    drawn, lifted = table.contest, table.upgrade
    stepped = given or table.more
    decimals = next(unit.decimals for unit in blueprint.unit if unit.code == table.unit)
    if given is not None:
        _check_fund(table, blueprint, place)
    return {
        "kind": table.kind,
        "codes": table.codes,
        "shared_code": table.shared_code,
        "value": table.gift_card or (off.amount if off else None),
        "percent": off.percent if off else None,
        "least_purchase": off.least_purchase if off else None,
        "fund_id": given.fund if given else None,
        "step": _parts(stepped.step if stepped else None, decimals, f"{place}, step"),
        "most": _parts(stepped.most if stepped else None, decimals, f"{place}, most"),
        "cancel_days": table.cancel_days,
        "winners": drawn.winners if drawn else None,
        "draws_on": drawn.draws_on if drawn else None,
        "odds": drawn.odds if drawn else "",
        "legal": drawn.legal if drawn else "",
        "upgrade_from": lifted.from_ if lifted else "",
        "upgrade_to": lifted.to if lifted else "",
    }


def _parts(amount: Decimal | None, decimals: int, place: str) -> int | None:
    return None if amount is None else smallest(amount, decimals, place=place)


def _check_fund(table: Any, blueprint: Any, place: str) -> None:
    funds = {fund.code: fund for fund in blueprint.fund}
    require_code(table.donation.fund, funds, place=f"{place}, donation, fund")
    if funds[table.donation.fund].unit != table.unit:
        raise BlueprintInvalid(
            f"in {place}, donation: the fund counts {funds[table.donation.fund].unit}, "
            f"and the reward is paid in {table.unit}. Give both the same unit."
        )


def refuse_other_kind(table: Any, place: str) -> None:
    """What members hold of a reward decides its kind for ever. Raises HistoryProtected."""
    known = Reward.objects.filter(code=table.code).exclude(kind=table.kind).first()
    if known is not None and Redemption.objects.filter(reward=known).exists():
        raise HistoryProtected(
            f"in {place}: members hold it as {known.kind}, so it cannot become {table.kind}. "
            "Give the new reward a code of its own, and leave this one out."
        )


def apply_dates(reward: Reward, tables: Sequence[DateTable], place: str) -> list[str]:
    """The dates of an experience. One that nobody took may go; more places are added to what is
    left.
    """
    unique([f"{one.on} {one.name}" for one in tables], place=f"{place}, date")
    known = {(row.day, row.name): row for row in RewardDate.objects.filter(reward=reward)}
    changes = [
        line
        for table in tables
        for line in _apply_date(reward, table, known.pop((table.on, table.name), None), place)
    ]
    for row in known.values():
        if row.redemptions.exists():
            raise HistoryProtected(
                f"in {place}, date: somebody has a place on {row}. Leave the date in."
            )
        row.delete()
        changes.append(f"{reward.name}: {row} is no longer offered.")
    return changes


def _apply_date(reward: Reward, table: DateTable, row: RewardDate | None, place: str) -> list[str]:
    if row is None:
        RewardDate.objects.create(
            reward=reward, day=table.on, name=table.name, places=table.places, left=table.places
        )
        return [f"{reward.name}: {table.places} places on {table.on}."]
    if row.places == table.places:
        return []
    left = row.left + table.places - row.places
    if left < 0:
        raise HistoryProtected(
            f"in {place}, date {row}: {row.places - row.left} places are taken. "
            "There cannot be fewer."
        )
    row.places, row.left = table.places, left
    row.save(update_fields=["places", "left"])
    return [f"{reward.name}: {table.places} places on {row}."]


def apply_funds(tables: list[FundTable], blueprint: Any) -> list[str]:
    """The funds; one that is no longer listed keeps what it was given."""
    unique([table.code for table in tables], place="fund")
    spendable = [unit.code for unit in blueprint.unit if unit.kind == "spendable"]
    changes: list[str] = []
    for position, table in enumerate(tables):
        require_code(table.unit, spendable, place=f'[[fund]] "{table.code}", unit')
        known = FundTotal.objects.filter(fund=table.code).first()
        if known and known.amount and known.fund.unit_id != table.unit:
            raise HistoryProtected(
                f'in [[fund]] "{table.code}": it has been given {known.fund.unit_id}. '
                "Give the new fund a code of its own."
            )
        values = {
            "name": table.name,
            "unit_id": table.unit,
            "about": table.about,
            "position": position,
        }
        fund, lines = upsert(Fund, {"code": table.code}, values, label=f"Fund {table.name}")
        FundTotal.objects.get_or_create(fund=fund)
        changes += lines
    return changes
