"""Notices: letters to the people behind a partner's system, and what became of each.

What must stay true: every pause makes a notice, a key's limit one a day; a notice is delivered
once, and only where nobody can tell whether it arrived it may be sent a second time, never a third.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import mailing
from common.ids import uuid7
from common.mailing import Mail
from partners.models.calls import KeyDay
from partners.models.webhooks import Endpoint


class Notice(Mail):
    """One letter about a webhook that was paused, or about a key near its limit of a day.

    Its words, and whom it goes to, are found when it is sent.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        OVER = "over", _("no longer news")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, related_name="notices", null=True, blank=True, db_index=False
    )
    key_day = models.ForeignKey(
        KeyDay, models.PROTECT, related_name="notices", null=True, blank=True, db_index=False
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            mailing.index("partners_notice"),
            models.Index(fields=["endpoint", "-id"], name="partners_notice_by_endpoint"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key_day"], name="partners_notice_once_a_day"),
            models.CheckConstraint(
                condition=Q(endpoint__isnull=False, key_day__isnull=True)
                | Q(endpoint__isnull=True, key_day__isnull=False),
                name="partners_notice_is_about_one_thing",
            ),
            *mailing.constraints("partners_notice", unwanted="over"),
        ]

    def __str__(self) -> str:
        return str(self.endpoint or self.key_day)
