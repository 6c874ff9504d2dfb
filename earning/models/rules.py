"""Rules, their conditions and limits. What has paid is never edited, only succeeded."""

from __future__ import annotations

import copy
import uuid
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, uuid7
from common.ranges import DateRange
from common.triggers import bumps_program_version
from earning.models.keys import KEY_SPACE
from program.models import ActivityType, Unit, is_code


class Rule(models.Model):
    """One revision of an earning rule: which activity pays how much of what, from when to when."""

    class Effect(models.TextChoices):
        FIXED = "fixed", _("a fixed amount")
        PER = "per", _("an amount per unit of an attribute")
        PERCENT = "percent", _("a percentage of the base")

    class Class(models.TextChoices):
        BASE = "base", _("base")
        BONUS = "bonus", _("bonus")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, validators=[is_code])
    revision = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(
        max_length=80, help_text=_("What members read in front of the arithmetic.")
    )
    type = models.ForeignKey(ActivityType, models.PROTECT, related_name="rules")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    award_class = models.CharField(max_length=5, choices=Class.choices, default=Class.BASE)
    group = models.CharField(
        max_length=40, blank=True, help_text=_("In a group only the best rule pays.")
    )
    effect = models.CharField(max_length=8, choices=Effect.choices)
    amount = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        help_text=_("Whole units, an amount per step, or a percentage."),
    )
    attribute = models.CharField(max_length=40, blank=True)
    step = models.DecimalField(max_digits=12, decimal_places=4, default=1)
    percent_of = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whose base the percentage is of; empty: the rule's own unit."),
    )
    whole_steps = models.BooleanField(
        default=False, help_text=_("Only full steps of the attribute pay.")
    )
    above = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        default=0,
        help_text=_("Only what the attribute has above this pays."),
    )
    up_to = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Only what the attribute has up to this pays."),
    )
    expiry = models.CharField(
        max_length=10,
        choices=(
            (Unit.Expiry.NEVER, _("never")),
            (Unit.Expiry.DAYS, _("after days")),
            (Unit.Expiry.MONTHS, _("after months")),
            ("on", _("on a day")),
        ),
        blank=True,
        help_text=_("How what it pays ends, where not as its unit or the member's tier says."),
    )
    expiry_count = models.PositiveSmallIntegerField(null=True, blank=True)
    expiry_round_to = models.CharField(
        max_length=9, choices=Unit.RoundTo.choices, default=Unit.RoundTo.DAY
    )
    expiry_on = models.DateField(
        null=True, blank=True, help_text=_("The last day of what ends on a day.")
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("The first day on which it no longer pays.")
    )
    is_counted = models.BooleanField(
        default=True, help_text=_("Whether counters that count its unit count what it pays.")
    )
    position = models.PositiveSmallIntegerField(default=0)
    published_at = models.DateTimeField(
        db_default=Now(),
        editable=False,
        help_text=_("What was recorded before knows nothing of it."),
    )

    class Meta:
        ordering = ("position", "code", "revision")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "revision"], name="earning_rule_revision_is_unique"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="earning_rule_pays_something"),
            models.CheckConstraint(condition=Q(step__gt=0), name="earning_rule_step_is_positive"),
            models.CheckConstraint(
                condition=Q(effect="per") & ~Q(attribute="") | ~Q(effect="per") & Q(attribute=""),
                name="earning_rule_per_names_its_attribute",
            ),
            models.CheckConstraint(
                condition=~Q(effect="percent")
                | Q(award_class="bonus")
                | (Q(percent_of__isnull=False) & ~Q(percent_of=F("unit"))),
                name="earning_rule_percent_is_bonus",
            ),
            models.CheckConstraint(
                condition=Q(effect="percent") | Q(percent_of__isnull=True),
                name="earning_rule_only_percent_names_a_base",
            ),
            models.CheckConstraint(
                condition=Q(effect="per") | Q(above=0, up_to__isnull=True),
                name="earning_rule_only_per_has_a_band",
            ),
            models.CheckConstraint(
                condition=Q(above__gte=0) & (Q(up_to__isnull=True) | Q(up_to__gt=F("above"))),
                name="earning_rule_band_is_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(expiry__in=["", "never", "on"], expiry_count__isnull=True)
                | Q(expiry="months", expiry_count__isnull=False)
                | Q(expiry="days", expiry_count__isnull=False, expiry_count__gte=1),
                name="earning_rule_expiry_names_its_count",
            ),
            models.CheckConstraint(
                condition=Q(expiry="on", expiry_on__isnull=False)
                | (~Q(expiry="on") & Q(expiry_on__isnull=True)),
                name="earning_rule_expiry_names_its_day",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gt=F("starts_on")),
                name="earning_rule_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="earning_rule_periods_do_not_overlap",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def policy(self, unit: Unit) -> Unit | None:
        """The unit with this rule's way to end in the place of its own; None where it has none."""
        if not self.expiry:
            return None
        changed = copy.copy(unit)
        changed.expiry, changed.expiry_count = self.expiry, self.expiry_count
        changed.expiry_round_to, changed.expiry_on = self.expiry_round_to, self.expiry_on
        return changed


