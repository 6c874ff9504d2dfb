"""What a draft means for what members can have: what goes, what comes, what costs more or less."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from common.text import counted, number, scaled
from points.models import Account
from program.differences import Aspect, Finding, register
from program.models import Program, Unit
from program.verbs import Progress
from rewards.models import Redemption, Reward, RewardPart, RewardPrice

Price = tuple[str, str, str, int]  # for whom, since when, before when, amount

EVERYBODY = "everybody"
GROUPS = ("prices__tier", "prices__segment", "prices__plan")


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A reward on offer, as far as members care."""

    name: str
    unit: Unit
    lowest_tier: str
    prices: tuple[Price, ...]
    parts: tuple[str, ...] = ()

    @property
    def price(self) -> int:
        """What everybody pays, at most."""
        return max((amount for whom, *_, amount in self.prices if whom == EVERYBODY), default=0)

    def costs(self, whom: str) -> str:
        """What it costs somebody, in words; empty where that is what it costs everybody."""
        prices = [price for price in self.prices if price[0] == whom]
        return ", ".join(
            " ".join(
                (
                    _amount(amount, self.unit),
                    *((f"since {since}",) if since else ()),
                    *((f"before {before}",) if before else ()),
                )
            )
            for _, since, before, amount in prices
        )


def _read(program: Program) -> dict[str, Offer]:
    rows = Reward.objects.filter(is_active=True).select_related("unit", "lowest_tier")
    return {
        row.code: Offer(
            name=row.name,
            unit=row.unit,
            lowest_tier=row.lowest_tier.name if row.lowest_tier else "",
            prices=tuple(
                sorted(
                    (
                        whom(price),
                        str(price.starts_on or ""),
                        str(price.ends_on or ""),
                        price.amount,
                    )
                    for price in row.prices.all()
                )
            ),
            parts=tuple(_part(one, row.unit) for one in row.parts.all()),
        )
        for row in rows.prefetch_related(*GROUPS, "parts")
    }


def _compare(
    before: dict[str, Offer], after: dict[str, Offer], progress: Progress
) -> Sequence[Finding]:
    sentences = [
        *_withdrawn(before, after),
        *(f"{after[code].name} can be had." for code in after.keys() - before.keys()),
        *(
            sentence
            for code in before.keys() & after.keys()
            for sentence in _changed(before[code], after[code])
        ),
    ]
    if not sentences:
        sentences = ["What can be had, and for how much, stays as it is."]
    return [Finding("Rewards", tuple(sorted(sentences)))]


def _withdrawn(before: dict[str, Offer], after: dict[str, Offer]) -> Iterator[str]:
    for code in before.keys() - after.keys():
        issued = Redemption.objects.filter(
            reward__code=code, status=Redemption.Status.ISSUED
        ).count()
        out = counted(issued, "voucher", "vouchers")
        kept = f" Good for it until they end: {out}." if issued else ""
        yield f"{before[code].name} is withdrawn.{kept}"


def _changed(old: Offer, new: Offer) -> Iterator[str]:
    if old.lowest_tier != new.lowest_tier:
        yield f"{new.name} is for {_whom(new.lowest_tier)} instead of {_whom(old.lowest_tier)}."
    if old.parts != new.parts:
        ways = "; ".join(new.parts)
        yield (
            f"{new.name} can be paid with points and money: {ways}."
            if ways
            else f"{new.name} is paid with points alone."
        )
    if old.prices == new.prices and old.unit == new.unit:
        return
    if old.price != new.price or old.unit != new.unit:
        yield (
            f"{new.name} costs {_amount(new.price, new.unit)} instead of "
            f"{_amount(old.price, old.unit)}; who holds that much: "
            f"{counted(_able(new), 'member', 'members')}, {_able(old):,} before."
        )
    for one in sorted({price[0] for price in (*old.prices, *new.prices)}):
        if one != EVERYBODY or old.price == new.price:
            yield from _for_some(old, new, one)


def _for_some(old: Offer, new: Offer, one: str) -> Iterator[str]:
    """What changes for those who have a price of their own, or for everybody from a day on."""
    before, after = old.costs(one), new.costs(one)
    if before == after:
        return
    if not after:
        yield f"{new.name} costs {one} what it costs everybody, {before} before."
    elif not before:
        yield f"{new.name} costs {one} {after}."
    else:
        yield f"{new.name} costs {one} {after} instead of {before}."


def _part(part: RewardPart, unit: Unit) -> str:
    points = f"{number(scaled(part.points, unit.decimals))} {unit.plural}"
    if part.step is None:
        return f"{points} and {part.money}"
    step = number(scaled(part.step, unit.decimals))
    return f"from {points} in steps of {step}, and {part.money} for each step that is missing"


def _whom(tier: str) -> str:
    return f"{tier} and above" if tier else "everybody"


def whom(price: RewardPrice) -> str:
    """Who pays a price, in words."""
    if price.tier is not None:
        return f"members at {_whom(price.tier.name)}"
    if price.segment is not None:
        return f"members in {price.segment.name}"
    return f"members with {price.plan.name}" if price.plan is not None else EVERYBODY


def _amount(amount: int, unit: Unit) -> str:
    noun = unit.singular if scaled(amount, unit.decimals) == 1 else unit.plural
    return f"{number(scaled(amount, unit.decimals))} {noun}"


def _able(offer: Offer) -> int:
    return Account.objects.filter(unit=offer.unit, balance__gte=offer.price).count()


def install() -> None:
    """Register the aspects of this app."""
    register(Aspect("rewards", _read, _compare))
