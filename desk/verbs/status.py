"""Verbs about a member's status: give a tier, match one with a challenge; and exchange a unit."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
)

from common import clock
from desk import fields, roles, say
from desk.attempts import Repeated, acting_once
from desk.verbs.base import Done, VerbForm, page, reason_field
from points.errors import SourceUsed
from program import catalog
from program.models import Unit
from rewards import exchange
from rewards.models import Conversion
from tiers import challenges, grants
from tiers.models import Standing, Tier


class GiveTier(VerbForm):
    title, button = later("Give a tier"), later("Give it")
    intro = later("It stands beside what is earned; the higher of the two counts.")
    permission, has_preview = roles.GRANT, True

    tier = forms.ModelChoiceField(
        label=later("Tier"),
        queryset=Tier.objects.select_related("ladder").order_by("ladder__position", "rank"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    source = forms.ChoiceField(
        label=later("How"),
        choices=[
            (Standing.Source.GRANTED, later("granted by us")),
            (Standing.Source.MATCHED, later("matched with a status elsewhere")),
        ],
        widget=UnfoldAdminSelectWidget(),
    )
    until = forms.DateField(
        label=later("Last day"),
        required=False,
        widget=UnfoldAdminDateWidget(),
        help_text=later("Empty: for life."),
    )
    reason = reason_field(later("The member reads this, and so does whoever checks the books."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        last: date | None = data.get("until")
        if last is not None and last < say.today():
            self.add_error("until", _("This day has passed. Choose today or a later one."))
        return data

    def act(self, *, actor: str) -> Done:
        data, zone = self.cleaned_data, catalog.current().time_zone
        last: date | None = data["until"]
        with acting_once(data["attempt"]):
            grants.grant(
                self.subject,
                tier=data["tier"],
                reason=data["reason"],
                actor=actor,
                ends_at=clock.end_of_day(last, zone) if last else None,
                source=data["source"],
            )
        words = {"tier": data["tier"].name, "member": self.subject.name}
        return Done(_("%(member)s holds %(tier)s now.") % words, page(self.subject))


class Challenge(VerbForm):
    title, button = later("Match with a challenge"), later("Match it")
    intro = later(
        "The tier is held to a last day, and kept for longer by whoever counts enough until then."
    )
    permission, has_preview = roles.GRANT, True

    tier = forms.ModelChoiceField(
        label=later("Tier"),
        queryset=Tier.objects.select_related("ladder").order_by("ladder__position", "rank"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    until = forms.DateField(
        label=later("Last day to do it"),
        widget=UnfoldAdminDateWidget(),
        help_text=later("Until then the tier is held in any case."),
    )
    counter = forms.ModelChoiceField(
        label=later("What counts"),
        queryset=Unit.objects.filter(kind=Unit.Kind.COUNTER),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    amount = fields.AmountField(label=later("How much"), min_value=0)
    keeps_until = forms.DateField(
        label=later("Then kept to"),
        required=False,
        widget=UnfoldAdminDateWidget(),
        help_text=later("The last day for whoever has done it. Empty: for life."),
    )
    reason = reason_field(later("The member reads this, and so does whoever checks the books."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        last: date | None = data.get("until")
        kept: date | None = data.get("keeps_until")
        if last is not None and last < say.today():
            self.add_error("until", _("This day has passed. Choose today or a later one."))
        if last is not None and kept is not None and kept <= last:
            self.add_error("keeps_until", _("Who keeps it keeps it for longer."))
        counter: Unit | None = data.get("counter")
        if counter is not None and data.get("amount") is not None:
            try:
                data["amount"] = fields.smallest(data["amount"], counter)
            except ValidationError as error:
                self.add_error("amount", error)
        return data

    def act(self, *, actor: str) -> Done:
        data, zone = self.cleaned_data, catalog.current().time_zone
        kept: date | None = data["keeps_until"]
        with acting_once(data["attempt"]):
            challenges.match(
                self.subject,
                tier=data["tier"],
                unit=data["counter"],
                amount=data["amount"],
                ends_at=clock.end_of_day(data["until"], zone),
                keeps_until=clock.end_of_day(kept, zone) if kept else None,
                reason=data["reason"],
                actor=actor,
            )
        words = {
            "member": self.subject.name,
            "tier": data["tier"].name,
            "amount": say.amount(data["amount"], data["counter"]),
            "day": say.day(clock.start_of_day(data["until"], zone)),
        }
        return Done(
            _("%(member)s holds %(tier)s, and keeps it with %(amount)s by %(day)s.") % words,
            page(self.subject),
        )


class Exchange(VerbForm):
    title, button = later("Exchange"), later("Exchange them")
    intro = later("Whole steps only: what does not fill a step stays where it is.")
    permission, has_preview = roles.REDEEM, True

    conversion = forms.ModelChoiceField(
        label=later("What"),
        queryset=Conversion.objects.filter(is_active=True).select_related("takes", "gives"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    amount = fields.AmountField(label=later("Up to"), min_value=0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse_own()
        chosen: Conversion | None = data.get("conversion")
        if chosen is not None and data.get("amount") is not None:
            try:
                data["amount"] = fields.smallest(data["amount"], chosen.takes)
            except ValidationError as error:
                self.add_error("amount", error)
        return data

    def act(self, *, actor: str) -> Done:
        data = self.cleaned_data
        chosen: Conversion = data["conversion"]
        try:
            done = exchange.exchange(
                self.subject,
                conversion=chosen,
                amount=data["amount"],
                attempt=data["attempt"] or uuid.uuid4(),
                actor=actor,
            )
        except SourceUsed as error:
            raise Repeated(_("This was exchanged already. It was not done again.")) from error
        words = {
            "taken": say.amount(done.taken, chosen.takes),
            "given": say.amount(done.given, chosen.gives),
        }
        return Done(_("%(taken)s became %(given)s.") % words, page(self.subject))
