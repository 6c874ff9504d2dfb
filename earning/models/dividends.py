"""Dividends: what a year has counted pays, once somebody declares how much. Never by itself."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import named, uuid7
from common.triggers import append_only, bumps_program_version
from earning.models.keys import KEY_SPACE
from members.models import Member, MemberOwned
from points.models import Posting
from program.models import Unit, is_code


class Dividend(models.Model):
    """A share of what a counter has counted in a program year, less what another has."""

    code = models.CharField(max_length=40, primary_key=True, validators=[is_code])
    name = models.CharField(max_length=80, help_text=_("What members read in their account."))
    counter = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    less = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("What this counter has counted is taken off: purchases less returns."),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", help_text=_("What it pays, rounded down.")
    )
    year_starts = models.PositiveSmallIntegerField(
        default=1, help_text=_("The month in which its year starts.")
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        triggers = bumps_program_version()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(year_starts__gte=1, year_starts__lte=12),
                name="earning_dividend_year_starts_in_a_month",
            ),
            models.CheckConstraint(
                condition=~Q(unit=F("counter"))
                & (Q(less__isnull=True) | ~Q(less=F("counter")) & ~Q(less=F("unit"))),
                name="earning_dividend_units_are_different",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Declaration(models.Model):
    """A dividend declared for a year, paid out in chunks of members, in the order of their ids.

    A correction is a further revision: it pays, or takes back, the difference.
    """

    class State(models.TextChoices):
        PAYING = "paying", _("being paid out")
        PAID = "paid", _("paid out")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dividend = models.ForeignKey(
        Dividend, models.PROTECT, related_name="declarations", db_index=False
    )
    year = models.PositiveSmallIntegerField(help_text=_("In which its year starts."))
    revision = models.PositiveSmallIntegerField(default=1)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    declared_on = models.DateField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.PAYING)
    cursor = models.UUIDField(
        null=True, editable=False, help_text=_("The last member who has been paid.")
    )
    members = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0, help_text=_("In the unit's smallest part."))
    reason = models.CharField(max_length=240, blank=True)
    actor = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now())
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-year", "-revision")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dividend", "year", "revision"],
                name="earning_declaration_revision_is_unique",
            ),
            models.UniqueConstraint(
                fields=["dividend", "year"],
                condition=Q(state="paying"),
                name="earning_declaration_is_paid_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100)
                & (Q(percent__gt=0) | Q(revision__gt=1)),
                name="earning_declaration_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(reason=""),
                name="earning_declaration_correction_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="paying", paid_at__isnull=True)
                | Q(state="paid", paid_at__isnull=False),
                name="earning_declaration_state_has_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dividend_id} {self.year}"


class DividendShare(MemberOwned):
    """What one member got from a declaration: the year's base, the amount, and the sentence.

    A correction has the difference. The id follows from declaration and member: it is paid once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="dividends", db_index=False)
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="shares")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    base = models.BigIntegerField(help_text=_("In the counter's smallest part."))
    amount = models.BigIntegerField(help_text=_("In the unit's smallest part."))
    sentence = models.CharField(max_length=240)

    class Meta:
        ordering = ("-id",)
        triggers = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "declaration"], name="earning_share_is_paid_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="earning_share_is_something"),
        ]

    def __str__(self) -> str:
        return self.sentence

    @staticmethod
    def id_for(declaration: uuid.UUID, member: uuid.UUID) -> uuid.UUID:
        return named(KEY_SPACE, "dividend", str(declaration), str(member))
