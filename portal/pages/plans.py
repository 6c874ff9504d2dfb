"""Paid plans: those a member has, with the next charge and the way out in words, and those there
are.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.http import Http404
from django.utils.translation import gettext as _

from common import clock
from members.models import Member
from plans import benefits, refunds, subscribing, terms
from plans.models import BenefitUse, Charge, Period, Plan, PlanBenefit, Subscription
from plans.refunds import Eligibility
from program.models import Program

State = Subscription.State


@dataclasses.dataclass(frozen=True, slots=True)
class Charged:
    """A charge that comes: when, and how much."""

    on: date
    amount: str
    is_first: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Used:
    """A benefit, how often it was used in this period, how often it still can be, where that is
    limited, and from when on, where that is not now.
    """

    benefit: PlanBenefit
    times: int
    left: int | None
    again_at: datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """A plan that the member has. `next` is the charge to come, `due` one that waits."""

    subscription: Subscription
    plan: Plan
    state: str
    next: Charged | None
    due: Charge | None
    due_amount: str
    benefits: list[Used]
    refund: Eligibility

    @property
    def can_leave(self) -> bool:
        return self.subscription.state != State.CANCELLED


@dataclasses.dataclass(frozen=True, slots=True)
class Offered:
    """A plan that the member does not have, and its prices in words."""

    plan: Plan
    prices: list[str]
    benefits: list[PlanBenefit]
    periods: tuple[str, ...] = ()  # those the member can start by themselves


@dataclasses.dataclass(frozen=True, slots=True)
class Plans:
    """The page: what the member has, and what else there is."""

    held: list[Held]
    offered: list[Offered]


def gather(member: Member, *, program: Program) -> Plans:
    """What the member has and what is on offer to them."""
    rows = Subscription.objects.live().filter(member=member).order_by("started_at")
    held = [_held(row, member, program=program) for row in rows]
    mine = {one.plan.code for one in held}
    segments = set(member.segments.values_list("segment", flat=True))
    today = clock.local_date(clock.now(), program.time_zone)
    offered = [
        Offered(plan, prices, _given(plan), _startable(plan, segments, today))
        for plan in terms.plans(program).values()
        if plan.is_active and plan.code not in mine
        if (prices := _prices(plan, segments, today, program))
    ]
    return Plans(held=held, offered=offered)


def one(member: Member, public_id: str, *, program: Program) -> Held:
    """One of the member's plans, or a 404."""
    rows = Subscription.objects.live().filter(member=member)
    row = next((row for row in rows if row.public_id == public_id), None)
    if row is None:
        raise Http404(_("You do not have this plan."))
    return _held(row, member, program=program)


def _held(row: Subscription, member: Member, *, program: Program) -> Held:
    plan = terms.plan(row.plan_id, program=program)
    charges = Charge.objects.filter(subscription=row, member=member)
    due = charges.filter(status=Charge.Status.DUE).select_related("means").first()
    return Held(
        subscription=row,
        plan=plan,
        state=_state(row),
        next=_next(row, plan, member, program=program),
        due=due,
        due_amount=refunds.money(due.amount, due.currency) if due else "",
        benefits=_uses(row, program=program),
        refund=refunds.eligibility(row, asked_at=clock.now(), program=program),
    )


def _state(row: Subscription) -> str:
    words = {
        State.TRIALING: _("On trial"),
        State.ACTIVE: _("Active"),
        State.PAST_DUE: _("Waiting for a payment"),
        State.CANCELLED: _("Cancelled"),
    }
    return str(words[State(row.state)])


def _next(row: Subscription, plan: Plan, member: Member, *, program: Program) -> Charged | None:
    """The charge that follows this period, at the price of its day."""
    if row.state == State.CANCELLED or row.period_ends_at is None:
        return None
    number = row.number + 1
    day, _after = terms.bounds(row.anchor_on, period=row.period, number=number)
    segments = set(member.segments.values_list("segment", flat=True))
    price = terms.price(plan, period=row.period, segments=segments, day=day)
    if price is None or not plan.is_active:
        return None
    return Charged(day, refunds.money(price.amount, program.currency), number == 1)


def _uses(row: Subscription, *, program: Program) -> list[Used]:
    rows = BenefitUse.objects.filter(subscription=row, used_at__gte=row.period_starts_at)
    ids = list(rows.values_list("benefit", flat=True))
    return [
        Used(one.benefit, ids.count(one.benefit.pk), one.left, one.again_at)
        for one in benefits.allowances([row], program=program)[row.pk]
    ]


def _given(plan: Plan) -> list[PlanBenefit]:
    return [benefit for benefit in plan.benefits.all() if benefit.is_active]


@dataclasses.dataclass(frozen=True, slots=True)
class Start:
    """A plan that the member is about to start: what it costs, and from when on."""

    plan: Plan
    period: str
    price: str
    is_trial: bool
    free_until: date | None


def starting(member: Member, code: str, period: str, *, program: Program) -> Start:
    """What starting a plan means; a 404 where the member cannot start it by themselves."""
    plan = terms.plans(program).get(code)
    segments = set(member.segments.values_list("segment", flat=True))
    today = clock.local_date(clock.now(), program.time_zone)
    if plan is None or not plan.is_active or period not in _startable(plan, segments, today):
        raise Http404(_("This plan cannot be started here."))
    is_trial = bool(plan.trial_days) and not subscribing.has_had(member, plan=plan)
    first = today + timedelta(days=plan.trial_days if is_trial else 0)
    price = terms.price(plan, period=period, segments=segments, day=first)
    if price is None:
        raise Http404(_("This plan has no price for this period."))
    sentence = _price_words()[Period(period)]
    return Start(
        plan=plan,
        period=period,
        price=sentence % {"price": refunds.money(price.amount, program.currency)},
        is_trial=is_trial,
        free_until=first - timedelta(days=1) if is_trial else None,
    )


def _startable(plan: Plan, segments: set[str], day: date) -> tuple[str, ...]:
    if not plan.members_start:
        return ()
    return tuple(
        period
        for period in Period.values
        if terms.price(plan, period=period, segments=segments, day=day) is not None
    )


def _price_words() -> dict[Period, str]:
    return {
        Period.MONTH: _("%(price)s a month"),
        Period.YEAR: _("%(price)s a year"),
        Period.LIFETIME: _("%(price)s once, for life"),
    }


def _prices(plan: Plan, segments: set[str], day: date, program: Program) -> list[str]:
    """`14.99 USD a month`, for every period that has a price today."""
    found: list[str] = []
    for period, sentence in _price_words().items():
        price = terms.price(plan, period=period, segments=segments, day=day)
        if price is not None:
            amount: Decimal = price.amount
            found.append(sentence % {"price": refunds.money(amount, program.currency)})
    return found
