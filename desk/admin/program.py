"""The program itself: name and brand, units, activity types, partners and places.

Codes and kinds are for life.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminSelectWidget,
)

from desk import fields, say
from desk.admin import links
from desk.admin.base import FactAdmin, HouseForm, KeptAdmin, KeptInline, StaffNames
from program.models import (
    ActivityAttribute,
    ActivityType,
    Location,
    Partner,
    Program,
    Revision,
    Unit,
)

CURRENCY = re.compile(r"[A-Z]{3}")


class ProgramForm(HouseForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        widget=UnfoldAdminSelectWidget(),
        help_text=_(
            "Days begin and points end by its clock. Change it before the first activity only."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget()
    )

    expiry_notices = fields.DaysField(
        label=_("Notices before points end"),
        help_text=_("How many days before: 60, 30, 7. Empty: none is given."),
    )

    class Meta:
        model = Program
        fields = (
            "name", "business", "tagline", "notice", "support_email",
            "time_zone", "currency", "language", "brand_accent", "brand_ink", "brand_paper", "logo",
            "hold_minutes", "hold_minutes_most", "expiry_notices", "household_size", "is_pooling",
        )  # fmt: skip
        widgets: ClassVar = {
            name: UnfoldAdminColorInputWidget()
            for name in ("brand_accent", "brand_ink", "brand_paper")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
            self.fields["time_zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).strip().upper()
        if not CURRENCY.fullmatch(currency):
            raise ValidationError(_("Write the three letters of the currency, such as EUR."))
        return currency

    def clean_logo(self) -> str:
        logo = str(self.cleaned_data["logo"]).strip()
        if logo and not finders.find(logo):
            raise ValidationError(_("There is no such file below static/. Put it there first."))
        return logo


@admin.register(Program)
class ProgramAdmin(KeptAdmin):
    form = ProgramForm
    list_display = ("name", "business", "time_zone", "currency")
    fieldsets: ClassVar = [
        (None, {"fields": ("name", "business", "tagline", "notice", "support_email")}),
        (_("Time, money, language"), {"fields": ("time_zone", "currency", "language")}),
        (_("Brand"), {
            "fields": ("brand_accent", "brand_ink", "brand_paper", "logo"),
            "description": _("Three colors and a logo. Everything else follows from them."),
        }),
        (_("Holds and notices"), {
            "fields": (("hold_minutes", "hold_minutes_most"), "expiry_notices"),
        }),
        (_("Households"), {"fields": ("household_size", "is_pooling")}),
    ]  # fmt: skip
    empty_hint = _(
        "No program yet. Apply a blueprint first: manage.py program apply blueprints/hotel"
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one program: its list is its page."""
        only = Program.objects.first()
        if only is not None and self.has_view_permission(request):
            return HttpResponseRedirect(reverse("admin:program_program_change", args=[only.pk]))
        return super().changelist_view(request, extra_context)


