"""Offers that members activate, and who did."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import clock
from desk import say
from desk.admin import links
from desk.admin.base import FactAdmin, KeptAdmin, StaffNames
from desk.admin.buttons import Buttons
from earning import activating, offering
from earning.models import Offer, OfferActivation
from program import catalog


@admin.register(Offer)
class OfferAdmin(KeptAdmin):
    list_display = ("name", "open", "often", "activated", "running", "is_active")
    list_select_related = ("segment", "lowest_tier")
    list_filter = ("is_active", "picks_day")
    fields = (
        ("name", "code"), "summary", "terms", ("starts_on", "ends_on"),
        ("holds_until", "days"), ("counts_before", "picks_day", "ahead_days"),
        ("times", "per", "places"), ("segment", "lowest_tier"), "position", "is_active",
    )  # fmt: skip
    empty_hint = _("No offer yet: a month's challenge, a day each member picks.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        stands = Q(activations__undone_at__isnull=True)
        now = clock.now()
        holds = Q(activations__ends_at__isnull=True) | Q(activations__ends_at__gt=now)
        rows = super().get_queryset(request)
        return rows.annotate(
            in_all=Count("activations", filter=stands),
            now=Count("activations", filter=stands & holds),
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()

    @display(description=_("can be activated"))
    def open(self, row: Offer) -> str:
        if row.starts_on is None and row.ends_on is None:
            return str(_("always"))
        first = say.day(row.starts_on) if row.starts_on else "…"
        return f"{first} – {say.day(row.ends_on) if row.ends_on else '…'}"

    @display(description=_("by one member"))
    def often(self, row: Offer) -> str:
        if row.times is None:
            return str(_("as often as they like"))
        return f"{row.times} × {row.get_per_display()}"

    @display(description=_("activated"), ordering="in_all")
    def activated(self, row: Any) -> str:
        return f"{row.in_all} / {row.places}" if row.places else str(row.in_all)

    @display(description=_("hold now"), ordering="now")
    def running(self, row: Any) -> str:
        return str(row.now)


@admin.register(OfferActivation)
class OfferActivationAdmin(links.ByMember, Buttons, StaffNames, FactAdmin):
    list_display = ("offer", "who", "first", "last", "doer")
    list_select_related = ("member", "offer")
    list_filter = ("offer",)
    fields = ("offer", "member", "first", "last", "used", "doer", "when", "undone")
    readonly_fields = ("first", "last", "used", "doer", "when", "undone")
    empty_hint = _("Nobody has activated an offer yet.")

    @display(description=_("member"))
    def who(self, row: OfferActivation) -> str:
        return links.member(row.member)

    @display(description=_("holds from"))
    def first(self, row: OfferActivation) -> str:
        return say.moment(row.starts_at)

    @display(description=_("to the end of"))
    def last(self, row: OfferActivation) -> str:
        return say.day(row.ends_at - offering.MOMENT) if row.ends_at else "–"

    @display(description=_("used"), boolean=True)
    def used(self, row: OfferActivation) -> bool:
        return activating.has_paid(row, program=catalog.current())

    @display(description=_("activated"))
    def when(self, row: OfferActivation) -> str:
        return say.moment(row.activated_at)

    @display(description=_("undone"))
    def undone(self, row: OfferActivation) -> str:
        return say.moment(row.undone_at) if row.undone_at else "–"
