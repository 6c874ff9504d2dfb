"""Routes: the ways to a tier, and what each asks for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.triggers import bumps_program_version
from members.models import Segment
from program.models import ActivityType, Unit
from tiers.models.ladders import Ladder, Tier


class TierRoute(models.Model):
    """One way to a tier: requirements that must all hold. Any route will do."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tier = models.ForeignKey(Tier, models.CASCADE, related_name="routes")
    position = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("The first day on which it no longer counts.")
    )
    keeps = models.BooleanField(
        default=False, help_text=_("Only for those who hold the tier, or a higher one, already.")
    )
    for_life = models.BooleanField(
        default=False, help_text=_("Who reaches the tier this way has it for life.")
    )
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Only for members who are in this segment then."),
    )
    plan = models.CharField(
        max_length=40, blank=True, help_text=_("Only for members who have this plan then.")
    )

    class Meta:
        ordering = ("tier", "position")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gt=F("starts_on")),
                name="tiers_route_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(keeps=True, for_life=True),
                name="tiers_route_keeps_or_is_for_life",
            ),
            models.CheckConstraint(
                condition=Q(segment__isnull=True) | Q(plan=""),
                name="tiers_route_is_for_one_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier} {self.position}"


class TierNeed(models.Model):
    """One requirement of a route: so much of a counter, so many activities, or years at a tier."""

    class Distinct(models.TextChoices):
        DAY = "day", _("days with one")
        PARTNER = "partner", _("partners with one")
        LOCATION = "location", _("locations with one")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    route = models.ForeignKey(TierRoute, models.CASCADE, related_name="needs")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    less = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("What this counter has counted is taken off: purchases less returns."),
    )
    type = models.ForeignKey(
        ActivityType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Activities of this type are counted."),
    )
    distinct = models.CharField(
        max_length=8,
        choices=Distinct.choices,
        blank=True,
        help_text=_("Of activities: what is counted instead of each one."),
    )
    held = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="+")
    at_least = models.PositiveBigIntegerField()
    window = models.CharField(max_length=20, choices=Ladder.Window.choices)
    window_months = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, type__isnull=True, held__isnull=True)
                | Q(unit__isnull=True, type__isnull=False, held__isnull=True)
                | Q(unit__isnull=True, type__isnull=True, held__isnull=False),
                name="tiers_need_counts_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(distinct="") | Q(type__isnull=False),
                name="tiers_need_only_activities_are_distinct",
            ),
            models.CheckConstraint(
                condition=Q(less__isnull=True) | (Q(unit__isnull=False) & ~Q(less=F("unit"))),
                name="tiers_need_takes_off_another_counter",
            ),
            models.CheckConstraint(condition=Q(at_least__gte=1), name="tiers_need_is_positive"),
            models.CheckConstraint(
                condition=Q(window="months", window_months__isnull=False, window_months__gte=1)
                | (~Q(window="months") & Q(window_months__isnull=True)),
                name="tiers_need_window_names_its_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at_least} {self.unit_id or self.type_id or self.held_id}"