class UnitForm(fields.AmountsMixin, HouseForm):
    amounts: ClassVar[dict[str, str]] = {"second_person_above": "itself"}
    second_person_above = fields.AmountField(
        label=_("Alone, at most"),
        required=False,
        min_value=0,
        help_text=_(
            "What one of the staff may give or take by hand for a member in a day. More waits for "
            "a second person. Empty: no limit."
        ),
    )
    expiry_types = forms.MultipleChoiceField(
        label=_("Activities that keep them alive"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("For points that end after months without activities of certain types."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        counts, decimals = data.get("counts"), data.get("decimals", self.instance.decimals)
        if counts is not None and counts.decimals != decimals:
            self.add_error("counts", _("It counts one for one: choose a unit of as many decimals."))
        return data

    def unit_of(self, source: str) -> Unit | None:
        """Amounts of a unit are in its own smallest part."""
        typed = getattr(self, "cleaned_data", {}).get("decimals")
        return self.instance if typed is None else Unit(decimals=typed)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "counts" in self.fields:
            spendable = Unit.objects.filter(kind=Unit.Kind.SPENDABLE)
            self.fields["counts"].queryset = spendable  # type: ignore[attr-defined]
        if "expiry_types" in self.fields:
            types = ActivityType.objects.values_list("code", "plural")
            self.fields["expiry_types"].choices = list(types)  # type: ignore[attr-defined]


@admin.register(Unit)
class UnitAdmin(KeptAdmin):
    form = UnitForm
    list_display = ("plural", "kind", "dies", "rounding", "is_default")
    fieldsets: ClassVar = [
        (None, {
            "fields": ("singular", "plural", "code", ("kind", "counts"), "decimals", "rounding"),
        }),
        (_("When it ends"), {
            "fields": (
                ("expiry", "expiry_count"), "expiry_round_to", ("expiry_month", "expiry_day"),
                ("expiry_counts", "expiry_types"), "expiry_most_months",
                ("expiry_since", "expiry_min_days"),
            ),
            "description": _("A change holds for what is awarded from now on."),
        }),
        (_("Sending it to others"), {
            "fields": (
                "transfers", ("transfer_least", "transfer_step"),
                ("transfer_sent_most", "transfer_received_most"), "transfer_per",
            ),
            "description": _("What is sent keeps its last day. A counter is never sent."),
        }),
        (_("By hand"), {"fields": ("second_person_above",)}),
        (_("Where it is shown"), {"fields": ("is_default", "position")}),
    ]  # fmt: skip
    empty_hint = _("No unit yet: points to spend, nights that count. A blueprint brings them.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        kept = ("counts",) if isinstance(obj, Unit) and obj.counts_id else ()
        return ("code", "kind", "decimals", *kept) if obj else ()

    @display(description=_("ends"))
    def dies(self, row: Unit) -> str:
        if row.expiry == Unit.Expiry.NEVER:
            return str(_("never"))
        if row.expiry == Unit.Expiry.FIXED_DAY and row.expiry_month and row.expiry_day:
            return formats.date_format(date(2024, row.expiry_month, row.expiry_day), "j F")
        words = {
            "count": row.expiry_count,
            "policy": row.get_expiry_display(),
            "end": row.get_expiry_round_to_display(),
        }
        if row.expiry_round_to == Unit.RoundTo.DAY:
            return str(_("%(count)s %(policy)s") % words)
        return str(_("%(count)s %(policy)s, at the %(end)s") % words)


class PlaceForm(HouseForm):
    class Meta:
        model = Location
        fields = ("name", "code", "earns", "burns")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].disabled = not self.instance._state.adding


class PlaceInline(KeptInline):
    model = Location
    form = PlaceForm
    verbose_name = _("place")
    verbose_name_plural = _("places")
    fields = ("name", "code", "earns", "burns")


@admin.register(Partner)
class PartnerAdmin(KeptAdmin):
    list_display = ("name", "code", "places", "is_active")
    inlines: ClassVar = [PlaceInline]
    fields = ("name", "code", "contact", "is_active")
    search_fields = ("name", "code")
    empty_hint = _("No partner yet: the front desk, the booking engine, the shop.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Partner]:
        return super().get_queryset(request).annotate(place_count=Count("locations"))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()

    @display(description=_("places"))
    def places(self, row: Partner) -> int:
        return int(getattr(row, "place_count", 0))


@admin.register(Location)
class LocationAdmin(FactAdmin):
    """Places are edited on their partner; this list is to look them up."""

    list_display = ("name", "code", "of")
    list_select_related = ("partner",)
    list_filter = ("partner",)
    search_fields = ("name", "code")
    fields = ("name", "code", "of")
    readonly_fields = ("of",)

    @display(description=_("partner"))
    def of(self, row: Location) -> str:
        return links.to("program.partner", row.partner_id, row.partner.name)


@admin.register(ActivityAttribute)
class ActivityAttributeAdmin(FactAdmin):
    """Attributes are edited on their activity type; this list is to look them up."""

    list_display = ("name", "code", "type", "kind", "is_required")
    list_select_related = ("type",)
    list_filter = ("type", "kind")
    fields = ("type", "name", "code", "kind", "is_required", "least", "most", "choices")


@admin.register(Revision)
class RevisionAdmin(StaffNames, FactAdmin):
    list_display = ("applied", "blueprint", "changed", "doer")
    fields = ("applied", "blueprint", "doer", "what_changed", "as_text")
    readonly_fields = ("applied", "doer", "what_changed", "as_text")
    empty_hint = _("No blueprint has been applied: manage.py program apply blueprints/hotel")

    @display(description=_("applied"))
    def applied(self, row: Revision) -> str:
        return say.moment(row.applied_at)

    @display(description=_("changes"))
    def changed(self, row: Revision) -> int:
        return len(row.changes)

    @display(description=_("what changed"))
    def what_changed(self, row: Revision) -> str:
        return "\n".join(row.changes) or say.NOTHING

    @display(description=_("the blueprint"))
    def as_text(self, row: Revision) -> str:
        return format_html('<pre class="desk-blueprint" tabindex="0">{}</pre>', row.text)
