from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members import claiming
from members.errors import ClaimRefused


class SignupForm(forms.Form):
    """What joining asks beside the e-mail address: a name, and the card one may already have."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    card_number = forms.CharField(
        label=_("Card number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    claim_code = forms.CharField(
        label=_("Claim code"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        number, code = data.get("card_number", ""), data.get("claim_code", "")
        if bool(number) != bool(code):
            raise forms.ValidationError(
                _("To claim a card, enter both its number and the code that came with it.")
            )
        if number and not self.errors:
            try:
                data["claim"] = claiming.try_code(number=number, code=code)
            except ClaimRefused as refusal:
                raise forms.ValidationError(refusal.message) from refusal
        return data

    def signup(self, request: Any, user: Any) -> None:
        """allauth asks for this method; the adapter has done everything by then."""
