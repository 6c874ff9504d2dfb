"""API keys at the desk: issued with a text that is shown once, revoked with a click."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from common import clock
from desk import roles
from desk.attempts import acting_once
from desk.verbs.base import Done, VerbForm
from partners import keys
from partners.models import ApiKey, Scope
from program import catalog
from program.models import Partner


@dataclasses.dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key and its text, which is known to nobody after this page."""

    key: ApiKey
    text: str


class KeyForm(VerbForm):
    @property
    def home(self) -> str:
        return reverse("admin:partners_apikey_changelist")


class IssueKey(KeyForm):
    title, button = later("Issue an API key"), later("Issue the key")
    intro = later("The key is shown once, on the next page. Only a fingerprint of it is kept.")
    permission = roles.ISSUE_KEY

    partner = forms.ModelChoiceField(
        label=later("Partner"),
        queryset=Partner.objects.filter(is_active=True),
        empty_label=later("Choose a partner"),
        widget=UnfoldAdminSelectWidget(),
    )
    name = forms.CharField(
        label=later("Name"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=later(
            "What uses it: Till 1, Booking engine. One key each, so that one can be revoked alone."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=later("What it may do"),
        choices=Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    kind = forms.ChoiceField(
        label=later("In earnest or for tests"),
        choices=ApiKey.Kind.choices,
        initial=ApiKey.Kind.LIVE,
        widget=UnfoldAdminSelectWidget(),
        help_text=later("A test key acts on members of its own, never on real balances."),
    )
    locations = forms.CharField(
        label=later("Places"),
        required=False,
        max_length=400,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=later(
            "Codes of the places it may act for, separated by commas. Empty: all of the partner's."
        ),
    )
    points_per_day = forms.IntegerField(
        label=later("Credits in a day"),
        required=False,
        min_value=1,
        widget=UnfoldAdminTextInputWidget(),
        help_text=later("How many points it may credit in a day at most. Empty: any number."),
    )
    last_day = forms.DateField(
        label=later("Last day"),
        required=False,
        widget=UnfoldAdminSingleDateWidget(),
        help_text=later("Empty: until it is revoked."),
    )

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        zone = catalog.current().time_zone
        ends = clock.end_of_day(data["last_day"], zone) if data["last_day"] else None
        with acting_once(data["attempt"]):
            key, text = keys.issue(
                data["partner"],
                name=data["name"],
                actor=actor,
                scopes=data["scopes"],
                expires_at=ends,
                kind=data["kind"] or ApiKey.Kind.LIVE,
                locations=[word for word in data["locations"].replace(",", " ").split() if word],
                points_per_day=data["points_per_day"],
            )
        return Done(
            _("The key %(name)s.") % {"name": key.name},
            self.home,
            IssuedKey(key, text),
            "desk/key.html",
        )


class RevokeKey(KeyForm):
    title, button = later("Revoke the key"), later("Revoke it now")
    intro = later(
        "Whatever uses it is refused from the next request on. This cannot be taken back."
    )
    permission, is_grave = roles.REVOKE_KEY, True

    def act(self, *, actor: str) -> Done:
        key = keys.revoke(self.subject, actor=actor)
        words: dict[str, Any] = {"name": key.name}
        return Done(_("%(name)s was revoked.") % words, self.home)
