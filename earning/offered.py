"""What a member can activate, what they have, and how far they got: offers as pages show them."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from common import clock
from common.errors import LoyaltyError
from earning import offering, tracking
from earning.errors import OfferUnavailable
from earning.models import Award, Correction, Milestone, Offer, OfferActivation
from earning.offering import MOMENT
from members import lineage
from members.models import Member
from points.models import Account
from program import catalog
from program.models import Program, Unit

State = Literal["coming", "holds", "over", "undone"]


@dataclasses.dataclass(frozen=True, slots=True)
class Goal:
    """A mark on a counter that the offer's rules pay: how much there is of how much."""

    name: str
    have: int
    need: int
    unit: Unit


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """An activation: since when it holds, how many activities it paid for, and how much in all.

    `most` is how many it can pay for, None where that is not limited for ever.
    """

    row: OfferActivation
    now: datetime
    times: int = 0
    most: int | None = None
    paid: tuple[tuple[Unit, int], ...] = ()

    @property
    def is_coming(self) -> bool:
        return self.row.starts_at > self.now

    @property
    def is_over(self) -> bool:
        return self.row.ends_at is not None and self.row.ends_at <= self.now

    @property
    def can_be_undone(self) -> bool:
        return not self.times and not self.is_over

    @property
    def state(self) -> State:
        """Whether it was undone, is to come, is over, or holds."""
        if self.row.undone_at is not None:
            return "undone"
        return "coming" if self.is_coming else "over" if self.is_over else "holds"

    @property
    def last_moment(self) -> datetime | None:
        """The last moment at which it holds; None for good."""
        return self.row.ends_at - MOMENT if self.row.ends_at else None


@dataclasses.dataclass(frozen=True, slots=True)
class Offered:
    """An offer as one member sees it. `refusal` says why it cannot be activated (again) now;
    `first` and `last` are the days that can be picked, where one is.
    """

    offer: Offer
    refusal: LoyaltyError | None
    held: tuple[Held, ...]
    goals: tuple[Goal, ...]
    first: date
    last: date

    @property
    def live(self) -> list[Held]:
        """What holds, or will."""
        return [one for one in self.held if not one.is_over]

    @property
    def can_be_activated(self) -> bool:
        return self.refusal is None and (self.offer.picks_day or not self.live)

    @property
    def is_locked(self) -> bool:
        """Whether a higher tier is needed, which the refusal names."""
        return self.refusal is not None and "tier" in self.refusal.data

    @property
    def why_not(self) -> str:
        return self.refusal.message if self.refusal else ""

    @property
    def last_day(self) -> date | None:
        """The last day on which it can be activated."""
        return offering.day_before(self.offer.ends_on)


def to(member: Member, *, program: Program) -> list[Offered]:
    """Every offer that is for a member, or was; at most six queries. One for others is left out."""
    known = list(offering.offers(program).values())
    rows = list(offering.activated(member).select_related("offer__lowest_tier"))
    if not known and not rows:
        return []
    gone = {row.offer_id: row.offer for row in rows if row.offer_id not in {o.code for o in known}}
    facts = offering.facts_of(known, member=member, program=program)
    mine_all = _held(member, rows, program)
    counted = _balances(member, [*known, *gone.values()], program)
    found = []
    for offer in [*known, *gone.values()]:
        mine = tuple(one for one in mine_all if one.row.offer_id == offer.code)
        days = [offering.counts_on(one.row, program.time_zone) for one in mine]
        refusal = offering.refusal(offer, dataclasses.replace(facts, taken_on=days))
        goals = _goals(offer, counted, program)
        one = Offered(offer, refusal, mine, goals, *offering.bounds(offer, facts.today))
        if mine or refusal is None or one.is_locked:
            found.append(one)
    return found


def one(member: Member, code: str, *, program: Program) -> Offered:
    """One of them. Raises OfferUnavailable for what is not for the member."""
    offering.one(code, program=program)
    for found in to(member, program=program):
        if found.offer.code == code:
            return found
    raise OfferUnavailable("This offer is not for this member now.")


def held(member: Member, row: OfferActivation, *, program: Program) -> Held:
    """One activation of a member's, with what it has paid."""
    return _held(member, [row], program)[0]


def _held(member: Member, rows: Sequence[OfferActivation], program: Program) -> list[Held]:
    """Activations with what the offer's rules paid while they held, returns counted."""
    rules = {
        code: {rule.key.pk: rule for rule in offering.rules_of(code, program=program)}
        for code in {row.offer_id for row in rows}
    }
    wanted = {pk for specs in rules.values() for pk in specs}
    paid = _paid(member, wanted) if wanted else []
    units, now = catalog.of(program).units, clock.now()
    found = []
    for row in rows:
        by_activity: dict[uuid.UUID, int] = {}
        by_unit: dict[str, int] = {}
        for rule, unit, activity, at, amount in paid:
            is_within = row.starts_at <= at and (row.ends_at is None or at < row.ends_at)
            if rule in rules[row.offer_id] and is_within:
                by_activity[activity] = by_activity.get(activity, 0) + amount
                by_unit[unit] = by_unit.get(unit, 0) + amount
        limits = [limit for rule in rules[row.offer_id].values() for limit in rule.limits]
        often = [one.times for one in limits if one.per == "member" and one.period == "ever"]
        found.append(
            Held(
                row,
                now,
                times=sum(amount > 0 for amount in by_activity.values()),
                most=min((times for times in often if times is not None), default=None),
                paid=tuple((units[unit], total) for unit, total in by_unit.items() if total > 0),
            )
        )
    return found


Paid = tuple[uuid.UUID, str, uuid.UUID, datetime, int]  # rule, unit, activity, moment, amount


def _paid(member: Member, rules: Iterable[uuid.UUID]) -> list[Paid]:
    columns = ("rule", "unit", "activity", "activity__occurred_at", "amount")
    return [
        row
        for kind in (Award, Correction)
        for row in kind._default_manager.filter(
            member__in=lineage.ids(member), rule__in=list(rules)
        ).values_list(*columns)
    ]


def _counters(offer: Offer, program: Program) -> dict[str | None, Milestone]:
    """The counters that an offer's rules pay, with the mark that is passed on each, where all that
    was ever counted decides.
    """
    paid = {rule.unit for rule in offering.rules_of(offer.code, program=program)}
    return {
        mark.counter_id: mark
        for mark in tracking.active(program)
        if mark.counter_id in paid
        and mark.window == Milestone.Window.LIFETIME
        and not mark.streak
        and mark.per == Milestone.Per.MEMBER
    }


def _balances(member: Member, offers: Iterable[Offer], program: Program) -> dict[str, int]:
    units = {
        rule.unit
        for offer in offers
        for rule in offering.rules_of(offer.code, program=program)
        if catalog.of(program).units[rule.unit].kind == Unit.Kind.COUNTER
    }
    if not units:
        return {}
    rows = Account.objects.filter(member=member, unit__in=units)
    return dict.fromkeys(units, 0) | dict(rows.values_list("unit", "balance"))


def _goals(offer: Offer, counted: dict[str, int], program: Program) -> tuple[Goal, ...]:
    """How far the member is on the way to marks that only the offer leads to."""
    if not counted:
        return ()
    units = catalog.of(program).units
    goals = []
    for code, mark in _counters(offer, program).items():
        have = max(0, counted.get(code or "", 0))
        need = mark.at
        while mark.every and need <= have:
            need += mark.every
        if code is not None and code in counted:
            goals.append(Goal(mark.name, min(have, need), need, units[code]))
    return tuple(goals)
