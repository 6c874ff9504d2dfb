"""The catalogue as one member sees it, and the pages of one reward: the reward, the question, the
refusal.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.errors import LoyaltyError
from members.models import Member, SegmentMember
from plans.models import Subscription
from points.models import Account
from program import catalog
from program.models import Program, Unit
from rewards import availability, giving, mixing, offers, redemption, together
from rewards.errors import LimitReached, OutOfStock, RewardUnavailable
from rewards.models import FundTotal, Kind, Reward, RewardDate, RewardPrice
from rewards.offers import Offer
from rewards.redemption import Choice
from tiers.models import Standing, Tier


@dataclasses.dataclass(frozen=True, slots=True)
class Shelf:
    """The catalogue: what is shown, the filters there are, and what is nearest."""

    unit: Unit
    balance: int
    offers: list[Offer]
    categories: list[str]
    category: str
    is_affordable_only: bool
    nearest: Offer | None


@dataclasses.dataclass(frozen=True, slots=True)
class Sum:
    """An amount that can be paid, what it is worth, if that is money, and the money that is paid
    beside it.
    """

    amount: int
    worth: str
    beside: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """The page that asks before anything is taken. `attempt` makes a double tap one redemption."""

    offer: Offer
    use_by: datetime
    attempt: uuid.UUID
    undo_minutes: int
    pool: int | None
    dates: list[RewardDate]
    amounts: list[Sum]

    @property
    def only(self) -> Sum | None:
        """The one amount that can be paid; None where there are several to choose from."""
        return self.amounts[0] if len(self.amounts) == 1 else None

    @property
    def after(self) -> int:
        """What the member keeps of their own points when the one amount is paid."""
        return self.offer.balance - (self.only.amount if self.only else self.offer.price)

    @property
    def is_mixed(self) -> bool:
        """Whether money can be paid beside points."""
        return any(one.beside for one in self.amounts)


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """A page that says no: what happened, what is untouched, and where to go from here."""

    heading: str
    message: str
    balance: int
    unit: Unit
    onward: str
    onward_words: str


def shelf(member: Member, *, program: Program, is_affordable_only: bool, category: str) -> Shelf:
    """The catalogue, filtered; what can be had first, then by what is missing."""
    found = offers.for_member(member, program=program)
    shown = [
        offer
        for offer in found
        if (not is_affordable_only or offer.is_affordable)
        and (not category or offer.reward.category == category)
    ]
    unit = catalog.of(program).default_unit
    return Shelf(
        unit=unit,
        balance=_balance(member, unit),
        offers=sorted(shown, key=_by_reach),
        categories=list(dict.fromkeys(offer.reward.category for offer in found)),
        category=category,
        is_affordable_only=is_affordable_only,
        nearest=_nearest(found),
    )


def open_to(member: Member, *, program: Program) -> QuerySet[Reward, Any]:
    """What the member could have if the points were there, as JSON values with the best price.

    For a subquery: it names the member and asks nothing of the rows around it.
    """
    now = clock.now()
    today = clock.local_date(now, program.time_zone)
    held = Standing.objects.of(member).at(now)
    reached = Tier.objects.filter(
        Exists(held.filter(ladder=OuterRef("ladder"), tier__rank__gte=OuterRef("rank")))
    ).values("pk")
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=today)
    running = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    theirs = _theirs(member, now)
    prices = (
        RewardPrice.objects.filter(begun, running, theirs, reward=OuterRef("pk"))
        .filter(Q(tier__isnull=True) | Q(tier__in=reached))
        .order_by("amount")
    )
    return (
        Reward.objects.on_offer(now)
        .in_stock(today)
        .filter(Q(draws_on__isnull=True) | Q(draws_on__gt=today))
        .filter(theirs, Q(lowest_tier__isnull=True) | Q(lowest_tier__in=reached))
        .annotate(best=Subquery(prices.values("amount")[:1]))
        .filter(best__isnull=False)
        .values(
            row=JSONObject(code="code", name="name", picture="picture", unit="unit_id", best="best")
        )
    )


def _theirs(member: Member, now: datetime) -> Q:
    """What is for everybody, or for a segment and a plan of the member's."""
    segments = SegmentMember.objects.filter(member=member).values("segment")
    plans = Subscription.objects.filter(member=member).held_at(now).values("plan")
    return (Q(segment__isnull=True) | Q(segment__in=segments)) & (
        Q(plan__isnull=True) | Q(plan__in=plans)
    )


def nearest(
    rows: Iterable[Mapping[str, Any]], *, balances: Mapping[str, int], units: Mapping[str, Unit]
) -> Offer | None:
    """The reward to show on home, of the rows of `open_to`: the best in reach, else the next."""
    return _nearest(
        [
            Offer(
                reward=Reward(
                    code=row["code"],
                    name=row["name"],
                    picture=row["picture"],
                    unit=units[row["unit"]],
                ),
                price=row["best"],
                balance=balances.get(row["unit"], 0),
                left=None,
                lock=None,
            )
            for row in rows
        ]
    )


def one(member: Member, code: str, *, program: Program) -> Offer:
    """One reward as the member sees it. Raises Http404 when it is not on offer."""
    for offer in offers.for_member(member, program=program):
        if offer.reward.code == code:
            return offer
    raise Http404(_("There is no such reward."))


