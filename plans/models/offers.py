"""What is offered: plans, their dated prices and refund terms, and what they give."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.ranges import DateRange
from common.triggers import bumps_program_version
from members.models import Segment
from program.models import Unit, is_code
from tiers.models import Tier


class Period(models.TextChoices):
    """For how long a price pays."""

    MONTH = "month", _("a month")
    YEAR = "year", _("a year")
    LIFETIME = "lifetime", _("for life")


class Plan(models.Model):
    """Something members pay for by the month, by the year, or once for life."""

    class Governs(models.TextChoices):
        START = "start", _("the day on which the paid time began")
        REQUEST = "request", _("the day on which it is asked for")

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=160)
    trial_days = models.PositiveSmallIntegerField(
        default=0, help_text=_("So many days cost nothing, once; 0: there is no trial.")
    )
    attempts = models.PositiveSmallIntegerField(
        default=3, help_text=_("How often a charge is tried before the plan ends.")
    )
    retry_days = models.PositiveSmallIntegerField(
        default=5, help_text=_("Days from one try to the next, and from the last to the end.")
    )
    tier = models.ForeignKey(
        Tier,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The tier that a member holds at least while the plan runs."),
    )
    refund_governed_by = models.CharField(
        max_length=7,
        choices=Governs.choices,
        default=Governs.REQUEST,
        help_text=_("Which day decides which refund terms hold."),
    )
    members_start = models.BooleanField(
        default=False, help_text=_("Members start it themselves in the portal.")
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(attempts__gte=1, retry_days__gte=1),
                name="plans_plan_is_tried_at_least_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def grace_days(self) -> int:
        """How many days after it is due an unpaid charge ends the plan."""
        return self.attempts * self.retry_days


class PlanPrice(models.Model):
    """What a period of a plan costs, from one day to another, for everybody or for a segment.

    In the program's currency.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="prices")
    period = models.CharField(max_length=8, choices=Period.choices)
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Only for members of this segment; empty: for everybody."),
    )
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("The first day on which it no longer holds.")
    )

    class Meta:
        ordering = ("plan", "period", "amount")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="plans_price_is_positive"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gt=F("starts_on")),
                name="plans_price_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="plans_price_periods_do_not_overlap",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    ("period", RangeOperators.EQUAL),
                    (Coalesce("segment", models.Value("")), RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_period_display()}"

    def is_in_force(self, day: date) -> bool:
        return _is_in_force(self.starts_on, self.ends_on, day)


class RefundTerms(models.Model):
    """Whether an unused plan is paid back whole, from one day to another."""

    class Policy(models.TextChoices):
        ANY_TIME = "any_time", _("at any time in the period")
        WITHIN = "within", _("within so many business days")
        NEVER = "never", _("never")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="refunds")
    policy = models.CharField(max_length=8, choices=Policy.choices)
    business_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("Monday to Friday, counted from the day after the paid time began."),
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("The first day on which they no longer hold.")
    )

    class Meta:
        ordering = ("plan", F("starts_on").asc(nulls_first=True))
        verbose_name_plural = _("refund terms")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(policy="within", business_days__isnull=False, business_days__gte=1)
                | (~Q(policy="within") & Q(business_days__isnull=True)),
                name="plans_refund_within_names_its_days",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gt=F("starts_on")),
                name="plans_refund_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="plans_refund_periods_do_not_overlap",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_policy_display())

    def is_in_force(self, day: date) -> bool:
        return _is_in_force(self.starts_on, self.ends_on, day)


class PlanCredit(models.Model):
    """What every paid period begins with: an amount of a counter, for status only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="credits", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField(help_text=_("In the counter's smallest part."))

    class Meta:
        ordering = ("plan", "unit")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "unit"], name="plans_credit_unit_is_unique"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="plans_credit_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit_id}"


class PlanBenefit(models.Model):
    """One thing a plan gives: free delivery, four films a week. Who has used one is not paid
    back.
    """

    class Per(models.TextChoices):
        PAID = "paid", _("a paid period")
        DAY = "day", _("a day")
        WEEK = "week", _("a week, from Monday")
        MONTH = "month", _("a month of the calendar")
        YEAR = "year", _("a year of the calendar")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="benefits", db_index=False)
    code = models.CharField(max_length=40, validators=[is_code])
    name = models.CharField(max_length=80)
    at_most = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("How often it can be used; empty: as often as one likes."),
    )
    per = models.CharField(
        max_length=8,
        choices=Per.choices,
        blank=True,
        default="",
        help_text=_("What is not used is not carried over."),
    )
    minutes_apart = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("How many minutes lie between two uses at least; empty: none."),
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("plan", "position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "code"], name="plans_benefit_code_is_unique"),
            models.CheckConstraint(
                condition=Q(at_most__isnull=True, per="")
                | Q(
                    at_most__isnull=False,
                    at_most__gte=1,
                    per__in=["paid", "day", "week", "month", "year"],
                ),
                name="plans_benefit_allowance_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(minutes_apart__isnull=True) | Q(minutes_apart__gte=1),
                name="plans_benefit_lies_a_minute_apart",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def _is_in_force(starts_on: date | None, ends_on: date | None, day: date) -> bool:
    return (starts_on is None or starts_on <= day) and (ends_on is None or day < ends_on)
