"""Rewards put aside for an open cart or till, and rewards that a household paid together.

What must stay true: a reservation is held by one hold and ends once; what the people of a household
gave for a redemption is its price.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import public_id
from common.triggers import append_only
from members.models import Member, MemberOwned
from points.models import Hold, Posting
from program.models import Unit
from rewards.models.catalogue import Redemption, Reward


class Reservation(MemberOwned):
    """A reward put aside for a member: its price is fixed and held, and one is out of stock, until
    it is captured or released.
    """

    class Status(models.TextChoices):
        HELD = "held", _("put aside")
        CAPTURED = "captured", _("taken")
        RELEASED = "released", _("let go")

    member = models.ForeignKey(Member, models.PROTECT, related_name="reservations", db_index=False)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="reservations")
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="+")
    attempt = models.UUIDField()
    price = models.PositiveBigIntegerField()
    money = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.HELD)
    actor = models.CharField(max_length=80)
    reserved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    redemption = models.ForeignKey(
        Redemption, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(  # what may have to go back into stock
                fields=["reserved_at"], condition=Q(status="held"), name="rewards_reservation_held"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "attempt"], name="rewards_reservation_attempt_is_unique"
            ),
            models.UniqueConstraint(
                fields=["member", "hold"], name="rewards_reservation_hold_is_its_own"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=1), name="rewards_reservation_price_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(money__isnull=True) | Q(money__gt=0),
                name="rewards_reservation_money_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(status="held", ended_at__isnull=True, redemption__isnull=True)
                | Q(status="captured", ended_at__isnull=False, redemption__isnull=False)
                | Q(status="released", ended_at__isnull=False, redemption__isnull=True),
                name="rewards_reservation_status_has_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward} for {self.member}"

    @property
    def public_id(self) -> str:
        return public_id("rsv", self.pk)


class RedemptionShare(MemberOwned):
    """What one member (who owns the row) gave for a redemption that a household paid together.

    Written once.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="shares", db_index=False)
    redemption = models.ForeignKey(Redemption, models.PROTECT, related_name="shares")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "redemption"], name="rewards_redemptionshare_once_per_member"
            ),
            models.UniqueConstraint(
                fields=["member", "posting"], name="rewards_redemptionshare_posting_is_its_own"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1), name="rewards_redemptionshare_is_of_something"
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)
