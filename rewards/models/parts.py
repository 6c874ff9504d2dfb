"""Points and money: with how many points a reward can be had for how much money beside them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.triggers import bumps_program_version
from rewards.models.catalogue import Reward


class RewardPart(models.Model):
    """Fewer points than the price, and money for the rest, which the till collects.

    Without a `step` it is one combination. With one, any number of points from `points` up in whole
    steps below the price; each step that is not paid with points costs `money`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="parts", db_index=False)
    points = models.PositiveBigIntegerField(help_text=_("With so many points at least."))
    money = models.DecimalField(
        max_digits=10,
        decimal_places=2,
        help_text=_("In the program's currency: in all, or for each step that is missing."),
    )
    step = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text=_("Any number from there up to the price, in such steps; empty: just so many."),
    )

    class Meta:
        ordering = ("reward", "-points")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reward", "points"], name="rewards_part_points_are_said_once"
            ),
            models.CheckConstraint(condition=Q(points__gte=1), name="rewards_part_takes_points"),
            models.CheckConstraint(condition=Q(money__gt=0), name="rewards_part_takes_money"),
            models.CheckConstraint(
                condition=Q(step__isnull=True) | Q(step__gte=1), name="rewards_part_goes_by_steps"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} + {self.money}"
