"""Standings: the tiers that members hold, and until when.

What must stay true: standing follows from what was earned, by the date on which it was earned, and
never from the balance: spending cannot lower it. Standings of one member on one ladder never
overlap.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from common.ranges import MomentRange
from members.merges import MemberMerge
from members.models import HouseholdMember, Member, MemberOwned
from points.models import Account
from program.models import Unit
from tiers.models.ladders import Ladder, Tier


class StandingQuerySet(models.QuerySet["Standing"]):
    def of(self, member: Any) -> StandingQuerySet:
        """What a member has:

        their own, and what the people they live with hold on shared ladders.
        """
        homes = HouseholdMember.objects.filter(member=member, left_at__isnull=True)
        peers = HouseholdMember.objects.filter(
            household__in=homes.values("household"), left_at__isnull=True
        ).values("member")
        own = Account.objects.filter(
            member=member, unit=models.OuterRef("ladder__counter"), version__gt=0
        )
        shared = Q(ladder__shared=Ladder.Sharing.HOUSEHOLD) | (
            Q(ladder__shared=Ladder.Sharing.AFTER_FIRST) & models.Exists(own)
        )
        return self.filter(Q(member=member) | (Q(member__in=peers) & shared))

    def at(self, moment: Any) -> StandingQuerySet:
        """What was held at a moment: begun by then and not over."""
        return self.filter(starts_at__lte=moment).filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=moment)
        )


class Standing(MemberOwned):
    """A tier held by a member from one moment to another (exclusive; empty: for life)."""

    class Source(models.TextChoices):
        EARNED = "earned", _("earned")
        GRANTED = "granted", _("granted")
        MATCHED = "matched", _("matched")
        KEPT = "kept", _("kept after a return")
        BOUGHT = "bought", _("bought")
        MERGED = "merged", _("kept from before a merge")

    member = models.ForeignKey(Member, models.PROTECT, related_name="standings")
    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="+")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="standings")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.EARNED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    actor = models.CharField(max_length=80, blank=True)
    cause = models.CharField(
        max_length=40, blank=True, help_text=_("The activity whose return it outlives.")
    )
    merge = models.ForeignKey(
        MemberMerge, models.PROTECT, null=True, blank=True, related_name="standings"
    )
    challenge_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    challenge_amount = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("What must be counted until the end to keep it.")
    )
    keeps_until = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="tiers_standing_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(source="earned") | (~Q(reason="") & ~Q(actor="")),
                name="tiers_standing_given_has_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(source="kept") & ~Q(cause="")) | (~Q(source="kept") & Q(cause="")),
                name="tiers_standing_kept_names_its_cause",
            ),
            models.CheckConstraint(
                condition=Q(source="merged", merge__isnull=False)
                | (~Q(source="merged") & Q(merge__isnull=True)),
                name="tiers_standing_merged_names_its_merge",
            ),
            models.CheckConstraint(
                condition=Q(challenge_unit__isnull=True, challenge_amount__isnull=True)
                & Q(keeps_until__isnull=True, kept_at__isnull=True)
                | Q(source="matched", challenge_unit__isnull=False)
                & Q(challenge_amount__isnull=False, challenge_amount__gte=1)
                & (Q(kept_at__isnull=False) | Q(ends_at__isnull=False)),
                name="tiers_standing_challenge_is_whole",
            ),
            ExclusionConstraint(
                name="tiers_standing_periods_do_not_overlap",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("ladder", RangeOperators.EQUAL),
                    ("source", RangeOperators.EQUAL),
                    (Coalesce("merge", models.Value(uuid.UUID(int=0))), RangeOperators.EQUAL),
                    (MomentRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier} since {self.starts_at:%Y-%m-%d}"
