"""Subscribing: taking a plan, with its trial or without, and cancelling it.

What must stay true: a member has a plan once at a time; a cancelled plan runs to the end of what
was paid for, unless it is given up at once; a trial is had once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from common import clock
from common.errors import translate
from events import outbox
from members import lineage, presence
from members.models import Member
from plans import floors, grouping, periods, refunds, terms
from plans.errors import REFUSALS, AlreadySubscribed, NotSubscribed, PlanUnavailable, TrialUsed
from plans.models import Charge, Period, Plan, Subscription
from points.errors import ReasonMissing
from program import catalog
from program.models import Program
from tiers import standing

State = Subscription.State


def start(member: Member, *, plan: str, period: str, actor: str) -> Subscription:
    """Take a plan now; its first period is charged at once.

    Raises PlanUnavailable where it has no price for the period, AlreadySubscribed.
    """
    program, now = catalog.current(), clock.now()
    taken = _offered(plan, program=program)
    today = clock.local_date(now, program.time_zone)
    after = terms.bounds(today, period=period, number=1)[1]
    with transaction.atomic(), translate(REFUSALS):
        row = _open(member, taken, program=program)
        row.period, row.state, row.number, row.actor = period, State.ACTIVE, 1, actor
        row.anchor_on, row.period_starts_at = today, now
        row.period_ends_at = clock.start_of_day(after, program.time_zone) if after else None
        row.save(force_insert=True)
        _announce(row, actor=actor)
        if not periods.begin(row, number=1, program=program, actor=actor):
            raise _no_price(taken)
        floors.settle(member, program=program, actor=actor)
        grouping.lift(member, plan=plan, program=program, actor=actor)
    return row


def start_trial(member: Member, *, plan: str, period: str, actor: str) -> Subscription:
    """Take a plan with its trial: the first charge is due on the day after the last free one.

    Raises PlanUnavailable where there is no trial or no price for the period, TrialUsed,
    AlreadySubscribed.
    """
    program, now = catalog.current(), clock.now()
    taken = _offered(plan, program=program)
    if not taken.trial_days:
        raise PlanUnavailable(f"{taken.name} has no trial. Start it without one.")
    today = clock.local_date(now, program.time_zone)
    anchor = today + timedelta(days=taken.trial_days)
    with transaction.atomic(), translate(REFUSALS):
        row = _open(member, taken, program=program)
        if has_had(member, plan=taken):
            raise TrialUsed("The trial of this plan was had already. Start it without one.")
        segments = set(member.segments.values_list("segment", flat=True))
        if terms.price(taken, period=period, segments=segments, day=anchor) is None:
            raise _no_price(taken)
        row.period, row.state, row.is_trial, row.actor = period, State.TRIALING, True, actor
        row.anchor_on, row.period_starts_at = anchor, now
        row.period_ends_at = clock.start_of_day(anchor, program.time_zone)
        row.next_at = row.period_ends_at
        row.save(force_insert=True)
        _announce(row, actor=actor)
        floors.settle(member, program=program, actor=actor)
        grouping.lift(member, plan=plan, program=program, actor=actor)
    return row


def has_had(member: Member, *, plan: Plan) -> bool:
    """Whether a member has had a plan before, so that its trial is over for them."""
    whose = lineage.among([member.pk])
    return Subscription.objects.filter(member__in=whose, plan=plan).exists()


def cancel(subscription: Subscription, *, reason: str, actor: str) -> Subscription:
    """Let a plan run to the end of its period, and no further; one for life ends now.

    Nothing more is charged. Raises ReasonMissing, NotSubscribed for one that has ended or was
    cancelled before.
    """
    _require(reason)
    program, now = catalog.current(), clock.now()
    with transaction.atomic():
        row = _running(subscription, program=program)
        if row.state == State.CANCELLED:
            raise NotSubscribed("This plan was cancelled before; it runs to the end of its period.")
        charge = periods.due_charge(row)
        if row.period_ends_at is None or row.period_ends_at <= now:
            periods.end(row, at=now, reason=reason, actor=actor)
            _waive(charge, at=now, reason=reason, actor=actor)
        else:
            row.state, row.cancelled_at, row.reason = State.CANCELLED, now, reason[:240]
            periods.schedule(row, charge, program=program)
            row.save()
            payload = {"plan": row.plan_id, "reason": reason, "actor": actor}
            periods.publish("plan_cancelled", row, payload, at=now)
        floors.settle(row.member, program=program, actor=actor)
    return row


def cancel_now(subscription: Subscription, *, reason: str, actor: str) -> Subscription:
    """End a plan at once; what was paid for the period comes back where the terms say so.

    A charge that still waits is waived where nothing was used. Raises ReasonMissing, NotSubscribed.
    """
    _require(reason)
    program, now = catalog.current(), clock.now()
    with transaction.atomic():
        row = _running(subscription, program=program)
        found = refunds.eligibility(row, asked_at=now, program=program)
        if found.charge is not None:
            _pay_back(row, found.charge, reason=reason, actor=actor, at=now)
        elif not row.uses.filter(used_at__gte=row.period_starts_at).exists():
            _waive(periods.due_charge(row), at=now, reason=reason, actor=actor)
        periods.end(row, at=now, reason=reason, actor=actor)
        floors.settle(row.member, program=program, actor=actor)
    return row


def of(member: Member, plan: str) -> Subscription:
    """The running subscription of a member to a plan. Raises NotSubscribed."""
    row = Subscription.objects.live().filter(member=member, plan=plan).first()
    if row is None:
        raise NotSubscribed("The member does not have this plan.", plan=plan)
    return row


def _offered(code: str, *, program: Program) -> Plan:
    plan = terms.plan(code, program=program)
    if not plan.is_active:
        raise PlanUnavailable(f"{plan.name} is no longer offered.")
    return plan


def _no_price(plan: Plan) -> PlanUnavailable:
    return PlanUnavailable(f"{plan.name} has no price for this period. Choose another period.")


def _open(member: Member, plan: Plan, *, program: Program) -> Subscription:
    """A row that is not written yet, under the lock of the member's accounts."""
    periods.lock_accounts(member.pk, program=program)
    presence.lock(member)
    if Subscription.objects.live().filter(member=member, plan=plan).exists():
        raise AlreadySubscribed("The member has this plan already. Nothing was started.")
    return Subscription(member=member, plan=plan, started_at=clock.now(), period=Period.LIFETIME)


def _running(subscription: Subscription, *, program: Program) -> Subscription:
    row = periods.locked(subscription, program=program)
    if row.state == State.ENDED:
        raise NotSubscribed("This plan has ended.")
    return row


def _announce(row: Subscription, *, actor: str) -> None:
    payload = {"plan": row.plan_id, "period": row.period, "trial": row.is_trial, "actor": actor}
    outbox.publish("plan_started", member_id=row.member_id, subject=row.public_id, payload=payload)


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Write down why.", pointer="/reason")


def _waive(charge: Charge | None, *, at: datetime, reason: str, actor: str) -> None:
    if charge is not None:
        charge.status, charge.settled_at = Charge.Status.WAIVED, at
        charge.reason, charge.actor = reason[:240], actor
        charge.save()


def _pay_back(row: Subscription, charge: Charge, *, reason: str, actor: str, at: datetime) -> None:
    """Give back what was paid, and take back what the period began with."""
    charge.status, charge.refunded_at = Charge.Status.REFUNDED, at
    charge.reason, charge.actor = reason[:240], actor
    charge.save()
    periods.take_back(charge, reason=reason, actor=actor)
    standing.reassess(row.member, actor=actor)
    periods.publish("charge_refunded", row, periods.told(charge), at=at)
