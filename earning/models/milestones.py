"""Milestones and who has passed them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, uuid7
from common.triggers import append_only, bumps_program_version
from earning.models.activities import Activity
from earning.models.keys import KEY_SPACE
from members.models import Member, MemberOwned
from points.models import Entry
from program.models import ActivityType, Unit, is_code


class Milestone(models.Model):
    """A mark that pays when it is passed: once, or again at every further so many.

    What is counted is a counter, activities of a type, or periods in a row. Passing it pays an
    amount of a unit, or lets the member choose some of its options.
    """

    class Window(models.TextChoices):
        LIFETIME = "lifetime", _("everything ever counted")
        YEAR = "year", _("a program year")
        HALF_YEAR = "half_year", _("a half of the calendar's year")
        QUARTER = "quarter", _("a quarter of the calendar")
        MONTH = "month", _("a month of the calendar")
        WEEK = "week", _("a week, from Monday")
        MEMBERSHIP_YEAR = "membership_year", _("a year of membership")
        MEMBERSHIP_HALF_YEAR = "membership_half_year", _("a half-year of membership")
        MONTHS = "months", _("the months before")
        DAYS = "days", _("the days before")

    class Streak(models.TextChoices):
        DAY = "day", _("days")
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")
        QUARTER = "quarter", _("quarters")
        YEAR = "year", _("years")

    class Distinct(models.TextChoices):
        DAY = "day", _("days on which there was one")
        PARTNER = "partner", _("partners with whom there was one")
        LOCATION = "location", _("locations at which there was one")

    class Per(models.TextChoices):
        MEMBER = "member", _("each member")
        HOUSEHOLD = "household", _("a household")

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    counter = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="milestones"
    )
    type = models.ForeignKey(
        ActivityType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="milestones",
        help_text=_("Activities of this type are counted, instead of a counter."),
    )
    distinct = models.CharField(
        max_length=40,
        blank=True,
        help_text=_(
            "What is counted of the activities: day, partner, location, or the values of an "
            "attribute, by its code; empty: each one."
        ),
    )
    at = models.PositiveBigIntegerField(help_text=_("In the counter's smallest part."))
    every = models.PositiveBigIntegerField(null=True, blank=True)
    up_to = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("The last mark of those; empty: there is none.")
    )
    window = models.CharField(max_length=20, choices=Window.choices, default=Window.LIFETIME)
    window_count = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How many days or months before.")
    )
    year_starts = models.PositiveSmallIntegerField(
        default=1, help_text=_("The month in which a program year starts.")
    )
    streak = models.CharField(
        max_length=7,
        blank=True,
        choices=Streak.choices,
        help_text=_("The mark is so many of these in a row; empty: it is of what is counted."),
    )
    streak_least = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("What has to be counted in each of them.")
    )
    per = models.CharField(max_length=9, choices=Per.choices, default=Per.MEMBER)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("What it pays, in the unit's smallest part.")
    )
    choose = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How many of its options the member chooses.")
    )
    choose_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How many days there are to choose.")
    )
    choose_month = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Or the month of the last day to choose,")
    )
    choose_day = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("and the day: the next one after it was reached.")
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at__gte=1), name="earning_milestone_lies_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(every__isnull=True) | Q(every__gte=1),
                name="earning_milestone_repeats_by_something",
            ),
            models.CheckConstraint(
                condition=Q(up_to__isnull=True)
                | Q(every__isnull=False, up_to__isnull=False, up_to__gte=F("at")),
                name="earning_milestone_last_mark_is_a_further_one",
            ),
            models.CheckConstraint(
                condition=~Q(window__in=["membership_year", "membership_half_year"])
                | Q(per="member"),
                name="earning_milestone_own_year_is_each_members",
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=True)
                | Q(counter__isnull=True)
                | ~Q(unit=F("counter"))
                | Q(every__isnull=True)
                | Q(amount__lt=F("every")),
                name="earning_milestone_does_not_feed_itself_for_ever",
            ),
            models.CheckConstraint(
                condition=Q(counter__isnull=False, type__isnull=True, distinct="")
                | Q(counter__isnull=True, type__isnull=False),
                name="earning_milestone_counts_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, amount__isnull=False, amount__gte=1)
                | Q(unit__isnull=True, amount__isnull=True, choose__isnull=False),
                name="earning_milestone_pays_something",
            ),
            models.CheckConstraint(
                condition=Q(
                    window__in=["months", "days"],
                    window_count__isnull=False,
                    window_count__gte=1,
                    every__isnull=True,
                    per="member",
                )
                | (~Q(window__in=["months", "days"]) & Q(window_count__isnull=True)),
                name="earning_milestone_window_names_its_length",
            ),
            models.CheckConstraint(
                condition=Q(year_starts__gte=1, year_starts__lte=12),
                name="earning_milestone_year_starts_in_a_month",
            ),
            models.CheckConstraint(
                condition=Q(streak="", streak_least__isnull=True)
                | (
                    ~Q(streak="")
                    & Q(streak_least__isnull=False, streak_least__gte=1)
                    & Q(window="lifetime", per="member")
                ),
                name="earning_milestone_streak_names_its_least",
            ),
            models.CheckConstraint(
                condition=Q(
                    choose__isnull=True,
                    choose_days__isnull=True,
                    choose_month__isnull=True,
                    choose_day__isnull=True,
                )
                | Q(
                    choose__isnull=False,
                    choose__gte=1,
                    choose_month__isnull=True,
                    choose_day__isnull=True,
                )
                | Q(
                    choose__isnull=False,
                    choose__gte=1,
                    choose_days__isnull=True,
                    choose_month__isnull=False,
                    choose_month__gte=1,
                    choose_month__lte=12,
                    choose_day__isnull=False,
                    choose_day__gte=1,
                    choose_day__lte=31,
                ),
                name="earning_milestone_choice_has_one_deadline",
            ),
            models.CheckConstraint(
                condition=Q(choose_days__isnull=True) | Q(choose_days__gte=1),
                name="earning_milestone_choice_takes_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_rolling(self) -> bool:
        """Whether its window moves with the days."""
        return self.window in (self.Window.MONTHS, self.Window.DAYS)

    @property
    def is_own(self) -> bool:
        """Whether its window begins on the member's own day of joining."""
        return self.window in (self.Window.MEMBERSHIP_YEAR, self.Window.MEMBERSHIP_HALF_YEAR)

    @property
    def decimals(self) -> int:
        """Of the numbers that its marks are."""
        return self.counter.decimals if self.counter is not None and not self.streak else 0

    @property
    def pays_in(self) -> set[str]:
        """The units of what it pays, and of its options."""
        own = {self.unit_id} if self.unit_id else set()
        return own | {option.unit_id for option in self.options.all()}


