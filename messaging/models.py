"""Letters to members: the words for each event, and what became of every letter.

What must stay true: one event makes at most one letter to a member; a letter is delivered once, and
only where nobody can tell whether it arrived it may be sent a second time, never a third.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common import mailing
from common.ids import public_id, uuid7
from common.mailing import Mail
from common.triggers import bumps_program_version
from members.models import Member, MemberOwned


class Template(models.Model):
    """The words of one letter in one language. Without one, the house's own words are used."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.CharField(max_length=40)
    language = models.CharField(max_length=10, default="en")
    subject = models.CharField(max_length=120)
    text = models.TextField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("event", "language")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "language"], name="messaging_template_once_a_language"
            ),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(text=""), name="messaging_template_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.language})"


class Letter(Mail, MemberOwned):
    """One letter to one member about one event, and how its delivery went.

    Its words are made when it is sent, so that no signed link is ever kept.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("not wanted")
        FAILED = "failed", _("given up")

    member = models.ForeignKey(Member, models.PROTECT, related_name="letters", db_index=False)
    event_id = models.UUIDField()
    event_type = models.CharField(max_length=40)
    event_subject = models.CharField(max_length=60, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    subject = models.CharField(max_length=240, blank=True)
    address = models.EmailField(blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            mailing.index("messaging_letter"),
            models.Index(fields=["member", "-id"], name="messaging_letter_by_member"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "event_id"], name="messaging_letter_once_for_each_event"
            ),
            *mailing.constraints("messaging_letter", unwanted="refused"),
        ]

    def __str__(self) -> str:
        return self.subject or self.event_type

    @property
    def public_id(self) -> str:
        return public_id("let", self.pk)
