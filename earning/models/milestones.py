"""Milestones and who has passed them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named
from common.triggers import append_only, bumps_program_version
from earning.models.activities import Activity
from earning.models.keys import KEY_SPACE
from members.models import Member, MemberOwned
from points.models import Entry
from program.models import Unit, is_code


class Milestone(models.Model):
    """A mark on a counter that pays when it is passed: once, or again at every further so many."""

    class Window(models.TextChoices):
        LIFETIME = "lifetime", _("everything ever counted")
        YEAR = "year", _("a calendar year")

    class Per(models.TextChoices):
        MEMBER = "member", _("each member")
        HOUSEHOLD = "household", _("a household")

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    counter = models.ForeignKey(Unit, models.PROTECT, related_name="milestones")
    at = models.PositiveBigIntegerField(help_text=_("In the counter's smallest part."))
    every = models.PositiveBigIntegerField(null=True, blank=True)
    window = models.CharField(max_length=8, choices=Window.choices, default=Window.LIFETIME)
    per = models.CharField(max_length=9, choices=Per.choices, default=Per.MEMBER)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField(
        help_text=_("What it pays, in the unit's smallest part.")
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
                condition=Q(amount__gte=1), name="earning_milestone_pays_something"
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

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    reached = models.ForeignKey(MilestoneReached, models.PROTECT, related_name="voids")
    owner = models.CharField(max_length=60)
    change_id = models.UUIDField(help_text=_("The change of an activity that brought it about."))
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    sentence = models.CharField(max_length=240)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        triggers = append_only()
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