class MilestoneOption(models.Model):
    """Something that can be chosen when a milestone is reached: an amount of a unit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="options", db_index=False)
    code = models.CharField(max_length=40, validators=[is_code])
    name = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField(
        help_text=_("What it gives, in the unit's smallest part.")
    )
    at_most = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How often it can be chosen each time; empty: freely.")
    )
    default = models.PositiveSmallIntegerField(
        default=0, help_text=_("How many of it whoever does not choose gets after the last day.")
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("milestone", "position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["milestone", "code"], name="earning_option_code_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1), name="earning_option_gives_something"
            ),
            models.CheckConstraint(
                condition=Q(at_most__isnull=True) | Q(at_most__gte=Greatest(F("default"), 1)),
                name="earning_option_default_is_within_its_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MilestoneReached(MemberOwned):
    """A level of a milestone that was passed.

    The id follows from level, period and owner: it is paid once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="milestones")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="reached")
    level = models.PositiveBigIntegerField()
    period = models.CharField(max_length=10, blank=True)
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="milestones")
    turn = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often the level was passed and made void before.")
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-recorded_at",)
        verbose_name_plural = _("milestones reached")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.level}"

    @property
    def source(self) -> str:
        """The source of the posting that paid it."""
        again = f":{self.turn}" if self.turn else ""
        return f"milestone:{self.milestone_id}:{self.level}:{self.period}{again}"

    @staticmethod
    def id_for(code: str, level: int, period: str, owner: str, turn: int = 0) -> uuid.UUID:
        again = [str(turn)] if turn else []
        return named(KEY_SPACE, "milestone", code, str(level), period, owner, *again)


class MilestoneVoid(MemberOwned):
    """A level that its counter no longer reaches, after an activity was changed.

    What it paid was untouched and has been taken back; the level may be passed again. Written once.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    reached = models.ForeignKey(MilestoneReached, models.PROTECT, related_name="voids")
    owner = models.CharField(max_length=60)
    change_id = models.UUIDField(help_text=_("The change of an activity that brought it about."))
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    sentence = models.CharField(max_length=240)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        triggers = append_only(erasable=("sentence",))
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "reached"], name="earning_void_once_per_level"
            ),
            models.CheckConstraint(
                condition=~Q(owner="") & ~Q(sentence=""), name="earning_void_explains_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.sentence
