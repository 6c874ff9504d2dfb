"""What is promised, sent, or said about points: holds, transfers, notices of an end.

What must stay true: a hold names the lots it holds and ends once; a transfer is two postings, made
together; a notice is given once for each end and threshold.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.triggers import append_only
from members.models import Member, MemberOwned
from points.models.ledger import Account, Lot, Posting
from program.models import Unit


class Hold(MemberOwned):
    """Points promised to an open cart or till: they count as the member's own and cannot be spent
    elsewhere. It ends once: captured, released, or timed out.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("held")
        CAPTURED = "captured", _("captured")
        RELEASED = "released", _("released")
        TIMED_OUT = "timed_out", _("timed out")

    member = models.ForeignKey(Member, models.PROTECT, related_name="holds", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="holds")
    amount = models.BigIntegerField()
    captured = models.BigIntegerField(default=0)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    source = models.CharField(max_length=120)
    purpose = models.CharField(max_length=120)
    actor = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    posting = models.ForeignKey(
        Posting, models.PROTECT, null=True, blank=True, related_name="captures"
    )

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(  # what an account holds, and what times out next
                fields=["expires_at"], condition=Q(status="open"), name="points_hold_open"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "source"], name="points_hold_source_is_unique"
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(actor="") & ~Q(purpose=""),
                name="points_hold_names_source_actor_and_purpose",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="points_hold_is_of_something"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("opened_at")), name="points_hold_ends_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(
                    status="open", captured=0, ended_at__isnull=True, ended_by="",
                    posting__isnull=True,
                )
                | Q(
                    Q(status="captured", captured__gt=0, captured__lte=F("amount")),
                    ~Q(ended_by=""), ended_at__isnull=False, posting__isnull=False,
                )
                | Q(
                    Q(status__in=["released", "timed_out"], captured=0),
                    ~Q(ended_by=""), ended_at__isnull=False, posting__isnull=True,
                ),
                name="points_hold_status_has_its_facts",
            ),
            models.CheckConstraint(
                condition=~Q(status="timed_out") | Q(ended_at=F("expires_at")),
                name="points_hold_times_out_on_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="released") | ~Q(reason=""),
                name="points_hold_released_has_a_reason",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} {self.get_status_display()}"


class HoldLot(MemberOwned):
    """How much of a lot a hold promises.

    Written once.
    """

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="parts")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="holds")
    amount = models.BigIntegerField()

    class Meta:
        ordering = ("id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "hold", "lot"], name="points_holdlot_once_per_hold"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="points_holdlot_is_of_something"
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class Transfer(MemberOwned):
    """Points sent by one member (who owns the row) to another: two postings, made together.

    Written once.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="sent", db_index=False)
    receiver = models.ForeignKey(Member, models.PROTECT, related_name="received", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    source = models.CharField(max_length=120)
    note = models.CharField(max_length=240, blank=True)
    actor = models.CharField(max_length=80)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    arrival = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        triggers = append_only(erasable=("note",))
        indexes: ClassVar = [
            # what somebody sent, and was sent, in a period: the limits
            models.Index(fields=["member", "unit", "occurred_at"], name="points_transfer_sent"),
            models.Index(fields=["receiver", "unit", "occurred_at"], name="points_transfer_got"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "source"], name="points_transfer_source_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="points_transfer_is_of_something"
            ),
            models.CheckConstraint(
                condition=~Q(receiver=F("member")), name="points_transfer_has_two_sides"
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(actor=""),
                name="points_transfer_names_source_and_actor",
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class ExpiryNotice(MemberOwned):
    """That a member was told, so many days before, that points of one end are about to go.

    Written once.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="expiry_notices")
    expires_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    given_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "account", "expires_at", "days"],
                name="points_expirynotice_once_per_end_and_threshold",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="points_expirynotice_is_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days before {self.expires_at:%Y-%m-%d}"
