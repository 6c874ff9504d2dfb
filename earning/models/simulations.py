"""Simulations that somebody ordered: the draft, how far they have come, and what they found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7


class SimulationRun(models.Model):
    """One replay of the recorded past under a draft, worked off in the background."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits for a worker")
        RUNNING = "running", _("is running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draft = models.TextField(help_text=_("The blueprint, as it was handed in."))
    since = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    actor = models.CharField(max_length=80)
    ordered_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running"], finished_at__isnull=True, error="")
                | Q(status="done", finished_at__isnull=False, error="")
                | (Q(status="failed", finished_at__isnull=False) & ~Q(error="")),
                name="earning_simulationrun_status_has_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}"

    @property
    def percent(self) -> int:
        """How much has been replayed, of a hundred."""
        return min(100, self.done * 100 // self.total) if self.total else 0
