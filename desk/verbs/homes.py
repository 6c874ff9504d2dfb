"""Verbs about who lives together: found a household, move in, leave, make somebody its head.

Whether the others may redeem with a member's points is for the member alone to say, on the portal.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from unfold.widgets import UnfoldAdminTextInputWidget

from common.errors import LoyaltyError
from desk import finding, roles
from desk.attempts import acting_once
from desk.verbs.base import Done, VerbForm, page
from members import households
from members.models import Household, HouseholdMember, Member

WHO = later("Card number, e-mail, phone or reference")


def now(member: Member) -> HouseholdMember | None:
    """Where a member lives, asked once for each page."""
    if not hasattr(member, "home_now"):
        member.home_now = households.living(member)  # type: ignore[attr-defined]
    home: HouseholdMember | None = member.home_now  # type: ignore[attr-defined]
    return home


def who_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text=WHO,
    )


def found_by(text: str) -> Member:
    try:
        return finding.one(text)
    except LoyaltyError as error:
        raise ValidationError(error.message) from error


class Found(VerbForm):
    title, button = later("Found a household"), later("Found it")
    intro = later("The member is its head: they invite the others on the portal, or you add them.")
    permission = roles.HOUSEHOLD

    name = forms.CharField(
        label=later("Name"), max_length=120, widget=UnfoldAdminTextInputWidget(),
        help_text=later("As the people who live there read it: The Kleins."),
    )  # fmt: skip

    def act(self, *, actor: str) -> Done:
        name = self.cleaned_data["name"]
        with acting_once(self.cleaned_data["attempt"]):
            households.found(self.subject, name=name, actor=actor)
        words = {"member": self.subject.name, "name": name}
        return Done(_("%(member)s is the head of %(name)s.") % words, page(self.subject))


class MoveIn(VerbForm):
    title, button = later("Move in with another member"), later("Move in")
    intro = later("Status is shared from now on, where the ladder says so. Points never move.")
    permission = roles.HOUSEHOLD

    who = who_field(later("Who lives there?"))

    def clean_who(self) -> Household:
        home = households.living(found_by(self.cleaned_data["who"]))
        if home is None:
            raise ValidationError(_("They live in no household. Found one for them first."))
        return home.household

    def act(self, *, actor: str) -> Done:
        home: Household = self.cleaned_data["who"]
        households.join(home, self.subject, actor=actor)
        words = {"member": self.subject.name, "name": home.name}
        return Done(_("%(member)s lives in %(name)s now.") % words, page(self.subject))


class MoveOut(VerbForm):
    title, button = later("Leave the household"), later("Move out")
    intro = later("What was shared ends at once. Points stay with whom they belong to.")
    permission, is_grave = roles.HOUSEHOLD, True

    def act(self, *, actor: str) -> Done:
        households.leave(self.subject, actor=actor)
        words = {"member": self.subject.name}
        return Done(_("%(member)s has left the household.") % words, page(self.subject))


class MakeHead(VerbForm):
    title, button = later("Make head of the household"), later("Make them the head")
    intro = later("The head invites people, and may ask them to leave.")
    permission = roles.HOUSEHOLD

    def act(self, *, actor: str) -> Done:
        households.make_head(self.subject, actor=actor)
        words = {"member": self.subject.name}
        return Done(_("%(member)s is the head of the household now.") % words, page(self.subject))


class AddPerson(VerbForm):
    title, button = later("Add somebody to the household"), later("Add them")
    intro = later("Status is shared from now on, where the ladder says so. Points never move.")
    permission = roles.HOUSEHOLD

    who = who_field(later("Who moves in?"))

    def clean_who(self) -> Member:
        return found_by(self.cleaned_data["who"])

    @property
    def home(self) -> str:
        return reverse("admin:members_household_change", args=[self.subject.pk])

    @property
    def facts(self) -> list[tuple[Any, str]]:
        return [(_("Household"), self.subject.name)]

    def act(self, *, actor: str) -> Done:
        member: Member = self.cleaned_data["who"]
        households.join(self.subject, member, actor=actor)
        words = {"member": member.name, "name": self.subject.name}
        return Done(_("%(member)s lives in %(name)s now.") % words, self.home)
