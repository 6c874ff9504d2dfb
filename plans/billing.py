"""Billing: what is charged when, what the payment system reports, and what follows from it.

Pennant moves no money and sees no card. A charge that is due is announced; the business's own
payment system, or a clerk, reports each try. What is declined falls to the member's next means of
payment; when all were declined the round is tried again some days later, and in the end the plan
ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from common import clock
from common.errors import translate
from plans import floors, periods, terms
from plans.errors import REFUSALS, ChargeSettled, MeansInvalid
from plans.models import Charge, ChargeAttempt, PaymentMeans, Subscription
from points.errors import ReasonMissing
from program import catalog
from program.errors import ProgramMissing
from program.models import Program

State = Subscription.State
Status = Charge.Status
Outcome = ChargeAttempt.Outcome
ACTOR = "system:plans"


def run(*, limit: int = 10_000) -> int:
    """Renew, end and give up whatever is due by now, however late; returns how many were moved.

    Safe to run twice, at once, or late: each subscription is moved under its own lock.
    """
    try:
        program = catalog.current()
    except ProgramMissing:
        return 0
    due = Subscription.objects.due(clock.now()).values_list("pk", "member")
    moved = 0
    for pk, member in list(due[:limit]):
        moved += advance(Subscription(pk=pk, member_id=member), program=program)
    return moved


def advance(subscription: Subscription, *, program: Program) -> bool:
    """Bring one subscription up to now, period by period. Returns whether anything happened."""
    now, moved = clock.now(), False
    with transaction.atomic():
        row = periods.locked(subscription, program=program)
        while row.next_at is not None and row.next_at <= now:
            _step(row, at=row.next_at, program=program)
            moved = True
        if moved:
            floors.settle(row.member, program=program, actor=ACTOR)
    return moved


def _step(row: Subscription, *, at: datetime, program: Program) -> None:
    """The one thing that happens to a subscription at `at`."""
    charge = periods.due_charge(row)
    plan = terms.plan(row.plan_id, program=program)
    if charge is not None and periods.grace_ends_at(charge, plan=plan, program=program) <= at:
        periods.fail(charge, at=at)
        periods.publish("charge_failed", row, periods.told(charge), at=at)
        periods.end(row, at=at, reason=periods.NOT_PAID, actor=ACTOR)
    elif row.state == State.CANCELLED:
        periods.end(row, at=at, reason=row.reason or "Cancelled", actor=ACTOR)
    elif not periods.begin(row, number=row.number + 1, program=program, actor=ACTOR):
        periods.end(row, at=at, reason=periods.NOT_OFFERED, actor=ACTOR)


def attempt(
    charge: Charge,
    *,
    outcome: str,
    actor: str,
    means: PaymentMeans | None = None,
    reference: str = "",
) -> ChargeAttempt:
    """Write down what came of one try of a charge: with `means`, else with the one that was next.

    The same `reference` again gets the first answer. Raises ChargeSettled for a charge that waits
    for nothing, MeansInvalid for somebody else's means.
    """
    program, now = catalog.current(), clock.now()
    with transaction.atomic(), translate(REFUSALS):
        row = periods.locked(charge.subscription, program=program)
        known = charge.tries.filter(reference=reference).first() if reference else None
        if known is not None:
            return known
        due = _due(charge)
        tried = means or due.means
        if tried is not None and tried.member_id != due.member_id:
            raise MeansInvalid("This is somebody else's way of paying.", pointer="/means")
        made = ChargeAttempt.objects.create(
            member_id=due.member_id,
            charge=due,
            number=due.tries.count() + 1,
            means=tried,
            outcome=outcome,
            reference=reference,
            actor=actor,
            reported_at=now,
        )
        if outcome == Outcome.PAID:
            _paid(row, due, tried, at=now, program=program)
        else:
            _declined(row, due, tried, at=now, program=program)
        floors.settle(row.member, program=program, actor=actor)
    return made


def waive(charge: Charge, *, reason: str, actor: str) -> Charge:
    """Let a charge go, for a reason; the plan runs on. Raises ReasonMissing, ChargeSettled."""
    if not reason.strip():
        raise ReasonMissing("Write down why.", pointer="/reason")
    program, now = catalog.current(), clock.now()
    with transaction.atomic():
        row = periods.locked(charge.subscription, program=program)
        due = _due(charge)
        due.status, due.settled_at, due.means = Status.WAIVED, now, None
        due.reason, due.actor = reason[:240], actor
        due.save()
        _run_on(row, program=program)
        periods.publish("charge_waived", row, periods.told(due) | {"reason": reason}, at=now)
        floors.settle(row.member, program=program, actor=actor)
    return due


def _due(charge: Charge) -> Charge:
    rows = Charge.objects.select_for_update(of=("self",)).select_related("means", "subscription")
    due = rows.get(pk=charge.pk, member=charge.member_id)
    if due.status != Status.DUE:
        raise ChargeSettled("This charge is settled; nothing was written.", status=due.status)
    return due


def _paid(
    row: Subscription, charge: Charge, tried: PaymentMeans | None, *, at: datetime, program: Program
) -> None:
    charge.status, charge.settled_at, charge.means = Status.PAID, at, tried
    charge.save()
    _run_on(row, program=program)
    periods.publish("charge_paid", row, periods.told(charge), at=at)


def _run_on(row: Subscription, *, program: Program) -> None:
    """Nothing waits any more: the plan runs to the end of its period."""
    if row.state == State.PAST_DUE:
        row.state = State.ACTIVE
    if row.state != State.ENDED:
        periods.schedule(row, None, program=program)
        row.save()


def _declined(
    row: Subscription, charge: Charge, tried: PaymentMeans | None, *, at: datetime, program: Program
) -> None:
    """Fall to the next means; when all were declined, to the next round, some days later."""
    plan = terms.plan(row.plan_id, program=program)
    today = clock.local_date(at, program.time_zone)
    charge.means, charge.try_on = _following(charge, tried), today
    if charge.means is None:
        if charge.round < plan.attempts:
            charge.means = periods.first_means(charge.member_id)
            charge.try_on = max(
                today, charge.due_on + timedelta(days=charge.round * plan.retry_days)
            )
            charge.round += 1
        if row.state == State.ACTIVE:
            row.state = State.PAST_DUE
            row.save()
    charge.save()
    payload = periods.told(charge) | {
        "try_on": charge.try_on.isoformat(),
        "declined": tried.label if tried else "",
    }
    periods.publish("charge_declined", row, payload, at=at)


def _following(charge: Charge, tried: PaymentMeans | None) -> PaymentMeans | None:
    """The member's means that comes after the one that was tried; None after the last."""
    if tried is None:
        return None
    rows = PaymentMeans.objects.filter(member=charge.member_id, is_active=True)
    place = (tried.position, tried.pk)
    return next((row for row in rows if (row.position, row.pk) > place), None)
