"""Verbs about a member's status: give a tier, share a household, exchange one unit for another."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from common import clock
from common.errors import LoyaltyError
from desk import fields, finding, roles, say
from desk.attempts import Repeated, acting_once
from desk.verbs.base import Done, VerbForm, page, reason_field
from members import households
from members.models import HouseholdMember, Member
from points.errors import SourceUsed
from program import catalog
from rewards import exchange
from rewards.models import Conversion
from tiers import grants
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


class ShareHousehold(VerbForm):
    """Moving in with another member; for who lives in a household already: moving out."""

    title: ClassVar[Any] = later("Household")
    button: ClassVar[Any] = later("Move in")
    permission, has_preview = roles.HOUSEHOLD, True

    who = forms.CharField(
        label=later("With whom?"),
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=later("Card number, e-mail, phone or reference of somebody who lives there."),
    )

    def __init__(self, *args: Any, subject: Member, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        homes = HouseholdMember.objects.filter(left_at__isnull=True).select_related("household")
        self.home_now = homes.filter(member=subject).first()
        self.found: Member | None = None
        if self.home_now is not None:
            del self.fields["who"]
            self.button = _("Move out")  # type: ignore[misc]
            self.intro = _("Lives in %(home)s. What was shared ends at once; points stay.") % {  # type: ignore[misc]
                "home": self.home_now.household.name
            }

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        try:
            self.found = finding.one(who)
        except LoyaltyError as error:
            raise ValidationError(error.message) from error
        if self.found == self.subject:
            raise ValidationError(_("This is the same member. Name somebody else."))
        return who

    def act(self, *, actor: str) -> Done:
        name = {"member": self.subject.name}
        if self.home_now is not None:
            households.leave(self.subject, actor=actor)
            return Done(_("%(member)s moved out.") % name, page(self.subject))
        assert self.found is not None
        rows = HouseholdMember.objects.filter(member=self.found, left_at__isnull=True)
        there = rows.select_related("household").first()
        home = (
            there.household
            if there
            else households.found(self.found, name=self.found.name, actor=actor)
        )
        households.join(home, self.subject, actor=actor)
        words = name | {"home": home.name}
        return Done(_("%(member)s lives in %(home)s now.") % words, page(self.subject))


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