def pool_for(member: Member, offer: Offer, *, program: Program) -> int | None:
    """What the household has together, where that pays for a reward that the member may have."""
    if not program.is_pooling or offer.is_sold_out or offer.lock is not None:
        return None
    pool = together.balance(member, unit=offer.reward.unit_id)
    return pool if pool is not None and pool >= offer.price else None


def question(offer: Offer, *, program: Program, pool: int | None = None) -> Question:
    """What is asked before the points are taken, with a fresh attempt."""
    today = clock.local_date(clock.now(), program.time_zone)
    return Question(
        offer=offer,
        use_by=clock.end_of_day(offer.reward.last_day(today), program.time_zone),
        attempt=uuid.uuid4(),
        undo_minutes=redemption.UNDO_MINUTES,
        pool=pool,
        dates=[one for one in dates(offer.reward, program=program) if one.left],
        amounts=[
            *(
                Sum(amount, _worth(offer, amount, program))
                for amount in giving.choices(offer.reward, offer.price, offer.balance)
                if amount <= offer.balance or not offer.is_affordable
            ),
            *(
                Sum(way.points, "", way.money)
                for way in mixing.ways(offer.reward, offer.price, offer.balance)
            ),
        ],
    )


def dates(reward: Reward, *, program: Program) -> list[RewardDate]:
    """The dates of an experience that are still to come."""
    if reward.kind != Kind.EXPERIENCE:
        return []
    today = clock.local_date(clock.now(), program.time_zone)
    return list(RewardDate.objects.filter(reward=reward, day__gte=today))


def given(reward: Reward) -> int | None:
    """What the fund of a donation was given so far; None for other kinds."""
    if reward.fund_id is None:
        return None
    total = FundTotal.objects.filter(fund=reward.fund_id).values_list("amount", flat=True).first()
    return total or 0


def choice_of(data: Mapping[str, str]) -> Choice:
    """What was chosen on the page that asks. What makes no sense is as if nothing was chosen."""
    amount, date = data.get("amount", ""), data.get("date", "")
    try:
        chosen = uuid.UUID(date) if date else None
    except ValueError:
        chosen = None
    return Choice(
        amount=int(amount) if amount.isdecimal() and len(amount) < 16 else None,
        date=chosen,
        address=data.get("address", ""),
    )


def why_not(offer: Offer) -> str:
    """Why this reward cannot be had right now, in a sentence; empty when it can."""
    if offer.is_sold_out:
        return _("The last one has gone. When there are more, they appear here.")
    if offer.is_used_up:
        return availability.used_up(offer.reward)
    if offer.lock:
        return _("This one is kept for %(tier)s and above.") % {"tier": offer.lock.name}
    if offer.missing:
        return _("Your balance does not reach yet. It stays here for you.")
    return ""


def refused(error: LoyaltyError, *, member: Member, unit: Unit, code: str = "") -> Refusal:
    """The page for a refusal of the verbs: nothing was taken, and the balance proves it."""
    headings = {
        OutOfStock: _("The last one has gone"),
        LimitReached: _("You have had this one"),
        RewardUnavailable: _("This cannot be had"),
    }
    return Refusal(
        heading=headings.get(type(error)) or _("That did not go through"),
        message=error.message,
        balance=_balance(member, unit),
        unit=unit,
        onward=reverse("portal:rewards"),
        onward_words=_("See the other rewards"),
    )


def limit_words(offer: Offer) -> str:
    """How often one member may have it, in words."""
    count = offer.reward.per_member
    if count is None:
        return _("as often as you like")
    often = {
        "day": ngettext("once a day", "%(count)s times a day", count),
        "week": ngettext("once a week", "%(count)s times a week", count),
        "month": ngettext("once a month", "%(count)s times a month", count),
        "quarter": ngettext("once a quarter", "%(count)s times a quarter", count),
        "year": ngettext("once a year", "%(count)s times a year", count),
        "": ngettext("once", "%(count)s times", count),
    }
    return often[offer.reward.per_member_in] % {"count": count}


def _worth(offer: Offer, amount: int, program: Program) -> str:
    """What an amount that a member can choose is worth; empty where that is no money."""
    worth = giving.worth(offer.reward, offer.price, amount)
    return f"{worth:.2f} {program.currency}" if worth is not None else ""


def _balance(member: Member, unit: Unit) -> int:
    row = Account.objects.filter(member=member, unit=unit).values_list("balance", flat=True)
    return row.first() or 0


def _by_reach(offer: Offer) -> tuple[bool, bool, int, int]:
    is_out = offer.is_sold_out or offer.is_used_up
    return (is_out, offer.lock is not None, offer.missing, offer.price)


def _nearest(found: Sequence[Offer]) -> Offer | None:
    """The dearest that can be had now, else the one with the least missing."""
    open_to = [
        offer
        for offer in found
        if not offer.is_sold_out and not offer.is_used_up and offer.lock is None
    ]
    can = [offer for offer in open_to if offer.is_affordable]
    if can:
        return max(can, key=lambda offer: offer.price)
    return min(open_to, key=lambda offer: offer.missing, default=None)
