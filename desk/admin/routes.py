"""The ways to a tier and what they ask for, to be edited."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from desk import fields, say
from desk.admin import links
from desk.admin.base import HouseAdmin, HouseForm, PartAdmin, TallInline
from plans.models import Plan
from program.models import Unit
from tiers import groups, wording
from tiers.models import TierNeed, TierRoute


def route_in_words(route: TierRoute) -> str:
    """All needs of a route in one sentence, with whom it is only for."""
    words = str(_(" and ")).join(need_in_words(need) for need in route.needs.all())
    name = route.segment.name if route.segment else ""
    who = wording.said_of(groups.SEGMENT, name) if name else wording.group(route)
    return f"{words} ({who})" if who else words


def need_in_words(need: TierNeed) -> str:
    if need.unit is not None:
        words = {
            "amount": say.amount(need.at_least, need.unit),
            "window": need.get_window_display(),
        }
        return str(_("%(amount)s (%(window)s)") % words)
    if need.type is not None:
        said = wording.activities(need.type.name, need.distinct, need.at_least)
        words = {"amount": said, "window": need.get_window_display()}
        return str(_("%(amount)s (%(window)s)") % words)
    return str(_("%(years)s years at %(tier)s") % {"years": need.at_least, "tier": need.held})


ROUTE = ("tier", "position", "keeps", "for_life", "segment", "plan", "starts_on", "ends_on")
NEED = ("unit", "less", "type", "distinct", "held", "at_least", "window", "window_months")


class NeedForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"at_least": "unit"}
    at_least = fields.AmountField(
        label=_("At least"),
        min_value=0,
        help_text=_("Of the unit, activities, or years at the tier."),
    )

    class Meta:
        model = TierNeed
        fields = NEED

    def unit_of(self, source: str) -> Unit | None:
        """Years at a tier, and activities, have no smaller part."""
        unit = super().unit_of(source)
        if unit is not None or not self.is_bound:
            return unit
        is_type = bool(getattr(self, "cleaned_data", {}).get("type"))
        return Unit(plural=str(_("activities") if is_type else _("years")))


class NeedFormSet(forms.BaseInlineFormSet):
    """A route asks for something: without a requirement everybody would be there."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        if all(form.cleaned_data.get("DELETE") for form in kept if hasattr(form, "cleaned_data")):
            raise forms.ValidationError(_("A route asks for something. Give it a requirement."))


class NeedInline(TallInline):
    can_delete = True
    model = TierNeed
    form = NeedForm
    verbose_name = _("requirement")
    verbose_name_plural = _("requirements: all of them must hold")
    min_num = 1
    formset = NeedFormSet
    fields = (
        ("unit", "less"),
        ("type", "distinct"),
        ("held", "at_least"),
        ("window", "window_months"),
    )


class RouteForm(HouseForm):
    plan = forms.ChoiceField(
        label=_("Plan"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Only for members who have this plan then."),
    )

    class Meta:
        model = TierRoute
        fields = ROUTE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "segment" in self.fields:
            self.fields["segment"].empty_label = _("everybody")  # type: ignore[attr-defined]
        if "plan" in self.fields:
            plans = [(plan.code, plan.name) for plan in Plan.objects.all()]
            self.fields["plan"].choices = [("", _("everybody")), *plans]  # type: ignore[attr-defined]


@admin.register(TierRoute)
class TierRouteAdmin(HouseAdmin):
    list_display = ("of", "asks", "keeps", "for_life", "in_force")
    list_filter = ("tier__ladder", "keeps", "for_life", "segment")
    list_select_related = ("tier", "segment")
    inlines: ClassVar = [NeedInline]
    form = RouteForm
    fields = (
        ("tier", "position"),
        ("keeps", "for_life"),
        ("segment", "plan"),
        ("starts_on", "ends_on"),
    )
    empty_hint = _("No routes: every tier is a threshold of its ladder's counter.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TierRoute]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related("needs__unit", "needs__type", "needs__held")
        )

    @display(description=_("tier"))
    def of(self, row: TierRoute) -> str:
        return links.tier(row.tier)

    @display(description=_("asks for"))
    def asks(self, row: TierRoute) -> str:
        return route_in_words(row)

    @display(description=_("in force"))
    def in_force(self, row: TierRoute) -> str:
        return say.period(row.starts_on, row.ends_on)


@admin.register(TierNeed)
class TierNeedAdmin(PartAdmin):
    """Requirements are edited on their route; this list is to look them up."""

    list_display = ("route", "said")
    list_select_related = ("route__tier", "unit", "type", "held")
    fields = ("route", "said")
    readonly_fields = ("said",)

    @display(description=_("asks for"))
    def said(self, row: TierNeed) -> str:
        return need_in_words(row)
