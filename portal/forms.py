"""The forms of the portal: what members change about themselves, and claiming a card."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import LoyaltyError
from members import claiming, enrolment
from members.models import Member, User

PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,30}")


class ProfileForm(forms.Form):
    """Name, phone and, where there is a choice, the language."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=32,
        required=False,
        help_text=_(
            "With the country code, for instance +351 912 345 678. You may leave it empty."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]

    @classmethod
    def of(cls, member: Member) -> ProfileForm:
        """The form as the member stands now."""
        return cls(
            initial={"name": member.name, "phone": member.phone, "language": member.language}
        )

    def save(self, member: Member) -> bool:
        """Store what was entered; False, with the reason on the form, when it cannot be."""
        if not self.is_valid():
            return False
        changed = {"language": member.language} | self.cleaned_data
        try:
            enrolment.update(member, actor=f"member:{member.pk}", **changed)
        except LoyaltyError as error:
            self.add_error(None, error.message)
        return not self.errors

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(
                _("Use digits, spaces and a leading +, for instance +351 912 345 678.")
            )
        return phone


class ClaimForm(forms.Form):
    """The number of a card and the code that came with it."""

    number = forms.CharField(
        label=_("Card number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Claim code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def save(self, user: User) -> bool:
        """Claim the card; False, with the reason on the form, when it cannot be."""
        if not self.is_valid():
            return False
        try:
            claiming.claim(user, **self.cleaned_data)
        except LoyaltyError as error:
            self.add_error(None, error.message)
        return not self.errors


class LeaveForm(forms.Form):
    """The code that came by e-mail, and the word that nobody types by mistake."""

    code = forms.CharField(
        label=_("Code from the letter"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    word = forms.CharField(
        label=_("Type DELETE"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip()
        if word.upper() != "DELETE":
            raise forms.ValidationError(_("Type the word DELETE, so that it is no mistake."))
        return word
