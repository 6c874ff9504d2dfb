"""What members may choose because a level of a milestone was passed, and what they chose."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import public_id
from common.triggers import append_only
from earning.models.milestones import MilestoneOption, MilestoneReached
from members.models import Member, MemberOwned
from points.models import Entry


class MilestoneChoice(MemberOwned):
    """What a member may choose because a level was passed; decided once, by whoever comes first."""

    class Status(models.TextChoices):
        OPEN = "open", _("to be made")
        MADE = "made", _("made")
        DEFAULTED = "defaulted", _("made by the program")
        LAPSED = "lapsed", _("lapsed")
        VOID = "void", _("void")

    member = models.ForeignKey(Member, models.PROTECT, related_name="choices", db_index=False)
    reached = models.ForeignKey(MilestoneReached, models.PROTECT, related_name="choices")
    many = models.PositiveSmallIntegerField(help_text=_("How many options are chosen."))
    due_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The exclusive end of the last day to choose.")
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    reminded_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the member was told that the last day comes.")
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    actor = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(  # what the job ends next, and reminds of
                fields=["due_at"],
                condition=Q(status="open", due_at__isnull=False),
                name="earning_choice_by_due",
            ),
            models.Index(  # what a member has to choose
                fields=["member"], condition=Q(status="open"), name="earning_choice_open"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "reached"], name="earning_choice_once_per_level"
            ),
            models.CheckConstraint(condition=Q(many__gte=1), name="earning_choice_is_of_something"),
            models.CheckConstraint(
                condition=Q(reminded_at__isnull=True) | Q(due_at__gt=F("reminded_at")),
                name="earning_choice_reminds_before_its_end",
            ),
            models.CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True, actor="")
                | (~Q(status="open") & Q(ended_at__isnull=False) & ~Q(actor="")),
                name="earning_choice_status_has_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reached}: {self.get_status_display()}"

    @property
    def public_id(self) -> str:
        return public_id("chc", self.pk)

    @property
    def source(self) -> str:
        """The source of the posting that pays what was chosen."""
        return f"milestone-choice:{self.pk}"


class MilestonePick(MemberOwned):
    """An option that was chosen, how often, and the entry that paid it. Written once."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    choice = models.ForeignKey(MilestoneChoice, models.PROTECT, related_name="picks")
    option = models.ForeignKey(MilestoneOption, models.PROTECT, related_name="picks")
    times = models.PositiveSmallIntegerField()
    amount = models.PositiveBigIntegerField(help_text=_("What it gave in all."))
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "choice", "option"], name="earning_pick_once_per_option"
            ),
            models.CheckConstraint(
                condition=Q(times__gte=1, amount__gte=1), name="earning_pick_is_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.times} x {self.option}"
