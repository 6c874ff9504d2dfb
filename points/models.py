"""The ledger: accounts, postings, entries, lots.

An Account is what is locked. A Posting is one thing that happened to one member's points. Entries
are its signed amounts and are written once. A Lot is a spendable credit with its own expiry; a
LotUse says which debit consumed which lot.

What must stay true, and is checked by `manage.py audit_ledger`: balance = sum of entries; running
balances chain without a gap; live lots of a spendable unit = max(balance, 0); 0 <= remaining <=
awarded; remaining = awarded - uses.
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

    member = models.ForeignKey(Member, models.PROTECT, related_name="accounts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    balance = models.BigIntegerField(default=0)
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
        OPENING = "opening", _("brought over")
        MERGE = "merge", _("merged")

    member = models.ForeignKey(Member, models.PROTECT, related_name="postings")
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
        OPENING = "opening", _("brought over")
        PLAN = "plan", _("given with a plan")
        MERGE = "merge", _("merged")

    member = models.ForeignKey(Member, models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries")
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
                condition=Q(kind__in=["base", "bonus", "plan", "restore", "opening"], amount__gt=0)
                | Q(kind__in=["spend", "clawback", "expiry"], amount__lt=0)
                | Q(kind__in=["adjustment", "merge"]),
                name="points_entry_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0)
                | Q(kind__in=["clawback", "spend"])  # a spend has a rule, and a refusal, of its own
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

    member = models.ForeignKey(Member, models.PROTECT, related_name="lots")
    account = models.ForeignKey(Account, models.PROTECT, related_name="lots")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lots")
    awarded = models.BigIntegerField()
    remaining = models.BigIntegerField()
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="descendants"
    )  # the lot these points were in before they came to another account
    awarded_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

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
            models.CheckConstraint(condition=Q(awarded__gt=0), name="points_lot_awards_something"),
            models.UniqueConstraint(fields=["member", "entry"], name="points_lot_one_per_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.awarded}"


class Extension(MemberOwned):
    """What moved the end of an account's live lots to a later moment:

    the activity that kept them alive. Written once.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="extensions")
    posting = models.ForeignKey(
        Posting, models.PROTECT, null=True, blank=True, related_name="extensions"
    )
    source = models.CharField(max_length=120)
    until = models.DateTimeField()
    moved = models.JSONField(
        default=dict, help_text=_("The lots whose end it moved, each with the end it had before.")
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(source=""), name="points_extension_names_its_source"
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


# Tables of this app that lie beside the ledger; Django looks for them here.
from points.records import AdjustmentRequest, AuditRun, OpeningRow, OpeningRun  # noqa: E402

__all__ = [
    "LIMIT",
    "Account",
    "AdjustmentRequest",
    "AuditRun",
    "Entry",
    "Extension",
    "Lot",
    "LotQuerySet",
    "LotUse",
    "OpeningRow",
    "OpeningRun",
    "Posting",
]
