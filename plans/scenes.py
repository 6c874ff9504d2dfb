"""What scenarios can say about plans: taking, cancelling, paying, using; charges and refunds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from django.db.models import Sum

from common import clock
from plans import benefits, billing, paying, subscribing, terms
from plans.errors import ChargeSettled
from plans.models import BenefitUse, Charge, ChargeAttempt, PaymentMeans, Period, Subscription
from program import catalog
from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.scenarios import Expectation, Found, Stage, Step, register, register_tick
from program.sections import Code

ACTOR = "system:scenario"
NONE = "none"
REASON = "Scenario"


class SubscribeTable(Table):
    """A plan that the step's member takes."""

    plan: Code
    period: Literal["month", "year", "lifetime"] = "month"
    trial: bool = False


class UnsubscribeTable(Table):
    """A plan that they cancel: to the end of its period, or at once."""

    plan: Code
    at_once: bool = False


class PayTable(Table):
    """What the payment system reports about the charge that is due."""

    outcome: Literal["paid", "declined"]
    plan: Code | None = None
    means: str = ""


class BenefitTable(Table):
    """One use of a benefit."""

    plan: Code
    benefit: Code


class ChargedTable(Table):
    """A charge: the day on which it is due, how much, and how it stands."""

    on: date
    amount: Decimal
    status: Literal["due", "paid", "failed", "refunded", "waived"] = "due"
    means: str | None = None


class SavesTable(Table):
    """How much a year costs less than twelve months."""

    plan: Code
    amount: Decimal
    segment: Code | None = None


def _means(labels: list[str], stage: Stage) -> list[PaymentMeans]:
    return paying.arrange(stage.who(), labels=labels, actor=ACTOR)


def _subscribe(table: SubscribeTable, stage: Stage) -> Subscription:
    verb = subscribing.start_trial if table.trial else subscribing.start
    return verb(stage.who(), plan=table.plan, period=table.period, actor=ACTOR)


def _unsubscribe(table: UnsubscribeTable, stage: Stage) -> Subscription:
    verb = subscribing.cancel_now if table.at_once else subscribing.cancel
    return verb(subscribing.of(stage.who(), table.plan), reason=REASON, actor=ACTOR)


def _pay(table: PayTable, stage: Stage) -> ChargeAttempt:
    rows = Charge.objects.filter(member=stage.who(), status=Charge.Status.DUE)
    rows = rows.filter(subscription__plan=table.plan) if table.plan else rows
    charge = rows.select_related("subscription").order_by("due_on").first()
    if charge is None:
        raise ChargeSettled("No charge is due.")
    means = None
    if table.means:
        means = PaymentMeans.objects.filter(
            member=stage.who(), label=table.means, is_active=True
        ).first()
        if means is None:
            raise BlueprintInvalid(f'the member has no means of payment "{table.means}".')
    return billing.attempt(charge, outcome=table.outcome, means=means, actor=ACTOR)


def _benefit(table: BenefitTable, stage: Stage) -> BenefitUse:
    return benefits.use(stage.who(), plan=table.plan, benefit=table.benefit, actor=ACTOR)


def _newest(stage: Stage) -> Subscription | None:
    return Subscription.objects.filter(member=stage.who()).order_by("-started_at", "-id").first()


def _plan(wanted: str, stage: Stage) -> Found:
    row = _newest(stage)
    if row is None:
        return Found(NONE)
    because = [*([row.reason] if row.reason else []), *_billed(stage)]
    return Found(str(row.state), tuple(because))


def _until(wanted: date, stage: Stage) -> Found:
    row = _newest(stage)
    because = tuple(_billed(stage))
    if row is None or row.period_ends_at is None:
        return Found(NONE if row is None else "life", because)
    return Found(clock.local_date(row.period_ends_at - timedelta(seconds=1), stage.zone), because)


def _billed(stage: Stage) -> Iterator[str]:
    """Every charge of the member in a line: what a plan's state follows from."""
    for row in Charge.objects.filter(member=stage.who()).order_by("due_on", "id"):
        yield f"{row.due_on} {row.amount}: {row.get_status_display()}"


def _charges(wanted: list[ChargedTable], stage: Stage) -> Found:
    rows = Charge.objects.filter(member=stage.who()).select_related("means")
    names = any(charge.means is not None for charge in wanted)
    return Found(
        [
            ChargedTable(
                on=row.due_on,
                amount=row.amount,
                status=row.status,  # type: ignore[arg-type]
                means=(row.means.label if row.means else "") if names else None,
            )
            for row in rows.order_by("due_on", "id")
        ]
    )


def _refunded(wanted: Decimal, stage: Stage) -> Found:
    rows = Charge.objects.filter(member=stage.who(), status=Charge.Status.REFUNDED)
    total = rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return Found(total, tuple(_billed(stage)))


def _saves(wanted: SavesTable, stage: Stage) -> Found:
    """Twelve months against a year, at the prices of the step's day."""
    program = catalog.current()
    plan = terms.plan(wanted.plan, program=program)
    day = clock.local_date(clock.now(), stage.zone)
    segments = {wanted.segment} if wanted.segment else set()
    month, year = (
        terms.price(plan, period=period, segments=segments, day=day)
        for period in (Period.MONTH, Period.YEAR)
    )
    if month is None or year is None:
        return Found(NONE)
    saved = 12 * month.amount - year.amount
    because = f"12 x {month.amount} = {12 * month.amount}, less {year.amount}"
    return Found(SavesTable(plan=wanted.plan, amount=saved, segment=wanted.segment), (because,))


def install() -> None:
    """Register the steps and expectations of this app; billing runs whenever the clock has
    moved.
    """
    register(
        Step("means", list[str], _means),
        Step("subscribe", SubscribeTable, _subscribe),
        Step("pay", PayTable, _pay),
        Step("benefit", BenefitTable, _benefit),
        Step("unsubscribe", UnsubscribeTable, _unsubscribe),
        Expectation("plan", str, _plan),
        Expectation("plan_until", date, _until),
        Expectation("charges", list[ChargedTable], _charges),
        Expectation("refunded", Decimal, _refunded),
        Expectation("saves", SavesTable, _saves),
    )
    register_tick(billing.run)
