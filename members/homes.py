"""Who lives together: households, the time of each member in one, and invitations into them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from members.models import Member, MemberOwned


class Household(models.Model):
    """People who live together and may share a status.

    Points, debts and counters stay each one's own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class HouseholdMember(MemberOwned):
    """A member's time in a household, as its head or not."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="households")
    household = models.ForeignKey(Household, models.PROTECT, related_name="people")
    is_head = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    pooled_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Since when the others may redeem with their points.")
    )

    class Meta:
        ordering = ("joined_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(left_at__isnull=True),
                name="members_household_member_lives_in_one",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=models.F("joined_at")),
                name="members_household_member_leaves_after_joining",
            ),
            models.CheckConstraint(
                condition=Q(pooled_at__isnull=True)
                | Q(left_at__isnull=True, pooled_at__gte=models.F("joined_at")),
                name="members_household_member_pools_while_living_there",
            ),
        ]

    def __str__(self) -> str:
        return str(self.household)


class Invitation(MemberOwned):
    """An invitation of a member into a household: open until it is answered or taken back."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("taken back")

    member = models.ForeignKey(Member, models.PROTECT, related_name="household_invitations")
    household = models.ForeignKey(Household, models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    invited_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "household"],
                condition=Q(status="open"),
                name="members_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status="open", answered_at__isnull=True)
                | (~Q(status="open") & Q(answered_at__isnull=False)),
                name="members_invitation_answer_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(invited_by=models.F("member")),
                name="members_invitation_is_of_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household}: {self.get_status_display()}"
