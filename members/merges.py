"""The record of two memberships that became one."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7


class MemberMerge(models.Model):
    """Two memberships of one person that became one: who survived, and until when it can be undone.

    `memo` is what each part of the house wrote down to undo its part.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survivor = models.ForeignKey("members.Member", models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey("members.Member", models.PROTECT, related_name="absorptions")
    login = models.ForeignKey(
        "members.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merges",
        help_text=_("The login that the absorbed membership had."),
    )
    reason = models.CharField(max_length=240)
    actor = models.CharField(max_length=80)
    merged_at = models.DateTimeField()
    until = models.DateTimeField(help_text=_("Undoing it is possible before this moment."))
    memo = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)
    undo_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("merge")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(undone_at__isnull=True),
                name="members_merge_absorbs_once",
            ),
            models.CheckConstraint(
                condition=~Q(survivor=models.F("absorbed")), name="members_merge_joins_two"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(actor=""), name="members_merge_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(until__gte=models.F("merged_at")), name="members_merge_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="", undo_reason="")
                | (
                    Q(undone_at__isnull=False, undone_at__lte=models.F("until"))
                    & ~Q(undone_by="")
                    & ~Q(undo_reason="")
                ),
                name="members_merge_undone_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed} into {self.survivor}"

    def can_be_undone(self, moment: datetime) -> bool:
        """Whether its time to be undone still runs at `moment`."""
        return self.undone_at is None and moment < self.until
