"""Exchanging: one unit for another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.triggers import bumps_program_version
from program.models import Unit, is_code


class Conversion(models.Model):
    """One unit for another at a fixed ratio, in whole steps only:

    what does not fill a step stays where it is.
    """

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    gives = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    takes = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    step = models.PositiveBigIntegerField(help_text=_("Taken at a time, in its smallest part."))
    amount = models.PositiveBigIntegerField(
        help_text=_("Given for each step, in its smallest part.")
    )
    least = models.PositiveBigIntegerField(default=0, help_text=_("The least that can be taken."))
    bonus_step = models.PositiveBigIntegerField(null=True, blank=True)
    bonus_amount = models.PositiveBigIntegerField(null=True, blank=True)
    is_monthly = models.BooleanField(
        default=False, help_text=_("Whole steps are exchanged by themselves as a month ends.")
    )
    is_at_once = models.BooleanField(
        default=False,
        help_text=_("Whole steps are exchanged by themselves as soon as there is enough."),
    )
    months = models.JSONField(
        default=list,
        blank=True,
        help_text=_("As which months end it happens by itself, 1 to 12; empty: as every month."),
    )
    most = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("The most that a member exchanges in a period.")
    )
    per = models.CharField(
        max_length=5, choices=Unit.Per.choices, blank=True, help_text=_("The period of that.")
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(step__gte=1, amount__gte=1), name="rewards_conversion_takes_and_gives"
            ),
            models.CheckConstraint(
                condition=Q(months=[])
                | Q(is_monthly=True, months__contained_by=list(range(1, 13))),
                name="rewards_conversion_months_are_months",
            ),
            models.CheckConstraint(
                condition=~Q(is_monthly=True, is_at_once=True),
                name="rewards_conversion_happens_at_one_time",
            ),
            models.CheckConstraint(
                condition=~Q(gives=F("takes")), name="rewards_conversion_joins_two_units"
            ),
            models.CheckConstraint(
                condition=Q(bonus_step__isnull=True, bonus_amount__isnull=True)
                | Q(
                    bonus_step__isnull=False,
                    bonus_amount__isnull=False,
                    bonus_step__gte=1,
                    bonus_amount__gte=1,
                ),
                name="rewards_conversion_bonus_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(most__isnull=True, per="")
                | Q(most__isnull=False, most__gte=F("step"), per__in=Unit.Per.values),
                name="rewards_conversion_most_is_of_a_period",
            ),
        ]
        triggers = bumps_program_version()

    def __str__(self) -> str:
        return self.name
