"""How points come in: rules, activities, and the awards that tie the two together.

What must stay true: a partner's reference stands for one activity, for ever; an award keeps the
revision of the rule that made it and the sentence that explains it; a rule that has paid is never
edited, only succeeded.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, public_id, uuid7
from common.ranges import DateRange
from common.triggers import append_only, bumps_program_version
from members.models import Member, MemberOwned
from points.models import Entry
from program.models import ActivityType, Location, Partner, Unit, is_code

KEY_SPACE = uuid.UUID("c5a4a8e2-5d59-4a35-9a5e-0a7be2a4d5b7")


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
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("The first day on which it no longer pays.")
    )
    position = models.PositiveSmallIntegerField(default=0)

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
        HOUR = "hour", _("hour of the day")
        SEGMENT = "segment", _("segment")
        BIRTHDAY = "birthday", _("birthday")
        FIRST = "first", _("first of its kind")
        MEMBERSHIP_MONTHS = "membership_months", _("months of membership")

    class Operator(models.TextChoices):
        IN = "in", _("is one of")
        NOT_IN = "not_in", _("is none of")
        AT_LEAST = "at_least", _("is at least")
        AT_MOST = "at_most", _("is at most")

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
                | ~Q(kind="attribute") & Q(attribute=""),
                name="earning_condition_names_its_attribute",
            ),
            models.CheckConstraint(condition=~Q(values=[]), name="earning_condition_has_values"),
            models.CheckConstraint(
                condition=Q(kind__in=["attribute", "tier", "hour", "membership_months"])
                | Q(operator__in=["in", "not_in"]),
                name="earning_condition_order_needs_a_number",
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
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="limits")
    code = models.CharField(max_length=60, validators=[is_code])
    per = models.CharField(max_length=10, choices=Per.choices)
    period = models.CharField(max_length=8, choices=Period.choices, default=Period.EVER)
    amount = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("In the unit's smallest part.")
    )
    times = models.PositiveIntegerField(null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return self.code


class LimitUse(models.Model):
    """What a partner, or everybody together, has used of a limit in one period:

    locked, then read.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(max_length=60)
    owner = models.CharField(max_length=40, blank=True)
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


class ActivityBody(models.Model):
    """What a partner reported, whoever it turns out to belong to."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=100)
    type = models.ForeignKey(ActivityType, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    occurred_at = models.DateTimeField()
    attributes = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.type_id} {self.reference}"


class Activity(ActivityBody, MemberOwned):
    """Something a member did, reported once by a partner. Written once."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="activities")
    result = models.JSONField(
        default=dict, help_text=_("Balances and tier right after it was recorded.")
    )

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("activities")
        triggers = append_only()
        indexes: ClassVar = [
            models.Index(
                fields=["member", "-occurred_at", "-id"], name="earning_activity_by_member"
            ),
            models.Index(
                fields=["partner", "reference"], name="earning_activity_by_reference"
            ),  # desk search
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "partner", "reference"],
                name="earning_activity_reference_is_unique",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("act", self.pk)


class ActivityKey(models.Model):
    """One partner's reference, one activity: the id is made from both, the hash tells a repeat from
    a reuse.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    activity_id = models.UUIDField()
    member_id = models.UUIDField(null=True, blank=True)
    request_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.id)

    @staticmethod
    def id_for(partner: str, reference: str) -> uuid.UUID:
        return named(KEY_SPACE, partner, reference)


class UnclaimedActivity(ActivityBody):
    """An activity that names nobody known.

    It waits, and is recorded under its own date when it is claimed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    named = models.CharField(max_length=260, blank=True, help_text=_("Whom it named, if anybody."))
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    member_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("unclaimed activities")
        indexes: ClassVar = [
            models.Index(  # what still waits for its owner, newest first
                fields=["-occurred_at"],
                condition=Q(claimed_at__isnull=True),
                name="earning_unclaimed_waiting",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, member_id__isnull=True, claimed_by="")
                | (Q(claimed_at__isnull=False, member_id__isnull=False) & ~Q(claimed_by="")),
                name="earning_unclaimed_claim_is_complete",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("act", self.pk)


class Award(MemberOwned):
    """What one rule paid for one activity, with the sentence that explains it. Written once."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="awards")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="awards")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="awards")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="awards")
    award_class = models.CharField(max_length=5, choices=Rule.Class.choices)
    amount = models.BigIntegerField()
    sentence = models.CharField(max_length=240)
    inputs = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "activity", "rule"], name="earning_award_once_per_rule"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="earning_award_amount_is_positive"
            ),
            models.CheckConstraint(condition=~Q(sentence=""), name="earning_award_explains_itself"),
        ]

    def __str__(self) -> str:
        return self.sentence


class Milestone(models.Model):
    """A mark on a counter that pays when it is passed: once, or again at every further so many."""

    class Window(models.TextChoices):
        LIFETIME = "lifetime", _("everything ever counted")
        YEAR = "year", _("a calendar year")

    class Per(models.TextChoices):
        MEMBER = "member", _("each member")
        HOUSEHOLD = "household", _("a household")

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    counter = models.ForeignKey(Unit, models.PROTECT, related_name="milestones")
    at = models.PositiveBigIntegerField(help_text=_("In the counter's smallest part."))
    every = models.PositiveBigIntegerField(null=True, blank=True)
    window = models.CharField(max_length=8, choices=Window.choices, default=Window.LIFETIME)
    per = models.CharField(max_length=9, choices=Per.choices, default=Per.MEMBER)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField(
        help_text=_("What it pays, in the unit's smallest part.")
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at__gte=1), name="earning_milestone_lies_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(every__isnull=True) | Q(every__gte=1),
                name="earning_milestone_repeats_by_something",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1), name="earning_milestone_pays_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MilestoneReached(MemberOwned):
    """A level of a milestone that was passed.

    The id follows from level, period and owner: it is paid once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="milestones")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="reached")
    level = models.PositiveBigIntegerField()
    period = models.CharField(max_length=10, blank=True)
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="milestones")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-recorded_at",)
        verbose_name_plural = _("milestones reached")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.level}"

    @staticmethod
    def id_for(code: str, level: int, period: str, owner: str) -> uuid.UUID:
        return named(KEY_SPACE, "milestone", code, str(level), period, owner)


class ImportRun(models.Model):
    """One reading of one file of activities: what was asked, how far dates were moved, what came of
    it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the file and its mapping."))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    shifted_days = models.IntegerField(default=0, help_text=_("How far dates were moved, in days."))
    counts = models.JSONField(default=dict)
    actor = models.CharField(max_length=80)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["digest"], name="earning_import_by_digest")]

    def __str__(self) -> str:
        return self.file_name
