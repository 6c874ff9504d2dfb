"""The ledger: accounts, postings, entries, lots.

An Account is what is locked. A Posting is one thing that happened to one member's points. Entries
are its signed amounts and are written once. A Lot is a spendable credit with its own expiry; a
LotUse says which debit consumed which lot.

What must stay true, and is checked by `manage.py audit_ledger`: balance = sum of entries; running
balances chain without a gap; live lots of a spendable unit = max(balance, held); 0 <= held <=
remaining <= awarded; remaining = awarded - uses; held = the holds that are open.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named
from common.triggers import append_only
from members.models import Member, MemberOwned
from program.models import Unit

ACCOUNT_SPACE = uuid.UUID("2b0a6f5c-7a0f-4f38-8f0d-6a1c7b0f9e21")
LIMIT = 2**53 - 1  # what every partner's JSON reader keeps exact


class Account(MemberOwned):
    """A member's balance in one unit: the row that is locked before anything is decided."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="accounts", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    balance = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)  # by open holds: part of the balance, or of a debt
    version = models.PositiveBigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)  # its member was merged or erased
    forwards_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="forwarded"
    )  # the survivor's account: what still happens to a merged member happens there

    class Meta:
        ordering = ("member", "unit")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "unit"], name="points_account_member_unit_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=-LIMIT, balance__lte=LIMIT),
                name="points_account_balance_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(version__gt=0) | Q(balance=0), name="points_account_untouched_is_empty"
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0), name="points_account_held_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(balance=0),
                name="points_account_closed_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(forwards_to__isnull=True)
                | (Q(closed_at__isnull=False) & ~Q(forwards_to=F("id"))),
                name="points_account_forwards_once_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.balance} {self.unit_id}"

    @property
    def available(self) -> int:
        """What can be spent now: the balance less what is held, never below nothing."""
        return max(0, self.balance - self.held)

    @property
    def debt(self) -> int:
        """What later earnings, or holds that are released, repay first."""
        return max(0, self.held - self.balance)

    @staticmethod
    def id_for(member_id: uuid.UUID, unit: str) -> uuid.UUID:
        """The account's id, which follows from member and unit: making it twice makes it once."""
        return named(ACCOUNT_SPACE, str(member_id), unit)


class Posting(MemberOwned):
    """One thing that happened to one member's points, whatever number of entries it takes to say
    it.
    """

    class Kind(models.TextChoices):
        EARN = "earn", _("earned")
        SPEND = "spend", _("spent")
        DONATION = "donation", _("donated")
        REVERSAL = "reversal", _("reversed")
        EXPIRY = "expiry", _("expired")
        ADJUSTMENT = "adjustment", _("adjusted")
        TRANSFER = "transfer", _("transferred")
        REINSTATE = "reinstate", _("brought back")
        SETTLE = "settle", _("settled")
        OPENING = "opening", _("brought over")
        MERGE = "merge", _("merged")

    member = models.ForeignKey(Member, models.PROTECT, related_name="postings", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=120)
    actor = models.CharField(max_length=80)
    note = models.CharField(max_length=240, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals"
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        triggers = append_only(erasable=("note",))
        indexes: ClassVar = [
            models.Index(  # the daybook of what was moved by hand
                fields=["occurred_at"],
                condition=Q(kind="adjustment"),
                name="points_posting_adjusted",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "source"], name="points_posting_source_is_unique"
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(actor=""), name="points_posting_names_source_and_actor"
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="points_posting_reversal_names_its_posting",
            ),
            models.CheckConstraint(
                condition=~Q(kind="adjustment") | ~Q(note=""),
                name="points_posting_adjustment_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind="reinstate") | ~Q(note=""),
                name="points_posting_reinstatement_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.source


class Entry(MemberOwned):
    """A signed amount on an account, with the balance after it and the reason in words.

    Written once.
    """

    class Kind(models.TextChoices):
        BASE = "base", _("earned")
        BONUS = "bonus", _("bonus")
        SPEND = "spend", _("spent")
        RESTORE = "restore", _("given back")
        CLAWBACK = "clawback", _("taken back")
        EXPIRY = "expiry", _("expired")
        ADJUSTMENT = "adjustment", _("adjusted")
        CAPTURE = "capture", _("spent from a hold")
        SETTLE = "settle", _("repaid out of a hold")
        SENT = "sent", _("sent")
        RECEIVED = "received", _("received")
        REINSTATE = "reinstate", _("brought back")
        OPENING = "opening", _("brought over")
        PLAN = "plan", _("given with a plan")
        MERGE = "merge", _("merged")

    member = models.ForeignKey(Member, models.PROTECT, related_name="entries", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", db_index=False)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    version = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=240)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = _("entries")
        triggers = append_only(erasable=("reason",))
        indexes: ClassVar = [
            # what a counter held at a moment: tiers, balances in the past
            models.Index(fields=["account", "occurred_at"], name="points_entry_by_time"),
            models.Index(
                fields=["member", "-id"], name="points_entry_by_member"
            ),  # the member's activity list
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "account", "version"], name="points_entry_version_is_unique"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="points_entry_amount_is_not_zero"),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="points_entry_version_starts_at_one"
            ),
            models.CheckConstraint(
                condition=~Q(kind="spend") | Q(balance_after__gte=0),
                name="points_entry_spend_never_overdraws",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "base",
                        "bonus",
                        "plan",
                        "restore",
                        "opening",
                        "received",
                        "reinstate",
                    ],
                    amount__gt=0,
                )
                | Q(kind__in=["spend", "clawback", "expiry", "capture", "sent"], amount__lt=0)
                | Q(kind__in=["adjustment", "merge", "settle"]),
                name="points_entry_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0)
                | Q(kind__in=["clawback", "spend"])  # a spend has a rule, and a refusal, of its own
                | Q(kind__in=["capture", "settle"])  # of points held: the debt was there before
                | Q(kind="merge")  # a debt that moves is no new one
                | Q(amount__gt=0),
                name="points_entry_debt_only_by_clawback",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d}"


