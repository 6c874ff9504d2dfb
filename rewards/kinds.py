"""Kinds of rewards, and the terms that each kind adds to what all rewards have.

A kind decides what a member holds after redeeming: a code, something that is sent, a place on a
date, money off, a gift to a fund, an entry in a draw. Terms are typed columns; a constraint for
each says for which kinds it stands.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    CODE = "code", _("a code to show")
    PRODUCT = "product", _("a product that is sent")
    EXPERIENCE = "experience", _("a place on a date")
    DISCOUNT = "discount", _("money off")
    GIFT_CARD = "gift_card", _("a gift card")
    DONATION = "donation", _("a donation")
    CONTEST = "contest", _("an entry in a draw")
    UPGRADE = "upgrade", _("an upgrade")


class Codes(models.TextChoices):
    GENERATED = "generated", _("made here, one for each voucher")
    UPLOADED = "uploaded", _("from an uploaded list, each given out once")
    SHARED = "shared", _("one code for everybody")


# What a till can take: a donation is given, an entry is drawn, a parcel is delivered.
WITH_VOUCHER = frozenset({Kind.CODE, Kind.EXPERIENCE, Kind.DISCOUNT, Kind.GIFT_CARD, Kind.UPGRADE})
WITH_CODES = ("code", "discount", "gift_card")  # whose codes another system may have made


class KindTerms(models.Model):
    """The columns that only some kinds of reward fill."""

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CODE)
    codes = models.CharField(max_length=10, choices=Codes.choices, default=Codes.GENERATED)
    shared_code = models.CharField(max_length=40, blank=True)
    value = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("In the program's currency: what a gift card holds, or what is taken off."),
    )
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text=_("Taken off, in percent.")
    )
    least_purchase = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("The smallest purchase that a discount is taken off."),
    )
    fund = models.ForeignKey(
        "rewards.Fund", models.PROTECT, null=True, blank=True, related_name="rewards"
    )
    step = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("So much at a time may be added to the price.")
    )
    most = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("The most that is taken at once.")
    )
    cancel_days = models.PositiveSmallIntegerField(
        default=0, help_text=_("So many days before its date a place can still be given back.")
    )
    winners = models.PositiveSmallIntegerField(null=True, blank=True)
    draws_on = models.DateField(
        null=True, blank=True, help_text=_("The day of the draw; entries close when it begins.")
    )
    odds = models.CharField(max_length=240, blank=True)
    legal = models.TextField(blank=True)
    upgrade_from = models.CharField(max_length=60, blank=True)
    upgrade_to = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True

    @property
    def has_voucher(self) -> bool:
        """Whether redeeming gives a code that somebody takes at a counter."""
        return self.kind in WITH_VOUCHER

    @property
    def has_own_codes(self) -> bool:
        """Whether codes are made here; others leave the house when they are shown."""
        return self.codes == Codes.GENERATED


_FREE = Q(value__isnull=True, percent__isnull=True, least_purchase__isnull=True)
_AMOUNT_OFF = Q(value__isnull=False, value__gt=0, percent__isnull=True)
_PERCENT_OFF = Q(value__isnull=True, percent__isnull=False, percent__gt=0, percent__lte=100)
_NO_DRAW = Q(winners__isnull=True, draws_on__isnull=True, odds="", legal="")

CONSTRAINTS = [
    models.CheckConstraint(
        condition=(Q(codes="shared") & ~Q(shared_code=""))
        | (~Q(codes="shared") & Q(shared_code="")),
        name="rewards_reward_only_shared_codes_are_named",
    ),
    models.CheckConstraint(
        condition=Q(codes="generated") | Q(kind__in=WITH_CODES),
        name="rewards_reward_codes_of_others_fit_the_kind",
    ),
    models.CheckConstraint(
        condition=(Q(kind="gift_card", least_purchase__isnull=True) & _AMOUNT_OFF)
        | (
            Q(kind="discount")
            & (_AMOUNT_OFF | _PERCENT_OFF)
            & (Q(least_purchase__isnull=True) | Q(least_purchase__gt=0))
        )
        | (~Q(kind__in=["gift_card", "discount"]) & _FREE),
        name="rewards_reward_value_fits_the_kind",
    ),
    models.CheckConstraint(
        condition=Q(kind="donation", fund__isnull=False)
        | (~Q(kind="donation") & Q(fund__isnull=True)),
        name="rewards_reward_donation_names_its_fund",
    ),
    models.CheckConstraint(
        condition=Q(step__isnull=True)
        | Q(kind__in=["donation", "gift_card"])
        | Q(kind="discount", value__isnull=False),
        name="rewards_reward_more_fits_the_kind",
    ),
    models.CheckConstraint(
        condition=(Q(step__isnull=True) | Q(step__gte=1))
        & (Q(most__isnull=True) | Q(step__isnull=False, most__gte=F("step"))),
        name="rewards_reward_donation_has_whole_steps",
    ),
    models.CheckConstraint(
        condition=Q(kind="experience") | Q(cancel_days=0),
        name="rewards_reward_only_places_are_given_back_by_date",
    ),
    models.CheckConstraint(
        condition=Q(kind="contest", winners__isnull=False, winners__gte=1, draws_on__isnull=False)
        | (~Q(kind="contest") & _NO_DRAW),
        name="rewards_reward_contest_names_its_draw",
    ),
    models.CheckConstraint(
        condition=~Q(kind="contest", is_active=True) | (~Q(odds="") & ~Q(legal="")),
        name="rewards_reward_contest_tells_odds_and_law",
    ),
    models.CheckConstraint(
        condition=(Q(kind="upgrade") & ~Q(upgrade_to=""))
        | (~Q(kind="upgrade") & Q(upgrade_from="", upgrade_to="")),
        name="rewards_reward_upgrade_names_what_is_given",
    ),
]
