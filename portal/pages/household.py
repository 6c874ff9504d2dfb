"""The household's page: who lives there, what is shared, who is invited."""

from __future__ import annotations

import dataclasses
import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from common.errors import LoyaltyError
from members import claiming, enrolment, households, naming
from members.models import HouseholdMember, Invitation, Member
from points import pool
from portal.pages import sending, standing
from portal.pages.standing import Place
from program import catalog
from program.models import Program, Unit


@dataclasses.dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who was invited; as much of the name as the head may read."""

    id: uuid.UUID
    shown: str


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows. `pool` is None where there is none, or one does not take part."""

    home: HouseholdMember | None
    people: list[HouseholdMember]
    guests: list[Guest]
    invitations: list[Invitation]
    is_pooling: bool
    unit: Unit
    pool: int | None
    most: int
    standing: Place | None

    @property
    def is_full(self) -> bool:
        return len(self.people) >= self.most


def gather(member: Member, *, program: Program) -> Page:
    """The page of a member, whether they live with others or not."""
    home, unit = households.living(member), catalog.of(program).default_unit
    people = households.people(home.household) if home else []
    invitations = Invitation.objects.filter(member=member, status=Invitation.Status.OPEN)
    shares = program.is_pooling and home is not None and home.pooled_at is not None
    poolers = [row.member_id for row in people if row.pooled_at is not None]
    return Page(
        home=home,
        people=people,
        guests=_guests(home) if home is not None and home.is_head else [],
        invitations=list(invitations.select_related("household", "invited_by")),
        is_pooling=program.is_pooling,
        unit=unit,
        pool=pool.available(poolers, unit=unit.code) if shares else None,
        most=program.household_size,
        standing=standing.of(member, program=program),
    )


def _guests(home: HouseholdMember) -> list[Guest]:
    rows = Invitation.objects.filter(household=home.household, status=Invitation.Status.OPEN)
    return [Guest(row.pk, naming.masked(row.member.name)) for row in rows.select_related("member")]


class InviteForm(forms.Form):
    """The number of somebody's card; with its claim code, where they have no login yet."""

    number = forms.CharField(
        label=later("Their card number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label=later("Claim code"),
        max_length=12,
        required=False,
        help_text=later("Only for a card without a login, say a child's: it came with the card."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def save(self, head: Member) -> str:
        """Invite, or move in who cannot answer; returns what to say, nothing when it is refused."""
        if not self.is_valid():
            return ""
        actor, number = f"member:{head.pk}", self.cleaned_data["number"]
        try:
            if self.cleaned_data["code"]:
                return self._bring(head, number, self.cleaned_data["code"], actor=actor)
            if sending.is_tired(head):
                self.add_error("number", _("You have tried many numbers. Try again in an hour."))
                return ""
            guest = enrolment.find(card=number)
            households.invite(head, guest, actor=actor)
        except LoyaltyError as error:
            self.add_error(None, error.message)
            return ""
        words = {"name": naming.masked(guest.name)}
        return _("%(name)s is invited, and finds it on the page of the household.") % words

    def _bring(self, head: Member, number: str, code: str, *, actor: str) -> str:
        """Who holds card and claim code of somebody without a login acts for them."""
        home = households.living(head)
        if home is None or not home.is_head:
            self.add_error(None, _("Only the head of a household can do this. Ask them."))
            return ""
        guest = claiming.try_code(number=number, code=code).member
        households.join(home.household, guest, actor=actor)
        return _("%(name)s lives with you now.") % {"name": guest.name}


class FoundForm(forms.Form):
    """What a new household is called."""

    name = forms.CharField(
        label=later("Name of the household"), max_length=60,
        help_text=later("As all of you read it, for instance The Kleins."),
    )  # fmt: skip
