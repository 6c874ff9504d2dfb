"""Ladders and their tiers, to be edited; who held what and when, to be read."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from desk import fields, house, roles, say
from desk.admin import links
from desk.admin.base import (
    FactAdmin,
    HouseAdmin,
    HouseForm,
    KeptAdmin,
    TallInline,
    parent_of,
)
from desk.admin.routes import route_in_words
from program.models import Unit
from tiers import tasks
from tiers.models import Ladder, Standing, Tier, TierExpiry


class TierForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"threshold": "counter", "head_start": "counter"}
    threshold = fields.AmountField(
        label=_("Threshold"),
        min_value=0,
        required=False,
        help_text=_(
            "How much of the ladder's counter it takes. Empty: its routes say what it takes; "
            "without routes it is by invitation."
        ),
    )
    head_start = fields.AmountField(
        label=_("Head start"),
        min_value=0,
        initial=0,
        help_text=_("What a program year begins with for who holds this tier then."),
    )
    colors = fields.ColorsField(
        label=_("Colors"), help_text=_("Two or three, field first: #14213d #d8a31a")
    )
    benefits = fields.LinesField(
        label=_("Benefits"), required=False, help_text=_("One sentence a line.")
    )

    class Meta:
        model = Tier
        fields = (
            "name", "code", "rank", "threshold", "head_start",
            "outline", "field", "colors", "benefits",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = not self.instance._state.adding

    def unit_of(self, source: str) -> Unit | None:
        ladder = parent_of(self, "ladder")
        return ladder.counter if ladder and ladder.counter_id else None


class TierFormSet(forms.BaseInlineFormSet):
    """Tiers of a ladder rise: a higher rank has a higher threshold."""

    def clean(self) -> None:
        super().clean()
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.errors]
        rungs = sorted(
            (row["rank"], row["threshold"], row["name"])
            for row in rows
            if row.get("threshold") is not None
        )
        for (_rank, below, lower), (_next, above, higher) in pairwise(rungs):
            if above <= below:
                raise forms.ValidationError(
                    _("%(higher)s ranks above %(lower)s, so it takes more than %(lower)s does."),
                    params={"higher": higher, "lower": lower},
                )


class TierInline(TallInline):
    model = Tier
    form = TierForm
    formset = TierFormSet
    ordering = ("rank",)
    fields = (
        ("name", "code"),
        ("rank", "threshold"),
        ("outline", "field"),
        ("colors", "head_start"),
        "benefits",
    )


class LadderForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar = {"carries_at_most": "counter"}
    carries_at_most = fields.AmountField(
        label=_("Carries at most"),
        min_value=0,
        required=False,
        help_text=_("The most of a surplus that stays. Empty: all of it."),
    )


@admin.register(Ladder)
class LadderAdmin(KeptAdmin):
    form = LadderForm
    list_display = ("name", "counter", "window", "validity", "rungs")
    list_select_related = ("counter",)
    inlines: ClassVar = [TierInline]
    fieldsets: ClassVar = [
        (None, {"fields": ("name", "code", "counter", "position")}),
        (
            _("What counts"),
            {
                "fields": (
                    ("window", "window_months"),
                    ("year_starts", "rolls_over"),
                    ("uses_up", "carries_at_most"),
                )
            },
        ),
        (
            _("How long a tier holds"),
            {
                "fields": (
                    "validity",
                    ("validity_years", "validity_months", "validity_round_to"),
                    ("downgrade", "shared"),
                )
            },
        ),
    ]
    change_form_outer_before_template = "desk/_ladder.html"
    empty_hint = _("No ladder yet. A program without status does well without one.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ladder]:
        return super().get_queryset(request).annotate(rung_count=Count("tiers"))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "counter") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "counter":
            kwargs["queryset"] = Unit.objects.filter(kind=Unit.Kind.COUNTER)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("tiers"))
    def rungs(self, row: Ladder) -> int:
        return int(getattr(row, "rung_count", 0))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reassess_view)
        return [path("reassess/", view, name="tiers_ladder_reassess"), *super().get_urls()]

    def reassess_view(self, request: HttpRequest) -> HttpResponse:
        """After thresholds changed: make everybody's tier follow from what they have counted."""
        if not request.user.has_perm(roles.REASSESS):
            messages.error(request, _("You may not re-examine tiers. Ask a manager."))
            return redirect("admin:index")
        if request.method == "POST":
            tasks.reassess_everyone.delay(house.actor(request))
            messages.success(
                request,
                _("The worker re-examines every member now. With many it takes some minutes."),
            )
            return redirect("admin:tiers_ladder_changelist")
        context = self.admin_site.each_context(request) | {
            "title": _("Re-examine every member's tier"),
            "opts": self.opts,
            "back": reverse("admin:tiers_ladder_changelist"),
        }
        return render(request, "desk/reassess.html", context)


