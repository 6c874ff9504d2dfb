"""What a reward costs, on its page: prices for everybody and for some, points with money."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from desk import fields, refusals
from desk.admin.base import HouseForm, HouseInline, parent_of
from program.models import Unit
from rewards.models import RewardPart, RewardPrice

GROUPS = ("tier", "segment", "plan")  # whom a price can be for: one of them, or everybody


class PriceForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"amount": "unit"}
    compares_periods = False  # the formset does, with what is being changed beside it
    amount = fields.AmountField(label=_("Price"), min_value=0)

    class Meta:
        model = RewardPrice
        fields = (*GROUPS, "amount", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in GROUPS:
            if name in self.fields:
                self.fields[name].empty_label = _("everybody")  # type: ignore[attr-defined]

    def unit_of(self, source: str) -> Unit | None:
        reward = parent_of(self, "reward")
        return reward.unit if reward and reward.unit_id else None


class PriceFormSet(forms.BaseInlineFormSet):
    """One price holds for everybody, and no two for the same people on the same day."""

    def clean(self) -> None:
        super().clean()
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.errors and not form.cleaned_data.get("DELETE")
        ]
        if any(form.errors for form in self.forms):
            return
        if all(any(row.get(name) for name in GROUPS) for row in rows):
            raise forms.ValidationError(
                _(
                    "Give one price that holds for everybody: leave its tier, segment and plan at "
                    "“everybody”."
                )
            )
        for index, row in enumerate(rows):
            if any(_overlap(row, other) for other in rows[:index]):
                raise forms.ValidationError(
                    refusals.sentence_of("rewards_price_periods_do_not_overlap")
                )


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if any(one.get(name) != other.get(name) for name in GROUPS):
        return False
    begins_in_time = (
        other["ends_on"] is None or one["starts_on"] is None or one["starts_on"] < other["ends_on"]
    )
    ends_late = (
        one["ends_on"] is None or other["starts_on"] is None or other["starts_on"] < one["ends_on"]
    )
    return begins_in_time and ends_late


class PriceInline(HouseInline):
    model = RewardPrice
    form = PriceForm
    formset = PriceFormSet
    verbose_name = _("price")
    verbose_name_plural = _("prices")
    fields = (*GROUPS, "amount", "starts_on", "ends_on")


class PartForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"points": "unit", "step": "unit"}
    points = fields.AmountField(label=_("Points"), min_value=0)
    step = fields.AmountField(
        label=_("In steps of"),
        min_value=0,
        required=False,
        help_text=_("Any number from there up to the price; the money is for each missing step."),
    )

    class Meta:
        model = RewardPart
        fields = ("points", "money", "step")

    def unit_of(self, source: str) -> Unit | None:
        reward = parent_of(self, "reward")
        return reward.unit if reward and reward.unit_id else None


class PartInline(HouseInline):
    model = RewardPart
    form = PartForm
    verbose_name = _("way to pay with points and money")
    verbose_name_plural = _("points and money: fewer points than the price, and money beside them")
    fields = ("points", "money", "step")
