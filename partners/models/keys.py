"""Keys with which the systems of partners speak to the API.

What must stay true: a key's text is shown once and kept nowhere, only its SHA-256 is; a key that
was revoked never works again; of one name at most two work at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import public_id, uuid7
from program.models import Partner

PER_MINUTE = 1200  # calls: twenty a second, which no single till ever needs


class Scope(models.TextChoices):
    """What a key may do, one word of the resource and one of the deed."""

    ACTIVITIES_WRITE = "activities:write", _("post activities")
    ACTIVITIES_READ = "activities:read", _("read its own activities, ask for quotes")
    MEMBERS_READ = "members:read", _("look members up")
    MEMBERS_WRITE = "members:write", _("enrol members and change their details")
    REWARDS_READ = "rewards:read", _("list rewards")
    REDEMPTIONS_WRITE = "redemptions:write", _("redeem for members, convert their units")
    CHOICES_WRITE = "choices:write", _("choose for members what a milestone gives")
    VOUCHERS_WRITE = "vouchers:write", _("check and use vouchers")
    EVENTS_READ = "events:read", _("list what happened")
    WEBHOOKS_WRITE = "webhooks:write", _("manage its own webhooks")
    IMPORTS_WRITE = "imports:write", _("send files of activities")
    SCORES_READ = "scores:read", _("read what members answered, as figures")
    PROGRAM_READ = "program:read", _("read units, tiers, rules and places")


class ApiKey(models.Model):
    """A key of a partner: what may be shown of it, what it may do, and how long."""

    class Kind(models.TextChoices):
        LIVE = "live", _("live")
        TEST = "test", _("test")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80, help_text=_("What uses it: Till 1, Booking engine."))
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.LIVE)
    last_four = models.CharField(max_length=4, editable=False)
    key_hash = models.CharField(max_length=64, editable=False)
    slot = models.PositiveSmallIntegerField(
        default=1,
        editable=False,
        help_text=_("Two keys of one name may work at once, so that one can follow the other."),
    )
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope.choices))
    locations = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text=_("Codes of the places it may act for; empty: all of the partner's."),
    )
    per_minute = models.PositiveIntegerField(
        default=PER_MINUTE, help_text=_("How many calls it may make in a minute.")
    )
    points_per_day = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text=_("How much it may credit in a day (UTC), in smallest parts; empty: any amount."),
    )
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=80, blank=True)
    last_used_on = models.DateField(
        null=True, blank=True, help_text=_("The last day (UTC) on which it was used.")
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("API key")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key_hash"], name="partners_key_hash_is_unique"),
            models.CheckConstraint(
                condition=Q(key_hash__regex=r"^[0-9a-f]{64}$"), name="partners_key_keeps_a_hash"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="partners_key_has_a_name"),
            models.CheckConstraint(
                condition=Q(scopes__len__gte=1) & Q(scopes__contained_by=Scope.values),
                name="partners_key_has_scopes",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="partners_key_expires_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["partner", "kind", "name", "slot"],
                condition=Q(revoked_at__isnull=True),
                name="partners_key_slot_is_free",
            ),
            models.CheckConstraint(
                condition=Q(slot__in=[1, 2]), name="partners_key_two_work_at_once"
            ),
            models.CheckConstraint(
                condition=Q(per_minute__gte=1), name="partners_key_may_call_once_a_minute"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
                name="partners_key_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint})"

    @property
    def public_id(self) -> str:
        return public_id("key", self.pk)

    @property
    def is_test(self) -> bool:
        return self.kind == self.Kind.TEST

    @property
    def prefix(self) -> str:
        """What the key's text starts with: it tells whose it is, and whether it is in earnest."""
        return f"pn_{self.kind}_"

    @property
    def hint(self) -> str:
        """Enough of the key to recognize it by: `pn_live_…7k2p`."""
        return f"{self.prefix}…{self.last_four}"

    def is_active(self, moment: datetime) -> bool:
        """Whether the key works at `moment`."""
        return self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)
