"""Calls: the answers that are kept for repeats, the counters that limit, and the log.

What must stay true: an answer is remembered in the transaction of the effect it tells of, once for
each partner, kind of key and Idempotency-Key.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from partners.models.keys import ApiKey
from program.models import Partner


class RememberedCall(models.Model):
    """The first answer to an unsafe call, given again to every repeat of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=ApiKey.Kind.choices)
    key = models.CharField(max_length=255, help_text=_("The caller's Idempotency-Key."))
    fingerprint = models.CharField(
        max_length=64, help_text=_("SHA-256 over method, address and what the body means.")
    )
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=60)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            BrinIndex(  # what is old enough to be forgotten
                fields=["created_at"], autosummarize=True, name="partners_call_by_age"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "kind", "key"], name="partners_call_is_remembered_once"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="partners_call_has_a_key"),
            models.CheckConstraint(
                condition=Q(status__gte=200, status__lt=500), name="partners_call_was_answered"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RateWindow(models.Model):
    """How many calls a key has made in the minute that runs; not written to the log, so a crash
    forgets it.
    """

    key = models.OneToOneField(ApiKey, models.PROTECT, primary_key=True, related_name="+")
    started_at = models.DateTimeField()
    calls = models.PositiveIntegerField()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return str(self.calls)


class KeyDay(models.Model):
    """What a key with a daily limit has credited on a day, in smallest parts of units to spend."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="days", db_index=False)
    day = models.DateField()
    points = models.PositiveBigIntegerField(default=0)
    alerted_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When a call was first refused for the limit.")
    )

    class Meta:
        ordering = ("-day",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "day"], name="partners_day_is_counted_once"),
            models.CheckConstraint(
                condition=Q(alerted_at__isnull=False) | Q(refused_at__isnull=True),
                name="partners_day_refused_was_alerted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.points}"


class ApiRequest(models.Model):
    """One line of the request log. Bodies are kept without personal data, and for a month.

    Every call writes one, so it has no index that nobody asks, and PostgreSQL does not look whether
    the key is there: that would lock the row of the key, which all calls of a till at once share.
    Keys are revoked, never deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.ForeignKey(
        ApiKey, models.PROTECT, related_name="requests", db_index=False, db_constraint=False
    )
    request_id = models.CharField(max_length=64)
    method = models.CharField(max_length=7)
    path = models.CharField(max_length=200)
    query = models.CharField(max_length=400, blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True)
    is_replay = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, blank=True)
    ms = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("API request")
        indexes: ClassVar = [
            models.Index(fields=["key", "-id"], name="partners_request_by_key"),  # a key's log
            models.Index(fields=["request_id"], name="partners_request_by_id"),
            models.Index(  # who tries codes
                fields=["key", "at"],
                condition=Q(code="voucher_invalid"),
                name="partners_request_guessing",
            ),
            BrinIndex(  # what is old enough to be forgotten
                fields=["at"], autosummarize=True, name="partners_request_by_age"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
