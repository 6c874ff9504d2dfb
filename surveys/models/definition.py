"""What is asked, of whom and when: program data.

A survey that has answers is not edited: what it asks lives in versions, and a change makes a new
one.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.triggers import bumps_program_version
from members.models import Segment
from program.models import ActivityType, Location, Partner, is_code
from surveys.kinds import CHOICES, Kind, of

WEEKDAYS = [0, 1, 2, 3, 4]


def final_once_answered(version: str) -> list[pgtrigger.Trigger]:
    """What was asked stays as the answers found it. `version` names the column of the version."""

    def trigger(name: str, operation: pgtrigger.Operation, row: str) -> pgtrigger.Trigger:
        return pgtrigger.Trigger(
            name=name,
            level=pgtrigger.Row,
            when=pgtrigger.Before,
            operation=operation,
            func=(
                f"IF EXISTS (SELECT 1 FROM surveys_answer WHERE version_id = {row}.{version}) THEN"  # noqa: S608
                " RAISE EXCEPTION 'what was answered is not rewritten'"
                " USING ERRCODE = 'check_violation',"
                " CONSTRAINT = 'surveys_version_is_final_once_answered'; END IF;"
                " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
            ),
        )

    return [
        trigger("complete_once_answered", pgtrigger.Insert, "NEW"),
        trigger("final_once_answered", pgtrigger.Update | pgtrigger.Delete, "OLD"),
    ]


class Care(models.Model):
    """How the program treats the people it asks: the one contact rule, and the hours in which it
    answers.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    contact_days = models.PositiveSmallIntegerField(
        default=90, help_text=_("How many days lie between two surveys to one person, whichever.")
    )
    max_age_days = models.PositiveSmallIntegerField(
        default=14, help_text=_("What happened longer ago than this is not asked about.")
    )
    opens_hour = models.PositiveSmallIntegerField(
        default=9, help_text=_("The hour at which a business day begins.")
    )
    closes_hour = models.PositiveSmallIntegerField(
        default=18, help_text=_("The hour at which a business day ends.")
    )
    weekdays = models.JSONField(
        default=list,
        blank=True,
        help_text=_("Business days, 0 for Monday; empty: Monday to Friday."),
    )
    holidays = ArrayField(
        models.DateField(),
        default=list,
        blank=True,
        help_text=_("Days on which nobody is there, as 2026-12-25, separated by commas."),
    )
    goodwill_max = models.PositiveIntegerField(
        default=500,
        help_text=_("The most a clerk may give to make good, in the smallest part of the unit."),
    )
    asked_elsewhere = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Members of this segment are asked by somebody else and not by us."),
    )

    class Meta:
        verbose_name = _("way of asking")
        verbose_name_plural = _("ways of asking")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="surveys_care_is_the_only_one"),
            models.CheckConstraint(
                condition=Q(closes_hour__gt=F("opens_hour"), closes_hour__lte=24),
                name="surveys_care_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Ways of asking"))

    @property
    def business_days(self) -> list[int]:
        return self.weekdays or WEEKDAYS


