"""The outbox: what happened, written in the transaction in which it happened, drained by workers
afterwards.

The post office knows nobody: a member is a plain id here. Rows are written once.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.triggers import append_only


class CurrentTransaction(models.Func):
    """The number of the transaction that writes the row."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """One thing that happened, named in the past tense (`tier_changed`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.CharField(max_length=40)
    member_id = models.UUIDField(null=True, blank=True)
    subject = models.CharField(
        max_length=60, blank=True, help_text=_("The public id of what it is about.")
    )
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        ordering = ("-id",)
        triggers = append_only(erasable=("payload",))
        indexes: ClassVar = [
            models.Index(
                fields=["member_id", "-id"], name="events_event_by_member"
            ),  # a member's timeline
            models.Index(
                fields=["type", "-id"], name="events_event_by_type"
            ),  # catching up on one type
            models.Index(
                fields=["transaction", "id"], name="events_event_by_transaction"
            ),  # readers, in the order of commits
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(type=""), name="events_event_has_a_type"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}".strip()


class Reader(models.Model):
    """How far somebody has read: what lies before was acted upon, what comes after was not."""

    name = models.CharField(max_length=40, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    event_id = models.UUIDField(default=uuid.UUID(int=0))

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a worker last said that it was alive."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
