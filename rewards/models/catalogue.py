"""How points go out: the catalogue, its prices and stock, and redemptions with their codes.

What must stay true: a redemption was paid by one posting, or by a household's shares; a code is
issued once; stock never goes below nothing; a voucher is used at most once, and keeps when, where
and by whom.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import public_id, uuid7
from common.triggers import bumps_program_version
from members.models import Member, MemberOwned, Segment
from plans.models import Plan
from points.models import Posting
from program.models import Location, Unit, is_code
from rewards.goods import RewardCode, RewardDate
from rewards.kinds import CONSTRAINTS, WITH_VOUCHER, Codes, Kind, KindTerms
from tiers.models import Tier

EARLIEST = timedelta(days=366)


class RewardQuerySet(models.QuerySet["Reward"]):
    def on_offer(self, moment: datetime) -> RewardQuerySet:
        """Active, and within its dates at `moment`."""
        begun = Q(starts_at__isnull=True) | Q(starts_at__lte=moment)
        running = Q(ends_at__isnull=True) | Q(ends_at__gt=moment)
        return self.filter(begun, running, is_active=True)

    def announced(self, moment: datetime) -> RewardQuerySet:
        """On offer at `moment`, or soon enough that a tier may have it early."""
        early = Q(early_tier__isnull=False, starts_at__lte=moment + EARLIEST)
        begun = Q(starts_at__isnull=True) | Q(starts_at__lte=moment) | early
        running = Q(ends_at__isnull=True) | Q(ends_at__gt=moment)
        return self.filter(begun, running, is_active=True)

    def with_stock(self, today: date | None = None) -> RewardQuerySet:
        """Each reward with `left`, the number still to be had, None where there is no limit.

        Places are those on days from `today` on, codes those that nobody has.
        """
        mine = models.OuterRef("pk")
        slots = RewardStock.objects.filter(reward=mine)
        coming = RewardDate.objects.filter(reward=mine, day__gte=today or clock.now().date())
        free = RewardCode.objects.filter(reward=mine, redemption_id__isnull=True)
        return self.annotate(
            left=models.Case(
                models.When(kind=Kind.EXPERIENCE, then=_total(coming, models.Sum("left"))),
                models.When(codes=Codes.UPLOADED, then=_total(free, models.Count("pk"))),
                default=models.Subquery(_grouped(slots, models.Sum("left"))),
            )
        )

    def in_stock(self, today: date | None = None) -> RewardQuerySet:
        return self.with_stock(today).filter(Q(left__isnull=True) | Q(left__gt=0))


def _grouped(rows: models.QuerySet[Any], total: models.Aggregate) -> models.QuerySet[Any, Any]:
    return rows.order_by().values("reward").annotate(in_all=total).values("in_all")


def _total(rows: models.QuerySet[Any], total: models.Aggregate) -> models.Func:
    """The same, with nothing where there is no row: what has no place left is sold out."""
    return Coalesce(models.Subquery(_grouped(rows, total)), models.Value(0))


class Often(models.TextChoices):
    DAY = "day", _("a day")
    WEEK = "week", _("a week, from Monday")
    MONTH = "month", _("a month of the calendar")
    QUARTER = "quarter", _("a quarter of the calendar")
    YEAR = "year", _("a year of the calendar")


class Reward(KindTerms):
    """Something to be had for points."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True, validators=[is_code])
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    category = models.CharField(max_length=40)
    picture = models.CharField(max_length=120, blank=True, help_text=_("A picture below static/."))
    worth = models.CharField(
        max_length=40, blank=True, help_text=_("What it would cost otherwise, in words.")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    valid_days = models.PositiveSmallIntegerField(
        default=365,
        help_text=_("How many days a voucher can be used, counted from the day it is issued."),
    )
    valid_to = models.CharField(
        max_length=9,
        choices=Unit.RoundTo.choices,
        default=Unit.RoundTo.DAY,
        help_text=_("To the end of what its last day is moved."),
    )
    valid_until = models.DateField(
        null=True, blank=True, help_text=_("The last day for all vouchers, instead of days.")
    )
    lowest_tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="+")
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Only members of this segment see it."),
    )
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="+")
    early_tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="+")
    early_days = models.PositiveSmallIntegerField(
        default=0,
        help_text=_("So many days earlier who holds that tier, or a higher one, may have it."),
    )
    per_member = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("How often one member may have it; empty: as often as they like."),
    )
    per_member_in = models.CharField(
        max_length=7,
        blank=True,
        choices=Often.choices,
        help_text=_("In which time that is meant, each time anew; empty: ever."),
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = RewardQuerySet.as_manager()

    class Meta:
        ordering = ("position", "code")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_days__gte=1), name="rewards_reward_is_valid_a_day"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(ends_at__gt=F("starts_at")),
                name="rewards_reward_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(per_member__isnull=True) | Q(per_member__gte=1),
                name="rewards_reward_limit_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(per_member_in="") | Q(per_member__isnull=False),
                name="rewards_reward_limit_of_a_time_is_given",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_to="day"),
                name="rewards_reward_last_day_is_said_once",
            ),
            models.CheckConstraint(
                condition=Q(early_tier__isnull=True, early_days=0)
                | Q(
                    early_tier__isnull=False,
                    early_days__gte=1,
                    early_days__lte=EARLIEST.days,
                    starts_at__isnull=False,
                ),
                name="rewards_reward_is_early_for_somebody",
            ),
            *CONSTRAINTS,
        ]
        triggers = bumps_program_version()

    def __str__(self) -> str:
        return self.name

    def last_day(self, today: date) -> date:
        """The last day on which a voucher of today can be used."""
        if self.valid_until is not None:
            return self.valid_until
        last = today + timedelta(days=self.valid_days)
        if self.valid_to == Unit.RoundTo.DAY:
            return last
        return clock.end_of_period(last, self.valid_to)


