"""What happened to activities after they were reported: cancelled, amended, looked at again.

An activity itself is written once. Its changes are rows of their own, numbered; each keeps what the
activity says after it. What a change took back or gave on top is a Correction for each rule.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, public_id, uuid7
from common.triggers import append_only
from earning.models.activities import Activity
from earning.models.keys import KEY_SPACE
from earning.models.rules import Rule
from members.models import Member, MemberOwned
from points.models import Entry
from program.models import Partner, Unit


class ChangeBody(models.Model):
    """What was asked for, whoever the activity belongs to."""

    class Kind(models.TextChoices):
        CANCEL = "cancel", _("cancelled")
        AMEND = "amend", _("amended")
        REVIEW = "review", _("looked at again")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    attributes = models.JSONField(default=dict, help_text=_("New values of some attributes."))
    returned = models.JSONField(default=dict, help_text=_("Amounts that came back."))
    occurred_at = models.DateTimeField()
    reason = models.CharField(max_length=240)
    actor = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    @property
    def public_id(self) -> str:
        return public_id("chg", self.pk)


class ActivityChange(ChangeBody, MemberOwned):
    """One change of an activity, in the order of its numbers. Written once.

    `stated` is what the activity says by its attributes, `after` the same less what was returned;
    `facts` is what rules were told of the member.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="changes", db_index=False)
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="changes")
    number = models.PositiveSmallIntegerField()
    stated = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    cause = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The late activity that brought it about."),
    )
    result = models.JSONField(default=dict, help_text=_("Balances and tier right after it."))

    class Meta:
        ordering = ("activity", "number")
        verbose_name_plural = _("activity changes")
        triggers = append_only(erasable=("attributes", "facts", "reason", "stated", "after"))
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "activity", "number"], name="earning_change_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["member", "activity"],
                condition=Q(kind="cancel"),
                name="earning_change_cancels_once",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="earning_change_counts_from_one"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(actor="") & ~Q(reference=""),
                name="earning_change_says_why_and_who",
            ),
            models.CheckConstraint(
                condition=Q(kind="amend") & ~Q(attributes={}, returned={})
                | ~Q(kind="amend") & Q(attributes={}, returned={}),
                name="earning_change_amends_something",
            ),
        ]


class ChangeKey(models.Model):
    """One partner's reference, one change: the id is made from both, the hash tells a repeat from a
    reuse.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    change_id = models.UUIDField()
    request_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.id)

    @staticmethod
    def id_for(partner: str, reference: str) -> uuid.UUID:
        return named(KEY_SPACE, "change", partner, reference)


class ParkedChange(ChangeBody):
    """A change of an activity that does not count yet: it is unknown, unclaimed or pending.

    It takes effect when the activity is recorded; `problem` says why it could not.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    activity_id = models.UUIDField()
    activity_reference = models.CharField(max_length=100)
    settled_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(fields=["activity_id", "id"], name="earning_parked_by_activity"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(problem="") | Q(settled_at__isnull=False),
                name="earning_parked_problem_is_settled",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(actor="") & ~Q(reference=""),
                name="earning_parked_says_why_and_who",
            ),
        ]


class Correction(MemberOwned):
    """What a change of an activity took back (below zero) or gave on top, by one rule, and why.

    `lapsed` is the part of what was taken back that had expired unused before, so that no entry
    takes it a second time. Written once.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="corrections", db_index=False)
    change = models.ForeignKey(ActivityChange, models.PROTECT, related_name="corrections")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="corrections")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    amount = models.BigIntegerField()
    lapsed = models.BigIntegerField(default=0)
    sentence = models.CharField(max_length=240)
    inputs = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        triggers = append_only(erasable=("sentence", "inputs"))
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "change", "rule", "unit"], name="earning_correction_once_per_rule"
            ),
            models.CheckConstraint(
                condition=~Q(amount=0), name="earning_correction_changes_something"
            ),
            models.CheckConstraint(
                condition=Q(lapsed__gte=0) & (Q(lapsed=0) | Q(amount__lte=-F("lapsed"))),
                name="earning_correction_lapsed_is_a_part",
            ),
            models.CheckConstraint(
                condition=Q(entry__isnull=True, lapsed__gt=0, amount=-F("lapsed"))
                | (Q(entry__isnull=False) & ~Q(amount=-F("lapsed"))),
                name="earning_correction_has_its_entry",
            ),
            models.CheckConstraint(
                condition=~Q(sentence=""), name="earning_correction_explains_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.sentence
