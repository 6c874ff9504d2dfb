"""Who reports what: partners and their places, types of activities and their attributes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.triggers import bumps_program_version
from program.models.programs import is_code


class Partner(models.Model):
    """A system that posts activities or takes vouchers: the front desk, a booking engine, a web
    shop.
    """

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        triggers = bumps_program_version()

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place of a partner: a hotel, a shop, a till."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="locations")
    code = models.CharField(max_length=40, validators=[is_code])
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("partner", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "code"], name="program_location_code_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ActivityType(models.Model):
    """A kind of thing a member does: a stay, a purchase.

    Its attributes are typed and checked at intake.
    """

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=60)
    plural = models.CharField(max_length=60)
    rated_by = models.CharField(
        max_length=40,
        blank=True,
        help_text=_(
            "The date attribute that decides which rules are in force; empty: the activity's day."
        ),
    )
    begins_by = models.CharField(
        max_length=40,
        blank=True,
        help_text=_(
            "The date attribute on which it begins: the tier held then is what it earns at."
        ),
    )
    claim_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("How many days after the fact it may still be posted; empty: always."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()

    def __str__(self) -> str:
        return self.name


class ActivityAttribute(models.Model):
    """One typed fact about an activity, with its limits."""

    class Kind(models.TextChoices):
        INTEGER = "integer", _("whole number")
        DECIMAL = "decimal", _("decimal number")
        MONEY = "money", _("money")
        TEXT = "text", _("text")
        CHOICE = "choice", _("choice")
        BOOLEAN = "boolean", _("yes or no")
        DATE = "date", _("date")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.ForeignKey(ActivityType, models.CASCADE, related_name="attributes")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    singular = models.CharField(
        max_length=40, blank=True, help_text=_("One of it, in a sentence: night.")
    )
    plural = models.CharField(max_length=40, blank=True, help_text=_("Several of it: nights."))
    is_required = models.BooleanField(default=True)
    least = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    most = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    choices = models.JSONField(
        default=dict, blank=True, help_text=_("Code and words of each choice.")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["type", "code"], name="program_attribute_code_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(least__isnull=True)
                | Q(most__isnull=True)
                | Q(least__lte=models.F("most")),
                name="program_attribute_least_not_above_most",
            ),
            models.CheckConstraint(
                condition=~Q(kind="choice") | ~Q(choices={}),
                name="program_attribute_choice_has_choices",
            ),
        ]

    def __str__(self) -> str:
        return self.name
