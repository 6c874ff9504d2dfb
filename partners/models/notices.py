"""Notices: letters to the people behind a partner's system, and what became of each.

What must stay true: every pause makes a notice, a key's limit one a day; a notice is delivered
once, and only where nobody can tell whether it arrived it may be sent a second time, never a third.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from partners.models.calls import KeyDay
from partners.models.webhooks import Endpoint


class Notice(models.Model):
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
    why = models.CharField(max_length=240, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    doubts = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often nobody knows whether it arrived.")
    )
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(  # what is to be sent
                fields=["due_at"],
                condition=Q(status__in=["waiting", "sending"]),
                name="partners_notice_waiting",
            ),
            models.Index(fields=["endpoint", "-id"], name="partners_notice_by_endpoint"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key_day"], name="partners_notice_once_a_day"),
            models.CheckConstraint(
                condition=Q(endpoint__isnull=False, key_day__isnull=True)
                | Q(endpoint__isnull=True, key_day__isnull=False),
                name="partners_notice_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="partners_notice_sent_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="sending", taken_at__isnull=False)
                | (~Q(status="sending") & Q(taken_at__isnull=True)),
                name="partners_notice_in_hand_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["over", "failed"]) | ~Q(why=""),
                name="partners_notice_unsent_says_why",
            ),
            models.CheckConstraint(
                condition=Q(doubts__lte=2), name="partners_notice_is_doubted_twice_at_most"
            ),
        ]

    def __str__(self) -> str:
        return str(self.endpoint or self.key_day)