@admin.register(Tier)
class TierAdmin(FactAdmin):
    """Tiers are edited on their ladder; this list is to look them up."""

    list_display = ("flies", "ladder", "takes", "holders")
    list_filter = ("ladder",)
    list_select_related = ("ladder__counter",)
    search_fields = ("name", "code")
    fields = ("flies", "ladder", "code", "takes", "benefits_in_words")
    readonly_fields = fields
    empty_hint = _("No tier yet. Tiers are added to a ladder.")

    @display(description=_("tier"))
    def flies(self, row: Tier) -> str:
        return links.tier(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tier]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                "routes__segment",
                "routes__needs__unit",
                "routes__needs__type",
                "routes__needs__held",
            )
        )

    @display(description=_("takes"))
    def takes(self, row: Tier) -> str:
        ways = [say.amount(row.threshold, row.ladder.counter)] if row.threshold is not None else []
        ways += [route_in_words(route) for route in row.routes.all()]
        return str(_(" or ")).join(ways) or str(_("by invitation"))

    @display(description=_("who holds it"))
    def holders(self, row: Tier) -> str:
        url = f"{reverse('admin:members_member_changelist')}?tier={row.pk}"
        return format_html('<a class="desk-link" href="{}">{}</a>', url, _("Show the members"))

    @display(description=_("benefits"))
    def benefits_in_words(self, row: Tier) -> str:
        return "; ".join(row.benefits) or say.NOTHING


@admin.register(TierExpiry)
class TierExpiryAdmin(HouseAdmin):
    """Where points of one tier live longer than those of others."""

    list_display = ("of", "unit", "expiry", "expiry_count", "expiry_round_to")
    list_select_related = ("tier", "unit")
    fields = (("tier", "unit"), ("expiry", "expiry_count"), "expiry_round_to")
    empty_hint = _("Points of all tiers end alike, as their unit says.")

    @display(description=_("tier"))
    def of(self, row: TierExpiry) -> str:
        return links.tier(row.tier)


@admin.register(Standing)
class StandingAdmin(links.ByMember, FactAdmin):
    list_display = ("since", "who", "holds", "until", "source")
    list_filter = ("ladder", "tier", "source")
    list_select_related = ("member", "tier")
    date_hierarchy = "starts_at"
    ordering = ("-id",)
    fields = ("member", "ladder", "holds", "source", "reason", "since", "until")
    readonly_fields = ("holds", "since", "until")
    empty_hint = _("Nobody holds a tier that fits. Tiers follow from what was counted.")

    @display(description=_("since"))
    def since(self, row: Standing) -> str:
        return say.day(row.starts_at)

    @display(description=_("member"))
    def who(self, row: Standing) -> str:
        return links.member(row.member)

    @display(description=_("tier"))
    def holds(self, row: Standing) -> str:
        return links.tier(row.tier)

    @display(description=_("until"))
    def until(self, row: Standing) -> str:
        return say.last_day(row.ends_at) if row.ends_at else str(_("for life"))
