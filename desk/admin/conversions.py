"""Conversions: one unit for another at a fixed ratio."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import fields, say
from desk.admin.base import HouseForm, KeptAdmin
from rewards.models import Conversion


class ConversionForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {
        "step": "takes",
        "least": "takes",
        "bonus_step": "takes",
        "most": "takes",
        "amount": "gives",
        "bonus_amount": "gives",
    }
    step = fields.AmountField(
        label=_("Takes"), min_value=0, help_text=_("At a time; what does not fill a step stays.")
    )
    amount = fields.AmountField(label=_("Gives"), min_value=0, help_text=_("For each step."))
    least = fields.AmountField(
        label=_("At least"), min_value=0, initial=0, help_text=_("The least that can be taken.")
    )
    bonus_step = fields.AmountField(
        label=_("Bonus for every"), min_value=0, required=False, help_text=_("Empty: no bonus.")
    )
    bonus_amount = fields.AmountField(label=_("Bonus"), min_value=0, required=False)
    most = fields.AmountField(
        label=_("At most"),
        min_value=0,
        required=False,
        help_text=_("That a member exchanges in a period. Empty: as much as they have."),
    )
    months = fields.MonthsField(
        label=_("As which months end"),
        help_text=_("Where it happens by itself: 3, 6, 9, 12. Empty: as every month ends."),
    )


@admin.register(Conversion)
class ConversionAdmin(KeptAdmin):
    form = ConversionForm
    list_display = ("name", "takes_words", "gives_words", "is_active")
    list_select_related = ("gives", "takes")
    fields = (
        ("name", "code"), ("takes", "gives"), ("step", "amount"), ("least", "position"),
        ("bonus_step", "bonus_amount"), ("most", "per"), ("is_monthly", "months"),
        "is_at_once", "is_active",
    )  # fmt: skip
    empty_hint = _("No conversion yet: points for nights, miles of another program.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "takes", "gives") if obj else ()

    @display(description=_("takes"))
    def takes_words(self, row: Conversion) -> str:
        return say.amount(row.step, row.takes)

    @display(description=_("gives"))
    def gives_words(self, row: Conversion) -> str:
        return say.amount(row.amount, row.gives)
