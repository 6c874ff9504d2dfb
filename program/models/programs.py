"""The program itself: one row, its units, and the blueprints that were applied.

What must stay true: there is exactly one Program; a unit's kind and decimals never change once it
has been used; every change of program data moves `Program.version`, which is what every process
caches the program by.
"""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.triggers import bumps_own_version, bumps_program_version

CODE = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
is_code = RegexValidator(CODE, _("Use lower-case letters, digits and single hyphens."))
HOLD_CEILING = 1440  # minutes; a hold keeps points from ending, so none is for more than a day
is_color = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Use a color of the form #1a2b3c."))


def notice_days() -> list[int]:
    """The usual notices before points end: two months, one month, a week."""
    return [60, 30, 7]


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
    hold_minutes = models.PositiveSmallIntegerField(
        default=15,
        help_text=_("How long points are held for an open cart or till, unless it says how long."),
    )
    hold_minutes_most = models.PositiveSmallIntegerField(
        default=60, help_text=_("The longest that a cart or till may hold points.")
    )
    expiry_notices = models.JSONField(
        default=notice_days,
        blank=True,
        help_text=_("How many days before points end a notice is given."),
    )
    household_size = models.PositiveSmallIntegerField(
        default=8, help_text=_("How many people a household has at most.")
    )
    is_pooling = models.BooleanField(
        default=False,
        help_text=_("The people of a household who agree to it spend from each other's points."),
    )
    version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("program")
        triggers = bumps_own_version()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="program_program_is_the_only_one"),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1)
                & Q(hold_minutes__lte=F("hold_minutes_most"))
                & Q(hold_minutes_most__lte=HOLD_CEILING),
                name="program_program_holds_are_short",
            ),
            models.CheckConstraint(
                condition=Q(household_size__gte=2), name="program_program_household_has_two"
            ),
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
        HALF_YEAR = "half_year", _("end of the half-year")
        YEAR = "year", _("end of the year")

    class Transfers(models.TextChoices):
        NEVER = "never", _("nobody")
        HOUSEHOLD = "household", _("people of the same household")
        ANYONE = "anyone", _("any other member")

    class Per(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

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
    expiry_round_to = models.CharField(max_length=9, choices=RoundTo.choices, default=RoundTo.DAY)
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
    expiry_most_months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_(
            "However much happens, points end so many months after they were earned; empty: only "
            "without activity."
        ),
    )
    transfers = models.CharField(
        max_length=9,
        choices=Transfers.choices,
        default=Transfers.NEVER,
        help_text=_("Whom a member may send it to."),
    )
    transfer_least = models.PositiveBigIntegerField(
        default=1, help_text=_("The least that can be sent, in its smallest part.")
    )
    transfer_step = models.PositiveBigIntegerField(
        default=1, help_text=_("Only multiples of this are sent, in its smallest part.")
    )
    transfer_sent_most = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("How much a member sends in a period; empty: no limit.")
    )
    transfer_received_most = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text=_("How much a member is sent in a period; empty: no limit."),
    )
    transfer_per = models.CharField(max_length=5, choices=Per.choices, default=Per.YEAR)
    second_person_above = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text=_(
            "What one of the staff may give or take by hand for one member in a day, alone; more "
            "waits for a second person. Empty: no limit."
        ),
    )
    counts = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_(
            "A counter may count what rules and milestones pay of another unit, bonuses included."
        ),
    )
    is_default = models.BooleanField(
        default=False, help_text=_("The unit shown first, everywhere.")
    )
    position = models.PositiveSmallIntegerField(default=0)

    expiry_on: date | None = None  # no column: the one last day of a rule that has one

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decimals__lte=2), name="program_unit_decimals_at_most_two"
            ),
            models.CheckConstraint(
                condition=Q(expiry="never", expiry_count__isnull=True)
                | Q(expiry__in=["fixed_day", "months"], expiry_count__isnull=False)
                | Q(
                    expiry__in=["days", "inactivity"],
                    expiry_count__isnull=False,
                    expiry_count__gte=1,
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
                condition=Q(expiry_most_months__isnull=True)
                | Q(expiry="inactivity", expiry_most_months__gt=F("expiry_count")),
                name="program_unit_last_end_is_beyond_inactivity",
            ),
            models.CheckConstraint(
                condition=Q(kind="spendable") | Q(expiry="never"),
                name="program_unit_counter_never_expires",
            ),
            models.CheckConstraint(
                condition=Q(counts__isnull=True) | Q(kind="counter"),
                name="program_unit_only_a_counter_counts",
            ),
            models.CheckConstraint(
                condition=Q(counts__isnull=True) | ~Q(counts=F("code")),
                name="program_unit_counts_another",
            ),
            models.CheckConstraint(
                condition=Q(kind="spendable") | Q(transfers="never"),
                name="program_unit_counter_is_never_sent",
            ),
            models.CheckConstraint(
                condition=Q(transfer_least__gte=1) & Q(transfer_step__gte=1),
                name="program_unit_transfers_something",
            ),
            models.CheckConstraint(
                condition=(
                    Q(transfer_sent_most__isnull=True)
                    | Q(transfer_sent_most__gte=F("transfer_least"))
                )
                & (
                    Q(transfer_received_most__isnull=True)
                    | Q(transfer_received_most__gte=F("transfer_least"))
                ),
                name="program_unit_transfer_limits_allow_one",
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
