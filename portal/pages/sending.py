"""Sending points: what can be sent, to whom, and what is asked before it is done."""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from common import counting
from common.errors import LoyaltyError
from common.templatetags import ui
from common.text import scaled
from members import enrolment, households, naming
from members.models import Member
from points import transfers
from points.models import Account
from program import catalog
from program.models import Program, Unit

BY_CARD = "card"
TRIES, TRIES_S = 20, 3600  # card numbers that one member may look up in an hour


@dataclasses.dataclass(frozen=True, slots=True)
class Sendable:
    """A unit that can be sent: what is free of it, and what the program says, in sentences."""

    unit: Unit
    available: int
    limits: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """What is asked before points are sent. `shown` is as much of the name as may be read."""

    receiver: Member
    shown: str
    unit: Unit
    amount: int
    available: int
    keeps: int
    attempt: uuid.UUID


def sendable(member: Member, *, program: Program) -> list[Sendable]:
    """The units that this member may send to somebody."""
    held = {row.unit_id: row for row in Account.objects.filter(member=member)}
    return [
        Sendable(unit, held[code].available if code in held else 0, _limits(member, unit, program))
        for code, unit in catalog.of(program).units.items()
        if unit.transfers != Unit.Transfers.NEVER
    ]


def _limits(member: Member, unit: Unit, program: Program) -> tuple[str, ...]:
    words = {"units": unit.plural, "period": unit.get_transfer_per_display()}
    found = [_("What you send keeps its last day.")]
    if unit.transfers == Unit.Transfers.HOUSEHOLD:
        found.append(_("%(units)s can be sent within your household.") % words)
    if unit.transfer_least > 1:
        least = ui.words(unit.transfer_least, unit)
        found.append(_("The least is %(least)s.") % {"least": least})
    if unit.transfer_step > 1:
        step = ui.words(unit.transfer_step, unit)
        found.append(_("Multiples of %(step)s can be sent.") % {"step": step})
    room = transfers.room_to_send(member, unit=unit, program=program)
    if room is not None:
        left = ui.words(room, unit)
        words["left"] = left
        found.append(_("You can send %(left)s more this %(period)s.") % words)
    return tuple(str(one) for one in found)


class SendForm(forms.Form):
    """To whom, what, how much, and a few words."""

    to = forms.ChoiceField(label=later("To whom"), required=False)
    number = forms.CharField(
        label=later("Card number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label=later("What"), required=False)
    amount = forms.CharField(
        label=later("How much"),
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=later("A few words"), max_length=120, required=False,
        help_text=later("They read it beside the points."),
    )  # fmt: skip

    def __init__(self, *args: Any, member: Member, units: list[Sendable], **more: Any) -> None:
        super().__init__(*args, **more)
        self.member, self.units = member, {one.unit.code: one.unit for one in units}
        home = households.living(member)
        rows = households.people(home.household) if home else []
        self.mates = {str(row.member_id): row.member for row in rows if row.member_id != member.pk}
        choices = [(pk, mate.name) for pk, mate in self.mates.items()]
        self.fields["to"].choices = [*choices, (BY_CARD, _("Somebody else, by card"))]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [(code, one.plural) for code, one in self.units.items()]  # type: ignore[attr-defined]
        if not self.mates:
            self.fields["to"].widget = forms.HiddenInput()
        if len(self.units) < 2:
            self.fields["unit"].widget = forms.HiddenInput()

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"] or next(iter(self.units))]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        unit, chosen = data.get("unit"), data.get("to")
        if unit is not None and data.get("amount"):
            data["amount"] = self._amount(str(data["amount"]), unit)
        if chosen in self.mates and data.get("number"):
            self.add_error("to", _("Choose who it is, or write a card number: one of the two."))
        elif chosen in self.mates:
            data["receiver"] = self.mates[chosen]
        elif not self.errors:
            data["receiver"] = self._by_card(str(data.get("number", "")))
        return data

    def _amount(self, text: str, unit: Unit) -> int:
        try:
            parts = Decimal(text.replace(" ", "").replace(",", "")).scaleb(unit.decimals)
        except ArithmeticError:  # no number, or one beyond all exponents
            parts = Decimal("NaN")
        if not parts.is_finite() or parts <= 0 or parts != parts.to_integral_value():
            example = scaled(100 * 10**unit.decimals, unit.decimals)
            words = {"example": example}
            self.add_error("amount", _("Write a number, such as %(example)s.") % words)
            return 0
        return int(min(parts, Decimal(2**53)))

    def _by_card(self, number: str) -> Member | None:
        if not number.strip():
            self.add_error("number", _("Write the number on their card."))
            return None
        if is_tired(self.member):
            self.add_error("number", _("You have tried many numbers. Try again in an hour."))
            return None
        try:
            return enrolment.find(card=number)
        except LoyaltyError:
            self.add_error("number", _("No card has this number. Check it digit by digit."))
            return None


def is_tired(member: Member) -> bool:
    """Count a look-up of a card's number, and say whether there were too many: nobody learns by
    trying which cards there are.
    """
    return counting.one_more(f"portal:cards:{member.pk}", seconds=TRIES_S) > TRIES


def question(form: SendForm) -> Question:
    """What the form asks for, for a page that asks back. Raises what would be refused anyway."""
    data, member = form.cleaned_data, form.member
    unit, receiver, amount = data["unit"], data["receiver"], data["amount"]
    transfers.require_allowed(member, receiver, unit=unit)
    account = Account.objects.filter(member=member, unit=unit).first()
    available = account.available if account else 0
    is_mate = receiver.pk in {mate.pk for mate in form.mates.values()}
    return Question(
        receiver=receiver,
        shown=receiver.name if is_mate else naming.masked(receiver.name),
        unit=unit,
        amount=amount,
        available=available,
        keeps=available - amount,
        attempt=uuid.uuid4(),
    )
