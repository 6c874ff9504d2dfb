"""Activities that do not count yet: they wait until they are confirmed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import public_id
from earning.models.activities import ActivityBody
from members.models import Member, MemberOwned


class PendingActivity(ActivityBody, MemberOwned):
    """An activity whose points are not owned yet: outside the ledger, in no balance.

    It ends once: confirmed, then it is recorded under its own id and date; or cancelled. `expected`
    is what its rules would pay as things stand, with their sentences.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CONFIRMED = "confirmed", _("confirmed")
        CANCELLED = "cancelled", _("cancelled")

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="pending_activities", db_index=False
    )
    due_on = models.DateField(
        null=True, blank=True, help_text=_("The day on which it counts; empty: by call.")
    )
    expected = models.JSONField(default=list)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)
    end_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("pending activities")
        indexes: ClassVar = [
            models.Index(  # the job looks for what is due
                fields=["due_on", "id"],
                condition=Q(status="waiting"),
                name="earning_pending_due",
            ),
            models.Index(  # what a member waits for
                fields=["member", "-occurred_at"],
                condition=Q(status="waiting"),
                name="earning_pending_of_member",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="waiting", ended_at__isnull=True, ended_by="")
                | (
                    Q(status__in=["confirmed", "cancelled"], ended_at__isnull=False)
                    & ~Q(ended_by="")
                ),
                name="earning_pending_end_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(end_reason=""),
                name="earning_pending_cancel_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["member", "partner", "reference"],
                name="earning_pending_reference_is_unique",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("act", self.pk)
