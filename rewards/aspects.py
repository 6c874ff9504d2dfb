"""What a draft means for what members can have: what goes, what comes, what costs more or less."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from common.text import counted, number, scaled
from points.models import Account
from program.differences import Aspect, Finding, register
from program.models import Program, Unit
from program.verbs import Progress
from rewards.models import Redemption, Reward, RewardPart

Price = tuple[str, str, str, int]  # tier, first day, last day, amount


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
        return max((amount for tier, *_, amount in self.prices if not tier), default=0)


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
                        price.tier.name if price.tier else "",
                        str(price.starts_on or ""),
                        str(price.ends_on or ""),
                        price.amount,
                    )
                    for price in row.prices.all()
                )
            ),
            parts=tuple(_part(one, row.unit) for one in row.parts.all()),
        )
        for row in rows.prefetch_related("prices__tier", "parts")
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
    if old.price == new.price and old.unit == new.unit:
        yield f"{new.name} has other prices for some; for everybody it stays {_amount(new)}."
        return
    yield (
        f"{new.name} costs {_amount(new)} instead of {_amount(old)}; who holds that much: "
        f"{counted(_able(new), 'member', 'members')}, {_able(old):,} before."
    )


def _part(part: RewardPart, unit: Unit) -> str:
    points = f"{number(scaled(part.points, unit.decimals))} {unit.plural}"
    if part.step is None:
        return f"{points} and {part.money}"
    step = number(scaled(part.step, unit.decimals))
    return f"from {points} in steps of {step}, and {part.money} for each step that is missing"


def _whom(tier: str) -> str:
    return f"{tier} and above" if tier else "everybody"


def _amount(offer: Offer) -> str:
    return f"{number(scaled(offer.price, offer.unit.decimals))} {offer.unit.plural}"


def _able(offer: Offer) -> int:
    return Account.objects.filter(unit=offer.unit, balance__gte=offer.price).count()


def install() -> None:
    """Register the aspects of this app."""
    register(Aspect("rewards", _read, _compare))
