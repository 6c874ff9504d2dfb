"""Ladders and their tiers, and how points end that are earned at them."""

from __future__ import annotations

import copy
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.triggers import bumps_program_version
from program.models import Unit, is_code


class Ladder(models.Model):
    """A ladder of tiers: the counter that climbs it, over which window, and how long a tier then
    holds.
    """

    class Window(models.TextChoices):
        LIFETIME = "lifetime", _("everything ever counted")
        YEAR = "year", _("a program year")
        HALF_YEAR = "half_year", _("a half-year of the calendar")
        QUARTER = "quarter", _("a quarter of the calendar")
        MONTH = "month", _("a month of the calendar")
        MONTHS = "months", _("the months before")
        MEMBERSHIP_YEAR = "membership_year", _("a year of membership")
        MEMBERSHIP_HALF_YEAR = "membership_half_year", _("a half-year of membership")
        SINCE_CHANGE = "since_change", _("since the tier last changed")

    class Validity(models.TextChoices):
        LIFE = "life", _("for life")
        YEARS = "years", _("to the end of a program year")
        HALF_YEARS = "half_years", _("to the end of a half-year")
        MONTHS = "months", _("months from attaining it")
        ACTIVE = "active", _("while something happens every so many months")

    class Sharing(models.TextChoices):
        NEVER = "never", _("everybody for themselves")
        HOUSEHOLD = "household", _("the highest of a household holds for all")
        AFTER_FIRST = "after_first", _("the highest of a household, once one has earned something")

    class Downgrade(models.TextChoices):
        TO_EARNED = "to_earned", _("to what has been earned")
        ONE_STEP = "one_step", _("one step at a time")
        NEVER = "never", _("never")

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=60)
    counter = models.ForeignKey(Unit, models.PROTECT, related_name="ladders")
    window = models.CharField(max_length=20, choices=Window.choices)
    window_months = models.PositiveSmallIntegerField(null=True, blank=True)
    validity = models.CharField(max_length=10, choices=Validity.choices)
    validity_years = models.PositiveSmallIntegerField(
        default=0, help_text=_("0: this program year, or half-year; 1: the next one.")
    )
    validity_months = models.PositiveSmallIntegerField(
        default=0, help_text=_("Months from attaining, without activity, or after the year's end.")
    )
    validity_round_to = models.CharField(
        max_length=9,
        choices=Unit.RoundTo.choices,
        default=Unit.RoundTo.DAY,
        help_text=_("To the end of what the last day is moved, where it is counted in months."),
    )
    downgrade = models.CharField(
        max_length=10, choices=Downgrade.choices, default=Downgrade.TO_EARNED
    )
    shared = models.CharField(max_length=12, choices=Sharing.choices, default=Sharing.NEVER)
    rolls_over = models.BooleanField(
        default=False,
        help_text=_("What lies above the threshold reached counts for status in the next year."),
    )
    uses_up = models.BooleanField(
        default=False,
        help_text=_("Reaching a tier takes its threshold off the counter; the surplus stays."),
    )
    carries_at_most = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("The most of a surplus that stays.")
    )
    year_starts = models.PositiveSmallIntegerField(
        default=1, help_text=_("The month in which a program year starts.")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(year_starts__gte=1, year_starts__lte=12),
                name="tiers_ladder_year_starts_in_a_month",
            ),
            models.CheckConstraint(
                condition=Q(window="months", window_months__isnull=False, window_months__gte=1)
                | (~Q(window="months") & Q(window_months__isnull=True)),
                name="tiers_ladder_window_names_its_months",
            ),
            models.CheckConstraint(
                condition=Q(validity__in=["life", "years", "half_years"])
                | Q(validity_months__gte=1),
                name="tiers_ladder_validity_names_its_months",
            ),
            models.CheckConstraint(
                condition=Q(validity__in=["months", "active"]) | Q(validity_round_to="day"),
                name="tiers_ladder_only_months_are_rounded",
            ),
            models.CheckConstraint(
                condition=Q(uses_up=False)
                | Q(window="since_change", rolls_over=False, validity__in=["life", "months"]),
                name="tiers_ladder_using_up_has_its_own_periods",
            ),
            models.CheckConstraint(
                condition=Q(carries_at_most__isnull=True) | Q(uses_up=True) | Q(rolls_over=True),
                name="tiers_ladder_only_a_surplus_has_a_most",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Tier(models.Model):
    """A rung: what it takes (in the counter's smallest part), what it gives, and the pennant it
    flies.
    """

    class Field(models.TextChoices):
        SOLID = "solid", _("one color")
        HORIZONTAL = "horizontal", _("two halves, one above the other")
        VERTICAL = "vertical", _("two halves, side by side")
        STRIPES = "stripes", _("stripes")
        CROSS = "cross", _("cross")
        SALTIRE = "saltire", _("diagonal cross")
        DIAMOND = "diamond", _("diamond")
        DISC = "disc", _("disc")
        BORDER = "border", _("border")

    class Outline(models.TextChoices):
        PENNANT = "pennant", _("pointed")
        SWALLOWTAIL = "swallowtail", _("swallow tail")
        FLAG = "flag", _("rectangle")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="tiers", db_index=False)
    code = models.CharField(max_length=40, validators=[is_code])
    name = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField()
    threshold = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text=_(
            "Of the ladder's counter over its window; empty: its routes say what it takes."
        ),
    )
    head_start = models.PositiveBigIntegerField(
        default=0,
        help_text=_("What a program year begins with for who holds this tier then."),
    )
    colors = models.JSONField(default=list, help_text=_("Two or three colors of the form #1a2b3c."))
    field = models.CharField(max_length=12, choices=Field.choices, default=Field.SOLID)
    outline = models.CharField(max_length=12, choices=Outline.choices, default=Outline.PENNANT)
    benefits = models.JSONField(default=list, blank=True, help_text=_("One sentence each."))

    class Meta:
        ordering = ("ladder", "rank")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ladder", "code"], name="tiers_tier_code_is_unique"),
            models.UniqueConstraint(fields=["ladder", "rank"], name="tiers_tier_rank_is_unique"),
            models.UniqueConstraint(
                fields=["ladder", "threshold"], name="tiers_tier_threshold_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TierExpiry(models.Model):
    """How points end that are earned at a tier, or that none end while the tier is held."""

    class Kind(models.TextChoices):
        NEVER = "never", _("what is earned at it never ends")
        DAYS = "days", _("what is earned at it ends after days")
        MONTHS = "months", _("what is earned at it ends after months")
        HELD = "held", _("nothing ends while it is held")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tier = models.ForeignKey(Tier, models.CASCADE, related_name="expiries", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    expiry = models.CharField(max_length=10, choices=Kind.choices)
    expiry_count = models.PositiveSmallIntegerField(null=True, blank=True)
    expiry_round_to = models.CharField(
        max_length=9, choices=Unit.RoundTo.choices, default=Unit.RoundTo.DAY
    )

    class Meta:
        ordering = ("tier", "unit")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tier", "unit"], name="tiers_expiry_unit_is_unique"),
            models.CheckConstraint(
                condition=Q(expiry__in=["never", "held"], expiry_count__isnull=True)
                | Q(expiry__in=["months", "days"], expiry_count__isnull=False, expiry_count__gte=1),
                name="tiers_expiry_names_its_count",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} at {self.tier}"

    def policy(self, unit: Unit) -> Unit:
        """The unit with this tier's policy in the place of its own."""
        changed = copy.copy(unit)
        changed.expiry, changed.expiry_count = self.expiry, self.expiry_count
        changed.expiry_round_to = self.expiry_round_to
        return changed
