"""Earning rules: edited until they have paid, then only succeeded."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from desk import conditions, fields, house, rules, say
from desk.admin.base import FactAdmin, HouseAdmin, HouseForm, HouseInline, PartAdmin, parent_of
from earning.models import Award, LimitUse, Rule, RuleCondition, RuleLimit
from program import catalog
from program.models import ActivityAttribute, ActivityType, Unit


def attribute_choices(*kinds: str) -> list[tuple[str, Any]]:
    """All attributes of all activity types as choices; of some kinds, if any are named."""
    rows = ActivityAttribute.objects.select_related("type").order_by("type", "position")
    rows = rows.filter(kind__in=kinds) if kinds else rows
    named: dict[str, str] = {}
    for row in rows:
        named.setdefault(row.code, f"{row.type.name}: {row.name}")
    return [("", _("none")), *named.items()]


class RuleForm(HouseForm):
    attribute = forms.ChoiceField(
        label=_("Attribute"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_(
            "What the amount is paid for each of, where it is paid per unit of an attribute."
        ),
    )

    class Meta:
        model = Rule
        fields = (
            "name", "code", "type", "unit", "award_class", "group", "effect", "amount",
            "percent_of", "attribute", "step", "whole_steps", "above", "up_to", "expiry",
            "expiry_count", "expiry_round_to", "expiry_on", "is_counted", "starts_on", "ends_on",
            "position",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "attribute" in self.fields:
            self.fields["attribute"].choices = attribute_choices(*conditions.NUMERIC)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        type, code = data.get("type"), data.get("attribute")
        if (
            isinstance(type, ActivityType)
            and code
            and not type.attributes.filter(code=code).exists()
        ):
            self.add_error("attribute", _("%(type)s has no such attribute.") % {"type": type.name})
        return data


class ConditionForm(HouseForm):
    attribute = forms.ChoiceField(
        label=_("Attribute"), required=False, widget=UnfoldAdminSelectWidget()
    )
    values = forms.CharField(
        label=_("Compared with"),
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Several values with commas: Stayed — Ketch, Brig — sat, sun — 7 — yes"),
    )

    class Meta:
        model = RuleCondition
        fields = ("kind", "attribute", "operator", "values")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attribute"].choices = attribute_choices()  # type: ignore[attr-defined]
        self.initial["values"] = conditions.written(self.instance)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        rule = parent_of(self, "rule")
        if self.errors or rule is None or not rule.type_id:
            return data
        try:
            data["values"] = conditions.read(
                data["values"],
                kind=data["kind"],
                operator=data["operator"],
                attribute=data["attribute"],
                type=rule.type,
                program=catalog.current(),
            )
        except ValidationError as error:
            self.add_error("values", error)
        return data


class PaidInline(HouseInline):
    """Rows of a rule: fixed once the rule has paid."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_add_permission(request, obj) and not has_paid(obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and not has_paid(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not has_paid(obj)


class ConditionInline(PaidInline):
    model = RuleCondition
    form = ConditionForm
    verbose_name = _("condition")
    verbose_name_plural = _("conditions: all of them must hold; “or” is a second rule")
    readonly_fields = ("said",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("said",) if has_paid(obj) else ("kind", "attribute", "operator", "values")

    @display(description=_("holds when"))
    def said(self, row: RuleCondition) -> str:
        return conditions.sentence(row, rule=row.rule, program=catalog.current())


class LimitForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"amount": "unit"}
    amount = fields.AmountField(
        label=_("At most"),
        required=False,
        min_value=0,
        help_text=_("Either an amount, or how often."),
    )

    class Meta:
        model = RuleLimit
        fields = ("code", "per", "each", "period", "amount", "times")

    def unit_of(self, source: str) -> Unit | None:
        rule = parent_of(self, "rule")
        return rule.unit if rule and rule.unit_id else None


class LimitInline(PaidInline):
    model = RuleLimit
    form = LimitForm
    verbose_name = _("limit")
    verbose_name_plural = _(
        "limits: how much or how often it pays; rules that name one code share it"
    )
    fields = ("code", "per", "each", "period", "amount", "times")


class InForceFilter(admin.SimpleListFilter):
    title = _("in force")
    parameter_name = "force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("without an end")), ("ended", _("ended or ending"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rule]) -> QuerySet[Rule]:
        if self.value() in ("open", "ended"):
            return queryset.filter(ends_on__isnull=self.value() == "open")
        return queryset


