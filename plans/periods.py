"""Periods: how a subscription goes from one to the next, is charged for each, and ends.

Nothing here opens a transaction: the verbs that use it hold the member's accounts and then the
subscription locked, in this order.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from common import clock
from common.errors import translate
from events import outbox
from members.models import Member
from plans import terms
from plans.errors import REFUSALS
from plans.models import Charge, PaymentMeans, Plan, Subscription
from points import ledger
from points.books import Books
from points.ledger import Credit, Earning
from points.models import Entry, Posting
from program.models import Program
from tiers import ladders, standing

State = Subscription.State
Status = Charge.Status
NOT_PAID = "It was not paid."
NOT_OFFERED = "It is no longer offered."


def lock_accounts(member: uuid.UUID, *, program: Program) -> None:
    """Lock what plans may move: the counters that they credit, and those that tiers read."""
    units = {unit for rule in ladders.rules(program) for unit in rule.units}
    for plan in terms.plans(program).values():
        units |= {credit.unit_id for credit in plan.credits.all()}
    Books.open({(member, unit) for unit in units})


def locked(subscription: Subscription, *, program: Program) -> Subscription:
    """The subscription as it stands, under lock, with its member."""
    lock_accounts(subscription.member_id, program=program)
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("member")
    return rows.get(pk=subscription.pk, member=subscription.member_id)


def due_charge(subscription: Subscription) -> Charge | None:
    """The charge that waits to be paid, under lock."""
    rows = Charge.objects.select_for_update(of=("self",)).filter(
        subscription=subscription, member=subscription.member_id, status=Status.DUE
    )
    return rows.order_by("number").first()


def grace_ends_at(charge: Charge, *, plan: Plan, program: Program) -> datetime:
    """When a charge that was not paid ends the plan."""
    return clock.start_of_day(charge.due_on + timedelta(days=plan.grace_days), program.time_zone)


def schedule(subscription: Subscription, charge: Charge | None, *, program: Program) -> None:
    """Say when something happens by itself next: an unpaid charge ends the plan, or a period ends.

    While a charge waits no new period begins.
    """
    ends_at = subscription.period_ends_at
    if charge is not None:
        plan = terms.plan(subscription.plan_id, program=program)
        grace = grace_ends_at(charge, plan=plan, program=program)
        is_leaving = subscription.state == State.CANCELLED and ends_at is not None
        ends_at = min(grace, ends_at) if is_leaving and ends_at else grace
    subscription.next_at = ends_at


def begin(subscription: Subscription, *, number: int, program: Program, actor: str) -> bool:
    """Begin paid period `number`: charge it, and credit what it begins with.

    Returns whether it could begin: a plan without a price on its first day cannot.
    """
    plan = terms.plan(subscription.plan_id, program=program)
    first, after = terms.bounds(subscription.anchor_on, period=subscription.period, number=number)
    segments = set(subscription.member.segments.values_list("segment", flat=True))
    price = terms.price(plan, period=subscription.period, segments=segments, day=first)
    if price is None or not plan.is_active:
        return False
    starts_at = clock.start_of_day(first, program.time_zone)
    subscription.number, subscription.state = number, State.ACTIVE
    subscription.period_starts_at = max(starts_at, subscription.started_at)
    subscription.period_ends_at = clock.start_of_day(after, program.time_zone) if after else None
    charge = Charge(
        id=Charge.id_for(subscription.pk, number),
        member_id=subscription.member_id,
        subscription=subscription,
        number=number,
        amount=price.amount,
        currency=program.currency,
        due_on=first,
        try_on=first,
        means=first_means(subscription.member_id),
        actor=actor,
    )
    schedule(subscription, charge, program=program)
    with translate(REFUSALS):
        subscription.save()
        charge.save(force_insert=True)
    _credit(subscription, charge, plan=plan, actor=actor)
    _announce(subscription, charge)
    return True


def first_means(member: uuid.UUID) -> PaymentMeans | None:
    """What a member pays with first."""
    return PaymentMeans.objects.filter(member=member, is_active=True).first()


def end(subscription: Subscription, *, at: datetime, reason: str, actor: str) -> None:
    """End a subscription at a moment, for a reason."""
    subscription.state, subscription.ended_at = State.ENDED, at
    subscription.next_at, subscription.reason = None, reason[:240]
    subscription.save()
    payload = {"plan": subscription.plan_id, "reason": reason, "actor": actor}
    publish("plan_ended", subscription, payload, at=at)


def fail(charge: Charge, *, at: datetime) -> None:
    """Give a charge up."""
    charge.status, charge.settled_at, charge.reason = Status.FAILED, at, NOT_PAID
    charge.means = None
    charge.save()


def credits_of(charge: Charge) -> Posting | None:
    """The posting of what the period of a charge began with."""
    return Posting.objects.filter(member=charge.member_id, source=f"plan:{charge.pk}").first()


def publish(
    type: str, subscription: Subscription, payload: dict[str, object], *, at: datetime
) -> None:
    """Announce something about a subscription."""
    outbox.publish(
        type,
        member_id=subscription.member_id,
        subject=subscription.public_id,
        payload=payload,
        occurred_at=at,
    )


def told(charge: Charge) -> dict[str, object]:
    """A charge as events tell it."""
    return {
        "plan": charge.subscription.plan_id,
        "charge": charge.public_id,
        "amount": str(charge.amount),
        "currency": charge.currency,
        "due_on": charge.due_on.isoformat(),
        "means": charge.means.label if charge.means else "",
    }


def _credit(subscription: Subscription, charge: Charge, *, plan: Plan, actor: str) -> None:
    credits = [
        Credit(unit=one.unit_id, amount=one.amount, reason=plan.name, kind=Entry.Kind.PLAN)
        for one in plan.credits.all()
    ]
    if not credits:
        return
    source, moment = f"plan:{charge.pk}", subscription.period_starts_at
    earning = Earning(subscription.member_id, source, moment, credits)
    ledger.post(earning, actor=actor)
    member: Member = subscription.member
    standing.reassess(member, actor=actor)


def _announce(subscription: Subscription, charge: Charge) -> None:
    moment = subscription.period_starts_at
    if subscription.number > 1 or subscription.is_trial:
        payload = {"plan": subscription.plan_id, "number": subscription.number}
        publish("plan_renewed", subscription, dict(payload), at=moment)
    publish("charge_due", subscription, told(charge), at=moment)
