"""Who reports what: partners and their places, types of activities and their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, cast

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
    contact = models.EmailField(
        blank=True, help_text=_("Who is written to about its keys: an address of the business.")
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(contact="") | Q(contact__contains="@"),
                name="program_partner_contact_is_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place of a partner: a hotel, a shop, a till."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="locations", db_index=False)
    code = models.CharField(max_length=40, validators=[is_code])
    name = models.CharField(max_length=80)
    earns = models.BooleanField(default=True, help_text=_("What happens here may earn."))
    burns = models.BooleanField(
        default=True, help_text=_("Points may be spent and vouchers used here.")
    )

    class Meta:
        ordering = ("partner", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(earns=True) | Q(burns=True), name="program_location_has_a_part"
            ),
            models.UniqueConstraint(
                fields=["partner", "code"], name="program_location_code_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def roles(self) -> tuple[str, ...]:
        """Its parts in the program: `earn`, `burn`."""
        return tuple(name for name, has in (("earn", self.earns), ("burn", self.burns)) if has)


class ActivityType(models.Model):
    """A kind of thing a member does: a stay, a purchase.

    Its attributes are typed and checked at intake.
    """

    class Confirm(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        DAYS = "days", _("after so many days")
        CALL = "call", _("when the partner or staff confirm it")

    class ReturnTier(models.TextChoices):
        KEPT = "kept", _("kept to the end of its period")
        REEXAMINED = "reexamined", _("examined again at once")

    class ReturnRewards(models.TextChoices):
        KEPT = "kept", _("kept")
        CANCELLED = "cancelled", _("cancelled first")

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
    tier_by = models.CharField(
        max_length=40,
        blank=True,
        help_text=_(
            "The choice among tiers whose tier counts for the one activity, where it is higher "
            "than the one held."
        ),
    )
    claim_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("How many days after the fact it may still be posted; empty: always."),
    )
    confirm = models.CharField(
        max_length=7,
        choices=Confirm.choices,
        default=Confirm.AT_ONCE,
        help_text=_("When what it earns is the member's; until then it is only announced."),
    )
    confirm_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How many days after it happened it counts.")
    )
    return_tier = models.CharField(
        max_length=10,
        choices=ReturnTier.choices,
        default=ReturnTier.KEPT,
        help_text=_("What becomes of a status that a returned activity no longer carries."),
    )
    return_rewards = models.CharField(
        max_length=9,
        choices=ReturnRewards.choices,
        default=ReturnRewards.KEPT,
        help_text=_("What becomes of unused rewards bought with points that are taken back."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirm="days", confirm_days__isnull=False, confirm_days__gte=1)
                | (~Q(confirm="days") & Q(confirm_days__isnull=True)),
                name="program_type_confirm_names_its_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def told(self) -> Mapping[str, ActivityAttribute]:
        """Its attributes by code, in their order; remembered where they were read beforehand."""
        read = self.__dict__.get("_prefetched_objects_cache", {}).get("attributes")
        kept = self.__dict__.get("_told")
        if kept is not None and kept[0] is read:
            return cast("Mapping[str, ActivityAttribute]", kept[1])
        found = {attribute.code: attribute for attribute in self.attributes.all()}
        if read is not None:
            self.__dict__["_told"] = (read, found)
        return found


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
    type = models.ForeignKey(
        ActivityType, models.CASCADE, related_name="attributes", db_index=False
    )
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
    default = models.CharField(
        max_length=40, blank=True, help_text=_("The choice that holds where none is told.")
    )
    told_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("So many days after the fact another choice may be told; empty: always."),
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
            models.CheckConstraint(
                condition=Q(default="") | Q(kind="choice"),
                name="program_attribute_only_a_choice_has_a_default",
            ),
            models.CheckConstraint(
                condition=Q(told_days__isnull=True) | ~Q(default=""),
                name="program_attribute_told_in_time_has_a_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name
