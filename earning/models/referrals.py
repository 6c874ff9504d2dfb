"""Referrals: who brought whom, by which terms, and what came of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import named, public_id
from common.triggers import bumps_program_version
from earning.models.activities import Activity
from members.models import Member, MemberOwned
from program.models import ActivityType, is_code

CODE_SPACE = uuid.UUID("5b0f3a52-6d5c-47a7-90b7-0c8f5d5a7b11")


class ReferralTerms(models.Model):
    """What a friend has to do, and which activities are then recorded for the two sides.

    What those pay, and how often, is said by rules and their limits.
    """

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=160, help_text=_("The rule in one line, for members."))
    type = models.ForeignKey(
        ActivityType, models.PROTECT, related_name="+", help_text=_("What the friend has to do.")
    )
    attribute = models.CharField(max_length=40, blank=True)
    least = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    is_first_only = models.BooleanField(
        default=True, help_text=_("Only the friend's first activity of the kind counts.")
    )
    within_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("So many days after the friend joined.")
    )
    referrer_type = models.ForeignKey(
        ActivityType,
        models.PROTECT,
        related_name="+",
        help_text=_("What is recorded for the member who invited."),
    )
    friend_type = models.ForeignKey(
        ActivityType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("What is recorded for the friend."),
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        verbose_name_plural = _("referral terms")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(attribute="", least__isnull=True)
                | (~Q(attribute="") & Q(least__isnull=False)),
                name="earning_terms_ask_for_an_amount_of_something",
            ),
            models.CheckConstraint(
                condition=~Q(type=F("referrer_type"))
                & (Q(friend_type__isnull=True) | ~Q(type=F("friend_type"))),
                name="earning_terms_record_something_else",
            ),
            models.CheckConstraint(
                condition=Q(within_days__isnull=True) | Q(within_days__gte=1),
                name="earning_terms_leave_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReferralCode(models.Model):
    """The code in a member's personal link. Its id is made from it: none is issued twice."""

    id = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(max_length=12)
    member_id = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member_id"], name="earning_code_one_for_a_member"),
        ]

    def __str__(self) -> str:
        return self.code

    @staticmethod
    def id_for(code: str) -> uuid.UUID:
        return named(CODE_SPACE, code.upper())


class Referral(MemberOwned):
    """One friend (`member`) brought by one referrer. Refused ones are kept with their reason."""

    class Status(models.TextChoices):
        OPEN = "open", _("waits for the friend")
        DOUBTED = "doubted", _("waits for a clerk")
        REFUSED = "refused", _("refused")
        PAID = "paid", _("paid")
        MISSED = "missed", _("did not come about")

    member = models.ForeignKey(Member, models.PROTECT, related_name="referrals")
    referrer = models.ForeignKey(Member, models.PROTECT, related_name="referred")
    terms = models.ForeignKey(ReferralTerms, models.PROTECT, related_name="referrals")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    reason = models.CharField(max_length=240, blank=True)
    actor = models.CharField(max_length=80)
    referred_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    referrer_activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="+"
    )
    friend_activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["status", "-id"], name="earning_referral_by_status"),  # the list
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"],
                condition=~Q(status="refused"),
                name="earning_referral_one_for_a_friend",
            ),
            models.CheckConstraint(
                condition=Q(status="refused") | ~Q(member=F("referrer")),
                name="earning_referral_is_of_another",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="paid", activity__isnull=False, referrer_activity__isnull=False)
                )
                | (
                    ~Q(status="paid")
                    & Q(
                        activity__isnull=True,
                        referrer_activity__isnull=True,
                        friend_activity__isnull=True,
                    )
                ),
                name="earning_referral_paid_names_its_activities",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["refused", "doubted"]) | ~Q(reason=""),
                name="earning_referral_doubt_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} by {self.referrer}"

    @property
    def public_id(self) -> str:
        return public_id("ref", self.pk)