class RuleCondition(models.Model):
    """One thing that must hold for a rule to pay; all conditions of a rule must.

    "Or" is a second rule.
    """

    class Kind(models.TextChoices):
        ATTRIBUTE = "attribute", _("attribute")
        TIER = "tier", _("tier held")
        PARTNER = "partner", _("partner")
        LOCATION = "location", _("location")
        WEEKDAY = "weekday", _("day of the week")
        MONTH = "month", _("month")
        MONTH_DAY = "month_day", _("day of the month")
        HOUR = "hour", _("hour of the day")
        SEGMENT = "segment", _("segment")
        PLAN = "plan", _("plan held")
        OFFER = "offer", _("offer activated")
        BIRTHDAY = "birthday", _("birthday")
        AGE = "age", _("age in years")
        FIRST = "first", _("first of its kind")
        MEMBERSHIP_MONTHS = "membership_months", _("months of membership")

    class Operator(models.TextChoices):
        IN = "in", _("is one of")
        NOT_IN = "not_in", _("is none of")
        AT_LEAST = "at_least", _("is at least")
        AT_MOST = "at_most", _("is at most")
        BEFORE = "before", _("is before")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="conditions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    attribute = models.CharField(max_length=40, blank=True)
    operator = models.CharField(max_length=10, choices=Operator.choices)
    values = models.JSONField(default=list)

    class Meta:
        ordering = ("id",)
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="attribute") & ~Q(attribute="")
                | Q(kind__in=["weekday", "month", "month_day"])  # of the activity, or of a day told
                | ~Q(kind="attribute") & Q(attribute=""),
                name="earning_condition_names_its_attribute",
            ),
            models.CheckConstraint(condition=~Q(values=[]), name="earning_condition_has_values"),
            models.CheckConstraint(
                condition=Q(kind__in=["attribute", "tier", "hour", "age", "membership_months"])
                | Q(operator__in=["in", "not_in"]),
                name="earning_condition_order_needs_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(operator="before") | Q(kind="attribute"),
                name="earning_condition_before_is_of_an_attribute",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attribute or self.kind} {self.get_operator_display()} {self.values}"


class RuleLimit(models.Model):
    """How much, or how often, a rule may pay within a period. Rules that name one code share it."""

    class Per(models.TextChoices):
        ACTIVITY = "activity", _("one activity")
        MEMBER = "member", _("one member")
        PARTNER = "partner", _("one partner")
        BUDGET = "budget", _("everybody together")

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")
        QUARTER = "quarter", _("a quarter")
        YEAR = "year", _("a year")
        EVER = "ever", _("ever")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="limits", db_index=False)
    code = models.CharField(max_length=60, validators=[is_code])
    per = models.CharField(max_length=10, choices=Per.choices)
    period = models.CharField(max_length=8, choices=Period.choices, default=Period.EVER)
    amount = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("In the unit's smallest part.")
    )
    times = models.PositiveIntegerField(null=True, blank=True)
    each = models.CharField(
        max_length=40,
        blank=True,
        help_text=_(
            "An attribute, location or partner: the limit then holds for each of its values."
        ),
    )

    class Meta:
        ordering = ("id",)
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "code"], name="earning_limit_code_is_unique"),
            models.CheckConstraint(
                condition=Q(amount__isnull=False, amount__gte=1, times__isnull=True)
                | Q(amount__isnull=True, times__isnull=False, times__gte=1),
                name="earning_limit_counts_amount_or_times",
            ),
            models.CheckConstraint(
                condition=~Q(per="activity") | Q(period="ever", amount__isnull=False),
                name="earning_limit_of_one_activity_is_an_amount",
            ),
            models.CheckConstraint(
                condition=~Q(per="activity") | Q(each=""),
                name="earning_limit_of_one_activity_is_not_split",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class LimitUse(models.Model):
    """What a partner, or everybody together, has used of a limit in one period:

    locked, then read.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(max_length=60)
    owner = models.CharField(max_length=260, blank=True)
    period = models.CharField(max_length=20, blank=True)
    amount = models.BigIntegerField(default=0)
    times = models.IntegerField(default=0)

    class Meta:
        ordering = ("code", "owner", "period")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, times__gte=0), name="earning_limituse_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.owner} {self.period}".strip()

    @staticmethod
    def id_for(code: str, owner: str, period: str) -> uuid.UUID:
        return named(KEY_SPACE, "limit", code, owner, period)
