"""What rewards of some kinds are made of: funds, dates with places, lists of codes, parcels, draws.

What must stay true: a place and an uploaded code are given out once; a fund's total is the sum of
what was given and not taken back; a draw is made once, and can be made again from what it stored.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, uuid7
from common.triggers import append_only, bumps_program_version
from members.models import Member, MemberOwned
from program.models import Unit, is_code

CODE_SPACE = uuid.UUID("4a1d7c63-1a7e-4d93-8d3a-0b8f5d1e6c2f")
LIST_SPACE = uuid.UUID("b2b1f1e2-58a5-4c4e-9b53-61b2a6c4a3d1")


class Fund(models.Model):
    """Something that members give to; what was given is counted in its unit."""

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80)
    about = models.TextField(blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()

    def __str__(self) -> str:
        return self.name


class FundTotal(models.Model):
    """What a fund was given so far, in its unit's smallest part. Touched last in a donation."""

    fund = models.OneToOneField(Fund, models.PROTECT, primary_key=True, related_name="total")
    amount = models.PositiveBigIntegerField(default=0)
    donations = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gte=F("donations")), name="rewards_total_covers_its_donations"
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class RewardDate(models.Model):
    """A day on which an experience takes place, and the places that are left. Touched last."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reward = models.ForeignKey(
        "rewards.Reward", models.PROTECT, related_name="dates", db_index=False
    )
    day = models.DateField()
    name = models.CharField(
        max_length=60, blank=True, help_text=_("Where a day has several: 10:00, the evening.")
    )
    places = models.PositiveIntegerField()
    left = models.IntegerField()

    class Meta:
        ordering = ("reward", "day", "name")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reward", "day", "name"], name="rewards_date_is_offered_once"
            ),
            models.CheckConstraint(
                condition=Q(left__gte=0) & Q(left__lte=F("places")),
                name="rewards_date_left_is_within_its_places",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()


class RewardCode(models.Model):
    """One code of an uploaded list. The id is made from reward and code; given out, it says to
    whom.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    reward = models.ForeignKey(
        "rewards.Reward", models.PROTECT, related_name="listed", db_index=False
    )
    code = models.CharField(max_length=80)
    redemption_id = models.UUIDField(null=True, blank=True)
    member_id = models.UUIDField(null=True, blank=True)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("reward", "added_at", "id")
        indexes: ClassVar = [
            models.Index(  # the next code to give out, and how many there are
                fields=["reward", "added_at"],
                condition=Q(redemption_id__isnull=True),
                name="rewards_code_free",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reward", "code"], name="rewards_code_is_listed_once"),
            models.UniqueConstraint(
                fields=["redemption_id"], name="rewards_code_is_given_to_one_redemption"
            ),
            models.CheckConstraint(
                condition=Q(redemption_id__isnull=True, member_id__isnull=True)
                | Q(redemption_id__isnull=False, member_id__isnull=False),
                name="rewards_code_given_says_to_whom",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="rewards_code_says_something"),
        ]

    def __str__(self) -> str:
        return self.code

    @staticmethod
    def id_for(reward_id: uuid.UUID, code: str) -> uuid.UUID:
        return named(LIST_SPACE, str(reward_id), code)


class Fulfilment(MemberOwned):
    """A product on its way: ordered, shipped, delivered; or cancelled, and its points went back."""

    class Status(models.TextChoices):
        ORDERED = "ordered", _("ordered")
        SHIPPED = "shipped", _("on its way")
        DELIVERED = "delivered", _("delivered")
        CANCELLED = "cancelled", _("cancelled")

    member = models.ForeignKey(Member, models.PROTECT, related_name="fulfilments", db_index=False)
    redemption = models.ForeignKey("rewards.Redemption", models.PROTECT, related_name="fulfilments")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ORDERED)
    address = models.TextField()
    tracking = models.CharField(max_length=80, blank=True)
    ordered_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["status", "-id"], name="rewards_fulfilment_list"),  # the clerk's
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "redemption"], name="rewards_fulfilment_one_for_a_redemption"
            ),
            models.CheckConstraint(
                condition=Q(status="ordered", shipped_at__isnull=True, delivered_at__isnull=True)
                | Q(status="shipped", shipped_at__isnull=False, delivered_at__isnull=True)
                | Q(status="delivered", shipped_at__isnull=False, delivered_at__isnull=False)
                | Q(status="cancelled", delivered_at__isnull=True),
                name="rewards_fulfilment_status_has_its_facts",
            ),
            models.CheckConstraint(
                condition=~Q(address=""), name="rewards_fulfilment_says_where_to"
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()


class Draw(models.Model):
    """The draw of a contest: seed, entries in their order, winners in theirs. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reward = models.ForeignKey(
        "rewards.Reward", models.PROTECT, related_name="draws", db_index=False
    )
    seed = models.CharField(max_length=64)
    entries = models.JSONField()
    winners = models.JSONField()
    actor = models.CharField(max_length=80)
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reward"], name="rewards_draw_is_made_once"),
            models.CheckConstraint(
                condition=~Q(seed="") & ~Q(actor=""), name="rewards_draw_names_seed_and_actor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward_id}"


class VoucherKey(models.Model):
    """One code, one redemption: the id is made from the code, so no code is ever issued twice."""

    id = models.UUIDField(primary_key=True, editable=False)
    redemption_id = models.UUIDField()
    member_id = models.UUIDField()

    def __str__(self) -> str:
        return str(self.id)

    @staticmethod
    def id_for(code: str) -> uuid.UUID:
        return named(CODE_SPACE, code)
