"""Offers: what rules pay only to members who activated it, and who did, from when to when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import public_id
from common.ranges import MomentRange
from common.triggers import bumps_program_version
from members.models import Member, MemberOwned, Segment
from program.models import is_code
from tiers.models import Tier


class Offer(models.Model):
    """Something a member activates before it counts: a month's challenge, a promotion one
    registers for, a day each member picks. What it pays is said by rules that ask for it.
    """

    class Per(models.TextChoices):
        DAY = "day", _("a day")
        WEEK = "week", _("a week, from Monday")
        MONTH = "month", _("a month of the calendar")
        QUARTER = "quarter", _("a quarter of the calendar")
        YEAR = "year", _("a year of the calendar")
        EVER = "ever", _("ever")

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=160, help_text=_("What members read below its name."))
    terms = models.TextField(blank=True)
    starts_on = models.DateField(
        null=True, blank=True, help_text=_("The first day on which it can be activated.")
    )
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("The first day on which it no longer can be.")
    )
    holds_until = models.DateField(
        null=True,
        blank=True,
        help_text=_("The first day on which it no longer holds, whenever it was activated."),
    )
    days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("It lapses at the end of the day so many days after it was activated."),
    )
    counts_before = models.BooleanField(
        default=False,
        help_text=_("What was done since its first day counts, too, once it is activated."),
    )
    picks_day = models.BooleanField(
        default=False, help_text=_("The member picks the day on which it holds.")
    )
    ahead_days = models.PositiveSmallIntegerField(
        default=0, help_text=_("How many days ahead the day is picked; 0: today can be.")
    )
    times = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=1,
        help_text=_("How often one member can activate it; empty: as often as they like."),
    )
    per = models.CharField(
        max_length=7,
        choices=Per.choices,
        default=Per.EVER,
        help_text=_("In which time that is meant, each time anew."),
    )
    places = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("How often it can be activated by all together; empty: there is no limit."),
    )
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Only members of this segment see it."),
    )
    lowest_tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(summary=""), name="earning_offer_has_its_words"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gt=F("starts_on")),
                name="earning_offer_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(holds_until__isnull=True)
                | (
                    (Q(ends_on__isnull=True) | Q(holds_until__gte=F("ends_on")))
                    & (Q(starts_on__isnull=True) | Q(holds_until__gt=F("starts_on")))
                ),
                name="earning_offer_holds_while_it_is_open",
            ),
            models.CheckConstraint(
                condition=Q(days__isnull=True) | Q(days__gte=1, days__lte=3650),
                name="earning_offer_lapses_after_a_day",
            ),
            models.CheckConstraint(
                condition=Q(counts_before=False) | Q(starts_on__isnull=False, picks_day=False),
                name="earning_offer_counts_since_its_first_day",
            ),
            models.CheckConstraint(
                condition=Q(picks_day=True, days__isnull=True, ahead_days__lte=366)
                | Q(picks_day=False, ahead_days=0),
                name="earning_offer_day_is_picked_or_not",
            ),
            models.CheckConstraint(
                condition=Q(times__isnull=True, per="ever") | Q(times__isnull=False, times__gte=1),
                name="earning_offer_times_are_of_a_period",
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places__gte=1),
                name="earning_offer_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, day: date) -> bool:
        """Whether it can be activated on a day."""
        has_begun = self.starts_on is None or self.starts_on <= day
        return self.is_active and has_begun and (self.ends_on is None or day < self.ends_on)


class OfferActivation(MemberOwned):
    """A member activated an offer, and it holds from one moment up to another (none: for good)."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="activations")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="activations", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    picked_on = models.DateField(
        null=True, blank=True, help_text=_("The day that the member picked.")
    )
    activated_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["offer", "-id"], name="earning_activation_by_offer"),  # the list
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="earning_activation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
                name="earning_activation_is_undone_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(actor=""), name="earning_activation_says_who"),
            models.CheckConstraint(
                condition=Q(picked_on__isnull=True) | Q(ends_at__isnull=False),
                name="earning_activation_of_a_day_ends",
            ),
            ExclusionConstraint(
                name="earning_activation_periods_do_not_overlap",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("offer", RangeOperators.EQUAL),
                    (MomentRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(undone_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.offer_id)

    @property
    def public_id(self) -> str:
        return public_id("off", self.pk)
