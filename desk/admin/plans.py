"""Plans with their terms, to be edited; subscriptions and charges, to be read and acted on."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import fields, refusals, say
from desk.admin import links
from desk.admin.base import (
    FactAdmin,
    FactInline,
    HouseForm,
    HouseInline,
    KeptAdmin,
    KeptInline,
    StaffNames,
    parent_of,
)
from desk.admin.buttons import Buttons
from plans import refunds
from plans.models import (
    BenefitUse,
    Charge,
    ChargeAttempt,
    PaymentMeans,
    Plan,
    PlanBenefit,
    PlanCredit,
    PlanPrice,
    RefundTerms,
    Subscription,
)


class PeriodForm(HouseForm):
    compares_periods = False  # the formset does, with what is being changed beside it


class PeriodFormSet(forms.BaseInlineFormSet):
    """No two rows of one kind hold on the same day."""

    kinds: ClassVar[tuple[str, ...]] = ()
    constraint: ClassVar[str] = ""

    def clean(self) -> None:
        super().clean()
        if any(form.errors for form in self.forms):
            return
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        for index, row in enumerate(rows):
            if any(self._overlap(row, other) for other in rows[:index]):
                raise forms.ValidationError(refusals.sentence_of(self.constraint))

    def _overlap(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        if any(one.get(kind) != other.get(kind) for kind in self.kinds):
            return False
        starts = (one["starts_on"], other["starts_on"])
        return _begins_before(starts[0], other["ends_on"]) and _begins_before(
            starts[1], one["ends_on"]
        )


def _begins_before(start: Any, end: Any) -> bool:
    return start is None or end is None or start < end


class PriceFormSet(PeriodFormSet):
    kinds = ("period", "segment")
    constraint = "plans_price_periods_do_not_overlap"


class RefundFormSet(PeriodFormSet):
    constraint = "plans_refund_periods_do_not_overlap"


class PriceForm(PeriodForm):
    class Meta:
        model = PlanPrice
        fields = ("period", "segment", "amount", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "segment" in self.fields:
            self.fields["segment"].empty_label = _("everybody")  # type: ignore[attr-defined]


class PriceInline(HouseInline):
    model = PlanPrice
    form = PriceForm
    formset = PriceFormSet
    verbose_name_plural = _("prices")
    fields = ("period", "segment", "amount", "starts_on", "ends_on")


class RefundInline(HouseInline):
    model = RefundTerms
    form = PeriodForm
    formset = RefundFormSet
    verbose_name_plural = _("refund terms: what nobody has used is paid back whole, or not at all")
    fields = ("policy", "business_days", "starts_on", "ends_on")


class CreditForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"amount": "unit"}
    amount = fields.AmountField(label=_("Amount"), min_value=0)

    class Meta:
        model = PlanCredit
        fields = ("unit", "amount")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            field: Any = self.fields["unit"]
            field.queryset = field.queryset.filter(kind="counter")


class CreditInline(HouseInline):
    model = PlanCredit
    form = CreditForm
    verbose_name_plural = _("what each paid period begins with: for status only")
    fields = ("unit", "amount")


class BenefitForm(HouseForm):
    class Meta:
        model = PlanBenefit
        fields = ("name", "code", "at_most", "per", "minutes_apart", "is_active", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if parent_of(self, "plan") and self.instance._state.adding is False:
            self.fields["code"].disabled = True  # uses stand on it


class BenefitInline(KeptInline):
    model = PlanBenefit
    form = BenefitForm
    verbose_name_plural = _("benefits")
    fields = ("name", "code", "at_most", "per", "minutes_apart", "is_active", "position")


@admin.register(Plan)
class PlanAdmin(KeptAdmin):
    list_display = ("name", "trial", "tries", "tier", "is_active")
    list_select_related = ("tier",)
    inlines: ClassVar = [PriceInline, RefundInline, CreditInline, BenefitInline]
    fields = (
        ("name", "code"), "summary", ("trial_days", "tier"), ("attempts", "retry_days"),
        ("refund_governed_by", "position"), "members_start", "is_active",
    )  # fmt: skip
    empty_hint = _("No plan yet: something members pay for by the month, the year, or for life.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()

    @display(description=_("trial"))
    def trial(self, row: Plan) -> Any:
        return _("%(days)s days") % {"days": row.trial_days} if row.trial_days else say.NOTHING

    @display(description=_("a charge is tried"))
    def tries(self, row: Plan) -> Any:
        words = {"attempts": row.attempts, "days": row.retry_days}
        return _("%(attempts)s times, %(days)s days apart") % words


class ChargeInline(FactInline):
    model = Charge
    verbose_name_plural = _("charges")
    fields = ("due", "sum", "status", "means", "reason")
    readonly_fields = fields

    @display(description=_("due"))
    def due(self, row: Charge) -> Any:
        return links.to("plans.charge", row.pk, say.day(row.due_on))

    @display(description=_("amount"))
    def sum(self, row: Charge) -> str:
        return refunds.money(row.amount, row.currency)


class UseInline(FactInline):
    model = BenefitUse
    verbose_name_plural = _("benefits used")
    fields = ("when", "benefit", "reference", "actor")
    readonly_fields = fields

    @display(description=_("when"))
    def when(self, row: BenefitUse) -> str:
        return say.moment(row.used_at)


@admin.register(Subscription)
class SubscriptionAdmin(links.ByMember, Buttons, StaffNames, FactAdmin):
    list_display = ("who", "plan", "period", "state", "since", "until", "doer")
    list_select_related = ("member", "plan")
    list_filter = ("state", "plan")
    fields = (
        "who", "plan", "period", "state", "since", "until", "number", "anchor_on", "is_trial",
        "next", "reason", "doer",
    )  # fmt: skip
    readonly_fields = ("who", "since", "until", "next", "doer")
    inlines: ClassVar = [ChargeInline, UseInline]
    empty_hint = _("Nobody has taken a plan yet. Start one from a member's page.")

    @display(description=_("member"))
    def who(self, row: Subscription) -> str:
        return links.member(row.member)

    @display(description=_("since"))
    def since(self, row: Subscription) -> str:
        return say.day(row.started_at)

    @display(description=_("last day of the period"))
    def until(self, row: Subscription) -> str:
        return say.last_day(row.period_ends_at)

    @display(description=_("next by itself"))
    def next(self, row: Subscription) -> str:
        return say.moment(row.next_at)


class TryInline(FactInline):
    model = ChargeAttempt
    verbose_name_plural = _("what was reported")
    fields = ("number", "when", "means", "outcome", "reference", "actor")
    readonly_fields = fields

    @display(description=_("when"))
    def when(self, row: ChargeAttempt) -> str:
        return say.moment(row.reported_at)


@admin.register(Charge)
class ChargeAdmin(links.ByMember, Buttons, FactAdmin):
    list_display = ("due", "who", "what", "sum", "status", "means", "try_day")
    list_select_related = ("member", "subscription__plan", "means")
    list_filter = ("status",)
    fields = (
        "who", "what", "due", "sum", "status", "round", "means", "try_day", "reason",
        "actor",
    )  # fmt: skip
    readonly_fields = ("who", "what", "due", "sum", "try_day")
    inlines: ClassVar = [TryInline]
    empty_hint = _("Nothing has been charged yet.")

    @display(description=_("due"))
    def due(self, row: Charge) -> str:
        return say.day(row.due_on)

    @display(description=_("member"))
    def who(self, row: Charge) -> str:
        return links.member(row.member)

    @display(description=_("plan"))
    def what(self, row: Charge) -> str:
        plan = row.subscription.plan.name
        return links.to("plans.subscription", row.subscription_id, plan)

    @display(description=_("amount"))
    def sum(self, row: Charge) -> str:
        return refunds.money(row.amount, row.currency)

    @display(description=_("try again on"))
    def try_day(self, row: Charge) -> str:
        return say.day(row.try_on) if row.status == Charge.Status.DUE else say.NOTHING


@admin.register(PaymentMeans)
class PaymentMeansAdmin(links.ByMember, FactAdmin):
    list_display = ("who", "label", "position", "is_active")
    list_select_related = ("member",)
    fields = ("member", "label", "position", "is_active")

    @display(description=_("member"))
    def who(self, row: PaymentMeans) -> str:
        return links.member(row.member)
