"""Occasions: days and events on which the house itself records an activity for a member."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import uuid7
from common.triggers import bumps_program_version
from program.models import ActivityType, Partner, is_code


class Occasion(models.Model):
    """Something that happens to a member without a partner's report: a birthday, a new tier.

    An activity of `type` is recorded for it, under the name of `partner`; rules say what it pays.
    """

    class On(models.TextChoices):
        ENROLMENT = "enrolment", _("joining")
        BIRTHDAY = "birthday", _("every birthday")
        ANNIVERSARY = "anniversary", _("every anniversary of joining")
        TIER = "tier", _("reaching a higher tier")

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    on = models.CharField(max_length=12, choices=On.choices)
    type = models.ForeignKey(ActivityType, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField(
        default=clock.now, editable=False, help_text=_("What happened before is not recorded.")
    )
    after_event = models.UUIDField(default=uuid7, editable=False)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()

    def __str__(self) -> str:
        return self.code


class OccasionProgress(models.Model):
    """How far an occasion has been followed: to the end of a day, or to an event."""

    occasion = models.OneToOneField(Occasion, models.PROTECT, primary_key=True)
    done_on = models.DateField(null=True)
    last_event = models.UUIDField(null=True)
    ran_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(done_on__isnull=True) | models.Q(last_event__isnull=True),
                name="earning_occasionprogress_is_by_day_or_by_event",
            ),
        ]

    def __str__(self) -> str:
        return self.occasion_id
