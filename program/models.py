"""The program itself: one row, its units, its activity types, and the partners and places that take
part.

What must stay true: there is exactly one Program; a unit's kind and decimals never change once it
has been used; every change of program data moves `Program.version`, which is what every process
caches the program by.
"""

from __future__ import annotations

import re
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.triggers import bumps_own_version, bumps_program_version

CODE = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
is_code = RegexValidator(CODE, _("Use lower-case letters, digits and single hyphens."))
is_color = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Use a color of the form #1a2b3c."))


class Program(models.Model):
    """The one program of this deployment, with the operator's name and brand."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    code = models.CharField(max_length=40, validators=[is_code])
    name = models.CharField(max_length=80)
    business = models.CharField(max_length=80, help_text=_("The business that runs the program."))
    tagline = models.CharField(max_length=160, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=10, default="en")
    support_email = models.EmailField(blank=True)
    brand_accent = models.CharField(max_length=7, default="#b3392f", validators=[is_color])
    brand_ink = models.CharField(max_length=7, default="#14213d", validators=[is_color])
    brand_paper = models.CharField(max_length=7, default="#faf7f0", validators=[is_color])
    logo = models.CharField(
        max_length=120, blank=True, help_text=_("A picture below static/; empty flies the pennant.")
    )
    notice = models.CharField(
        max_length=240,
        blank=True,
        help_text=_("A sentence shown to everybody at the foot of each page."),
    )
    version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("program")
        triggers = bumps_own_version()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="program_program_is_the_only_one"),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """What is counted: points to spend, or a counter that qualifies for tiers.

    Amounts are in its smallest part.
    """

    class Kind(models.TextChoices):
        SPENDABLE = "spendable", _("spendable")
        COUNTER = "counter", _("counter")

    class Rounding(models.TextChoices):
        DOWN = "down", _("down")
        HALF_UP = "half_up", _("half up")
        UP = "up", _("up")

    class Expiry(models.TextChoices):
        NEVER = "never", _("never")
        DAYS = "days", _("days after the activity")
        MONTHS = "months", _("months after the activity")
        FIXED_DAY = "fixed_day", _("a fixed day of the year")
        INACTIVITY = "inactivity", _("months without activity")

    class Counts(models.TextChoices):
        EARNING = "earning", _("earning")
        ANY = "any", _("earning or spending")
        TYPES = "types", _("activities of certain types")

    class RoundTo(models.TextChoices):
        DAY = "day", _("that day")
        MONTH = "month", _("end of the month")
        QUARTER = "quarter", _("end of the quarter")
        YEAR = "year", _("end of the year")

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    kind = models.CharField(max_length=10, choices=Kind.choices)
    singular = models.CharField(max_length=40)
    plural = models.CharField(max_length=40)
    decimals = models.PositiveSmallIntegerField(default=0)
    rounding = models.CharField(max_length=8, choices=Rounding.choices, default=Rounding.DOWN)
    expiry = models.CharField(max_length=10, choices=Expiry.choices, default=Expiry.NEVER)
    expiry_count = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("Days, months, or for a fixed day the years to add: 0 is the next such day."),
    )
    expiry_round_to = models.CharField(max_length=8, choices=RoundTo.choices, default=RoundTo.DAY)
    expiry_month = models.PositiveSmallIntegerField(null=True, blank=True)
    expiry_day = models.PositiveSmallIntegerField(null=True, blank=True)
    expiry_counts = models.CharField(
        max_length=8,
        choices=Counts.choices,
        default=Counts.ANY,
        help_text=_("What keeps points alive that end after months without activity."),
    )
    expiry_types = models.JSONField(
        default=list, blank=True, help_text=_("Codes of the activity types that keep them alive.")
    )
    expiry_since = models.DateField(
        null=True, blank=True, help_text=_("Points of earlier activities never end.")
    )
    expiry_min_days = models.PositiveSmallIntegerField(
        default=0, help_text=_("How many days points live at least, from when they are posted.")
    )
    second_person_above = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text=_(
            "What one of the staff may give or take by hand for one member in a day, alone; more "
            "waits for a second person. Empty: no limit."
        ),
    )
    is_default = models.BooleanField(
        default=False, help_text=_("The unit shown first, everywhere.")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decimals__lte=2), name="program_unit_decimals_at_most_two"
            ),
            models.CheckConstraint(
                condition=Q(expiry="never", expiry_count__isnull=True)
                | Q(expiry="fixed_day", expiry_count__isnull=False)
                | (
                    Q(expiry__in=["days", "months", "inactivity"])
                    & Q(expiry_count__isnull=False, expiry_count__gte=1)
                ),
                name="program_unit_expiry_names_its_count",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(expiry="fixed_day") & Q(expiry_month__isnull=True, expiry_day__isnull=True)
                )
                | Q(
                    expiry="fixed_day",
                    expiry_month__isnull=False,
                    expiry_month__gte=1,
                    expiry_month__lte=12,
                    expiry_day__isnull=False,
                    expiry_day__gte=1,
                    expiry_day__lte=31,
                ),
                name="program_unit_expiry_names_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(expiry_counts="types") | ~Q(expiry_types=[]),
                name="program_unit_expiry_names_its_types",
            ),
            models.CheckConstraint(
                condition=Q(kind="spendable") | Q(expiry="never"),
                name="program_unit_counter_never_expires",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(kind="spendable"),
                name="program_unit_default_is_spendable",
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="program_unit_default_is_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.plural


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


class Revision(models.Model):
    """A blueprint that was applied: its text, who did it, what it changed. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    blueprint = models.CharField(max_length=40)
    text = models.TextField()
    changes = models.JSONField(default=list)
    actor = models.CharField(max_length=80)
    applied_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.blueprint} {self.applied_at:%Y-%m-%d %H:%M}"
