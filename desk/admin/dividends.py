"""Dividends, to be edited and declared; declarations and what they paid, to be read."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from common import clock
from common.errors import LoyaltyError
from desk import house, roles, say
from desk.admin import links
from desk.admin.base import FactAdmin, KeptAdmin, StaffNames
from earning import declaring
from earning.models import Declaration, Dividend, DividendShare
from program import catalog


class DeclareForm(forms.Form):
    year = forms.IntegerField(
        label=_("Year"), min_value=1900, max_value=2999, widget=UnfoldAdminIntegerFieldWidget()
    )
    percent = forms.DecimalField(
        label=_("Percent"),
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        help_text=_("Of what the year has counted. Each member's amount is rounded down."),
        widget=UnfoldAdminDecimalFieldWidget(),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=240,
        required=False,
        help_text=_("Needed to correct a year that has been declared already."),
        widget=UnfoldAdminTextInputWidget(),
    )


@admin.register(Dividend)
class DividendAdmin(KeptAdmin):
    list_display = ("name", "counter", "less", "unit", "is_active", "declare_link")
    list_select_related = ("counter", "less", "unit")
    fields = (
        ("name", "code"), ("counter", "less"), ("unit", "year_starts"), "position", "is_active",
    )  # fmt: skip
    empty_hint = _("No dividend: what a year has counted pays nothing by itself.")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("code", "counter", "less", "unit") if obj else ()

    @display(description="")
    def declare_link(self, row: Dividend) -> str:
        url = reverse("admin:earning_dividend_declare", args=[row.pk])
        return links.at(url, now("Declare"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(never_cache(self.declare_view))
        own = path("<slug:code>/declare/", view, name="earning_dividend_declare")
        return [own, *super().get_urls()]

    def declare_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Ask for year and percent; rehearse; declare once just what was shown is confirmed."""
        house.require(request, roles.DECLARE)
        rows = Dividend.objects.select_related("counter", "unit").filter(is_active=True)
        dividend = get_object_or_404(rows, pk=code)
        form = DeclareForm(request.POST or None, initial=self._proposed(dividend))
        context = house.context(request, title=dividend.name) | {"form": form}
        context["back"] = reverse("admin:earning_dividend_changelist")
        if request.method == "POST" and form.is_valid():
            try:
                found = self._rehearsed(dividend, form.cleaned_data)
                if request.POST.get("confirmed") == found["seen"]:
                    return self._declared(request, dividend, form.cleaned_data)
                context["rehearsed"] = found
            except LoyaltyError as refusal:
                form.add_error(None, refusal.message)
        return render(request, "desk/declare.html", context)

    def _proposed(self, dividend: Dividend) -> dict[str, Any]:
        """The last year that is over."""
        today = clock.local_date(clock.now(), catalog.current().time_zone)
        return {"year": today.year - 1 - (today.month < dividend.year_starts)}

    def _rehearsed(self, dividend: Dividend, data: dict[str, Any]) -> dict[str, Any]:
        found = declaring.rehearse(dividend, year=data["year"], percent=data["percent"])
        return {
            "members": found.members,
            "total": say.amount(found.total, dividend.unit),
            "seen": f"{data['year']}:{data['percent']:f}:{found.members}:{found.total}",
        }

    def _declared(
        self, request: HttpRequest, dividend: Dividend, data: dict[str, Any]
    ) -> HttpResponse:
        actor, said = house.actor(request), {"year": data["year"], "percent": data["percent"]}
        if data["reason"]:
            made = declaring.correct(dividend, reason=data["reason"], actor=actor, **said)
        else:
            made = declaring.declare(dividend, actor=actor, **said)
        messages.success(request, now("Declared. It is being paid out, some members at a time."))
        return redirect("admin:earning_declaration_change", made.pk)


@admin.register(Declaration)
class DeclarationAdmin(StaffNames, FactAdmin):
    list_display = ("dividend", "year", "revision", "share", "state", "members", "sum", "doer")
    list_select_related = ("dividend__unit",)
    list_filter = ("dividend", "state")
    fields = (
        "dividend", "year", "revision", "share", "declared_on", "state", "members", "sum",
        "reason", "doer",
    )  # fmt: skip
    readonly_fields: ClassVar[tuple[str, ...]] = ("share", "sum", "doer")
    empty_hint = _("Nothing has been declared yet.")

    @display(description=_("percent"))
    def share(self, row: Declaration) -> str:
        return f"{row.percent.normalize():f}%"

    @display(description=_("in all"))
    def sum(self, row: Declaration) -> str:
        return say.amount(row.total, row.dividend.unit)


@admin.register(DividendShare)
class DividendShareAdmin(links.ByMember, FactAdmin):
    list_display = ("who", "declaration", "sentence")
    list_select_related = ("member", "declaration")
    fields = ("member", "declaration", "sentence", "base", "amount", "posting")
    empty_hint = _("Nothing has been paid yet.")

    @display(description=_("member"))
    def who(self, row: DividendShare) -> str:
        return links.member(row.member)
