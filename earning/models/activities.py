"""Activities, whoever they belong to, and the awards that explain what they paid.

A partner's reference stands for one activity, for ever.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, public_id, uuid7
from common.triggers import append_only
from earning.models.keys import KEY_SPACE
from earning.models.rules import Rule
from members.models import Member, MemberOwned
from points.models import Entry
from program.models import ActivityType, Location, Partner, Unit


class ActivityBody(models.Model):
    """What a partner reported, whoever it turns out to belong to."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=100)
    type = models.ForeignKey(ActivityType, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    occurred_at = models.DateTimeField()
    attributes = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.type_id} {self.reference}"


class Activity(ActivityBody, MemberOwned):
    """Something a member did, reported once by a partner. Written once."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="activities", db_index=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    result = models.JSONField(
        default=dict, help_text=_("Balances and tier right after it was recorded.")
    )
    facts = models.JSONField(
        default=dict, help_text=_("What rules were told of the member at that moment.")
    )

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("activities")
        triggers = append_only(erasable=("attributes", "facts"))
        indexes: ClassVar = [
            models.Index(
                fields=["member", "-occurred_at", "-id"], name="earning_activity_by_member"
            ),
            models.Index(
                fields=["partner", "reference"], name="earning_activity_by_reference"
            ),  # desk search
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "partner", "reference"],
                name="earning_activity_reference_is_unique",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("act", self.pk)


class ActivityKey(models.Model):
    """One partner's reference, one activity: the id is made from both, the hash tells a repeat from
    a reuse. Without a hash it is kept for an activity of which only a change has come so far.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    activity_id = models.UUIDField()
    member_id = models.UUIDField(null=True, blank=True)
    request_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.id)

    @staticmethod
    def id_for(partner: str, reference: str) -> uuid.UUID:
        return named(KEY_SPACE, partner, reference)


class UnclaimedActivity(ActivityBody):
    """An activity that names nobody known.

    It waits, and is recorded under its own date when it is claimed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    named = models.CharField(max_length=260, blank=True, help_text=_("Whom it named, if anybody."))
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    member_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("unclaimed activities")
        indexes: ClassVar = [
            models.Index(  # what still waits for its owner, newest first
                fields=["-occurred_at"],
                condition=Q(claimed_at__isnull=True),
                name="earning_unclaimed_waiting",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, member_id__isnull=True, claimed_by="")
                | (Q(claimed_at__isnull=False, member_id__isnull=False) & ~Q(claimed_by="")),
                name="earning_unclaimed_claim_is_complete",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("act", self.pk)


class Award(MemberOwned):
    """What one rule paid for one activity, with the sentence that explains it. Written once."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="awards", db_index=False)
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="awards")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="awards")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="awards")
    award_class = models.CharField(max_length=5, choices=Rule.Class.choices)
    amount = models.BigIntegerField()
    sentence = models.CharField(max_length=240)
    inputs = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        triggers = append_only(erasable=("sentence", "inputs"))
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "activity", "rule", "unit"], name="earning_award_once_per_rule"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="earning_award_amount_is_positive"
            ),
            models.CheckConstraint(condition=~Q(sentence=""), name="earning_award_explains_itself"),
        ]

    def __str__(self) -> str:
        return self.sentence


class ImportRun(models.Model):
    """One reading of one file of activities: what was asked, how far dates were moved, what came of
    it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the file and its mapping."))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    shifted_days = models.IntegerField(default=0, help_text=_("How far dates were moved, in days."))
    counts = models.JSONField(default=dict)
    actor = models.CharField(max_length=80)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["digest"], name="earning_import_by_digest")]

    def __str__(self) -> str:
        return self.file_name
