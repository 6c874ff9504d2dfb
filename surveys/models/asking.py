"""Who was asked, who was not, and why.

What must stay true: between two invitations to a person lie the days of the contact rule, whatever
triggers them; a quota is never passed; one thing that happens is decided upon once.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, public_id
from common.triggers import append_only
from members.models import Member, MemberOwned
from program.models import Location
from surveys.models.definition import Survey, Trigger, Version

CONTACT_SPACE = uuid.UUID("5b8d4c0e-9f0e-4f0b-8e7a-2f9a6f7d3c11")
QUOTA_SPACE = uuid.UUID("9c1c1d5a-54be-4a07-8b52-7c1d5be9a402")


class Contact(MemberOwned):
    """When a member was, or will be, asked last; under its lock the contact rule holds."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member"], name="surveys_contact_once_a_member"),
        ]

    def __str__(self) -> str:
        return str(self.asked_at or "")

    @staticmethod
    def id_for(member_id: uuid.UUID) -> uuid.UUID:
        return named(CONTACT_SPACE, str(member_id))


class QuotaUse(models.Model):
    """How many a trigger has asked in a month; counted under lock, after the members' rows."""

    id = models.UUIDField(primary_key=True, editable=False)
    trigger = models.ForeignKey(Trigger, models.PROTECT, related_name="+")
    month = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-month",)

    def __str__(self) -> str:
        return f"{self.used}"

    @staticmethod
    def id_for(trigger_id: uuid.UUID, month: date) -> uuid.UUID:
        return named(QUOTA_SPACE, str(trigger_id), month.isoformat())


class Outcome(models.TextChoices):
    """What was decided about asking somebody."""

    ASKED = "asked", _("asked")
    NOT_SAMPLED = "not_sampled", _("not in the sample")
    ASKED_LATELY = "asked_lately", _("asked lately")
    QUOTA_FULL = "quota_full", _("enough were asked this month")
    OPEN_CASE = "open_case", _("a case is open")
    OPTED_OUT = "opted_out", _("does not want to be asked")
    GONE = "gone", _("no longer a member")
    ASKED_ELSEWHERE = "asked_elsewhere", _("asked by somebody else")
    TOO_LATE = "too_late", _("too long ago")


class Decision(MemberOwned):
    """Whether a member was asked about something that happened, and why not. Written once."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="survey_decisions", db_index=False
    )
    trigger = models.ForeignKey(Trigger, models.PROTECT, related_name="+")
    source = models.CharField(
        max_length=110, help_text=_("What it was about; decided upon once for each trigger.")
    )
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    until = models.DateField(
        null=True, blank=True, help_text=_("The first day on which the member can be asked again.")
    )
    occurred_at = models.DateTimeField()
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        triggers = append_only()
        indexes: ClassVar = [
            models.Index(
                fields=["member", "-id"], name="surveys_decision_by_member"
            ),  # why was I (not) asked
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "source"], name="surveys_decision_is_made_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.outcome}"


class Invitation(MemberOwned):
    """A question to a member that waits for its hour, is open, was answered, or has ended.

    It knows whether it was answered, and never what: that is in `Answer`, and only a survey that is
    not anonymous says whose it was.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="invitations", db_index=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    trigger = models.ForeignKey(Trigger, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=110)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    tier = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField()
    opens_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    shown_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=16, blank=True)
    is_made_up = models.BooleanField(default=False)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(
                fields=["opens_at", "id"],
                condition=Q(opened_at__isnull=True, withdrawn_at__isnull=True),
                name="surveys_invitation_waiting",
            ),  # whose hour has come
            models.Index(
                fields=["member", "-id"], name="surveys_invitation_by_member"
            ),  # the inbox
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "source"], name="surveys_invitation_once_for_each_source"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opens_at")),
                name="surveys_invitation_ends_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(opened_at__isnull=False),
                name="surveys_invitation_answered_was_open",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="surveys_invitation_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="surveys_invitation_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def public_id(self) -> str:
        return public_id("inv", self.pk)
