"""Giving: donations to funds, what a fund was given, and how many of those who redeem give.

A donation is an ordinary spend, taken back under the same rules; a fund's total moves with it.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from common.text import number, scaled
from rewards.errors import AmountRefused
from rewards.models import FundTotal, Kind, Redemption, Reward


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """How many members redeemed something in a time, and how many of them gave."""

    redeemers: int
    donors: int

    @property
    def percent(self) -> Fraction:
        """Donors of a hundred redeemers; zero where nobody redeemed."""
        return Fraction(self.donors * 100, self.redeemers) if self.redeemers else Fraction(0)


def amount_of(reward: Reward, price: int, wanted: int | None) -> int:
    """What is taken: the price, or what the member chose, in whole steps above it, where the reward
    has steps: a donation, a gift card or money off.

    Raises AmountRefused, naming what can be given.
    """
    if wanted is None or wanted == price:
        return price
    step, unit = reward.step, reward.unit
    most = reward.most
    is_stepped = step is not None and wanted > price
    if not (is_stepped and (wanted - price) % (step or 1) == 0 and wanted <= (most or wanted)):
        words = {
            "least": number(scaled(price, unit.decimals)),
            "step": number(scaled(step or 0, unit.decimals)),
            "most": number(scaled(most or 0, unit.decimals)),
            "units": unit.plural,
        }
        raise AmountRefused(_refusal(reward) % words, least=price, step=step, most=most)
    return wanted


def _refusal(reward: Reward) -> str:
    if reward.step is None:
        return _("This takes %(least)s %(units)s, neither more nor less. Nothing was taken.")
    if reward.kind != Kind.DONATION and reward.most is None:
        return _("This takes %(least)s %(units)s, or more in steps of %(step)s. Nothing was taken.")
    if reward.kind != Kind.DONATION:
        return _(
            "This takes %(least)s %(units)s, or more in steps of %(step)s, up to %(most)s. "
            "Nothing was taken."
        )
    if reward.most is None:
        return _("Give %(least)s %(units)s, or more in steps of %(step)s. Nothing was taken.")
    return _(
        "Give %(least)s %(units)s, or more in steps of %(step)s, up to %(most)s. Nothing was taken."
    )


def worth(reward: Reward, price: int, paid: int) -> Decimal | None:
    """What a gift card holds, or is taken off, for what was paid: as much more as was paid above
    the price, in proportion, rounded down to cents.
    """
    if reward.value is None or paid == price:
        return reward.value
    return (reward.value * paid / price).quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def choices(reward: Reward, price: int, balance: int, *, at_most: int = 8) -> list[int]:
    """Amounts to offer: the least, then steps, as far as the balance and the limit go."""
    if reward.step is None:
        return [price]
    top = min(balance, reward.most or balance)
    return [price, *range(price + reward.step, top + 1, reward.step)][:at_most]


def count(redemption: Redemption, *, sign: int = 1) -> None:
    """Move the fund's total by a donation, or back; nothing for other kinds. Touched last."""
    reward = redemption.reward
    if reward.kind != Kind.DONATION or reward.fund_id is None:
        return
    moved = {"amount": F("amount") + sign * redemption.price, "donations": F("donations") + sign}
    total = FundTotal.objects.filter(fund=reward.fund_id)
    if not total.update(**moved):  # a fund that was just made by hand has no total yet
        FundTotal.objects.bulk_create([FundTotal(fund_id=reward.fund_id)], ignore_conflicts=True)
        total.update(**moved)


def share(*, since: datetime, until: datetime) -> Share:
    """Members who redeemed between two moments (the second exclusive), and those who gave."""
    rows = Redemption.objects.filter(issued_at__gte=since, issued_at__lt=until)
    found = rows.exclude(status=Redemption.Status.CANCELLED).aggregate(
        redeemers=Count("member", distinct=True),
        donors=Count("member", distinct=True, filter=Q(reward__kind=Kind.DONATION)),
    )
    return Share(**found)
