"""Webhooks: who wants to be told what, what waits to be told, and every attempt to tell it.

What must stay true: each event that an endpoint asked for has exactly one delivery, made by the
database in the transaction of the event; a delivery waits, was delivered, or was given up.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import public_id, uuid7
from common.triggers import append_only
from partners.models.keys import ApiKey
from program.models import Partner


class Endpoint(models.Model):
    """An address of a partner that is told what happens.

    Its secret is not stored: it follows from the installation's SECRET_KEY, the id and the
    generation.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        REMOVED = "removed", _("removed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="endpoints", db_index=False)
    kind = models.CharField(max_length=8, choices=ApiKey.Kind.choices, default=ApiKey.Kind.LIVE)
    url = models.CharField(max_length=400)
    description = models.CharField(max_length=120, blank=True)
    contact = models.EmailField(help_text=_("Who is written to when it is paused."))
    types = ArrayField(models.CharField(max_length=40), help_text=_("The events it is told."))
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    generation = models.PositiveSmallIntegerField(default=1, editable=False)
    previous_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Until when the secret before signs as well.")
    )
    failing_since = models.DateTimeField(null=True, blank=True)
    subscribed_at = models.DateTimeField(help_text=_("When its events were last chosen."))
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("webhook endpoint")
        indexes: ClassVar = [
            models.Index(fields=["partner", "-id"], name="partners_endpoint_by_partner"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(url__startswith="https://") | Q(url__startswith="http://"),
                name="partners_endpoint_has_an_address",
            ),
            models.CheckConstraint(
                condition=Q(types__len__gte=1), name="partners_endpoint_wants_something"
            ),
            models.CheckConstraint(
                condition=Q(generation__gte=1), name="partners_endpoint_has_a_secret"
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def public_id(self) -> str:
        return public_id("whe", self.pk)


class Delivery(models.Model):
    """One event for one endpoint: the id under which it is sent, however often, is its own."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        GIVEN_UP = "given_up", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, related_name="deliveries", db_index=False
    )
    event_id = models.UUIDField()
    type = models.CharField(max_length=40)
    body = models.JSONField(help_text=_("What is sent."))
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    attempts_made = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("While a worker is sending it.")
    )
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When it was sent anew: three days count from then.")
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("deliveries")
        indexes: ClassVar = [
            models.Index(  # what is to be sent next
                fields=["endpoint", "due_at"],
                condition=Q(state="waiting"),
                name="partners_delivery_due",
            ),
            models.Index(  # what is on its way
                fields=["endpoint"],
                condition=Q(leased_until__isnull=False),
                name="partners_delivery_leased",
            ),
            models.Index(fields=["endpoint", "-id"], name="partners_delivery_by_endpoint"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint", "event_id"], name="partners_delivery_once_per_event"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False, ended_at__isnull=True)
                | Q(
                    state__in=["delivered", "given_up"],
                    due_at__isnull=True,
                    ended_at__isnull=False,
                ),
                name="partners_delivery_waits_or_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} ({self.state})"

    @property
    def public_id(self) -> str:
        return public_id("whd", self.pk)


class Attempt(models.Model):
    """One try to deliver: when, what came back, how long it took. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    ms = models.PositiveIntegerField()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("delivery attempt")
        triggers = append_only(erasable=("problem", "answer"))
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__isnull=False) | ~Q(problem=""),
                name="partners_attempt_had_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return str(self.status or self.problem)