@admin.register(Rule)
class RuleAdmin(HouseAdmin):
    list_display = ("name", "type", "gives", "condition", "in_force", "revision")
    list_filter = ("type", "unit", "award_class", InForceFilter)
    list_select_related = ("type", "unit", "percent_of")
    search_fields = ("name", "code")
    form = RuleForm
    inlines: ClassVar = [ConditionInline, LimitInline]
    fieldsets: ClassVar = [
        (None, {"fields": ("name", "code", "type", "position")}),
        (
            _("What it pays"),
            {
                "fields": (
                    "unit",
                    "award_class",
                    "effect",
                    "amount",
                    "percent_of",
                    "attribute",
                    "step",
                    "whole_steps",
                    "above",
                    "up_to",
                    "group",
                    "is_counted",
                )
            },
        ),
        (
            _("When it ends"),
            {"fields": ("expiry", "expiry_count", "expiry_round_to", "expiry_on")},
        ),
        (_("From when until when"), {"fields": ("starts_on", "ends_on")}),
    ]
    change_form_outer_before_template = "desk/_rule.html"
    empty_hint = _("No rule fits. Without a rule, activities are recorded and earn nothing.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        return super().get_queryset(request).prefetch_related("conditions")

    def dress(self, rows: Any, request: HttpRequest) -> None:
        program = house.program(request)
        if program is None:
            return
        for row in rows:
            row.pays_words, row.when_words = (
                rules.pays(row, program=program),
                rules.when(row, program=program),
            )

    @display(description=_("pays"))
    def gives(self, row: Rule) -> str:
        return str(getattr(row, "pays_words", ""))

    @display(description=_("when"))
    def condition(self, row: Rule) -> str:
        return str(getattr(row, "when_words", ""))

    @display(description=_("in force"))
    def in_force(self, row: Rule) -> str:
        return say.period(row.starts_on, row.ends_on)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and not has_paid(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is not None and super().has_delete_permission(request, obj) and not has_paid(obj)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,
        obj: Rule | None = None,
        **kwargs: Any,
    ) -> HttpResponse:
        program = house.program(request)
        if obj is not None and program is not None:
            context["summary"] = {
                "pays": rules.pays(obj, program=program),
                "when": rules.when(obj, program=program),
            }
            context["has_paid"] = has_paid(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


@admin.register(RuleCondition)
class RuleConditionAdmin(PartAdmin):
    """Conditions are edited on their rule; this list is to look them up."""

    list_display = ("rule", "kind", "attribute", "operator", "compared_with")
    list_select_related = ("rule",)
    list_filter = ("kind",)
    fields = ("rule", "kind", "attribute", "operator", "compared_with")
    readonly_fields = ("compared_with",)

    @display(description=_("compared with"))
    def compared_with(self, row: RuleCondition) -> str:
        return conditions.written(row)


@admin.register(RuleLimit)
class RuleLimitAdmin(PartAdmin):
    """Limits are edited on their rule; this list is to look them up."""

    list_display = ("rule", "code", "per", "each", "period", "at_most")
    list_select_related = ("rule__unit",)
    list_filter = ("per", "period")
    fields = ("rule", "code", "per", "each", "period", "at_most")
    readonly_fields = ("at_most",)

    @display(description=_("at most"))
    def at_most(self, row: RuleLimit) -> str:
        if row.amount is not None:
            return say.amount(row.amount, row.rule.unit)
        return str(_("%(times)s times") % {"times": row.times})


@admin.register(LimitUse)
class LimitUseAdmin(FactAdmin):
    """What of a shared limit has been used. Amounts are in the unit's smallest part."""

    list_display = ("code", "owner", "period", "amount", "times")
    search_fields = ("code", "owner")
    fields = ("code", "owner", "period", "amount", "times")
    empty_hint = _("No limit that partners or everybody share has been touched.")


def has_paid(rule: Any) -> bool:
    """Whether a rule has made an award; asked once for each row."""
    if not isinstance(rule, Rule):
        return False
    if not hasattr(rule, "_has_paid"):
        rule._has_paid = Award.objects.filter(rule=rule).exists()  # type: ignore[attr-defined]
    return bool(rule._has_paid)  # type: ignore[attr-defined]
