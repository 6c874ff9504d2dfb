"""Verbs about a case: give it to somebody, note, reply, make good, close."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from desk import fields, roles, say
from desk.attempts import Repeated
from desk.verbs.base import Done, VerbForm
from members.models import User
from points.errors import SourceUsed
from program import catalog
from surveys import care
from surveys.models import Case, ReplyText

TEXT_MAX = 4000


def home(case: Case) -> str:
    """The page of a case."""
    return reverse("admin:surveys_case_change", args=[case.pk])


def text_field(label: Any, help_text: Any, *, rows: int = 6, required: bool = True) -> Any:
    return forms.CharField(
        label=label,
        max_length=TEXT_MAX,
        help_text=help_text,
        required=required,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}),
    )


class CaseForm(VerbForm):
    """What every verb about a case has."""

    permission = roles.CARE

    @property
    def home(self) -> str:
        return home(self.subject)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        return data


class Reply(CaseForm):
    title, button = later("Reply to the member"), later("Send the reply")
    intro = later("The member gets it as a letter and reads it in the portal.")

    text = text_field(later("Reply"), later("Begin with what they told us; say what you did."))

    @classmethod
    def begun(cls, query: Mapping[str, str]) -> dict[str, Any]:
        found = ReplyText.objects.filter(pk=query.get("begin", "")).first()
        found = found or ReplyText.objects.first()
        return {"text": found.text} if found else {}

    @property
    def beginnings(self) -> list[tuple[str, str]]:
        rows = ReplyText.objects.values_list("name", "code")
        return [(name, urlencode({"begin": code})) for name, code in rows]

    def act(self, *, actor: str) -> Done:
        care.reply(self.subject, text=self.cleaned_data["text"], actor=actor)
        return Done(_("Your reply is on its way to %s.") % self.subject.member.name, self.home)


class Note(CaseForm):
    title, button = later("Write a note"), later("Keep the note")

    text = text_field(later("Note"), later("Only staff read it."), rows=3)

    def act(self, *, actor: str) -> Done:
        care.note(self.subject, text=self.cleaned_data["text"], actor=actor)
        return Done(_("The note is kept."), self.home)


class Assign(CaseForm):
    title, button = later("Give it to somebody"), later("Give it")

    owner = forms.ModelChoiceField(
        label=later("Whose it is"),
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("name", "email"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )

    def act(self, *, actor: str) -> Done:
        owner = self.cleaned_data["owner"]
        care.assign(self.subject, owner=owner, actor=actor)
        return Done(_("It is %s's now.") % owner, self.home)


class MakeGood(CaseForm):
    title, button = later("Make it good with points"), later("Give the points")
    permission, has_preview = roles.ADJUST, True

    amount = fields.AmountField(
        label=later("Points"),
        min_value=0,
        help_text=later("They go through the ledger, with the case as their reason."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        unit = catalog.of(catalog.current()).default_unit
        if data.get("amount") is not None:
            try:
                data["amount"] = fields.smallest(data["amount"], unit)
            except ValidationError as error:
                self.add_error("amount", error)
        return data

    def act(self, *, actor: str) -> Done:
        data, case = self.cleaned_data, self.subject
        unit = catalog.of(catalog.current()).default_unit
        attempt = data["attempt"] or uuid.uuid4()
        try:
            outcome = care.make_good(case, amount=data["amount"], actor=actor, attempt=attempt)
        except SourceUsed as error:
            raise Repeated(_("These points were given already. Not again.")) from error
        words = {"amount": say.amount(data["amount"], unit), "member": case.member.name}
        if outcome.request is not None:
            return Done(_("%(amount)s wait for a second person to agree.") % words, self.home)
        return Done(_("%(amount)s for %(member)s.") % words, self.home)


class Close(CaseForm):
    title, button = later("Close the case"), later("Close it")

    result = forms.ChoiceField(
        label=later("What came of it"),
        choices=Case.Result.choices,
        widget=UnfoldAdminSelectWidget(),
    )
    cause = forms.ChoiceField(
        label=later("What caused it"), choices=Case.Cause.choices, widget=UnfoldAdminSelectWidget()
    )
    text = text_field(later("In words"), later("Only staff read it."), rows=3, required=False)

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        care.close(
            self.subject,
            result=data["result"],
            cause=data["cause"],
            text=data["text"],
            actor=actor,
        )
        return Done(_("The case is closed."), self.home)