class RewardStock(models.Model):
    """How many of a reward are left, in one or several slots; no row means no limit.

    Touched last in a redemption.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="stock", db_index=False)
    slot = models.PositiveSmallIntegerField(default=0)
    left = models.IntegerField()

    class Meta:
        ordering = ("reward", "slot")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reward", "slot"], name="rewards_stock_slot_is_unique"),
            models.CheckConstraint(
                condition=Q(left__gte=0), name="rewards_stock_left_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return str(self.left)


class Redemption(MemberOwned):
    """A reward that a member took, paid by one posting, and the voucher that proves it."""

    class Status(models.TextChoices):
        ISSUED = "issued", _("ready to use")
        USED = "used", _("used")
        CANCELLED = "cancelled", _("cancelled")

    member = models.ForeignKey(Member, models.PROTECT, related_name="redemptions", db_index=False)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="redemptions", db_index=False)
    posting = models.ForeignKey(
        Posting, models.PROTECT, null=True, blank=True, related_name="+"
    )  # none where a household paid together
    is_pooled = models.BooleanField(default=False)
    attempt = models.UUIDField(
        help_text=_("Made when the page was rendered: a double tap redeems once.")
    )
    price = models.PositiveBigIntegerField()
    money = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("What is paid beside the points, in the program's currency."),
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    handed_code = models.CharField(
        max_length=80, blank=True, help_text=_("From an uploaded list, or shared by everybody.")
    )
    date = models.ForeignKey(
        RewardDate, models.PROTECT, null=True, blank=True, related_name="redemptions"
    )
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    least_purchase = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ISSUED)
    actor = models.CharField(max_length=80)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.CharField(max_length=80, blank=True)
    used_location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=80, blank=True)
    cancel_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(
                fields=["member", "-id"], name="rewards_redemption_by_member"
            ),  # my vouchers
            models.Index(
                fields=["reward", "-id"], name="rewards_redemption_by_reward"
            ),  # the clerk's list
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "attempt"], name="rewards_redemption_attempt_is_unique"
            ),
            models.UniqueConstraint(
                fields=["member", "posting"], name="rewards_redemption_posting_is_its_own"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=1), name="rewards_redemption_price_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(money__isnull=True) | Q(money__gt=0),
                name="rewards_redemption_money_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(is_pooled=False, posting__isnull=False)
                | Q(is_pooled=True, posting__isnull=True),
                name="rewards_redemption_is_paid_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(status="issued", used_at__isnull=True, cancelled_at__isnull=True)
                | (
                    Q(status="used", used_at__isnull=False, cancelled_at__isnull=True)
                    & ~Q(used_by="")
                )
                | (
                    Q(status="cancelled", used_at__isnull=True, cancelled_at__isnull=False)
                    & ~Q(cancelled_by="")
                ),
                name="rewards_redemption_status_has_its_facts",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")),
                name="rewards_redemption_expires_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(percent__isnull=True),
                name="rewards_redemption_takes_off_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward} for {self.member}"

    @property
    def public_id(self) -> str:
        return public_id("red", self.pk)

    @property
    def is_expired(self) -> bool:
        return self.status == self.Status.ISSUED and self.expires_at <= clock.now()

    @property
    def is_usable(self) -> bool:
        """Whether it can be shown and used now; a gift, an entry and a parcel are not shown."""
        is_shown = self.reward.kind in WITH_VOUCHER
        return self.status == self.Status.ISSUED and not self.is_expired and is_shown

    @property
    def shown_code(self) -> str:
        """What is shown at the counter: the code of another system where there is one."""
        return self.handed_code or self.code
