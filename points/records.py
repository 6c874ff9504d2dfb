"""What stands beside the ledger: adjustments that wait for a second person, and the audits that
were run.

What must stay true: whoever asks for an adjustment never decides on it, and what was approved was
posted.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from members.models import Member, MemberOwned
from program.models import Unit


class AdjustmentRequest(MemberOwned):
    """Points to be given or taken by hand that one person may not post alone."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a second person")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="adjustment_requests", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, default="adjustment")
    amount = models.BigIntegerField(help_text=_("In the unit's smallest part; a minus takes."))
    reason = models.CharField(max_length=240)
    source = models.CharField(max_length=120)
    details = models.JSONField(default=dict, blank=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=240, blank=True)
    posting = models.ForeignKey(
        "points.Posting", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("adjustment request")
        indexes: ClassVar = [
            models.Index(  # the queue, oldest first
                fields=["asked_at"], condition=Q(state="waiting"), name="points_request_waiting"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "source"], name="points_request_source_is_unique"
            ),
            models.CheckConstraint(
                condition=~Q(amount=0), name="points_request_amount_is_not_zero"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(asked_by="") & ~Q(source=""),
                name="points_request_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")),
                name="points_request_is_decided_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="waiting", decided_by="", decided_at__isnull=True, posting__isnull=True
                )
                | (
                    Q(state="approved", decided_at__isnull=False, posting__isnull=False)
                    & ~Q(decided_by="")
                )
                | (
                    Q(state="declined", decided_at__isnull=False, posting__isnull=True)
                    & ~Q(decided_by="")
                    & ~Q(decision="")
                ),
                name="points_request_state_implies_its_columns",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d} {self.unit_id}"


class AuditRun(models.Model):
    """One run of the auditor over the whole ledger, or over what moved since a moment."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    invariants = models.PositiveIntegerField(default=0)
    entries = models.PositiveBigIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0)
    first_invariant = models.CharField(max_length=120, blank=True)
    first_row = models.CharField(max_length=60, blank=True)
    first_finding = models.CharField(max_length=240, blank=True)
    actor = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="points_audit_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(faults=0, first_invariant="", first_row="")
                | (Q(faults__gt=0) & ~Q(first_invariant="") & ~Q(first_row="")),
                name="points_audit_fault_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def took_s(self) -> int:
        """How many seconds it took, rounded up; 0 while it runs."""
        if self.finished_at is None:
            return 0
        return -(-(self.finished_at - self.started_at) // timedelta(seconds=1))


class OpeningRun(models.Model):
    """A file of balances from another system: read, reconciled, and then posted, once."""

    class State(models.TextChoices):
        READ = "read", _("read, nothing posted")
        POSTING = "posting", _("being posted")
        POSTED = "posted", _("posted")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    expected = models.JSONField(
        default=dict, blank=True, help_text=_("What the source says it all adds up to, by unit.")
    )
    counts = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READ)
    read_by = models.CharField(max_length=80)
    read_at = models.DateTimeField()
    posted_by = models.CharField(max_length=80, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], name="points_opening_digest_is_unique"),
            models.CheckConstraint(
                condition=Q(posted_by="")
                | ~Q(posted_by=F("read_by"))
                | Q(read_by__startswith="system:"),
                name="points_opening_is_posted_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(state="read", posted_by="", finished_at__isnull=True)
                | (Q(state="posting", finished_at__isnull=True) & ~Q(posted_by=""))
                | (Q(state="posted", finished_at__isnull=False) & ~Q(posted_by="")),
                name="points_opening_state_implies_its_columns",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class OpeningRow(models.Model):
    """A line of such a file until it is posted; afterwards it is gone.

    `person` follows from the first thing the line knows somebody by, so one person's lines are
    found together whatever their order.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(OpeningRun, models.PROTECT, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()
    person = models.UUIDField(null=True, blank=True)
    named = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=254, blank=True)
    card = models.CharField(max_length=254, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=254, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    amount = models.BigIntegerField(default=0)
    awarded_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    tier = models.CharField(max_length=80, blank=True)
    tier_until = models.DateTimeField(null=True, blank=True)
    turn = models.PositiveIntegerField(
        default=1, help_text=_("Which of several equal lots of one person this is.")
    )
    known = models.UUIDField(
        null=True, blank=True, help_text=_("The member who is known by what the line says.")
    )
    is_there = models.BooleanField(default=False, help_text=_("Posted by an earlier file already."))
    problem = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ("line",)
        indexes: ClassVar = [
            # a person's lines together, in portions
            models.Index(fields=["run", "person"], name="points_openingrow_by_person"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "line"], name="points_openingrow_line_is_unique"
            ),
            models.CheckConstraint(
                condition=~Q(problem="") | Q(person__isnull=False),
                name="points_openingrow_knows_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}"
