"""Verbs about a person and their card: enrol, correct, issue a claim code, replace a card."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from desk import roles
from desk.attempts import acting_once
from desk.verbs.base import Done, VerbForm, page, reason_field
from members import claiming, enrolment
from members.models import Card, Member


@dataclasses.dataclass(frozen=True, slots=True)
class Slip:
    """What is handed over the counter. The claim code is shown this once; only its hash is kept."""

    member: Member
    number: str
    claim_code: str = ""


class Correct(VerbForm):
    title, button = later("Correct details"), later("Save")
    permission = roles.CORRECT

    name = forms.CharField(label=later("Name"), max_length=120, widget=UnfoldAdminTextInputWidget())
    phone = forms.CharField(
        label=later("Phone"), max_length=32, required=False, widget=UnfoldAdminTextInputWidget()
    )

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        super().__init__(
            *args, subject=subject, initial={"name": subject.name, "phone": subject.phone}, **kwargs
        )

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        enrolment.update(self.subject, actor=actor, name=data["name"], phone=data["phone"])
        return Done(_("Saved."), page(self.subject))


class Enrol(VerbForm):
    title, button = later("Enrol a member"), later("Enrol and print the card")
    intro = later(
        "The card works at once. With the claim code the member makes a login of their own on the "
        "phone."
    )
    permission = roles.ENROL

    name = forms.CharField(
        label=later("Name"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=later("E-mail"),
        required=False,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=later("Phone"),
        max_length=32,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text=later(
            "With the country's code, so that it is found from anywhere: +351 912 345 678"
        ),
    )

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        with acting_once(data["attempt"]), transaction.atomic():
            member = enrolment.enroll(
                name=data["name"], email=data["email"], phone=data["phone"], actor=actor
            )
            code = claiming.issue_code(member, actor=actor)
        slip = Slip(member, _number(member), code)
        return Done(_("%(name)s is a member.") % {"name": member.name}, page(member), slip)


class IssueCode(VerbForm):
    title, button = later("Issue a claim code"), later("Issue and print")
    intro = later(
        "A code that was issued before stops working. It is good for 90 days and for one use."
    )
    permission = roles.ISSUE_CODE

    def act(self, *, actor: str) -> Done:
        code = claiming.issue_code(self.subject, actor=actor)
        return Done(
            _("A new claim code."),
            page(self.subject),
            Slip(self.subject, _number(self.subject), code),
        )


class ReplaceCard(VerbForm):
    title, button = later("Replace the card"), later("Replace and print")
    intro = later("The old number stops working at once. Points and status stay.")
    permission, is_grave = roles.REPLACE_CARD, True

    reason = reason_field(later("Lost, stolen, broken: for whoever asks later."))

    def act(self, *, actor: str) -> Done:
        with acting_once(self.cleaned_data["attempt"]):
            card = enrolment.replace_card(
                self.subject, actor=actor, reason=self.cleaned_data["reason"]
            )
        return Done(
            _("The card was replaced."), page(self.subject), Slip(self.subject, card.number)
        )


def _number(member: Member) -> str:
    return Card.objects.get(member=member, is_active=True).number
