"""What members have taken: subscriptions, how they pay, what they are charged, what they used."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import named, public_id
from common.triggers import append_only
from members.models import Member, MemberOwned
from plans.models.offers import Period, Plan, PlanBenefit

CHARGE_SPACE = uuid.UUID("6f0f2a5e-31c4-4c6d-9a5e-0a4f6d6b7e21")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def live(self) -> SubscriptionQuerySet:
        """What has not ended."""
        return self.exclude(state=Subscription.State.ENDED)

    def held_at(self, moment: datetime) -> SubscriptionQuerySet:
        """Those whose plan was, or is, held at `moment`: what `plans.holding` tells in memory."""
        cancelled = Q(state=Subscription.State.CANCELLED)
        runs_on = Q(period_ends_at__isnull=True) | Q(period_ends_at__gt=moment)
        running = ~cancelled & (Q(ended_at__isnull=True) | Q(ended_at__gt=moment))
        return self.filter(cancelled & runs_on | running, started_at__lte=moment)

    def due(self, moment: Any) -> SubscriptionQuerySet:
        """Where something happens by itself at `moment` or before, the longest overdue first."""
        return self.filter(next_at__lte=moment).order_by("next_at", "id")


class Subscription(MemberOwned):
    """A plan that a member has taken, from its start to its end.

    `number` counts the paid periods begun, and 0 is the trial; `next_at` is when something happens
    by itself: the period ends, or an unpaid charge ends the plan.
    """

    class State(models.TextChoices):
        TRIALING = "trialing", _("on trial")
        ACTIVE = "active", _("active")
        PAST_DUE = "past_due", _("waiting for a payment")
        CANCELLED = "cancelled", _("cancelled, runs to the end of its period")
        ENDED = "ended", _("ended")

    member = models.ForeignKey(Member, models.PROTECT, related_name="subscriptions")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="subscriptions")
    period = models.CharField(max_length=8, choices=Period.choices)
    state = models.CharField(max_length=9, choices=State.choices)
    started_at = models.DateTimeField()
    is_trial = models.BooleanField(default=False, help_text=_("Whether it began with a trial."))
    anchor_on = models.DateField(
        help_text=_("The first paid day; every later period is counted from it.")
    )
    number = models.PositiveIntegerField(default=0)
    period_starts_at = models.DateTimeField()
    period_ends_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    actor = models.CharField(max_length=80)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            # the job that renews and ends
            models.Index(
                fields=["next_at", "id"],
                condition=Q(next_at__isnull=False),
                name="plans_subscription_by_next",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "plan"],
                condition=~Q(state="ended"),
                name="plans_subscription_lives_once",
            ),
            models.CheckConstraint(
                condition=Q(state="trialing", number=0, is_trial=True)
                & Q(cancelled_at__isnull=True, ended_at__isnull=True)
                | Q(state__in=["active", "past_due"], number__gte=1)
                & Q(cancelled_at__isnull=True, ended_at__isnull=True)
                | Q(state="cancelled", cancelled_at__isnull=False, ended_at__isnull=True)
                | Q(state="ended", ended_at__isnull=False, next_at__isnull=True) & ~Q(reason=""),
                name="plans_subscription_state_has_its_facts",
            ),
            models.CheckConstraint(
                condition=Q(period_ends_at__isnull=True)
                | Q(period_ends_at__gt=F("period_starts_at")),
                name="plans_subscription_period_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(period="lifetime") & (Q(number=0) | Q(period_ends_at__isnull=True))
                | ~Q(period="lifetime") & Q(period_ends_at__isnull=False),
                name="plans_subscription_only_life_has_no_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} for {self.member}"

    @property
    def held_until(self) -> datetime | None:
        """Up to when its plan is held (exclusive): one that was cancelled runs to the end of its
        period; None while it runs on.
        """
        return self.period_ends_at if self.state == self.State.CANCELLED else self.ended_at

    @property
    def public_id(self) -> str:
        return public_id("sub", self.pk)

    @property
    def is_live(self) -> bool:
        return self.state != self.State.ENDED


class PaymentMeans(MemberOwned):
    """A way in which a member pays, as a label: the business's payment system knows the rest."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="payment_means")
    label = models.CharField(max_length=60, help_text=_("“Visa ending in 42”, never a number."))
    position = models.PositiveSmallIntegerField(help_text=_("The first is tried first."))
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "id")
        verbose_name_plural = _("payment means")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "label"],
                condition=Q(is_active=True),
                name="plans_means_label_is_unique",
            ),
            models.CheckConstraint(
                condition=~Q(label__regex=r"[0-9][0-9 -]{9,}[0-9]"),
                name="plans_means_label_is_no_card_number",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Charge(MemberOwned):
    """What one period costs. The id follows from subscription and number: it is charged once.

    `round` counts the tries; `means` is what to try next, on `try_on`.
    """

    class Status(models.TextChoices):
        DUE = "due", _("due")
        PAID = "paid", _("paid")
        FAILED = "failed", _("not paid")
        REFUNDED = "refunded", _("paid back")
        WAIVED = "waived", _("waived")

    id = models.UUIDField(primary_key=True, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="charges", db_index=False)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="charges")
    number = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    due_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DUE)
    round = models.PositiveSmallIntegerField(default=1)
    means = models.ForeignKey(PaymentMeans, models.PROTECT, null=True, blank=True, related_name="+")
    try_on = models.DateField()
    settled_at = models.DateTimeField(null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    actor = models.CharField(max_length=80)

    class Meta:
        ordering = ("-due_on", "-number")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "subscription", "number"], name="plans_charge_number_is_unique"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plans_charge_is_positive"),
            models.CheckConstraint(
                condition=Q(status="due", settled_at__isnull=True, refunded_at__isnull=True)
                | Q(status="paid", settled_at__isnull=False, refunded_at__isnull=True)
                | Q(status__in=["failed", "waived"], settled_at__isnull=False)
                & Q(refunded_at__isnull=True)
                & ~Q(reason="")
                | Q(status="refunded", settled_at__isnull=False, refunded_at__isnull=False)
                & ~Q(reason=""),
                name="plans_charge_status_has_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def public_id(self) -> str:
        return public_id("chg", self.pk)

    @staticmethod
    def id_for(subscription: uuid.UUID, number: int) -> uuid.UUID:
        return named(CHARGE_SPACE, str(subscription), str(number))


class ChargeAttempt(MemberOwned):
    """What the payment system, or a clerk, reported about one try."""

    class Outcome(models.TextChoices):
        PAID = "paid", _("paid")
        DECLINED = "declined", _("declined")

    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    means = models.ForeignKey(PaymentMeans, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reference = models.CharField(
        max_length=100, blank=True, help_text=_("The payment system's own number for it.")
    )
    actor = models.CharField(max_length=80)
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ("charge", "number")
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "charge", "number"], name="plans_attempt_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["member", "charge", "reference"],
                condition=~Q(reference=""),
                name="plans_attempt_reference_is_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class BenefitUse(MemberOwned):
    """One use of a plan's benefit."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="uses")
    benefit = models.ForeignKey(PlanBenefit, models.PROTECT, related_name="uses")
    used_at = models.DateTimeField()
    reference = models.CharField(max_length=100, blank=True)
    actor = models.CharField(max_length=80)

    class Meta:
        ordering = ("-used_at", "-id")
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "subscription", "benefit", "reference"],
                condition=~Q(reference=""),
                name="plans_use_reference_is_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.benefit} {self.used_at:%Y-%m-%d}"