class Survey(models.Model):
    """A survey of one of the four kinds. What it asks is in its newest version."""

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=4, choices=CHOICES)
    is_anonymous = models.BooleanField(
        default=False, help_text=_("Answers keep no link to the member. It stays for ever.")
    )
    is_active = models.BooleanField(default=True)
    open_days = models.PositiveSmallIntegerField(
        default=30, help_text=_("How many days an invitation can be answered.")
    )
    activity_type = models.ForeignKey(
        ActivityType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Taking part is recorded as such an activity, and may earn points."),
    )
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("In whose name taking part is recorded."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[code for code, _name in CHOICES]),
                name="surveys_survey_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(open_days__gte=1), name="surveys_survey_is_open_a_day"
            ),
            models.CheckConstraint(
                condition=Q(activity_type__isnull=True, partner__isnull=True)
                | Q(activity_type__isnull=False, partner__isnull=False),
                name="surveys_survey_activity_names_its_partner",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def of_kind(self) -> Kind:
        return of(self.kind)


class Version(models.Model):
    """What a survey asked from a moment on. Never changed once somebody has answered it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    why_words = models.CharField(
        max_length=160, blank=True, help_text=_("The open question; empty: What is the reason?")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("survey", "-number")
        triggers = [*bumps_program_version(), *final_once_answered("id")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "number"], name="surveys_version_number_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.number}"


class Question(models.Model):
    """A question of one's own: a choice, a scale or free text."""

    class Kind(models.TextChoices):
        CHOICE = "choice", _("choice")
        SCALE = "scale", _("scale")
        TEXT = "text", _("text")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="questions", db_index=False)
    code = models.CharField(max_length=40, validators=[is_code])
    kind = models.CharField(max_length=6, choices=Kind.choices)
    words = models.CharField(max_length=160)
    choices = models.JSONField(
        default=list,
        blank=True,
        help_text=_("Pairs of code and words, in the order in which they are shown."),
    )
    least = models.PositiveSmallIntegerField(null=True, blank=True)
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("version", "position")
        triggers = [*bumps_program_version(), *final_once_answered("version_id")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "code"], name="surveys_question_code_is_unique"
            ),
            models.CheckConstraint(
                condition=(Q(kind="choice") & ~Q(choices=[]) & ~Q(choices={}))
                | Q(kind="scale", least__isnull=False, most__isnull=False, most__gt=F("least"))
                | Q(kind="text", choices=[], least__isnull=True, most__isnull=True),
                name="surveys_question_has_its_answers",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def options(self) -> dict[str, str]:
        """The code and the words of each choice, in their order."""
        return dict(self.choices)


class Branch(models.Model):
    """A question that is asked only after a score from `least` to `most`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="branches")
    question = models.ForeignKey(Question, models.PROTECT, related_name="branches")
    least = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("version", "least")
        verbose_name_plural = _("branches")
        triggers = [
            *bumps_program_version(),
            *final_once_answered("version_id"),
            pgtrigger.Trigger(
                name="question_is_its_own",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM surveys_question"
                    " WHERE id = NEW.question_id AND version_id = NEW.version_id) THEN"
                    " RAISE EXCEPTION 'a branch leads to a question of its own version'"
                    " USING ERRCODE = 'check_violation',"
                    " CONSTRAINT = 'surveys_branch_question_is_its_own'; END IF; RETURN NEW;"
                ),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(most__gte=F("least")), name="surveys_branch_least_not_above_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.least} – {self.most}"


class Trigger(models.Model):
    """What makes us ask: something that happens, or the turn of a wave every so many months."""

    class On(models.TextChoices):
        ACTIVITY = "activity", _("an activity is confirmed")
        VOUCHER = "voucher", _("a voucher is used")
        CASE = "case", _("a case is closed")
        WAVE = "wave", _("every so many months")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="triggers")
    code = models.CharField(max_length=40, validators=[is_code])
    on = models.CharField(max_length=8, choices=On.choices)
    activity_type = models.ForeignKey(
        ActivityType, models.PROTECT, null=True, blank=True, related_name="+"
    )
    only = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("Attributes that the activity has: only those are asked about."),
    )
    every_months = models.PositiveSmallIntegerField(null=True, blank=True)
    delay_hours = models.PositiveSmallIntegerField(default=0)
    rate = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=100,
        help_text=_("Percent of those who could be asked."),
    )
    quota = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How many are asked in a calendar month at most.")
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("survey", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="surveys_trigger_code_is_unique"),
            models.CheckConstraint(
                condition=Q(rate__gt=0, rate__lte=100), name="surveys_trigger_rate_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(on="wave", every_months__isnull=False, every_months__gte=1)
                | (~Q(on="wave") & Q(every_months__isnull=True)),
                name="surveys_trigger_wave_names_its_months",
            ),
            models.CheckConstraint(
                condition=Q(on="activity") | Q(activity_type__isnull=True),
                name="surveys_trigger_only_activities_have_a_type",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CaseRule(models.Model):
    """Which answers open a case, whose it is, and how long it may take."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="case_rules", db_index=False)
    code = models.CharField(max_length=40, validators=[is_code])
    least = models.PositiveSmallIntegerField(default=0)
    most = models.PositiveSmallIntegerField()
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.EmailField(
        blank=True, help_text=_("The login of whoever answers; without one, a manager picks.")
    )
    contact_hours = models.PositiveSmallIntegerField(
        default=16, help_text=_("Business hours until the member should have heard from us.")
    )
    close_hours = models.PositiveSmallIntegerField(
        default=45, help_text=_("Business hours until the case should be closed.")
    )
    escalates_to = models.EmailField(
        blank=True, help_text=_("Whose it becomes when nobody answered in time.")
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("survey", "position")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "code"], name="surveys_rule_code_is_unique"),
            models.CheckConstraint(
                condition=Q(most__gte=F("least")), name="surveys_rule_least_not_above_most"
            ),
            models.CheckConstraint(
                condition=Q(contact_hours__gte=1, close_hours__gte=F("contact_hours")),
                name="surveys_rule_contacts_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReplyText(models.Model):
    """A text to begin a reply to a member with."""

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    text = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()

    def __str__(self) -> str:
        return self.name
