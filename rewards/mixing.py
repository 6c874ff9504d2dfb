"""Mixing: a price of points and money. The points are taken here; the money is the till's."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from django.utils.translation import gettext as _

from common.text import number, scaled
from program import catalog
from rewards import giving
from rewards.errors import AmountRefused
from rewards.models import Reward, RewardPart


@dataclasses.dataclass(frozen=True, slots=True)
class Cost:
    """What a reward costs one member: points in the unit's smallest part, and the money that is
    collected beside them, None where there is none.
    """

    points: int
    money: Decimal | None = None


def cost_of(reward: Reward, price: int, wanted: int | None) -> Cost:
    """What is paid with so many points; the price where nothing was said.

    Raises AmountRefused, naming what can be paid.
    """
    if wanted is None or wanted >= price:
        return Cost(giving.amount_of(reward, price, wanted))
    parts = list(reward.parts.all())
    if not parts:
        return Cost(giving.amount_of(reward, price, wanted))
    found = [money for one in parts if (money := _money(one, price, wanted)) is not None]
    if not found:
        raise AmountRefused(
            _("Pay all of it with points, or as it is offered: %(ways)s. Nothing was taken.")
            % {"ways": ", ".join(_said(one, reward) for one in parts if one.points < price)},
            least=least(reward, price),
        )
    return Cost(wanted, min(found))


def least(reward: Reward, price: int) -> int:
    """The fewest points with which a reward can be had."""
    return min([price, *(one.points for one in reward.parts.all())])


def ways(reward: Reward, price: int, balance: int, *, at_most: int = 8) -> list[Cost]:
    """Ways to pay to choose from, as far as the balance goes: most points first."""
    found: dict[int, Decimal] = {}
    for one in reward.parts.all():
        for points in _points(one, price, at_most):
            money = _money(one, price, points)
            if money is not None and points <= balance:
                found[points] = min(money, found.get(points, money))
    mixed = [Cost(points, found[points]) for points in sorted(found, reverse=True)]
    return mixed[:at_most]


def most(reward: Reward, price: int, balance: int) -> Cost | None:
    """With as many points as the balance pays of it, and the least money beside them; None where
    it does not pay even the fewest.
    """
    found: list[Cost] = []
    for one in reward.parts.all():
        points = one.points
        if one.step is not None:
            points += max(0, (min(balance, price - 1) - points) // one.step) * one.step
        money = _money(one, price, points)
        if money is not None and points <= balance:
            found.append(Cost(points, money))
    return max(found, key=lambda cost: (cost.points, -(cost.money or 0)), default=None)


def _points(part: RewardPart, price: int, at_most: int) -> list[int]:
    """Numbers of points that a part allows, most first; evenly spread where there are many."""
    if part.step is None:
        return [part.points]
    steps = max(0, -(-(price - part.points) // part.step) - 1)
    every = max(1, -(-(steps + 1) // at_most))
    return [part.points + part.step * n for n in range(0, steps + 1, every)][::-1]


def _money(part: RewardPart, price: int, points: int) -> Decimal | None:
    """What is paid beside so many points; None where the part does not allow that."""
    if not part.points <= points < price:
        return None
    if part.step is None:
        return part.money if points == part.points else None
    if (points - part.points) % part.step:
        return None
    return part.money * -(-(price - points) // part.step)


def _said(part: RewardPart, reward: Reward) -> str:
    unit, currency = reward.unit, catalog.current().currency
    words = {
        "points": number(scaled(part.points, unit.decimals)),
        "units": unit.plural,
        "money": f"{currency} {part.money:.2f}",
        "step": number(scaled(part.step or 0, unit.decimals)),
    }
    if part.step is None:
        return _("%(points)s %(units)s and %(money)s") % words
    told = _("%(points)s %(units)s or more in steps of %(step)s, and %(money)s for each missing")
    return told % words
