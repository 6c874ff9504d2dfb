"""Verbs about offers: staff activate one for a member, or undo it while it was not used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from desk import roles, say
from desk.verbs.base import Done, VerbForm, page
from earning import activating, offering
from earning.models import OfferActivation
from members.models import Member
from program import catalog


class Activate(VerbForm):
    title, button = later("Activate an offer"), later("Activate it")
    intro = later("As the member asks. It holds from now on, or for the day that is picked.")
    permission = roles.ACTIVATE

    offer = forms.ChoiceField(label=later("Offer"), widget=UnfoldAdminSelectWidget())
    day = forms.DateField(
        label=later("Day"),
        required=False,
        help_text=later("Only where the member picks the day on which it holds."),
        widget=UnfoldAdminDateWidget(),
    )

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        known = offering.offers(catalog.current()).values()
        self.fields["offer"].choices = [(one.code, one.name) for one in known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        self.refuse_own()
        return super().clean() or {}

    def act(self, *, actor: str) -> Done:
        data, member = self.cleaned_data, self.subject
        row = activating.activate(member, offer=data["offer"], day=data["day"], actor=actor)
        words = {"offer": row.offer.name, "member": member.name}
        return Done(_("%(offer)s is activated for %(member)s.") % words, page(member))


class Deactivate(VerbForm):
    title, button = later("Undo the activation"), later("Undo it")
    intro = later("As long as it has paid nothing. It is as if it had never been activated.")
    permission = roles.ACTIVATE

    subject: OfferActivation

    @property
    def facts(self) -> list[tuple[Any, str]]:
        row = self.subject
        last = say.day(row.ends_at - offering.MOMENT) if row.ends_at else "–"
        return [
            (_("Offer"), row.offer.name),
            (_("Member"), row.member.name),
            (_("Holds from"), say.moment(row.starts_at)),
            (_("To the end of"), last),
        ]

    def clean(self) -> dict[str, Any]:
        self.refuse_own()
        return super().clean() or {}

    def act(self, *, actor: str) -> Done:
        row = activating.undo(self.subject, actor=actor)
        return Done(_("%(offer)s is no longer activated.") % {"offer": row.offer.name}, self.home)