class LotQuerySet(models.QuerySet["Lot"]):
    def live(self) -> LotQuerySet:
        return self.filter(remaining__gt=0)

    def in_spend_order(self) -> LotQuerySet:
        """Earliest expiry first, non-expiring last, then the oldest award, then the lowest id."""
        return self.order_by(F("expires_at").asc(nulls_last=True), "awarded_at", "id")


class Lot(MemberOwned):
    """A spendable credit: what was awarded, what is left of it, and the moment it ends (exclusive;
    empty: never).
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="lots", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="lots")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lots")
    awarded = models.BigIntegerField()
    remaining = models.BigIntegerField()
    held = models.BigIntegerField(default=0)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="descendants"
    )  # the lot these points were in before they were sent, brought back, or merged
    awarded_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    is_fixed = models.BooleanField(
        default=False, db_default=False
    )  # the end is one of its own in a unit that lives by activity: no activity moves it
    latest_at = models.DateTimeField(null=True, blank=True)  # to which activity moves it at most

    objects = LotQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(  # spending and the expiry calendar read only what is left
                fields=["account", "expires_at"],
                condition=Q(remaining__gt=0),
                name="points_lot_live",
            ),
            models.Index(  # the expiry run looks for what is due, whoever owns it
                fields=["expires_at"], condition=Q(remaining__gt=0), name="points_lot_due"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0) & Q(remaining__lte=F("awarded")),
                name="points_lot_remaining_within_awarded",
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(held__lte=F("remaining")),
                name="points_lot_still_has_what_is_held",
            ),
            models.CheckConstraint(condition=Q(awarded__gt=0), name="points_lot_awards_something"),
            models.CheckConstraint(
                condition=Q(latest_at__isnull=True) | Q(is_fixed=False, expires_at__isnull=False),
                name="points_lot_last_end_is_of_one_that_moves",
            ),
            models.UniqueConstraint(fields=["member", "entry"], name="points_lot_one_per_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.awarded}"

    @property
    def free(self) -> int:
        """What is left and not held."""
        return self.remaining - self.held


KEPT = "kept:"  # how the source of an extension begins that came about at the very end


class Extension(MemberOwned):
    """What moved the end of an account's live lots, or of the one lot it names, to a later moment:

    the activity that kept them alive, or somebody with a reason. Written once.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="extensions")
    posting = models.ForeignKey(
        Posting, models.PROTECT, null=True, blank=True, related_name="extensions"
    )
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="extensions")
    source = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True)  # when the one lot would have ended
    until = models.DateTimeField()
    actor = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    moved = models.JSONField(
        default=dict, help_text=_("The lots whose end it moved, each with the end it had before.")
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        triggers = append_only(erasable=("reason",))
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(source=""), name="points_extension_names_its_source"
            ),
            models.CheckConstraint(
                condition=Q(lot__isnull=True, ended_at__isnull=True, actor="", reason="")
                | (Q(lot__isnull=False, ended_at__isnull=False) & ~Q(actor="") & ~Q(reason="")),
                name="points_extension_of_a_lot_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(until__gt=F("ended_at")),
                name="points_extension_is_only_later",
            ),
            models.UniqueConstraint(
                fields=["member", "lot", "source"], name="points_extension_once_per_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d}"


class LotUse(MemberOwned):
    """How much of a lot an entry consumed (positive) or gave back to it (negative).

    Written once.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="uses")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="uses")
    amount = models.BigIntegerField()

    class Meta:
        ordering = ("-id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="points_use_amount_is_not_zero"),
            models.UniqueConstraint(
                fields=["member", "lot", "entry"], name="points_use_once_per_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d}"
