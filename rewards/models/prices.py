"""What rewards cost: one price for everybody, and others for tiers, segments and plans."""

from __future__ import annotations

import uuid
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
from plans.models import Plan
from rewards.models.catalogue import Reward
from tiers.models import Tier


class RewardPrice(models.Model):
    """What a reward costs, from one day to another: for everybody, from a tier upwards, for a
    segment, or for who has a plan.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="prices")
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="+")
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.PositiveBigIntegerField()
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("The first day on which it no longer holds.")
    )

    class Meta:
        ordering = ("reward", "amount")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="rewards_price_is_positive"),
            models.CheckConstraint(
                condition=Q(segment__isnull=True, plan__isnull=True)
                | Q(tier__isnull=True, plan__isnull=True)
                | Q(tier__isnull=True, segment__isnull=True),
                name="rewards_price_is_for_one_group",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gt=F("starts_on")),
                name="rewards_price_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="rewards_price_periods_do_not_overlap",
                expressions=[
                    ("reward", RangeOperators.EQUAL),
                    (Coalesce("tier", models.Value(uuid.UUID(int=0))), RangeOperators.EQUAL),
                    (Coalesce("segment", models.Value("")), RangeOperators.EQUAL),
                    (Coalesce("plan", models.Value("")), RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = bumps_program_version()

    def __str__(self) -> str:
        return str(self.amount)

    @property
    def is_for_everybody(self) -> bool:
        return self.tier_id is None and self.segment_id is None and self.plan_id is None

    def is_in_force(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )
