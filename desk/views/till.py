"""Use a voucher: type, paste or scan a code, see one big verdict, press one button.

Codes travel in the body of a form, never in an address, so that they are in no log and no history.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminSelectWidget

from common.errors import LoyaltyError
from desk import house, roles, vouchers
from desk.vouchers import Verdict
from program.models import Location
from rewards import vouchers as counter

PLACE = "desk_place"  # where this clerk used the last voucher, kept in the session


class CodeForm(forms.Form):
    code = forms.CharField(
        label=later("Voucher code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "class": "desk-code-input",
                "autofocus": True,
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "XXXX-XXXX-XXXX",
                "enterkeyhint": "go",
            }
        ),
    )


class UseForm(forms.Form):
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    place = forms.ModelChoiceField(
        label=later("Where"),
        queryset=Location.objects.select_related("partner").order_by("partner__name", "name"),
        required=False,
        empty_label=later("at no place in particular"),
        widget=UnfoldAdminSelectWidget(),
    )


def urls(site: AdminSite) -> list[URLPattern]:
    return [path("use/", site.admin_view(till), name="rewards_voucher_use")]


@never_cache
def till(request: HttpRequest) -> HttpResponse:
    """Ask for a code, give the verdict, use the voucher."""
    house.require(request, roles.USE_VOUCHER)
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, form=form)
    code = form.cleaned_data["code"]
    try:
        found = _use(request, code) if "use" in request.POST else _look_up(request, code)
    except LoyaltyError as refusal:
        return _shown(request, form=form, refusal=refusal.message)
    return _shown(
        request, form=form if found.kind == "unknown" else CodeForm(), verdict=found, code=code
    )


def _look_up(request: HttpRequest, code: str) -> Verdict:
    return vouchers.look_up(code, clerk=house.clerk(request).pk)


def _use(request: HttpRequest, code: str) -> Verdict:
    """Use it, if it is still good; somebody else may have been quicker, and then the verdict says
    so.
    """
    found = _look_up(request, code)
    if not found.is_good:
        return found
    form = UseForm(request.POST)
    place = form.cleaned_data["place"] if form.is_valid() else None
    try:
        used = counter.use(code, actor=house.actor(request), location=place)
    except LoyaltyError:
        return _look_up(request, code)
    request.session[PLACE] = str(place.pk) if place else ""
    return Verdict("done", _("used just now"), _("Hand it over: this voucher is used now."), used)


def _shown(
    request: HttpRequest, *, verdict: Verdict | None = None, code: str = "", **extra: Any
) -> HttpResponse:
    shown = house.context(request, title=later("Use a voucher")) | {"verdict": verdict, **extra}
    if verdict is not None and verdict.is_good:
        shown["use_form"] = UseForm(initial={"code": code, "place": request.session.get(PLACE, "")})
    return render(request, "desk/till.html", shown)
